"""Which file systems are shared over a network, where others see data only after a sync."""

from __future__ import annotations

import re
from pathlib import Path

_MOUNTS = Path("/proc/self/mountinfo")
_NETWORK = re.compile(r"nfs\d?|lustre|ceph|cifs|smb\d?|smbfs|9p|gpfs|wekafs|beegfs|afs|fuse(\..*)?")


def is_network(path: Path) -> bool:
    """Say whether `path` lies on NFS, Lustre, FUSE or the like; no where the system doesn't tell."""
    try:
        table = _MOUNTS.read_text(errors="surrogateescape")
    except OSError:
        return False
    return _NETWORK.fullmatch(file_system(path.resolve(), table)) is not None


def file_system(path: Path, table: str) -> str:
    """Give the type of the file system that holds `path`, from the text of a `mountinfo`.

    Args:
        path: Absolute.
        table: The content of `/proc/<pid>/mountinfo`: one line a mount, the fifth word its place,
            the first word behind ` - ` its type. A later mount covers an earlier one.
    """
    best, found = -1, ""
    for line in table.splitlines():
        mount, _, rest = line.partition(" - ")
        place = Path(_unescaped(mount.split()[4]))
        if len(place.parts) >= best and path.is_relative_to(place):
            best, found = len(place.parts), rest.split()[0]
    return found


def _unescaped(word: str) -> str:
    return re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), word)
