"""A whole training, ResNet-50 with Lightning, with zero-code capture on and without a logger."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .. import clocks
from ..contenders import OURS
from ..moments import Moment, counting_ours
from .calls import Measures, Shape

_EPOCHS = 2
_BATCH = 16
_NEEDS = ("torch", "torchvision", "pytorch_lightning")
PLAIN = "no logger"


def _no_logger(_directory: Path) -> bool:
    return False


def _medialog(directory: Path, *, capture: bool) -> Any:
    from medialog_lightning import MediaLogger  # noqa: PLC0415 - only this workload needs it

    return MediaLogger(directory, capture=capture)


def _tensorboard(directory: Path) -> Any:
    from pytorch_lightning.loggers import TensorBoardLogger  # noqa: PLC0415 - as above

    return TensorBoardLogger(str(directory))


_LOGGERS: Mapping[str, Callable[[Path], Any]] = {
    PLAIN: _no_logger,
    "medialog": functools.partial(_medialog, capture=True),
    "medialog:capture=False": functools.partial(_medialog, capture=False),
    "tensorboard": _tensorboard,
}


def counting(label: str) -> AbstractContextManager[None]:
    """Count in the block what is ours, if the contender is."""
    return counting_ours() if label.partition(":")[0] in OURS else nullcontext()


def trained(first: Moment, second: Moment, end: Moment, directory: Path, shape: Shape) -> Measures:
    """Give the measures of a training: its first part, which compiles, and the rest until its end."""
    seconds = end.own - second.own
    return {
        "first_s": second.own - first.own,
        "train_s": seconds,
        "train_wall_s": end.wall - second.wall,
        "train_cpu_s": end.cpu - second.cpu,
        "ours_percent": 100 * (end.ours - second.ours) / seconds,
        "disk_kb": clocks.disk(directory).nbytes / clocks.KB / shape.steps,
    }


class Training:
    """A workload of one training; its shape's `count` is layers, 50 or 18."""

    name = "training"
    title = "ResNet-50 on 64×64 pictures, batches of 16, two epochs with validation, one thread"
    item = "call"
    full = Shape(steps=60, count=50, side=64)
    tiny = Shape(steps=2, count=18, side=32)

    def labels(self) -> Mapping[str, list[str]]:
        """Give the contenders, with the packages that each lacks."""
        missing = [name for name in _NEEDS if find_spec(name) is None]
        return dict.fromkeys(_LOGGERS, missing)

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Train once."""
        import pytorch_lightning as pl  # noqa: PLC0415 - only this workload needs it
        import torch  # noqa: PLC0415

        from .resnet import Model, batches  # noqa: PLC0415

        torch.set_num_threads(1)
        pl.seed_everything(0, verbose=False)
        model = Model(shape.count)
        trainer = pl.Trainer(
            logger=_LOGGERS[label](directory),
            max_epochs=_EPOCHS,
            accelerator="cpu",
            default_root_dir=directory,
            enable_checkpointing=False,
            enable_progress_bar=False,
            enable_model_summary=False,
        )
        per_epoch = shape.steps // _EPOCHS
        train, val = (batches(n, _BATCH, shape.side) for n in (per_epoch, 1))
        with counting(label):
            trainer.fit(model, train, val)
            end = Moment.now()
        return trained(model.steps[0], model.steps[1], end, directory, shape)


TRAINING = Training()
