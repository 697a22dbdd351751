"""The Lightning logger: scalars, hyper-parameters and media of a training, and capture by itself.

One class serves `pytorch_lightning` and `lightning.pytorch`. It inherits from neither, because
that would import both: it is registered as a subclass of whichever is loaded. It must have no
`__len__`, `__bool__` or `__iter__`: Lightning drops an empty logger and unpacks an iterable one.
"""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Mapping, Sequence
from typing import Any

from medialog_core.arrays import to_scalar
from medialog_core.capture.options import Capture, chosen_capture
from medialog_core.payload import Sink
from medialog_core.placing import ranks
from medialog_core.placing.lazy_run import LazyRun
from medialog_core.placing.place import Place
from medialog_core.placing.unplaced import unplaced
from medialog_core.runs.arguments import chosen_mode
from medialog_core.runs.run import Run
from medialog_core.runs.spec import Durability
from medialog_core.runs.worker import OnFull

from . import attach, namespaces
from .capturing import Capturing
from .checkpoints import state_of
from .hparams import to_dict
from .media import MediaMethods
from .steps import current_step


class MediaLogger(MediaMethods, Capturing):
    """Logs a training to `<save_dir>/<name>/version_N` and captures its media by itself.

    `Trainer(logger=MediaLogger())` is all it takes. The ranks of a distributed training write to
    one run directory, each to files of its own; scalars come from rank 0, media from every rank.

    Towards the trainer `save_dir` is the run's own directory, and `name` and `version` are empty:
    so checkpoints and LightningCLI's `config.yaml` lie in it too.

    Attributes:
        capture: What is captured, None for nothing.

    Args:
        save_dir: Parent of all runs, a local directory.
        name: Folder of the runs that belong together, the run's project; empty for none.
        version: None for the next free number; else an int, or a folder's name. That of an existing
            run resumes it.
        prefix: Put before every key, with `-` between.
        sinks: `store`, `tensorboard`, both, or objects that satisfy `medialog_core.payload.Sink`.
        capture: What is captured without a line of code: True for what `Capture()` says, a `Capture`
            to tune it, False for nothing.
        config: Hyper-parameters beside those that the module saves.
        tags: Kept with the run.
        notes: Kept with the run.
        group: Kept with the run.
        job_type: Kept with the run.
        strict: Raise a failed write at the next call; `$MEDIALOG_STRICT` where absent.
        on_full: When the queue is full: `wait`, or `drop`, counted in `run.health`.
        queue_bytes: Bound of raw input that waits for the encoder, 64 MiB by default.
        durability: `fsync` syncs every commit.

    Raises:
        InvalidInput: An argument has a value that it cannot have.
        WrongType: An argument is of the wrong type.
    """

    def __init__(
        self,
        save_dir: str | os.PathLike[str] = ".",
        name: str | None = "lightning_logs",
        version: int | str | None = None,
        *,
        prefix: str = "",
        sinks: Sequence[str | Sink] = ("store",),
        capture: bool | Capture = True,
        config: Mapping[str, Any] | None = None,
        tags: Sequence[str] | None = None,
        notes: str | None = None,
        group: str | None = None,
        job_type: str | None = None,
        strict: bool | None = None,
        on_full: OnFull = "wait",
        queue_bytes: int | None = None,
        durability: Durability | None = None,
    ) -> None:
        disabled = chosen_mode(None) == "disabled"
        place = Place(save_dir, name or "", version, create=not disabled)
        spec = unplaced(
            name or "default",
            sinks=sinks,
            config=to_dict(config),
            tags=tags,
            notes=notes,
            group=group,
            job_type=job_type,
            strict=strict,
            on_full=on_full,
            queue_bytes=queue_bytes,
            durability=durability,
        )
        self.capture = chosen_capture(capture)
        self._prefix = prefix
        self._run = LazyRun(place, spec)
        self._come_alive()

    # --- where the run is -------------------------------------------------------------------------

    @property
    def run(self) -> Run:
        """This rank's run, opened at first use.

        Raises:
            NotStarted: On a rank above 0, before the trainer has set up.
        """
        return self._run.get()

    @property
    def experiment(self) -> Any:
        """The run on rank 0; elsewhere a `DummyExperiment` that forwards to this rank's own run."""
        return self._run.get() if ranks.rank() == 0 else namespaces.rank_experiment(self._of_rank)

    @property
    def save_dir(self) -> str:
        """The run's own directory; on other ranks `root_dir` until the trainer has set up."""
        place = self._run.place
        found = place.decide() if ranks.rank() == 0 else place.find(wait_secs=0)
        return os.fspath(found[0] if found else place.root)

    @property
    def log_dir(self) -> str:
        """The run's own directory, as `save_dir`."""
        return self.save_dir

    @property
    def root_dir(self) -> str:
        """The directory of all versions, `<save_dir>/<name>`."""
        return os.fspath(self._run.place.root)

    @property
    def name(self) -> str:
        """Empty: Lightning would put it behind `save_dir`. `run.name` has the run's name."""
        return ""

    @property
    def version(self) -> str:
        """Empty, on every rank: Lightning would put it behind `save_dir`."""
        return ""

    @property
    def group_separator(self) -> str:
        """What stands between the parts of a key."""
        return "/"

    # --- what the trainer calls -------------------------------------------------------------------

    def log_metrics(self, metrics: Mapping[str, Any], step: int | None = None) -> None:
        """Log numbers, of rank 0 only; `epoch` among them is written beside the step as well.

        Args:
            metrics: Key to number.
            step: Training step.
        """
        if ranks.rank() == 0:
            self.run.log(self.prefixed(metrics), step, epoch=to_scalar(metrics.get("epoch")))

    def log_hyperparams(self, params: Any, metrics: Mapping[str, Any] | None = None) -> None:
        """Add to the run's config, on rank 0 only.

        Args:
            params: A dictionary, `Namespace`, dataclass or OmegaConf's config; what JSON lacks is
                kept by its `repr`.
            metrics: Logged at step 0, as TensorBoardLogger does.

        Raises:
            WrongType: `params` is none of these.
        """
        if ranks.rank() == 0:
            self.run.config.update(to_dict(params))
            if metrics:
                self.log_metrics(metrics, 0)

    def log_graph(self, model: Any, input_array: Any = None) -> None:  # noqa: ARG002 - Lightning's signature
        """Follow the trainer that `model` is attached to; Lightning calls this on every rank.

        Args:
            model: A LightningModule.
            input_array: Not needed.
        """
        trainer = attach.trainer_of(model)
        if trainer is not None:
            self.connect(trainer)

    def connect(self, trainer: Any) -> None:
        """Log at the trainer's step from now on, and capture from it.

        Args:
            trainer: A `Trainer` that has this logger.
        """
        first = next(
            (logger for logger in trainer.loggers if isinstance(logger, MediaLogger)), self
        )
        self._run.follow(trainer, current_step, lead=first is self)
        if self.capture is not None:
            attach.attach_callback(trainer)

    def after_save_checkpoint(self, checkpoint_callback: Any) -> None:
        """Note where the checkpoints are, the best one and its score.

        Args:
            checkpoint_callback: A `ModelCheckpoint`.
        """
        if ranks.rank() == 0:
            self.run.state("checkpoint", *state_of(checkpoint_callback, self.run.dir))

    def save(self) -> None:
        """Do nothing: what is logged is written in the background, within a second."""

    def finalize(self, status: str) -> None:
        """Write all out and note how it ended; what is logged later opens the run again.

        Args:
            status: Lightning's `success`, or anything else for a failure.
        """
        self._run.end("finished" if status in ("success", "finished") else "failed")

    # --- inside -----------------------------------------------------------------------------------

    def _log(self, data: Mapping[str, Any], step: int | None) -> None:
        run = self._run.reach()
        if run is not None:
            run.log(self.prefixed(data), step)

    def _of_rank(self, name: str) -> Any:
        run = self._run.reach()
        return _nothing if run is None else getattr(run, name)

    def prefixed(self, data: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give `data` with the logger's prefix before every key."""
        return (
            {f"{self._prefix}-{key}": value for key, value in data.items()}
            if self._prefix
            else data
        )

    def _come_alive(self) -> None:
        namespaces.register(type(self))
        _LIVE.add(self)

    def _settle(self) -> None:
        """Decide where the run lies, so that the copies of this logger in other processes agree."""
        if ranks.rank() == 0:
            self._run.place.decide()

    def __getstate__(self) -> dict[str, Any]:
        self._settle()
        return self.__dict__

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._come_alive()


_LIVE: weakref.WeakSet[MediaLogger] = weakref.WeakSet()


def wants_capture() -> bool:
    """Say whether a logger that captures is alive in this process."""
    return any(logger.capture is not None for logger in _LIVE)


def _nothing(*_: Any, **__: Any) -> None:
    """Stand for a method of a run that this rank doesn't know yet."""


def _before_fork() -> None:
    for logger in list(_LIVE):
        with contextlib.suppress(OSError):  # refused again, and loudly, when the run opens
            logger._settle()  # noqa: SLF001 - this module's own


namespaces.register(MediaLogger)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork)
