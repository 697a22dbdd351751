from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from medialog_core.errors import StoreError
from medialog_core.payload import Blob
from medialog_core.schema import File, TextMeta
from medialog_core.store import layout
from medialog_core.store.source import Source
from medialog_core.store.writer import StoreWriter

if TYPE_CHECKING:
    from tests.core.store.conftest import Make


@pytest.mark.parametrize("own_file_bytes", [1, 1 << 20])
@pytest.mark.parametrize(
    ("extension", "expected"), [("png", "png"), ("table.json", "table.json"), ("../x", "bin")]
)
def test_the_ending_is_the_writers_in_a_pack_or_not(
    directory: Path,
    make: Make,
    monkeypatch: pytest.MonkeyPatch,
    own_file_bytes: int,
    extension: str,
    expected: str,
) -> None:
    monkeypatch.setattr(layout, "OWN_FILE_BYTES", own_file_bytes)
    writer = StoreWriter(directory, "r1", 0)
    file = writer._packs.place(Blob(lambda: b"bytes", "image/png", extension))
    writer.write(make.entry(TextMeta(text="x")))
    writer.close()
    with Source(directory) as source:
        assert source.extension(file) == expected
        assert b"".join(source.checked(file)) == b"bytes"


def test_where_no_header_of_ours_is_before_the_bytes_the_ending_is_bin(directory: Path) -> None:
    (directory / "media").mkdir()
    (directory / "media" / "other.bin").write_bytes(bytes(2000))
    with Source(directory) as source:
        assert source.extension(File("media/other.bin", 3, "image/png", "", 600)) == "bin"
        assert source.extension(File("media/other.bin", 3, "image/png", "", 0)) == "bin"


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (File("media/a.bin", 9, "", ""), "ends 5 bytes too early"),
        (
            File("media/a.bin", 4, "", "SHA-256:0"),
            "the 4 bytes at 0 are not those that were written",
        ),
        (File("media/none.bin", 4, "", ""), "missing, though it is named"),
        (File("../a.bin", 4, "", ""), "expected a path inside the run directory"),
        (File("media", 4, "", ""), "cannot be read"),
    ],
)
def test_what_is_wrong_is_said(directory: Path, file: File, message: str) -> None:
    (directory / "media").mkdir()
    (directory / "media" / "a.bin").write_bytes(b"abcd")
    with Source(directory) as source, pytest.raises(StoreError, match=message):
        list(source.checked(file))
