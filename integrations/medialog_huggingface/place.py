"""Where a run lies: `<output_dir>/medialog/<run_name>` of a Trainer, likewise of accelerate's tracker."""

from __future__ import annotations

import os
import re
from functools import partial
from pathlib import Path
from typing import Any

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
    base = parent_of(spec.project, log_dir, args.output_dir)
    return placed(spec, base, _name(args, state), resumed=state.global_step > 0)


def parent_of(
    project: str, log_dir: str | os.PathLike[str] | None, beside: str | os.PathLike[str]
) -> tuple[str, str]:
    """Give the folder that runs lie in, as a directory and a name in it.

    Args:
        project: The runs' project.
        log_dir: The folder, if the user states it.
        beside: Where else it lies, as `medialog`, unless `$MEDIALOG_DIR` is set.
    """
    if log_dir is not None:
        return os.fspath(log_dir), ""
    projects = os.environ.get("MEDIALOG_DIR")
    return (projects, folder_of(project)) if projects else (os.fspath(beside), FOLDER)


def placed(spec: RunSpec, parent: tuple[str, str], name: str | None, *, resumed: bool) -> LazyRun:
    """Place a run in a folder of runs.

    Args:
        spec: What the run is.
        parent: As `parent_of` gives it.
        name: The run's; a further one of the same name is `<name>_2`. None is `version_N`.
        resumed: Go on in the last run of this name, if there is one.
    """
    create = not spec.disabled
    version = partial(_folder, name=name, resumed=resumed, create=create)
    return LazyRun(Place(*parent, version, create=create), spec)


def _name(args: Any, state: Any) -> str | None:
    """Give the run's name; transformers 4 may set it to the output directory where there is none."""
    given = None if args.run_name == args.output_dir else args.run_name
    trial = state.trial_name if state.is_hyper_param_search else None
    words = [word for word in (given, trial) if word]
    return folder_of("-".join(words)) if words else None


def _folder(root: Path, name: str | None, *, resumed: bool, create: bool) -> str | None:
    """Give the last folder of a name to go on in, else the next one; None is the next `version_N`."""
    numbers = _taken(root, name)
    if resumed and numbers:
        return numbers[max(numbers)]
    if name is None:
        return None
    number = max(numbers, default=0) + 1
    while True:
        folder = name if number == 1 else f"{name}_{number}"
        try:
            if create:
                (root / folder).mkdir(parents=True)
        except FileExistsError:  # another process was quicker
            number += 1
        else:
            return folder


def _taken(root: Path, name: str | None) -> dict[int, str]:
    """Give the folders of a name by their number."""
    pattern = r"version_(\d+)" if name is None else rf"{re.escape(name)}(?:_(\d+))?"
    found = [re.fullmatch(pattern, entry.name) for entry in root.iterdir()] if root.is_dir() else []
    return {int(match[1] or 1): match[0] for match in found if match}
