"""What was written is let go of at once, whatever its type: nothing waits for the garbage collector."""

from __future__ import annotations

import gc
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure

import medialog_core as medialog
from medialog_core import codecs
from medialog_core.payload import Entry, Sink
from medialog_core.sinks.fanout import open_sinks
from tests.contracts.test_media_values import FACTORIES

NAMES = ("store", "tensorboard")


def file_of(kind: str) -> io.BytesIO:
    [payload] = codecs.encode([FACTORIES[kind](1)])
    return io.BytesIO(payload.blobs[0].data)  # type: ignore[union-attr]  # it links nothing


def overlaid(i: int) -> medialog.Image:
    mask = {"mask_data": np.eye(8 + i, dtype=np.int64), "class_labels": {0: "a", 1: "b"}}
    return medialog.Image(np.full((8 + i, 8 + i, 3), i, np.float32), masks={"m": mask})


def drawn(i: int) -> medialog.Image:
    figure = Figure()
    figure.subplots().plot([i, 2, 3])
    return medialog.Image(figure)


def full_table(i: int) -> medialog.Table:
    kinds = [kind for kind in FACTORIES if not kind.endswith("table")]
    return medialog.Table(columns=kinds, data=[[FACTORIES[kind](i) for kind in kinds]])


MORE: dict[str, Callable[[int], Any]] = {
    "overlaid": overlaid,
    "drawn": drawn,
    "sound file": lambda _: medialog.Audio(file_of("audio"), format="flac"),
    "video file": lambda _: medialog.Video(file_of("video"), format="webp"),
    "mesh": lambda i: medialog.Object3D(
        io.StringIO(f"v {i} 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 3\n"), file_type="obj"
    ),
    "smiles": lambda i: medialog.Molecule.from_smiles("C" * (i + 1)),
    "curve": lambda i: medialog.plot.roc_curve([0, 1] * (600 + i), np.arange(1200 + 2 * i) % 7),
    "all in a table": full_table,
    "powers of two": lambda i: medialog.Histogram.exponents(np.arange(10.0) + i),
}


@pytest.fixture
def collector() -> Iterator[None]:
    gc.collect()
    gc.freeze()  # what other tests left, and may let go of just now
    gc.disable()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield
    gc.set_debug(0)
    gc.garbage.clear()
    gc.enable()
    gc.unfreeze()


def write(sink: Sink, make: Callable[[int], Any], step: int) -> None:
    for idx, payload in enumerate(codecs.encode([make(2 * step + 1), make(2 * step + 2)])):
        payload.meta.of = 2
        sink.write(Entry("k", step, None, 0.0, 0, idx, payload))
    sink.flush()


@pytest.mark.parametrize("make", [*FACTORIES.values(), *MORE.values()], ids=[*FACTORIES, *MORE])
def test_only_counting_references_frees_a_value_and_what_became_of_it(
    make: Callable[[int], Any], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    sink = open_sinks(NAMES, tmp_path, "r", 0)
    write(sink, make, 0)  # what is imported and made once
    request.getfixturevalue("collector")
    write(sink, make, 1)
    gc.collect()
    left = [thing for thing in gc.garbage if _is_ours(thing)]
    sink.close()
    assert left == []


def _is_ours(thing: object) -> bool:
    return str(getattr(thing, "__module__", "")).startswith("medialog_core")
