from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow.parquet as pq
import pytest

from medialog_core.errors import MissingExtra
from medialog_core.export.run import export
from medialog_core.store import parquet
from tests.core.export.conftest import image, png, stored

if TYPE_CHECKING:
    from tests.core.export.conftest import Run


def read(to: Path, kind: str) -> list[dict[str, Any]]:
    """Read the files of a kind without DuckDB."""
    paths = sorted(to.glob(f"{kind}-*.parquet"))
    return [row for path in paths for row in pq.read_table(path).to_pylist()]


def test_there_are_files_for_each_kind(filled: Run, to: Path) -> None:
    assert export(filled.reader(), to, format="parquet").failed == {}
    kinds = sorted(path.name for path in to.glob("*.parquet"))
    assert kinds == [f"{k}-00000.parquet" for k in ("histogram", "image", "odd", "table", "text")]


def test_each_file_is_counted_once(filled: Run, to: Path) -> None:
    report = export(filled.reader(), to, format="parquet")
    own = {"export.json", "checksums.json"}
    files = [path for path in to.iterdir() if path.name not in own]
    assert (report.written, report.skipped) == (len(files), 0)
    assert report.bytes == sum(path.stat().st_size for path in files)


def test_an_image_is_a_struct_of_bytes_and_path_that_datasets_decodes(
    filled: Run, to: Path
) -> None:
    export(filled.reader(), to, format="parquet")
    rows = read(to, "image")
    [row] = [row for row in rows if (row["key"], row["step"]) == ("val/picture", 2)]
    assert row["image"] == {"bytes": b"p2", "path": "val/picture/000000002.png"}
    mask, said = row["extra"]
    assert (mask["role"], mask["bytes"]) == ("mask:predictions", b"m")
    assert mask["path"] == "val/picture/000000002_mask_predictions.png"
    assert json.loads(said["bytes"])["key"] == "val/picture"
    assert (row["width"], row["height"], row["content_type"]) == (3, 2, "image/png")
    facts = pq.read_schema(to / "image-00000.parquet").metadata
    features = json.loads(facts[b"huggingface"])["info"]["features"]
    assert features["image"] == {"_type": "Image"}
    assert list(features) == pq.read_schema(to / "image-00000.parquet").names


def test_every_byte_is_as_it_was_stored(filled: Run, to: Path) -> None:
    export(filled.reader(), to, format="parquet")
    rows = [row for kind in ("image", "table", "text", "odd") for row in read(to, kind)]
    own = [row["image" if row["kind"] == "image" else "file"]["bytes"] for row in rows]
    exported = {*own, *(extra["bytes"] for row in rows for extra in row["extra"])}
    assert [data for _, data in stored(filled) if data not in exported] == []
    assert b"second" in exported  # of a table's cell


def test_what_has_no_file_is_null(filled: Run, to: Path) -> None:
    export(filled.reader(), to, format="parquet")
    [row] = read(to, "histogram")
    assert row["file"] is None
    assert json.loads(row["meta"])["counts"] == [1, 2]


def test_files_are_bounded_and_complete(run: Run, to: Path) -> None:
    for step in range(20):
        run.picture(bytes([step]) * 150_000, step=step, rank=step % 2)
        run.log("m", *_with_mask(step), step=step)
    export(run.reader(), to, format="parquet", shard_mb=1)
    assert len(list(to.glob("image-*.parquet"))) == 3
    rows = read(to, "image")
    assert sorted(row["step"] for row in rows) == sorted([*range(20), *range(20)])
    assert all(set(row["image"]["bytes"]) == {row["step"]} for row in rows)
    export(run.reader(), to, format="parquet", shard_mb=100)
    assert len(list(to.glob("image-*.parquet"))) == 1


def _with_mask(step: int) -> Any:
    return image("a"), png(bytes([step])), png(b"mask", "mask:a")


def test_without_duckdb_the_extra_is_named(
    filled: Run, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(MissingExtra, match=r"exporting to Parquet .*'medialog\[parquet\]'"):
        export(filled.reader(), to, format="parquet")
    assert export(filled.reader(), to.with_name("files")).failed == {}


def test_duckdb_says_nothing_on_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    connection = parquet.connect("a test")
    shown = connection.execute("SELECT current_setting('enable_progress_bar')").fetchone()
    assert shown == (False,)
    assert capfd.readouterr().out == ""
