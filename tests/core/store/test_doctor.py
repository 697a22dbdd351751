from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from medialog_core.payload import Blob, LinkedBlob
from medialog_core.schema import TableMeta
from medialog_core.store.compact import compact
from medialog_core.store.doctor import examine, missing_extras
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


def render(files: Any) -> bytes:
    cells = [
        {
            "kind": "image",
            "file": {
                "uri": f.uri,
                "offset": f.offset,
                "size": f.size,
                "content_type": "image/png",
                "checksum": f.checksum,
            },
        }
        for f in files
    ]
    return json.dumps({"data": {"a": [None, *cells]}}).encode()


@pytest.fixture
def run(directory: Path, writer: StoreWriter, make: Make) -> Path:
    writer.write(make.picture(b"picture" * 100))
    link = Blob(lambda: b"cell" * 100, "image/png", "png")
    table = LinkedBlob([link], render, "application/vnd.medialog.table+json", "table.json")
    writer.write(make.entry(TableMeta(columns=[], nrows=1), table, key="table"))
    writer.write(make.scalars({"loss": 1.0}))
    writer.write(make.state("status", "state", "finished"))
    writer.close()
    return directory


def only(run: Path, folder: str) -> Path:
    [path] = (run / folder).iterdir()
    return path


def test_a_sound_run_has_no_findings_sealed_or_not(run: Path) -> None:
    assert examine(run) == []
    compact(run)
    assert examine(run) == []


def tear(run: Path) -> None:
    with only(run, "items").open("ab") as file:
        file.write(b'{"id"')


def break_line(run: Path) -> None:
    with only(run, "scalars").open("ab") as file:
        file.write(b"\0\0\0\n")


def shorten_pack(run: Path) -> None:
    pack = only(run, "media")
    pack.write_bytes(pack.read_bytes()[:600])


def lose_pack(run: Path) -> None:
    only(run, "media").unlink()


def flip_cell(run: Path) -> None:
    pack = only(run, "media")
    pack.write_bytes(pack.read_bytes().replace(b"cellcell", b"cellCell", 1))


def leave_over(run: Path) -> None:
    (run / "items" / ".0000-00000.tmp").write_bytes(b"half")


def leave_packs_over(run: Path) -> None:
    (run / ".gc-0123.tmp" / "media").mkdir(parents=True)


def break_run_file(run: Path) -> None:
    (run / "run.json").write_text("{")


def break_parquet(run: Path) -> None:
    (run / "items" / "0000-0123456789-00000.parquet").write_bytes(b"half")


@pytest.mark.parametrize(
    ("damage", "levels", "what"),
    [
        (tear, ["note"], "the last line is cut short (5 bytes)"),
        (break_line, ["error"], "1 lines cannot be read"),
        (shorten_pack, ["error", "error"], "ends 612 bytes too early for the 700 bytes at 512"),
        (lose_pack, ["error", "error"], "cannot be read"),
        (flip_cell, ["error"], "the 400 bytes at 2048 are not those that were written"),
        (leave_over, ["warning"], "left over from work that was broken off (4 bytes)"),
        (leave_packs_over, ["warning"], "left over from a `medialog gc` that was broken off"),
        (break_run_file, ["error"], "cannot be read"),
        (break_parquet, ["error"], "cannot be read"),
    ],
)
def test_damage_is_found_and_named(
    run: Path, damage: Callable[[Path], None], levels: list[str], what: str
) -> None:
    damage(run)
    found = examine(run)
    assert [finding.level for finding in found] == levels
    assert what in found[0].what
    assert all(finding.advice for finding in found)


def test_each_file_is_told_while_it_is_read(run: Path) -> None:
    steps: list[tuple[int, int]] = []
    examine(run, lambda _, done, total: steps.append((done, total)))
    assert steps == [(0, 3), (1, 3), (2, 3)]


def test_missing_extras_come_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    advice = [finding.advice for finding in missing_extras()]
    assert "pip install 'medialog[parquet]'" in advice
