from __future__ import annotations

from pathlib import Path

import pytest

from medialog_core.store import mounts

TABLE = """\
22 1 254:0 / / rw - ext4 /dev/vda rw
23 22 0:20 / /home rw,nosuid shared:7 - nfs4 server:/home rw
24 23 0:21 / /home/me/scratch rw - tmpfs tmpfs rw
25 22 0:22 / /mnt/two\\040words rw - fuse.gcsfuse bucket rw
26 22 0:23 / /over rw - ext4 /dev/vdb rw
27 22 0:24 / /over rw - lustre mds:/fs rw
"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/data/run", "ext4"),
        ("/home/me/run", "nfs4"),
        ("/homes", "ext4"),
        ("/home/me/scratch/run", "tmpfs"),
        ("/mnt/two words/run", "fuse.gcsfuse"),
        ("/over/run", "lustre"),
    ],
)
def test_the_innermost_and_latest_mount_counts(path: str, expected: str) -> None:
    assert mounts.file_system(Path(path), TABLE) == expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/data", False),
        ("/home", True),
        ("/home/me/scratch", False),
        ("/mnt/two words", True),
        ("/over", True),
    ],
)
def test_network_file_systems_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, *, expected: bool
) -> None:
    table = tmp_path / "mountinfo"
    table.write_text(TABLE)
    monkeypatch.setattr(mounts, "_MOUNTS", table)
    assert mounts.is_network(Path(path)) == expected


def test_where_the_system_does_not_tell_it_is_local(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mounts, "_MOUNTS", tmp_path / "missing")
    assert not mounts.is_network(tmp_path)
