"""accelerate's tracker: `Accelerator(log_with="medialog", project_dir=...)`."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from medialog_core import Table
from medialog_core.arrays import describe
from medialog_core.errors import MissingExtra, WrongType
from medialog_core.listed import IMAGE, listed
from medialog_core.payload import Sink
from medialog_core.placing import ranks
from medialog_core.placing.lazy_run import LazyRun
from medialog_core.placing.unplaced import unplaced
from medialog_core.runs.arguments import (
    folder_of,
    mapping_of,
    project_of,
)
from medialog_core.runs.run import Run
from medialog_core.runs.spec import Durability, one_of
from medialog_core.runs.worker import OnFull

try:
    from accelerate.tracking import GeneralTracker
except ImportError as error:
    raise MissingExtra("MediaTracker", "huggingface") from error

from .place import parent_of, placed
from .registering import register
from .sending import send
from .tensors import pictures
from .writer import Writer

NAME, TENSORBOARD = "medialog", "tensorboard"


class MediaTracker(GeneralTracker):  # type: ignore[misc]  # accelerate is not looked into
    """Logs numbers, text and media of a loop of accelerate's.

    The run lies in `<logging_dir>/medialog/<run_name>`, a further one of the same name in
    `<run_name>_2`; where `$MEDIALOG_DIR` is set, in `$MEDIALOG_DIR/<project>`.

    accelerate makes and starts trackers on the main process alone: `accelerator.trackers` is empty
    on the others. For media of every rank give the Accelerator an instance that each process has
    made, or make one on the others, of the same name and directory. Numbers and config are rank
    0's; nothing waits for another rank but, once, up to 10 s for where rank 0 puts the run.

    Attributes:
        name: What `tracker.name` and `get_tracker` go by: `medialog`, or as `shown_as` says.
        writer: The run behind SummaryWriter's methods.

    Args:
        run_name: The run's name; accelerate's `project_name`.
        logging_dir: A local directory, the Accelerator's; None is the current one.
        shown_as: `tensorboard` for scripts that look for TensorBoard's tracker and its `writer`;
            None is `$MEDIALOG_TRACKER_NAME`, else `medialog`.
        resume: Go on in the last run of this name, if there is one.
        project: Kept with the run; `$MEDIALOG_PROJECT` where absent.
        sinks: `store`, `tensorboard`, both, or objects that satisfy `medialog_core.payload.Sink`.
        config: Kept with the run, beside that of `init_trackers`.
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

    name = NAME
    requires_logging_directory = True
    main_process_only = False

    def __init__(
        self,
        run_name: str,
        logging_dir: str | os.PathLike[str] | None = None,
        *,
        shown_as: str | None = None,
        resume: bool = False,
        project: str | None = None,
        sinks: Sequence[str | Sink] = ("store",),
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
        super().__init__()
        folder = folder_of(_named(run_name))
        self.name = _shown(shown_as)
        spec = unplaced(
            project_of(project),
            sinks=sinks,
            config=mapping_of(config),
            tags=tags,
            notes=notes,
            group=group,
            job_type=job_type,
            strict=strict,
            on_full=on_full,
            queue_bytes=queue_bytes,
            durability=durability,
        )
        parent = parent_of(spec.project, None, "." if logging_dir is None else logging_dir)
        self._run: LazyRun = placed(spec, parent, folder, resumed=resume)
        self.writer = Writer(self._run)

    @property
    def run(self) -> Run:
        """This rank's run, opened at first use.

        Raises:
            NotStarted: On a rank above 0, where rank 0 has not started its own.
        """
        return self._run.get()

    @property
    def tracker(self) -> Run | Writer:
        """The run; the writer, where it is shown as TensorBoard's tracker."""
        return self.writer if self.name == TENSORBOARD else self.run

    def start(self) -> None:
        """Open the run on rank 0; other ranks open theirs at their first media."""
        if ranks.rank() == 0:
            self._run.get()

    def store_init_configuration(self, values: Mapping[str, Any]) -> None:
        """Add to the run's config, on rank 0 only.

        Args:
            values: A dictionary or a namespace; what JSON lacks is kept by its `repr`.

        Raises:
            WrongType: Neither, or media are among it.
        """
        if ranks.rank() == 0:
            self._run.get().config.update(mapping_of(values))

    def log(
        self,
        values: Mapping[str, Any],
        step: int | None = None,
        *,
        commit: bool | None = None,
        epoch: float | None = None,
    ) -> None:
        """Log numbers (of rank 0 only), text and media.

        Args:
            values: What `Run.log` takes; a dictionary in it becomes `<key>/<its key>`.
            step: Training step.
            commit: As `Run.log` has it.
            epoch: Written beside the step.

        Raises:
            WrongType, InvalidInput: As `Run.log` does.
        """
        send(self._run, values, step, commit=commit, epoch=epoch)

    def log_images(
        self,
        values: Mapping[str, Any],
        step: int | None = None,
        *,
        dataformats: str | None = None,
        **options: Any,
    ) -> None:
        """Log pictures, of every rank.

        Args:
            values: Key to a batch N×C×H×W or N×H×W×C, or a list of what `Image` takes.
            step: Training step.
            dataformats: As TensorBoard's tracker takes it, of arrays: what the axes are; floats then
                lie within [0, 1].
            options: `Image`'s arguments, e.g. `caption`: a list has one for each, anything else is
                for all.

        Raises:
            WrongType, InvalidInput: It is no picture (it is named by key and place), or an option is
                a list of another length.
        """
        for key, value in values.items():
            images = value if dataformats is None else pictures(value, dataformats)
            send(self._run, {key: listed("log_images", key, IMAGE, images, options)}, step)

    def log_table(
        self,
        table_name: str,
        columns: list[Any] | None = None,
        data: Sequence[Sequence[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
    ) -> None:
        """Log a table, of every rank.

        Args:
            table_name: The key.
            columns: Names of the columns.
            data: Rows; cells may be images, histograms and text.
            dataframe: A data frame instead of both.
            step: Training step.

        Raises:
            WrongType, InvalidInput: As `Table` does.
        """
        send(self._run, {table_name: Table(columns=columns, data=data, dataframe=dataframe)}, step)

    def finish(self) -> None:
        """Write all out and note that it ended; what is logged later opens the run again."""
        self._run.end("finished")


def _shown(shown_as: str | None) -> str:
    given = shown_as or os.environ.get("MEDIALOG_TRACKER_NAME") or NAME
    one_of("MEDIALOG_TRACKER_NAME" if shown_as is None else "shown_as", given, (NAME, TENSORBOARD))
    return given


def _named(run_name: Any) -> str:
    if not isinstance(run_name, str) or not run_name:
        raise WrongType(f"run_name: expected a name, got {describe(run_name)}")
    return run_name


register()
