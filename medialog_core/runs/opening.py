"""Starting a run, or going on with the one that is there."""

from __future__ import annotations

import time
from dataclasses import replace

from ..schema import FORMAT, RunFile
from ..store.layout import make_run
from ..store.reader import RunReader
from .lifecycle import launch
from .mappings import to_json
from .run import Run
from .spec import RunSpec


def start(spec: RunSpec) -> Run:
    """Start a run, or resume the one that is in its directory, in new segments.

    A resumed run keeps its id, name and project, and goes on one step after the highest that this
    rank has logged: what other ranks log meanwhile is not counted.

    Raises:
        StoreError: The directory cannot be made, or holds a `run.json` that cannot be read.
    """
    now = time.time()
    if spec.disabled or "store" not in spec.sinks:
        return Run(replace(spec, created=now))
    mine = RunFile(
        format=FORMAT,
        run=spec.id,
        name=spec.name,
        project=spec.project,
        created=now,
        group=spec.group,
        job_type=spec.job_type,
        tags=list(spec.tags),
        notes=spec.notes,
        launch=to_json(launch()),
    )
    made = make_run(spec.directory, mine)
    if made is mine:
        return Run(replace(spec, created=now))
    reader = RunReader(spec.directory)
    known = replace(spec, id=made.run, name=made.name, project=made.project, created=made.created)
    return Run(
        known,
        first_step=reader.last_step_of(spec.rank) + 1,
        config=reader.config,
        summary=reader.set_summary,
        last=reader.last_numbers(spec.rank),
        metrics=reader.metrics,
    )
