"""What `init` and a framework's logger may be given, and what the environment says where they are not."""

from __future__ import annotations

import enum
import os
import re
import secrets
import time
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ..arrays import describe
from ..errors import InvalidInput, WrongType
from ..store.layout import RUN_FILE

_ID = re.compile(r"(?!\.+$)[A-Za-z0-9._-]{1,128}")
REINIT = (None, True, False, "default", "return_previous", "finish_previous", "create_new")
RESUME = (None, True, False, "allow", "auto", "must", "never")
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


class Settings(dict[str, Any]):
    """W&B's settings, for scripts that pass `init(settings=Settings(...))`: they are ignored."""


class AlertLevel(enum.Enum):
    """W&B's levels of `alert`; to us all are alike."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


def refuse_unknown(names: Mapping[str, Any]) -> None:
    """Warn of names that only W&B's `init` has.

    Raises:
        WrongType: One that nobody has.
    """
    unknown = sorted(set(names) - _WANDB_ONLY)
    if unknown:
        raise WrongType(f"init: unknown argument {unknown[0]!r}")
    if names:
        warnings.warn(
            f"init: {sorted(names)} mean nothing to a local run and are ignored",
            UserWarning,
            stacklevel=3,
        )


def check_texts(**texts: Any) -> None:
    """Check that each is a string or None.

    Raises:
        WrongType: One is not.
    """
    for name, value in texts.items():
        if value is not None and not isinstance(value, str):
            raise WrongType(f"init: {name}: expected a string, got {describe(value)}")


def tags_of(tags: Any) -> tuple[str, ...]:
    """Give tags, one or several or None, as a tuple.

    Raises:
        WrongType: Something else.
    """
    if tags is None or isinstance(tags, str):
        return () if tags is None else (tags,)
    if not isinstance(tags, Iterable):
        raise WrongType(f"tags: expected a list of str, got {describe(tags)}")
    given = tuple(tags)
    for place, tag in enumerate(given):
        if not isinstance(tag, str):
            raise WrongType(f"tags[{place}]: expected a string, got {describe(tag)}")
    return given


def sinks_of(sinks: Any) -> tuple[Any, ...]:
    """Give sinks, one or several, as a tuple, which `RunSpec` checks.

    Raises:
        WrongType: Neither a name nor a sequence.
    """
    if isinstance(sinks, str):
        return (sinks,)
    if not isinstance(sinks, Iterable):
        raise WrongType(f"sinks: expected a list of names or sinks, got {describe(sinks)}")
    return tuple(sinks)


def base(dir: str | os.PathLike[str] | None) -> Path:
    """Give where projects lie: as stated, else `$MEDIALOG_DIR`, else `medialog`.

    Raises:
        WrongType: `dir` is no path.
    """
    if dir is not None and not isinstance(dir, str | os.PathLike):
        raise WrongType(f"init: dir: expected a path, got {describe(dir)}")
    return Path(dir if dir is not None else os.environ.get("MEDIALOG_DIR") or "medialog")


def project_of(project: str | None) -> str:
    """Give the project as stated, else `$MEDIALOG_PROJECT`, else `default`."""
    return project or os.environ.get("MEDIALOG_PROJECT") or "default"


def folder_of(project: str | None) -> str:
    """Give the name of the project's folder, which leaves no other folder."""
    folder = quote(project_of(project), safe=" ()+,=@")
    return folder.replace(".", "%2E") if folder in (".", "..") else folder


def checked_id(run_id: str | None) -> str:
    """Give the id as stated, or a new one.

    Raises:
        InvalidInput: It is no folder's name.
    """
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


def mapping_of(config: Any) -> Mapping[str, Any]:
    """Give a config, a dictionary or a namespace, as a mapping.

    Raises:
        WrongType: It is neither.
    """
    if config is None or isinstance(config, Mapping):
        return config or {}
    if hasattr(config, "__dict__"):
        return dict(vars(config))
    file = isinstance(config, str | os.PathLike)
    fix = "; read the file first, e.g. yaml.safe_load(open(path))" if file else ""
    raise WrongType(f"config: expected a dictionary or a namespace, got {describe(config)}{fix}")


def check_resume(resume: Any, directory: Path, *, disabled: bool) -> None:
    """Check that a run is where one must be, and none where none may be.

    Raises:
        InvalidInput: It is otherwise.
    """
    exists = (directory / RUN_FILE).exists()
    if resume == "never" and exists:
        raise InvalidInput(f"resume='never', but a run is in {directory}; choose another id")
    if resume == "must" and not exists and not disabled:
        raise InvalidInput(
            f"resume='must', but no run is in {directory}; check project, dir and id"
        )


def rank() -> int:
    """Give this process's rank, as the usual launchers say it."""
    launchers = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK")
    return next(
        (int(os.environ[name]) for name in launchers if os.environ.get(name, "").isdigit()), 0
    )
