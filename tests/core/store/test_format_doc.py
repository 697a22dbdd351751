"""docs/format.md is the contract: its examples run and agree with our reader."""

from __future__ import annotations

import math
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from medialog_core import Table, codecs, schema
from medialog_core.media.tables.table import Mark
from medialog_core.payload import Entry
from medialog_core.store.compact import compact
from medialog_core.store.layout import make_run
from medialog_core.store.parquet import COLUMNS
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make

TEXT = (Path(__file__).parents[3] / "docs" / "format.md").read_text(encoding="utf-8")


@pytest.fixture
def run(tmp_path: Path, make: Make, monkeypatch: pytest.MonkeyPatch) -> RunReader:
    """A run in ./run with repeats, two ranks, a summary, tables, NaN and a torn line."""
    monkeypatch.chdir(tmp_path)
    make_run(Path("run"), schema.RunFile(schema.FORMAT, "r1", "first", "default", 1.0))
    for rank in range(2):
        writer = StoreWriter(Path("run"), "r1", rank)
        for ts, count in ((1.0, 3), (2.0, 2)):
            for idx in range(count):
                place: dict[str, Any] = {"step": 4, "ts": ts, "idx": idx, "rank": rank}
                writer.write(make.picture(f"{rank} {ts} {idx}".encode(), key="ü/1", **place))
        for call in range(2):
            writer.write(make.text(f"same ts {call}", key="note", rank=rank))
        writer.write(make.text("the end", key="note", step=None, rank=rank))
        for entry in tables(rank):
            writer.write(entry)
        for step, value in enumerate((0.5, math.nan, math.inf)):
            writer.write(make.scalars({"loss": value}, step=step, rank=rank))
        writer.write(make.state("status", "state", "finished", rank=rank))
        writer.close()
    segment = min(Path("run/items").iterdir())
    segment.write_bytes(segment.read_bytes() + b'{"id":"torn')
    return RunReader("run")


def tables(rank: int) -> list[Entry]:
    """A table at step 4, and one that grows twice at step 5 after it was logged whole twice."""
    table = Table(["name", "score"], [["a", 0.5], ["b", math.nan], [None, None]])
    added = [table, table, table.since(Mark(0, 0)), table.since(Mark(1, 1))]
    places = [(4 if rank == 0 else 3, 1.0), (5, 1.0), (5, 2.0), (5, 2.0), (5, 3.0)]
    payloads = codecs.encode([table, *added])
    return [
        Entry("scores", step, None, ts, rank, 0, payload)
        for (step, ts), payload in zip(places, payloads, strict=True)
    ]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def execute(needs: str) -> dict[str, Any]:
    """Run the Python blocks in one namespace up to the one that has `needs`."""
    names: dict[str, Any] = {}
    for block in blocks("python"):
        exec(block, names)  # noqa: S102 - our own document
        if needs in block:
            return names
    raise AssertionError(needs)


def test_the_reader_in_plain_python_sees_what_ours_sees(run: RunReader) -> None:
    compact(run.path)  # for the example that asks what was replaced; the lines stay for a while
    names = execute("losses = ")
    expected = [(row.key, row.step, row.kind) for row in run.rows()]
    assert sum(row.key == "scores" for row in run.rows()) == 8
    assert sorted(map(str, expected)) == sorted(str(found[:3]) for found in names["media"])
    mine = [run.read(row.file) for row in run.rows() if row.file is not None]
    assert sorted(names["files"]) == sorted(mine)
    assert len(names["files"]) == 4 + 8
    losses = [point.value for point in run.scalars("loss")]
    assert sorted(map(str, names["losses"])) == sorted(map(str, losses))


def test_duckdb_sees_what_our_reader_sees(run: RunReader) -> None:
    compact(run.path)
    names = execute("medialog.replaces")
    mine = [row for row in run.rows(history=True) if row.kind == "image"]
    expected = [
        (row.key, row.step, row.file.uri, row.file.offset, row.file.size)
        for row in mine
        if row.file
    ]
    assert sorted(names["pictures"].fetchall()) == sorted(expected)
    losses = [(point.step, point.value) for point in run.scalars("loss")]
    assert sorted(map(str, names["loss"])) == sorted(map(str, losses))
    assert len(names["replaced"]) == 1


def test_tar_gives_the_bytes(run: RunReader) -> None:
    [script] = blocks("sh")
    subprocess.run(["sh", "-ec", script], check=True)
    unpacked = [path.read_bytes() for path in Path("unpacked").rglob("*.png")]
    mine = [run.read(row.file) for row in run.rows("ü/1", history=True) if row.file is not None]
    assert sorted(unpacked) == sorted(mine)


def test_duckdb_reads_the_cells_of_a_table(run: RunReader) -> None:
    compact(run.path)
    assert str(execute("cells = ")["cells"]) == str([("a", 0.5), ("b", math.nan), (None, None)])


@pytest.mark.parametrize("area", COLUMNS)
def test_every_column_is_described(area: str) -> None:
    assert [name for name in COLUMNS[area] if f"`{name}`" not in TEXT] == []


@pytest.mark.parametrize(
    "struct",
    [
        schema.RunFile,
        schema.File,
        schema.Metric,
        schema.Meta,
        schema.ImageMeta,
        schema.Conversion,
        schema.BoxMeta,
        schema.Label,
        schema.HistogramMeta,
        schema.TableMeta,
        schema.TableShape,
        schema.ColumnMeta,
        schema.Cell,
        schema.TypedCell,
        schema.TableFile,
        schema.TextMeta,
        schema.VideoMeta,
        schema.AudioMeta,
        schema.Object3DMeta,
        schema.BlockMeta,
        schema.Box3D,
        schema.Vector3D,
        schema.ShapesFile,
        schema.MoleculeMeta,
        schema.HtmlMeta,
        schema.PlotlyMeta,
        schema.ChartMeta,
        schema.JoinedTableMeta,
        schema.PartitionedTableMeta,
    ],
)
def test_every_field_is_described(struct: Any) -> None:
    missing = [name for name in struct.__struct_fields__ if not re.search(rf"\b{name}\b", TEXT)]
    assert missing == []


def test_every_kind_is_described() -> None:
    assert [kind for kind in schema.KINDS if f"### {kind}\n" not in TEXT] == []
