"""The active run, for scripts and for code deep inside a model that has no `run` at hand."""

from __future__ import annotations

import os
import re
import secrets
import time
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from .arrays import describe
from .errors import InvalidInput, NotStarted, WrongType
from .lifecycle import say
from .opening import start
from .payload import Sink
from .runs import Run
from .spec import QUEUE_BYTES, Durability, RunSpec, one_of
from .store.layout import RUN_FILE
from .worker import OnFull

if TYPE_CHECKING:
    from argparse import Namespace

_active: Run | None = None

_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,128}")
_REINIT = (None, True, False, "default", "return_previous", "finish_previous", "create_new")
_RESUME = (None, True, False, "allow", "auto", "must", "never")
_FALSE = ("", "0", "false", "no")
_WANDB_ONLY = {
    "allow_val_change",
    "anonymous",
    "config_exclude_keys",
    "config_include_keys",
    "entity",
    "force",
    "fork_from",
    "magic",
    "monitor_gym",
    "resume_from",
    "save_code",
    "settings",
    "sync_tensorboard",
    "tensorboard",
}


def init(
    project: str | None = None,
    name: str | None = None,
    *,
    dir: str | os.PathLike[str] | None = None,
    config: Mapping[str, Any] | Namespace | None = None,
    id: str | None = None,
    tags: Sequence[str] = (),
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
    """Start a run and make it the active one.

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
            (`return_previous` or False), or left alone beside the new one (`create_new`).
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
    _refuse_unknown(wandb_names)
    _check_texts(project=project, name=name, id=id, notes=notes, group=group, job_type=job_type)
    one_of("reinit", reinit, _REINIT)
    one_of("resume", resume, _RESUME)
    before = active()
    if before is not None and reinit in (False, "return_previous"):
        return before
    disabled = chosen_mode(mode) == "disabled"
    run_id = _checked_id(id)
    directory = Path(_base(dir), _folder(project), run_id).absolute()
    _check_resume(resume, directory, disabled=disabled)
    spec = RunSpec(
        directory=directory,
        id=run_id,
        name=name or os.environ.get("MEDIALOG_RUN_NAME") or run_id,
        project=_project(project),
        rank=_rank(),
        disabled=disabled,
        sinks=tuple(sinks) if not isinstance(sinks, str) else (sinks,),
        strict=chosen_strict(strict),
        on_full=on_full,
        queue_bytes=QUEUE_BYTES if queue_bytes is None else queue_bytes,
        durability=durability,
        config=_mapping(config),
        tags=(tags,) if isinstance(tags, str) else tuple(tags),
        notes=notes,
        group=group,
        job_type=job_type,
    )
    if before is not None and reinit != "create_new":
        say(f"run {before.name} is finished, because init() was called again")
        before.finish(quiet=True)
    _active = start(spec)
    if not disabled:
        say(f"run {_active.name} in {_active.dir}")
    return _active


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


def finish(status: str = "finished") -> None:
    """Finish the active run, if there is one; see `Run.finish`."""
    run = active()
    if run is not None:
        run.finish(status)


def required(what: str) -> Run:
    """Give the active run.

    Raises:
        NotStarted: There is none; the message names `what` was asked for.
    """
    run = active()
    if run is None:
        raise NotStarted(
            f"{what} was used before init(): call medialog_core.init() first, or use a run's own .{what}"
        )
    return run


def _refuse_unknown(names: Mapping[str, Any]) -> None:
    unknown = sorted(set(names) - _WANDB_ONLY)
    if unknown:
        raise WrongType(f"init: unknown argument {unknown[0]!r}")
    if names:
        warnings.warn(
            f"init: {sorted(names)} mean nothing to a local run and are ignored",
            UserWarning,
            stacklevel=3,
        )


def _check_texts(**texts: Any) -> None:
    for name, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise WrongType(f"init: {name}: expected a string, got {describe(value)}")


def _base(dir: str | os.PathLike[str] | None) -> Path:
    if dir is not None and not isinstance(dir, str | os.PathLike):
        raise WrongType(f"init: dir: expected a path, got {describe(dir)}")
    return Path(dir if dir is not None else os.environ.get("MEDIALOG_DIR") or "medialog")


def _project(project: str | None) -> str:
    return project or os.environ.get("MEDIALOG_PROJECT") or "default"


def _folder(project: str | None) -> str:
    folder = quote(_project(project), safe=" ()+,=@")
    return folder.replace(".", "%2E") if folder in (".", "..") else folder


def _checked_id(run_id: str | None) -> str:
    if run_id is None:
        return f"{time.strftime('%Y%m%d-%H%M%S')}-{secrets.token_hex(2)}"
    if not _ID.fullmatch(run_id):
        raise InvalidInput(
            f"id: expected up to 128 letters, digits, '-', '_' or '.', got {run_id!r}; put other text in name="
        )
    return run_id


def chosen_mode(mode: str | None) -> str:
    """Give the mode as stated, else `$MEDIALOG_MODE`'s, else `offline`.

    Raises:
        InvalidInput: There is no such mode.
    """
    chosen = mode or os.environ.get("MEDIALOG_MODE") or "offline"
    if chosen not in ("online", "offline", "disabled"):
        raise InvalidInput(f"mode: expected 'online', 'offline' or 'disabled', got {chosen!r}")
    return chosen


def chosen_strict(strict: bool | None) -> bool:
    """Give `strict` as stated, else whether `$MEDIALOG_STRICT` is set."""
    return (
        strict
        if strict is not None
        else os.environ.get("MEDIALOG_STRICT", "").lower() not in _FALSE
    )


def _mapping(config: Any) -> Mapping[str, Any]:
    if config is None or isinstance(config, Mapping):
        return config or {}
    if hasattr(config, "__dict__"):
        return dict(vars(config))
    raise WrongType(f"config: expected a dictionary or a namespace, got {describe(config)}")


def _check_resume(resume: Any, directory: Path, *, disabled: bool) -> None:
    exists = (directory / RUN_FILE).exists()
    if resume == "never" and exists:
        raise InvalidInput(f"resume='never', but a run is in {directory}; choose another id")
    if resume == "must" and not exists and not disabled:
        raise InvalidInput(
            f"resume='must', but no run is in {directory}; check project, dir and id"
        )


def _rank() -> int:
    launchers = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK")
    return next(
        (int(os.environ[name]) for name in launchers if os.environ.get(name, "").isdigit()), 0
    )
