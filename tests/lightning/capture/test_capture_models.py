"""Boxes of a DETR-like model and tags of tokens come through a LightningModule as they do elsewhere."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import skimage.data
import torch
from torch import nn
from torch.nn import functional
from torch.utils.data import DataLoader
from transformers import YolosConfig, YolosForObjectDetection, YolosImageProcessor

import medialog_core
from medialog_core.capture import Capture
from medialog_lightning.logger import MediaLogger

from .trials import boxes_in, rows_of

from_here = pytest.mark.parametrize("pl", ["pytorch_lightning"], indirect=True)

SIDE = 32
NAMES = ["cat", "dog", "fox"]
TAGS = ["O", "B-PER", "B-LOC"]
TOKENS = torch.arange(40).reshape(4, 10) % 7
TAGGED = (TOKENS % 3).where(TOKENS != 0, -100)


def fit(pl: Any, tmp_path: Path, module: Any, loader: Any, **options: Any) -> Any:
    logger = MediaLogger(tmp_path / "runs", capture=Capture(budget=1.0, num_samples=3, **options))
    trainer = pl.Trainer(
        logger=logger,
        max_epochs=2,
        accelerator="cpu",
        log_every_n_steps=1,
        default_root_dir=tmp_path,
        enable_progress_bar=False,
        enable_model_summary=False,
        enable_checkpointing=False,
    )
    trainer.fit(module, loader, loader)
    logger.finalize("success")
    said = {key.partition("/")[0] for key in logger.run.health if key.startswith("capture_")}
    assert said <= {"capture_no_pictures"}
    run = medialog_core.open_run(logger.save_dir)
    step = run.steps("val/predictions")[-1]
    return run, [run.load(row) for row in run.rows("val/predictions", step=step)]


def pictures() -> list[Any]:
    """Give parts of a photograph, each with one box."""
    found = []
    for i in range(4):
        part = skimage.data.astronaut()[60 * i : 60 * i + SIDE, 100 : 100 + SIDE]
        box = torch.tensor([[0.5, 0.25 + 0.1 * i, 0.5, 0.25]])
        labels = {"class_labels": torch.tensor([i % 3]), "boxes": box}
        found.append({"pixel_values": torch.tensor(part).permute(2, 0, 1) / 255, "labels": labels})
    return found


def together(rows: list[Any]) -> Any:
    return {
        "pixel_values": torch.stack([row["pixel_values"] for row in rows]),
        "labels": [row["labels"] for row in rows],
    }


@from_here
def test_boxes_are_those_of_hugging_faces_post_processing(pl: Any, tmp_path: Path) -> None:
    config = YolosConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        image_size=[SIDE, SIDE],
        patch_size=8,
        num_detection_tokens=12,
        num_labels=len(NAMES),
    )

    class Detector(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(3)
            self.net = YolosForObjectDetection(config)
            nn.init.normal_(self.net.vit.embeddings.detection_tokens)
            for layer in self.net.class_labels_classifier.layers:
                nn.init.normal_(layer.weight)

        def training_step(self, batch: Any, _: int) -> Any:
            return self.net(**batch).loss

        def validation_step(self, batch: Any, _: int) -> Any:
            found = self.net(pixel_values=batch["pixel_values"])
            return {"logits": found.logits, "pred_boxes": found.pred_boxes}

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), 1e-3)

    data = pictures()
    loader: Any = DataLoader(data, 2, collate_fn=together)  # type: ignore[arg-type]
    module = Detector()
    _, images = fit(pl, tmp_path, module, loader, class_labels=NAMES)
    module.eval()
    with torch.no_grad():
        found = module.net(pixel_values=torch.stack([row["pixel_values"] for row in data[:3]]))
    sizes = [(SIDE, SIDE)] * 3
    expected = YolosImageProcessor().post_process_object_detection(found, 0.5, sizes)
    assert sum(len(each["boxes"]) for each in expected) > 3
    for image, each, row in zip(images, expected, data, strict=False):
        x, y, width, height = (row["labels"]["boxes"] * SIDE)[0].tolist()
        corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
        label = int(row["labels"]["class_labels"])
        assert boxes_in(image, "ground_truth") == [(pytest.approx(corners, abs=1e-3), label, {})]
        shown = sorted(boxes_in(image, "predictions"))
        for mine, theirs in zip(shown, sorted(rows_of(each)), strict=True):
            assert mine[0] == pytest.approx(theirs[0], abs=2e-3)
            assert mine[1:2] == theirs[1:2]
            assert mine[2] == pytest.approx(theirs[2], abs=1e-4)


@from_here
@pytest.mark.parametrize("through", ["loss", "output"])
def test_tags_are_those_of_the_model(through: str, pl: Any, tmp_path: Path) -> None:
    class Tagger(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            torch.manual_seed(3)
            self.net = nn.Sequential(nn.Embedding(7, 8), nn.Linear(8, len(TAGS)))

        def training_step(self, batch: Any, _: int) -> Any:
            return functional.cross_entropy(self.net(batch[0]).transpose(1, 2), batch[1])

        def validation_step(self, batch: Any, index: int) -> Any:
            if through == "loss":
                return self.training_step(batch, index)
            return {"logits": self.net(batch[0])}

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), 0.1)

    loader: Any = DataLoader(list(zip(TOKENS, TAGGED, strict=True)), 2)  # type: ignore[arg-type]
    module = Tagger()
    roles = {"task": "token classification"}
    _, [table] = fit(pl, tmp_path, module, loader, roles=roles, class_labels=TAGS)
    found = module.net(TOKENS).detach()
    losses = functional.cross_entropy(found.transpose(1, 2), TAGGED, reduction="none")
    for i in range(3):
        counts = TAGGED[i] >= 0
        assert table.get_column("truth")[i] == tagged(TOKENS[i], TAGGED[i], counts)
        assert table.get_column("prediction")[i] == tagged(TOKENS[i], found[i].argmax(1), counts)
        expected = float(losses[i][counts].mean())
        assert table.get_column("cross_entropy")[i] == pytest.approx(expected, rel=1e-4)
        assert table.get_column("input")[i] == TOKENS[i].tolist()


def tagged(tokens: torch.Tensor, ids: torch.Tensor, counts: torch.Tensor) -> str:
    words = [
        f"{token}/{TAGS[k]}" if k else f"{token}"
        for token, k, here in zip(tokens.tolist(), ids.tolist(), counts.tolist(), strict=True)
        if here
    ]
    return " ".join(words)


class Volumes(nn.Module):
    """Sorts volumes by their mean slice."""

    def __init__(self) -> None:
        super().__init__()
        self.last = nn.Linear(16 * 16, 2)

    def forward(self, volumes: Any) -> Any:
        return self.last(volumes.mean(2).flatten(1))


@from_here
def test_volumes_stand_beside_their_predictions_slice_by_slice(pl: Any, tmp_path: Path) -> None:
    grey = torch.tensor(skimage.data.camera()[:80, :16]).reshape(5, 16, 16) / 255.0
    volumes = torch.stack([grey, grey.flip(0), grey.flip(1)])[:, None]
    torch.manual_seed(0)

    class Net(pl.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.net = Volumes()

        def forward(self, x: Any) -> Any:
            return self.net(x)

        def training_step(self, batch: Any, _: int) -> Any:
            return functional.cross_entropy(self(batch[0]), batch[1])

        def validation_step(self, batch: Any, _: int) -> Any:
            self.training_step(batch, 0)

        def configure_optimizers(self) -> Any:
            return torch.optim.SGD(self.parameters(), 0.01)

    data = [(volume, i % 2) for i, volume in enumerate(volumes)]
    run, [table] = fit(pl, tmp_path, Net(), DataLoader(data, 3))  # type: ignore[arg-type]
    assert table.get_column("truth") == ["0", "1", "0"]
    inputs = [run.load(row) for row in run.rows("val/inputs", step=run.steps("val/inputs")[-1])]
    for shown in (inputs, table.get_column("input")):
        for video, volume in zip(shown, volumes, strict=True):
            error = torch.tensor(video.to_numpy()[..., 0] / 255.0) - volume[0]
            assert error.square().mean().sqrt() < 0.018
