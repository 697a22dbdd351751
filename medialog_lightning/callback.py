"""The callback that captures: hooks of Lightning's, handed on to a `TrainerWatch`.

It has no state of its own that would belong into a checkpoint, and can be pickled at any time.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module, util
from typing import Any

from medialog_core.arrays import describe
from medialog_core.capture.options import Capture
from medialog_core.errors import MissingExtra, WrongType

from .capturing import capturing
from .namespaces import NAMESPACES
from .watch import TrainerWatch


class MediaCallbackMixin:
    """What a callback of either namespace does.

    Args:
        capture: What to capture; None takes what the trainer's MediaLogger says.

    Attributes:
        auto: Whether it was attached by the logger; one of the user's own wins over it.
    """

    auto = False

    def __init__(self, capture: Capture | None = None) -> None:
        super().__init__()
        if capture is not None and not isinstance(capture, Capture):
            raise WrongType(f"capture: expected a Capture or None, got {describe(capture)}")
        self._capture = capture
        self._watch: TrainerWatch | None = None

    def setup(self, trainer: Any, pl_module: Any, stage: str) -> None:  # noqa: ARG002 - Lightning's
        """Have the loggers follow the trainer, also where Lightning logs no graph."""
        for logger in capturing(trainer.loggers):
            logger.connect(trainer)

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin to watch."""
        self._watching(trainer, pl_module)

    def on_train_batch_start(
        self,
        trainer: Any,
        pl_module: Any,
        batch: Any,
        batch_idx: int,  # noqa: ARG002 - Lightning's signature
    ) -> None:
        """Look at the inputs, every n-th step."""
        watch = self._watching(trainer, pl_module)
        if watch is not None:
            watch.train_batch(trainer, pl_module, batch)

    def on_before_optimizer_step(self, trainer: Any, pl_module: Any, optimizer: Any) -> None:
        """Look at the gradients, every n-th step of this optimizer."""
        watch = self._watching(trainer, pl_module)
        if watch is not None:
            watch.optimizer_step(trainer, pl_module, optimizer)

    def on_validation_start(self, trainer: Any, pl_module: Any) -> None:
        """Begin a validation."""
        watch = self._watching(trainer, pl_module)
        if watch is not None:
            watch.validation_start()

    def on_validation_batch_start(
        self, trainer: Any, pl_module: Any, batch: Any, batch_idx: int, dataloader_idx: int = 0
    ) -> None:
        """Look at a validation batch before its step."""
        watch = self._watching(trainer, pl_module)
        if watch is not None:
            watch.validation_batch_start(trainer, pl_module, batch, batch_idx, dataloader_idx)

    def on_validation_batch_end(
        self,
        trainer: Any,
        pl_module: Any,
        outputs: Any,
        batch: Any,  # noqa: ARG002 - Lightning's signature
        batch_idx: int,  # noqa: ARG002
        dataloader_idx: int = 0,  # noqa: ARG002
    ) -> None:
        """Look at what a validation step put out."""
        watch = self._watching(trainer, pl_module)
        if watch is not None:
            watch.validation_batch_end(trainer, outputs)

    def on_validation_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Log the predictions of the followed samples."""
        watch = self._watching(trainer, pl_module)
        if watch is not None:
            watch.validation_end(trainer, pl_module)

    def on_validation_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002
        """End a validation that is not part of a fit."""
        if trainer.state.fn != "fit":
            self._end()

    def on_train_end(self, trainer: Any, pl_module: Any) -> None:  # noqa: ARG002
        """End."""
        self._end()

    def on_exception(self, trainer: Any, pl_module: Any, exception: BaseException) -> None:  # noqa: ARG002
        """Take off what is attached: nothing else is called after an error."""
        self._end()

    def _end(self) -> None:
        watch, self._watch = self._watch, None
        if watch is not None:
            watch.end()

    def _watching(self, trainer: Any, module: Any) -> TrainerWatch | None:
        """Give the watch on this trainer, or None where this callback has nothing to do."""
        if trainer.sanity_checking or not trainer.is_global_zero or not self._acts(trainer):
            return None
        loggers = capturing(trainer.loggers)
        if not loggers:
            return None
        if self._watch is None or self._watch.loggers != loggers:
            self._end()
            self._watch = TrainerWatch(
                trainer, module, loggers, self._capture or loggers[0].capture or Capture()
            )
        return self._watch

    def _acts(self, trainer: Any) -> bool:
        """Say whether this is the one of several that acts: the first, the user's own before ours."""
        ours = [each for each in trainer.callbacks if isinstance(each, MediaCallbackMixin)]
        return next((each for each in ours if not each.auto), ours[0]) is self

    def __getstate__(self) -> dict[str, Any]:
        # Lightning binds `log` and `log_dict` of the module to every callback.
        return {k: v for k, v in vars(self).items() if k not in ("log", "log_dict")} | {
            "_watch": None
        }


class _Auto(MediaCallbackMixin):
    auto = True

    def __reduce__(self) -> tuple[Any, ...]:
        return auto_callback, (type(self).__bases__[1].__module__.rpartition(".callbacks")[0],)


def auto_callback(namespace: str) -> Any:
    """Make the callback that a logger attaches by itself.

    Args:
        namespace: `pytorch_lightning` or `lightning.pytorch`, whose `Callback` it inherits from.
    """
    return _auto_class(namespace)()


@cache
def _auto_class(namespace: str) -> type[Any]:
    return type("MediaCallback", (_Auto, import_module(f"{namespace}.callbacks").Callback), {})


def _callback_bases() -> tuple[type[Any], ...]:
    """Give the `Callback` of each namespace that is loaded, else of one that is installed."""
    loaded = [name for name in NAMESPACES if name in sys.modules]
    installed = (name for name in NAMESPACES if util.find_spec(name.partition(".")[0]) is not None)
    names = loaded or [name for name in [next(installed, None)] if name is not None]
    if not names:
        raise MissingExtra("MediaCallback", "lightning")
    return tuple(import_module(f"{name}.callbacks").Callback for name in names)


_Base: Any = type("_Base", _callback_bases(), {})


class MediaCallback(MediaCallbackMixin, _Base):  # type: ignore[misc]  # which base is known when it runs
    """Captures media of a training that has a MediaLogger: inputs, predictions, gradients.

    `Trainer(logger=MediaLogger())` attaches one by itself; give one explicitly to tune it.

    Args:
        capture: What to capture; None takes what the trainer's MediaLogger says.
    """
