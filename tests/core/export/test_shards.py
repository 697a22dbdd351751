from __future__ import annotations

import csv
import io
import json
import tarfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medialog_core.export import shards
from medialog_core.export.run import export
from tests.core.export.conftest import image, index, png, stored

if TYPE_CHECKING:
    from tests.core.export.conftest import Run


def members(path: Path) -> list[tuple[str, bytes]]:
    """Read a shard with the standard library."""
    with tarfile.open(path) as tar:
        return [(member.name, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]


def samples(to: Path) -> dict[str, dict[str, bytes]]:
    """Group members as the webdataset library does: by what stands before the first dot, in a row."""
    found: dict[str, dict[str, bytes]] = defaultdict(dict)
    for shard in sorted(to.glob("shard-*.tar")):
        last = ""
        for name, data in members(shard):
            sample, _, field = name.partition(".")
            assert sample == last or sample not in found
            assert field.lower() not in found[sample]
            found[sample][field.lower()] = data
            last = sample
    return found


def test_a_sample_has_its_files_and_what_is_said_of_it(filled: Run, to: Path) -> None:
    assert export(filled.reader(), to, format="webdataset").failed == {}
    found = samples(to)
    assert len(found) == len(filled.reader().rows())
    said = {name: json.loads(sample["json"]) for name, sample in found.items()}
    [name] = [n for n, s in said.items() if (s["key"], s.get("step")) == ("val/picture", 2)]
    assert found[name]["png"] == b"p2"
    assert found[name]["mask_predictions.png"] == b"m"
    assert said[name]["files"] == {
        "": f"{name}.png",
        "mask:predictions": f"{name}.mask_predictions.png",
    }
    assert said[name]["meta"]["masks"] == {"predictions": {"class_labels": {"1": "cat"}}}


def test_a_table_names_the_members_that_its_cells_are(filled: Run, to: Path) -> None:
    export(filled.reader(), to, format="webdataset")
    [table] = [sample for sample in samples(to).values() if "csv" in sample]
    first, second, _ = csv.DictReader(io.StringIO(table["csv"].decode()))
    assert table[first["picture"].partition(".")[2]] == b"first"
    assert second["picture"].endswith(".cell_picture_000001.png")


def test_every_byte_is_as_it_was_stored(filled: Run, to: Path) -> None:
    export(filled.reader(), to, format="webdataset")
    exported = {data for sample in samples(to).values() for data in sample.values()}
    assert [data for _, data in stored(filled) if data not in exported] == []


def test_shards_are_bounded_and_no_sample_is_divided(run: Run, to: Path) -> None:
    for step in range(30):
        run.log("k", image("a"), png(b"x" * 150_000), png(b"y" * 9_000, "mask:a"), step=step)
    export(run.reader(), to, format="webdataset", shard_mb=1)
    found = sorted(to.glob("*.tar"))
    assert [path.name for path in found] == [f"shard-{n:06d}.tar" for n in range(5)]
    assert all(path.stat().st_size <= 1_000_000 for path in found)
    assert [len(members(path)) for path in found] == [18] * 5
    lines = index(to)
    assert lines[6]["file"] == "shard-000001.tar/000000006.png"


def test_a_larger_shard_leaves_none_of_the_smaller_ones(run: Run, to: Path) -> None:
    for step in range(4):
        run.picture(b"x" * 600_000, step=step)
    export(run.reader(), to, format="webdataset", shard_mb=1)
    assert len(list(to.glob("*.tar"))) == 4
    export(run.reader(), to, format="webdataset", shard_mb=100)
    assert len(list(to.glob("*.tar"))) == 1
    assert len(samples(to)) == 4


def test_what_no_tar_member_can_hold_is_left_out(
    filled: Run, to: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shards, "_MEMBER_BYTES", 5_000)
    filled.picture(b"x" * 6_000, "large")
    report = export(filled.reader(), to, format="webdataset")
    assert list(report.failed.values()) == ["6000 bytes are more than a tar member holds (8 GiB)"]
    assert len(samples(to)) == report.rows
