"""The validations of one training: the same samples of each loader, from the first to the last."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any

from .batch import Batch
from .follow import Forward, Leading
from .predict import Predictions
from .session import Session


class Validation:
    """Knows the loaders and shows what is followed of each.

    Args:
        session: Where it goes.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._loaders: dict[Hashable, Predictions] = {}

    def loader(self, key: Hashable, make: Callable[[], Predictions]) -> Predictions:
        """Give a loader's predictions, made when it is first met."""
        if key not in self._loaders:
            self._loaders[key] = make()
        return self._loaders[key]

    def begin(self) -> None:
        """Begin a validation."""
        for each in self._loaders.values():
            each.follower.begin()

    def batch(
        self,
        loader: Predictions,
        batch_idx: int,
        parts: Batch,
        native: Callable[[int], Any],
        step: int,
        epoch: float | None,
    ) -> Leading | None:
        """Show the first batch's inputs, and take what is followed from a batch that holds some of it.

        Args:
            loader: Whose batch it is.
            batch_idx: Its place in the loader.
            parts: The batch, taken apart, before the model sees it.
            native: Gives the framework's own row of the inputs, to be kept for another forward.
            step: Training step.
            epoch: Epoch, where it is known.

        Returns:
            The followed samples, which lead the batch; None where nothing of its output is wanted.
        """
        options = self._session.options
        if batch_idx == 0 and options.grids:
            self._session.log_inputs(loader.stage, parts, loader.facts, step, epoch)
        if not options.predictions or options.sample_fn is not None or parts.inputs is None:
            return None
        if not loader.follower.wants(batch_idx):
            return None
        return loader.follower.look(batch_idx, parts, native)

    def sampled(
        self, loader: Predictions, batch: Any, outputs: Any, step: int, epoch: float | None
    ) -> None:
        """Log what the user's `sample_fn` makes of a first batch."""
        sample_fn = self._session.options.sample_fn
        if sample_fn is not None:
            media = sample_fn(batch, outputs)
            self._session.log({f"{loader.stage}/predictions": media}, step, epoch)

    def end(
        self,
        step: int,
        epoch: float | None,
        forward: Callable[[Hashable], Forward],
        only: Hashable | None = None,
    ) -> None:
        """Log each loader's predictions.

        Args:
            step: Training step.
            epoch: Epoch, where it is known.
            forward: Gives what predicts samples of a loader again.
            only: The loader whose validation this was, where each has one of its own.
        """
        options = self._session.options
        if not options.predictions or options.sample_fn is not None:
            return
        for key, loader in self._loaders.items():
            if only is None or key == only:
                loader.log(forward(key), step, epoch)
