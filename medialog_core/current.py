"""The active run, for scripts and for code deep inside a model that has no `run` at hand."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from .errors import NoActiveRun, NotStarted
from .payload import Sink
from .runs import arguments
from .runs.lifecycle import say
from .runs.opening import start
from .runs.run import Run
from .runs.spec import QUEUE_BYTES, Durability, RunSpec, one_of
from .runs.worker import OnFull
from .schema import Metric

if TYPE_CHECKING:
    from argparse import Namespace

_active: Run | None = None


def init(
    project: str | None = None,
    name: str | None = None,
    *,
    dir: str | os.PathLike[str] | None = None,
    config: Mapping[str, Any] | Namespace | None = None,
    id: str | None = None,
    tags: Sequence[str] | None = None,
    notes: str | None = None,
    group: str | None = None,
    job_type: str | None = None,
    resume: bool | Literal["allow", "auto", "must", "never"] | None = None,
    reinit: bool
    | Literal["default", "return_previous", "finish_previous", "create_new"]
    | None = None,
    mode: Literal["online", "offline", "disabled"] | None = None,
    sinks: Sequence[str | Sink] = ("store",),
    strict: bool | None = None,
    on_full: OnFull = "wait",
    queue_bytes: int | None = None,
    durability: Durability | None = None,
    **wandb_names: Any,
) -> Run:
    """Start a run and make it the active one, unless `reinit="create_new"`.

    The run lives in `<dir or $MEDIALOG_DIR or ./medialog>/<project or "default">/<id>`.

    Args:
        project: Folder that groups runs; `$MEDIALOG_PROJECT` where absent.
        name: For people; `$MEDIALOG_RUN_NAME` or the id where absent.
        dir: Where projects lie.
        config: Hyper-parameters.
        id: Letters, digits, `-`, `_` and `.`; of an existing run, it is resumed in new segments.
        tags: Words to find the run by.
        notes: A text about it.
        group: What it belongs to.
        job_type: What it does, e.g. `train`.
        resume: `never` refuses an existing id, `must` a new one; anything else takes both.
        reinit: What becomes of an active run: finished with a notice (default), returned
            (`return_previous` or False), or left alone (`create_new`): `log` and the like still go
            to it, and the new one is reached by what `init` returns only, also where none is active.
        mode: `disabled` checks arguments and does nothing else; `online` and `offline` are the same,
            local. `$MEDIALOG_MODE` where absent.
        sinks: `store`, `tensorboard`, both, or objects that satisfy `payload.Sink`.
        strict: Raise a failed write at the next call; `$MEDIALOG_STRICT` where absent.
        on_full: When the queue is full: `wait`, or `drop`, counted in `run.health`.
        queue_bytes: Bound of raw input that waits for the encoder, 64 MiB by default.
        durability: `fsync` syncs every commit.
        wandb_names: W&B's remaining arguments are accepted with one warning and mean nothing here.

    Raises:
        WrongType: An unknown argument, or one of the wrong type.
        InvalidInput: A value that an argument cannot have.
    """
    global _active  # noqa: PLW0603 - this module exists to hold it
    arguments.refuse_unknown(wandb_names)
    arguments.check_texts(
        project=project, name=name, id=id, notes=notes, group=group, job_type=job_type
    )
    one_of("reinit", reinit, arguments.REINIT)
    one_of("resume", resume, arguments.RESUME)
    before = active()
    if before is not None and reinit in (False, "return_previous"):
        return before
    disabled = arguments.chosen_mode(mode) == "disabled"
    run_id = arguments.checked_id(id)
    directory = Path(arguments.base(dir), arguments.folder_of(project), run_id).absolute()
    arguments.check_resume(resume, directory, disabled=disabled)
    spec = RunSpec(
        directory=directory,
        id=run_id,
        name=name or os.environ.get("MEDIALOG_RUN_NAME") or run_id,
        project=arguments.project_of(project),
        rank=arguments.rank(),
        disabled=disabled,
        sinks=arguments.sinks_of(sinks),
        strict=arguments.chosen_strict(strict),
        on_full=on_full,
        queue_bytes=QUEUE_BYTES if queue_bytes is None else queue_bytes,
        durability=durability,
        config=arguments.mapping_of(config),
        tags=arguments.tags_of(tags),
        notes=notes,
        group=group,
        job_type=job_type,
    )
    if before is not None and reinit != "create_new":
        if before.spec.owner and not before.disabled:
            say(f"run {before.name} is finished, because init() was called again")
        before.finish(quiet=True)
    run = start(spec)
    if reinit != "create_new":
        _active = run
    if not disabled:
        say(f"run {run.name} in {run.dir}")
    return run


def activate(run: Run | None) -> None:
    """Make `run`, which a framework's logger owns, the active one."""
    global _active  # noqa: PLW0603 - this module exists to hold it
    _active = run


def active() -> Run | None:
    """Give the active run, None before `init` and after `finish`."""
    return _active if _active is not None and not _active.finished else None


def log(
    data: Mapping[str, Any],
    step: int | None = None,
    commit: bool | None = None,
    *,
    epoch: float | None = None,
) -> None:
    """Log to the active run; see `Run.log`.

    Raises:
        NotStarted: There is none.
    """
    required("log").log(data, step, commit, epoch=epoch)


def finish(
    exit_code: int | str | None = None, quiet: bool | None = None, *, status: str | None = None
) -> None:
    """Finish the active run, if there is one; see `Run.finish`."""
    run = active()
    if run is not None:
        run.finish(exit_code, quiet, status=status)


def login(*_: Any, **__: Any) -> bool:
    """Say that there is no account to log in to, for scripts that were written for W&B.

    Returns:
        True: nothing is locked.
    """
    say("there is no account to log in to: everything stays on this machine")
    return True


def define_metric(
    name: str,
    step_metric: str | Metric | None = None,
    step_sync: bool | None = None,
    hidden: bool | None = None,
    summary: str | None = None,
    overwrite: bool | None = None,
    *,
    goal: str | None = None,
) -> Metric:
    """Define a metric of the active run; see `Run.define_metric`.

    Raises:
        NotStarted: There is none.
    """
    return required("define_metric").define_metric(
        name, step_metric, step_sync, hidden, summary, overwrite, goal=goal
    )


def watch(
    models: Any,
    criterion: Any = None,
    log: Literal["gradients", "parameters", "all"] | None = "gradients",
    log_freq: int = 1000,
    idx: int | None = None,
    log_graph: bool = False,
) -> None:
    """Watch torch models, for the active run; see `Run.watch`.

    Raises:
        NotStarted: There is none.
    """
    required("watch").watch(models, criterion, log, log_freq, idx, log_graph)


def unwatch(models: Any = None) -> None:
    """Stop watching torch models, for the active run; see `Run.unwatch`.

    Raises:
        NotStarted: There is none.
    """
    required("unwatch").unwatch(models)


def required(what: str, error: type[NotStarted] = NotStarted) -> Run:
    """Give the active run.

    Raises:
        NotStarted: There is none; the message names `what` was asked for.
    """
    run = active()
    if run is None:
        raise error(
            f"{what} was used before init(): call medialog_core.init() first, or use a run's own .{what}"
        )
    return run


def attribute(name: str) -> Any:
    """Give what is the active run's own.

    Raises:
        NoActiveRun: There is none.
    """
    return getattr(required(name, NoActiveRun), name)
