"""Validation batches: the recorder on the few that hold followed samples, and the forward after them."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from medialog_core.capture.batch import Batch, split
from medialog_core.capture.follow import Follower, Forward, Leading
from medialog_core.capture.options import Role
from medialog_core.capture.predict import Predictions, stage_of
from medialog_core.capture.samples import Sample
from medialog_core.capture.tasks.evidence import Evidence
from medialog_core.capture.torch.forward import can_run_eagerly, forward_again, graphs, is_compiled
from medialog_core.capture.torch.recorder import Recorder
from medialog_core.capture.torch.rows import native_rows, of_step
from medialog_core.capture.watch import Watch

from . import hooks
from .steps import current_step


class Recording:
    """Brings what happens in validation steps to the watch.

    Args:
        watch: Follows the samples.
        module: The LightningModule.
    """

    def __init__(self, watch: Watch, module: Any) -> None:
        self._session = watch.session
        self._options = watch.session.options
        self._validation = watch.validation
        self._listed: dict[Hashable, bool] = {}
        self._graphs = graphs()
        self._compiled = is_compiled(module)
        self._now: tuple[Predictions, Leading, Batch] | None = None
        self._recorder: Recorder | None = None
        self._given: tuple[Predictions, Any] | None = None

    @property
    def under_way(self) -> bool:
        """Whether the batch that is under way is looked at."""
        return self._now is not None or self._given is not None

    def start(self, trainer: Any, module: Any, batch: Any, batch_idx: int, loader_idx: int) -> None:
        """Show the first batch's inputs; where a batch holds followed samples, begin to record."""
        loader = self._loader(trainer, module, loader_idx)
        self._given = (
            (loader, batch) if batch_idx == 0 and self._options.sample_fn is not None else None
        )
        parts = split(batch, self._options.roles)
        place = current_step(trainer), trainer.current_epoch
        leading = self._validation.batch(
            loader, batch_idx, parts, native_rows(parts.inputs), *place
        )
        if leading is None:
            return
        self._listed[loader_idx] = isinstance(parts.inputs, list | tuple)
        self._now = loader, leading, parts
        if not self._is_compiled():
            self._recorder = Recorder(module, batch, parts, len(leading.samples))
            self._recorder.start()

    def stop(self, trainer: Any, outputs: Any) -> None:
        """End recording and keep what was seen; log what `sample_fn` makes of a first batch."""
        given, self._given = self._given, None
        if given is not None:
            self._validation.sampled(*given, outputs, current_step(trainer), trainer.current_epoch)
        now, self._now = self._now, None
        recorder, self._recorder = self._recorder, None
        seen = recorder.stop() if recorder is not None else []
        if now is not None:
            loader, leading, parts = now
            pinned = self._options.roles.get("prediction")
            returned = of_step(outputs, parts.size, len(leading.samples), pinned)
            loader.follower.see(leading, [*returned, *seen])

    def show(self, trainer: Any, module: Any) -> None:
        """Log each loader's predictions."""
        self._validation.end(
            current_step(trainer),
            trainer.current_epoch,
            lambda index: self._forward(trainer, module, index),
        )

    def abandon(self) -> None:
        """Take the recorder off in the middle of a batch."""
        recorder, self._recorder = self._recorder, None
        self._now = self._given = None
        if recorder is not None:
            recorder.stop()

    def _loader(self, trainer: Any, module: Any, index: int) -> Predictions:
        def make() -> Predictions:
            loaders = trainer.val_dataloaders
            loader = hooks.loader_of(loaders, index)
            stage = stage_of("val", index, hooks.count_loaders(loaders))
            roles = dict(self._options.roles)
            follower = Follower(index, self._options.num_samples, roles, hooks.position_in(loader))
            return Predictions(self._session, follower, stage, hooks.facts_for(loader, module))

        return self._validation.loader(index, make)

    def _is_compiled(self) -> bool:
        """Say whether anything of the user's is compiled: told by the model, or by a graph since the start."""
        self._compiled = self._compiled or graphs() > self._graphs
        return self._compiled

    def _forward(self, trainer: Any, module: Any, index: Hashable) -> Forward:
        def forward(path: Role, samples: Sequence[Sample]) -> list[Evidence]:
            if not hooks.may_forward(trainer) or not can_run_eagerly(module):
                return []
            precision = trainer.precision_plugin.val_step_context()
            listed = self._listed[index]
            try:
                with hooks.silent(module):
                    return forward_again(
                        module,
                        str(path),
                        samples,
                        listed=listed,
                        device=module.device,
                        precision=precision,
                    )
            except Exception as error:  # noqa: BLE001 - it is the user's forward, which may want other inputs
                self._session.notice(
                    "capture_forward", f"samples can't be predicted again: {error!r}"
                )
                return []

        return forward
