"""Starting a run, or going on with the one that is there."""

from __future__ import annotations

import time
from dataclasses import replace

from ..schema import FORMAT, RunFile
from ..sinks.fanout import tensorboard_sink
from ..store.layout import make_run
from ..store.reader import RunReader
from .lifecycle import launch
from .mappings import to_json
from .run import Run
from .spec import RunSpec


def start(spec: RunSpec) -> Run:
    """Start a run, or resume the one that is in its directory, in new segments.

    A resumed run keeps its id, name, project, tags and so on, and goes on one step after the highest that this
    rank has logged: what other ranks log meanwhile is not counted.

    Raises:
        MissingExtra: A sink's package is not installed.
        StoreError: The directory cannot be made, or holds a `run.json` that cannot be read.
    """
    now = time.time()
    if spec.disabled or "store" not in spec.sinks:
        return Run(replace(spec, created=now))
    if "tensorboard" in spec.sinks:
        tensorboard_sink()  # before there is a folder of a run that never began
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
    said = reader.described
    known = replace(
        spec,
        id=made.run,
        name=said.name,
        project=made.project,
        tags=tuple(said.tags),
        notes=said.notes,
        group=made.group,
        job_type=made.job_type,
        created=made.created,
    )
    return Run(
        known,
        first_step=reader.last_step_of(spec.rank) + 1,
        config=reader.config,
        summary=reader.set_summary,
        last=reader.last_numbers(spec.rank),
        metrics=reader.metrics,
        resumed=True,
    )
