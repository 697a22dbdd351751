"""Where a Trainer's run lies: `<output_dir>/medialog/<run_name>`."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from medialog_core.placing import ranks
from medialog_core.placing.lazy_run import LazyRun
from medialog_core.placing.place import Place
from medialog_core.runs.arguments import folder_of
from medialog_core.runs.spec import RunSpec

FOLDER = "medialog"


def run_of(spec: RunSpec, log_dir: str | os.PathLike[str] | None, args: Any, state: Any) -> LazyRun:
    """Place the run of a training.

    A training that goes on from a checkpoint goes on in the last run of its name; any other has a
    run of its own.

    Args:
        spec: What the run is.
        log_dir: Parent of runs; None is `$MEDIALOG_DIR/<project>`, else `<output_dir>/medialog`.
        args: `TrainingArguments`.
        state: `TrainerState`.
    """
    above, below = _parent(spec, log_dir, args)
    name = _name(args, state)
    version = None
    if ranks.rank() == 0:
        version = _folder(Path(above, below), name, resumed=state.global_step > 0)
    return LazyRun(Place(above, below, version, create=not spec.disabled), spec)


def _parent(spec: RunSpec, log_dir: str | os.PathLike[str] | None, args: Any) -> tuple[str, str]:
    if log_dir is not None:
        return os.fspath(log_dir), ""
    projects = os.environ.get("MEDIALOG_DIR")
    return (projects, folder_of(spec.project)) if projects else (args.output_dir, FOLDER)


def _name(args: Any, state: Any) -> str | None:
    """Give the run's name; transformers 4 may set it to the output directory where there is none."""
    given = None if args.run_name == args.output_dir else args.run_name
    trial = state.trial_name if state.is_hyper_param_search else None
    words = [word for word in (given, trial) if word]
    return folder_of("-".join(words)) if words else None


def _folder(root: Path, name: str | None, *, resumed: bool) -> str | None:
    """Give the last folder of a name to go on in, else the next one; None is the next `version_N`."""
    pattern = r"version_(\d+)" if name is None else rf"{re.escape(name)}(?:_(\d+))?"
    found = [re.fullmatch(pattern, entry.name) for entry in root.iterdir()] if root.is_dir() else []
    numbers = {int(match[1] or 1): match[0] for match in found if match}
    if resumed and numbers:
        return numbers[max(numbers)]
    if name is None or not numbers:
        return name
    return f"{name}_{max(numbers) + 1}"
