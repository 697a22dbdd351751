"""A training with Hugging Face's Trainer, with `report_to="medialog"` and without."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ..moments import Moment
from .calls import Measures, Shape
from .training import PLAIN, counting, trained

_CLASSES = 10
_BATCH = 16
_EPOCHS = 2
_NEEDS = ("torch", "transformers", "accelerate")


class HuggingFaceTraining:
    """A workload of one training; its shape's `count` is layers of a ViT."""

    name = "huggingface"
    title = "ViT on 64×64 pictures, batches of 16, two epochs with evaluation, one thread"
    item = "call"
    full = Shape(steps=160, count=6, side=64)
    tiny = Shape(steps=2, count=1, side=16)

    def labels(self) -> Mapping[str, list[str]]:
        """Give the contenders, with the packages that each lacks."""
        missing = [name for name in _NEEDS if find_spec(name) is None]
        return dict.fromkeys((PLAIN, "medialog"), missing)

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Train once."""
        import torch  # noqa: PLC0415 - only this workload needs it
        from transformers import Trainer, TrainingArguments, set_seed  # noqa: PLC0415

        import medialog_huggingface  # noqa: F401, PLC0415 - registers itself

        torch.set_num_threads(1)
        set_seed(0)
        arguments = TrainingArguments(
            str(directory),
            report_to="none" if label == PLAIN else label,
            num_train_epochs=_EPOCHS,
            per_device_train_batch_size=_BATCH,
            eval_strategy="epoch",
            save_strategy="no",
            use_cpu=True,
            disable_tqdm=True,
        )
        marks = _marks()
        trainer = Trainer(
            _model(shape),
            arguments,
            train_dataset=_data(_BATCH * (shape.steps // _EPOCHS), shape.side),
            eval_dataset=_data(2 * _BATCH, shape.side),
            callbacks=[marks],
        )
        with counting(label):
            trainer.train()
            end = Moment.now()
        return trained(marks.steps[0], marks.steps[1], end, directory, shape)


def _marks() -> Any:
    from transformers import TrainerCallback  # noqa: PLC0415 - only this workload needs it

    class Marks(TrainerCallback):  # type: ignore[misc] # transformers is not followed by mypy
        """Notes when each step begins."""

        def __init__(self) -> None:
            self.steps: list[Moment] = []

        def on_step_begin(self, *_: Any, **__: Any) -> None:
            self.steps.append(Moment.now())

    return Marks()


def _model(shape: Shape) -> Any:
    from transformers import ViTConfig, ViTForImageClassification  # noqa: PLC0415 - as above

    return ViTForImageClassification(
        ViTConfig(
            hidden_size=192,
            num_hidden_layers=shape.count,
            num_attention_heads=3,
            intermediate_size=768,
            image_size=shape.side,
            patch_size=8,
            num_labels=_CLASSES,
        )
    )


def _data(number: int, side: int) -> list[dict[str, Any]]:
    import torch  # noqa: PLC0415 - as above

    random = torch.Generator().manual_seed(0)
    pictures = torch.rand(number, 3, side, side, generator=random)
    labels = torch.randint(0, _CLASSES, (number,), generator=random)
    return [
        {"pixel_values": picture, "labels": label}
        for picture, label in zip(pictures, labels, strict=True)
    ]


HUGGINGFACE = HuggingFaceTraining()
