"""One small problem for each task on real pictures, and what its capture must look like.

What is expected is computed from the data set, the model's own output and Hugging Face's
post-processing, by no code of capture's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import skimage.data
import sklearn.datasets
import torch
import transformers
from torch import nn
from torch.utils.data import Dataset, IterableDataset

SAMPLES = 5
BATCH = 3
COUNT = 9
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
DIGITS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


class Rows(Dataset[Any]):
    """Dictionaries of one sample each."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, i: int) -> dict[str, Any]:
        return dict(self.rows[i])


class Stream(IterableDataset[Any]):
    """The same without places."""

    def __init__(self, rows: Sequence[dict[str, Any]]) -> None:
        self.rows = rows

    def __iter__(self) -> Any:
        return iter(self.rows)


def stacked(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Collate tensors by stacking, detection's labels as a list."""
    names = list(rows[0])
    return {
        name: [row[name] for row in rows]
        if isinstance(rows[0][name], dict)
        else torch.stack([torch.as_tensor(row[name]) for row in rows])
        for name in names
    }


@dataclass(frozen=True)
class Trial:
    """A task: its pictures as they are, its data, its model, and the check of one captured value.

    `check(image, trial, i, output)` compares the image of sample i with the model's own `output`.
    """

    name: str
    pictures: Sequence[Any]
    data: Rows
    model: Callable[[], Any]
    check: Callable[[Any, Trial, int, Any], None]
    processor: Any = None
    collate: Callable[[Sequence[Any]], dict[str, Any]] = stacked
    options: dict[str, Any] = field(default_factory=dict)
    needs_labels: bool = False


def photographs(size: int, count: int = COUNT) -> list[Any]:
    """Give H×W×3 bytes: pieces of a photograph."""
    picture = skimage.data.astronaut()
    return [picture[20 * i : 20 * i + size, 40 * i : 40 * i + size] for i in range(count)]


def normalised(picture: Any) -> torch.Tensor:
    """Do what an image processor does: C×H×W, by ImageNet's mean and standard deviation."""
    values = torch.tensor(picture).permute(2, 0, 1) / 255
    return (values - torch.tensor(MEAN)[:, None, None]) / torch.tensor(STD)[:, None, None]


def processor_of(kind: Any, **options: Any) -> Any:
    return kind(image_mean=list(MEAN), image_std=list(STD), **{"do_resize": False, **options})


def same_picture(image: Any, trial: Trial, i: int) -> None:
    assert np.array_equal(image.to_numpy(), trial.pictures[i])


def vit(**options: Any) -> Any:
    config = {
        "hidden_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 32,
        "initializer_range": 0.5,
    }
    return transformers.ViTForImageClassification(transformers.ViTConfig(**{**config, **options}))


def named(names: Sequence[str]) -> dict[int, str]:
    return dict(enumerate(names))


# --- classification -------------------------------------------------------------------------------


def check_class(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_picture(image, trial, i)
    likely = output.logits[0].double().softmax(0)
    truth, chosen = (DIGITS[int(k)] for k in (trial.data[i]["labels"], likely.argmax()))
    assert image.caption == f"{truth} → {chosen} ({likely.max():.2f})"
    assert (image.notes.label.truth, image.notes.label.prediction) == (truth, chosen)
    assert image.notes.label.score == pytest.approx(float(likely.max()), rel=1e-4)
    expected = -likely[int(trial.data[i]["labels"])].log()
    assert image.notes.scores["cross_entropy"] == pytest.approx(float(expected), rel=1e-3)


def classification() -> Trial:
    digits = sklearn.datasets.load_digits()
    pictures = [np.floor(d / 16 * 255 + 0.5).astype(np.uint8) for d in digits.images[:12]]
    rows = [
        {"pixel_values": torch.tensor(d / 16, dtype=torch.float32)[None], "labels": int(label)}
        for d, label in zip(digits.images[:12], digits.target[:12], strict=True)
    ]
    options = {"num_channels": 1, "image_size": 8, "patch_size": 4, "id2label": named(DIGITS)}
    return Trial("classification", pictures, Rows(rows), lambda: vit(**options), check_class)


def check_labels(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_picture(image, trial, i)
    names, likely = ["red", "green", "blue"], output.logits[0].double().sigmoid()
    truth = [n for n, holds in zip(names, trial.data[i]["labels"], strict=True) if holds]
    found = [f"{n} ({p:.2f})" for n, p in zip(names, likely, strict=True) if p >= 0.5]
    assert image.caption == f"{', '.join(truth) or 'none'} → {', '.join(found) or 'none'}"


def multi_label() -> Trial:
    pictures = photographs(16)
    labels = [torch.tensor(p.mean((0, 1)) > 90, dtype=torch.float32) for p in pictures]
    rows = [
        {"pixel_values": normalised(p), "labels": y} for p, y in zip(pictures, labels, strict=True)
    ]
    options = {
        "image_size": 16,
        "patch_size": 4,
        "id2label": named(["red", "green", "blue"]),
        "problem_type": "multi_label_classification",
    }
    processor = processor_of(transformers.ViTImageProcessor)
    model = lambda: vit(**options)  # noqa: E731
    return Trial("multi-label", pictures, Rows(rows), model, check_labels, processor)


# --- segmentation ---------------------------------------------------------------------------------

SHADES = ["dark", "middle", "light"]


def shades(picture: Any) -> torch.Tensor:
    """Give H×W class ids, a corner of which doesn't count."""
    mask = torch.bucketize(torch.tensor(picture).float().mean(-1), torch.tensor([80.0, 150.0]))
    mask[:2, :3] = 255
    return mask


def check_masks(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_picture(image, trial, i)
    truth = trial.data[i]["labels"].numpy()
    size = trial.pictures[i].shape[:2]
    [expected] = trial.processor.post_process_semantic_segmentation(output, target_sizes=[size])
    assert len(set(expected.flatten().tolist())) > 1
    ignored = np.where(truth == 255, 65535, truth)
    assert np.array_equal(image.masks["ground_truth"].to_numpy(), ignored)
    assert np.array_equal(image.masks["predictions"].to_numpy(), expected.numpy())
    names = image.masks["predictions"].class_labels
    assert {str(k): name for k, name in enumerate(SHADES)}.items() <= names.items()


def segmentation_of(name: str, model: Callable[[], Any]) -> Trial:
    pictures = photographs(32)
    rows = [{"pixel_values": normalised(p), "labels": shades(p)} for p in pictures]
    processor = processor_of(transformers.SegformerImageProcessor)
    return Trial(name, pictures, Rows(rows), model, check_masks, processor)


def segformer() -> Any:
    config = transformers.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        initializer_range=0.5,
        id2label=named(SHADES),
    )
    return transformers.SegformerForSemanticSegmentation(config)


def segmentation() -> Trial:
    return segmentation_of("segmentation", segformer)


def upernet() -> Any:
    backbone = transformers.ConvNextConfig(
        num_stages=2,
        depths=[1, 1],
        hidden_sizes=[8, 16],
        out_features=["stage1", "stage2"],
        initializer_range=0.5,
    )
    config = transformers.UperNetConfig(
        backbone_config=backbone,
        hidden_size=8,
        pool_scales=[1, 2],
        use_auxiliary_head=False,
        initializer_range=0.5,
        id2label=named(SHADES),
    )
    return transformers.UperNetForSemanticSegmentation(config)


def upernet_segmentation() -> Trial:
    return segmentation_of("UperNet", upernet)


# --- detection ------------------------------------------------------------------------------------


def check_boxes(image: Any, trial: Trial, i: int, output: Any) -> None:
    picture = trial.pictures[i]
    height, width = picture.shape[:2]
    assert np.array_equal(image.to_numpy()[:height, :width], picture)
    padded = image.to_numpy().shape[:2]
    [expected] = trial.processor.post_process_object_detection(output, 0.5, target_sizes=[padded])
    same_boxes(image.boxes["predictions"].box_data, **expected)
    known = trial.data[i]["annotations"]["annotations"]
    corners = [(x, y, x + w, y + h) for x, y, w, h in (each["bbox"] for each in known)]
    labels = [each["category_id"] for each in known]
    same_boxes(image.boxes["ground_truth"].box_data, torch.tensor(labels), torch.tensor(corners))


def same_boxes(found: Sequence[Any], labels: Any, boxes: Any, scores: Any = None) -> None:
    assert [box.class_id for box in found] == labels.tolist()
    at = [(b.position.min_x, b.position.min_y, b.position.max_x, b.position.max_y) for b in found]
    assert np.array(at).reshape(-1, 4) == pytest.approx(boxes.reshape(-1, 4).numpy(), abs=1e-2)
    names = [["cat", "dog"][k] for k in labels]
    if scores is None:
        assert [box.box_caption for box in found] == names
    else:
        assert [box.scores["score"] for box in found] == pytest.approx(scores.tolist(), abs=1e-4)
        assert [box.box_caption.split()[0] for box in found] == names


def detection_of(name: str, model: Callable[[], Any], *, padded: bool) -> Trial:
    """Give pictures, of several sizes where they are padded, with one or two boxes each."""
    whole = photographs(48)
    pictures = [p[:32, : 40 + i if padded else 48] for i, p in enumerate(whole)]
    rows = [
        {"picture": p, "annotations": {"image_id": i, "annotations": boxes_of(i)}}
        for i, p in enumerate(pictures)
    ]
    size = {"shortest_edge": 32, "longest_edge": 100}
    processor = processor_of(transformers.DetrImageProcessor, do_resize=True, size=size)

    def collate(batch: Sequence[Any]) -> dict[str, Any]:
        pictures, annotations = ([row[k] for row in batch] for k in ("picture", "annotations"))
        made = processor(images=pictures, annotations=annotations, return_tensors="pt")
        made = {**made, "labels": [dict(each) for each in made["labels"]]}
        return made if padded else {k: v for k, v in made.items() if k != "pixel_mask"}

    options = {"eval_do_concat_batches": False}
    return Trial(name, pictures, Rows(rows), model, check_boxes, processor, collate, options)


def boxes_of(i: int) -> list[dict[str, Any]]:
    given = [([2 + i, 3, 10, 12], i % 2), ([15, 10 + i, 20, 8], 1)]
    return [
        {"bbox": box, "category_id": label, "area": box[2] * box[3], "iscrowd": 0}
        for box, label in given[: 1 + i % 2]
    ]


def detr() -> Any:
    backbone = transformers.ResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 16],
        depths=[1, 1],
        layer_type="basic",
        out_features=["stage2"],
    )
    config = transformers.DetrConfig(
        use_timm_backbone=False,
        use_pretrained_backbone=False,
        backbone=None,
        backbone_config=backbone,
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        num_queries=6,
        init_std=0.5,
        dropout=0.0,
        id2label=named(["cat", "dog"]),
    )
    return transformers.DetrForObjectDetection(config)


def yolos() -> Any:
    config = transformers.YolosConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=[32, 48],
        patch_size=8,
        num_detection_tokens=6,
        initializer_range=0.5,
        id2label=named(["cat", "dog"]),
    )
    model = transformers.YolosForObjectDetection(config)
    nn.init.normal_(model.vit.embeddings.detection_tokens)
    return model


def detection() -> Trial:
    return detection_of("DETR", detr, padded=True)


def yolos_detection() -> Trial:
    return detection_of("YOLOS", yolos, padded=False)


# --- image to image -------------------------------------------------------------------------------


class Denoiser(transformers.PreTrainedModel):  # type: ignore[misc]  # transformers is not looked into
    """A model of the user's own."""

    config_class = transformers.PretrainedConfig
    main_input_name = "pixel_values"

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.layer = nn.Conv2d(3, 3, 3, padding=1)
        self.post_init()

    def _init_weights(self, module: Any) -> None:
        pass

    def forward(self, pixel_values: torch.Tensor, labels: Any = None) -> Any:
        restored = pixel_values + 0.3 * self.layer(pixel_values)
        loss = None if labels is None else nn.functional.mse_loss(restored, labels)
        return {
            **({} if loss is None else {"loss": loss}),
            "reconstruction": restored,
        }


def check_row(image: Any, trial: Trial, i: int, output: Any) -> None:
    mean, std = (torch.tensor(v)[:, None, None] for v in (MEAN, STD))
    seen = trial.data[i]
    values = seen["pixel_values"], output["reconstruction"][0], seen["labels"]
    cells = [(v * std + mean).clamp(0, 1) for v in values]
    height, width = cells[0].shape[1:]
    for k, cell in enumerate(cells):
        left = 2 + k * (width + 2)
        shown = image.to_numpy()[2 : 2 + height, left : left + width].astype(int)
        expected = np.floor(cell.numpy() * 255 + 0.5).transpose(1, 2, 0)
        assert np.abs(shown - expected).max() <= 1  # one rounding
    assert image.notes.scores["mse"] == pytest.approx(
        float(((values[1] - values[2]) ** 2).mean()), rel=1e-3
    )


def image_to_image() -> Trial:
    pictures = photographs(16)
    noise = np.random.default_rng(1)
    noisy = [np.clip(p + noise.normal(0, 20, p.shape), 0, 255).astype(np.uint8) for p in pictures]
    rows = [
        {"pixel_values": normalised(x), "labels": normalised(p)}
        for x, p in zip(noisy, pictures, strict=True)
    ]
    model = lambda: Denoiser(transformers.PretrainedConfig())  # noqa: E731
    processor = processor_of(transformers.ViTImageProcessor)
    return Trial("image-to-image", noisy, Rows(rows), model, check_row, processor)


class Masked(transformers.ViTMAEForPreTraining):  # type: ignore[misc]
    """Masks the same patches each time."""

    def forward(self, pixel_values: torch.Tensor, **_: Any) -> Any:
        noise = torch.linspace(0, 1, 16).expand(len(pixel_values), 16)
        return super().forward(pixel_values, noise=noise)


def masked() -> Any:
    config = transformers.ViTMAEConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=16,
        patch_size=4,
        decoder_hidden_size=16,
        decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2,
        decoder_intermediate_size=32,
        initializer_range=0.5,
    )
    model = Masked(config)
    nn.init.normal_(model.decoder.decoder_pred.weight, std=0.2)
    return model


def check_patches(image: Any, trial: Trial, i: int, output: Any) -> None:
    """Put patches of 4×4 pixels together by hand: rows of four, colours last in each."""
    seen = trial.data[i]["pixel_values"]
    patches = output.logits[0].reshape(4, 4, 4, 4, 3)
    restored = torch.stack(
        [torch.cat([torch.cat(list(row), 1) for row in patches[..., c]], 0) for c in range(3)]
    )
    mean, std = (torch.tensor(v)[:, None, None] for v in (MEAN, STD))
    cells = [(v * std + mean).clamp(0, 1) for v in (seen, restored, seen)]
    for k, cell in enumerate(cells):
        left = 2 + k * 18
        shown = image.to_numpy()[2:18, left : left + 16].astype(int)
        assert np.abs(shown - np.floor(cell.numpy() * 255 + 0.5).transpose(1, 2, 0)).max() <= 1
    mse = float(((restored - seen) ** 2).mean())
    assert image.notes.scores["mse"] == pytest.approx(mse, rel=1e-3)


def masked_autoencoder() -> Trial:
    pictures = photographs(16)
    rows = [{"pixel_values": normalised(p)} for p in pictures]
    processor = processor_of(transformers.ViTImageProcessor)
    options = {"label_names": ["pixel_values"]}
    return Trial("MAE", pictures, Rows(rows), masked, check_patches, processor, options=options)


TRIALS: dict[str, Callable[[], Trial]] = {
    make.__name__: make
    for make in (
        classification,
        multi_label,
        segmentation,
        upernet_segmentation,
        detection,
        yolos_detection,
        image_to_image,
        masked_autoencoder,
    )
}
