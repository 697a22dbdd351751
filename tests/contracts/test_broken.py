"""An encoder that raises in the background costs the one value that it had, whatever its type."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import medialog_core as medialog
from medialog_core import open_run, png
from medialog_core.errors import RunFailed
from medialog_core.film import animated, libav
from medialog_core.geometry import blocks
from medialog_core.media.clips import pcm
from medialog_core.media.documents import chart, html, plotly, text
from medialog_core.media.histograms import histogram
from medialog_core.media.kept import Kept
from medialog_core.media.shapes import chemistry
from medialog_core.media.tables import joined, partitioned, table
from medialog_core.plot import rates
from tests.kinds import KINDS, numbers

SMILES = ("CCO", "CCN", "CCC")


def film(i: int) -> medialog.Video:
    return medialog.Video(np.full((3, 3, 16, 16), 9 * i, np.uint8))


def smiles(i: int) -> medialog.Molecule:
    return medialog.Molecule.from_smiles(SMILES[i])


def curve(i: int) -> medialog.Chart:
    return medialog.plot.roc_curve([0, 1] * 600, np.arange(1200) % (7 + i))


def with_itself(i: int) -> medialog.JoinedTable:
    one = KINDS["table"](i)
    return medialog.JoinedTable(one, one, "i")


BROKEN: dict[str, tuple[Callable[[int], Any], Any, str]] = {
    "image": (lambda i: medialog.Image(numbers(i, 9, 9)), png, "encode"),
    "film": (film, libav, "write"),
    "lossless film": (KINDS["video"], animated, "webp"),
    "sound's file": (KINDS["audio"], soundfile, "SoundFile"),
    "sound's survey": (KINDS["audio"], pcm, "survey"),
    "histogram": (KINDS["histogram"], histogram, "_payload"),
    "cloud": (KINDS["object3d"], blocks, "pack"),
    "molecule": (smiles, chemistry, "written"),
    "molecule's file": (KINDS["molecule"], Kept, "blob"),
    "text": (KINDS["text"], text, "_file"),
    "page": (KINDS["html"], html, "_blob"),
    "figure": (KINDS["plotly"], plotly, "_meta"),
    "chart": (KINDS["chart"], chart, "_file"),
    "curve": (curve, rates, "_counts"),
    "table": (KINDS["table"], table, "packed"),
    "joined": (with_itself, joined, "packed"),
    "parts": (lambda i: medialog.PartitionedTable([KINDS["table"](i)]), partitioned, "packed"),
}


def breaking_once(real: Callable[..., Any]) -> Callable[..., Any]:
    """Give a function that raises when it is called for the second time."""
    calls = itertools.count(1)

    def call(*given: Any, **options: Any) -> Any:
        if next(calls) == 2:
            raise RuntimeError("the encoder is broken")
        return real(*given, **options)

    return call


@pytest.mark.parametrize("name", BROKEN)
def test_it_costs_one_value_of_a_list_and_is_told(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make, module, function = BROKEN[name]
    values = [make(i) for i in range(3)]
    run = medialog.init("p", dir=tmp_path, id="r")
    monkeypatch.setattr(module, function, breaking_once(getattr(module, function)))
    with caplog.at_level(logging.WARNING, "medialog"):
        run.log({"list": values})
        run.log({"after": KINDS["text"](1), "loss": 1.0})
        run.flush()
    monkeypatch.undo()
    assert [record.message for record in caplog.records] == [
        "run r: 'list' could not be encoded; further errors are only counted"
    ]
    assert run.health["encode_errors"] == 1
    with pytest.raises(RunFailed, match="not all was written") as raised:
        run.finish()
    assert "the encoder is broken" in str(raised.value.__cause__)
    reader = open_run(run.dir)
    rows = reader.rows("list")
    assert [row.idx for row in rows] == [0, 2]
    assert [len(reader.rows("after")), len(reader.scalars("loss"))] == [1, 1]
    for row in rows:
        reader.load(row)
