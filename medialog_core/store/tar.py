"""The bytes around a blob in a pack: POSIX ustar, so that `tar` alone can unpack it."""

from __future__ import annotations

BLOCK = 512
END = bytes(2 * BLOCK)
"""Two empty blocks close an archive."""
_REGULAR, _LINK_NAME, _MAGIC = b"0", bytes(100), b"ustar\0" + b"00"


def header(name: str, size: int, mtime: float) -> bytes:
    """Give the 512 bytes before a member.

    Args:
        name: Its path in the archive: ASCII, at most 100 characters.
        size: Its length in bytes, below 8 GiB.
        mtime: Unix time in seconds.
    """
    mode_uid_gid = _octal(0o644, 8) + _octal(0, 8) + _octal(0, 8)
    before = name.encode("ascii").ljust(100, b"\0") + mode_uid_gid
    before += _octal(size, 12) + _octal(int(mtime), 12)
    after = (_REGULAR + _LINK_NAME + _MAGIC).ljust(BLOCK - len(before) - 8, b"\0")
    checksum = sum(before) + sum(after) + 8 * ord(" ")
    return before + _octal(checksum, 7) + b" " + after


def name(block: bytes) -> str | None:
    """Give the path that a member's 512 bytes of header tell; None if they are none of ours."""
    if len(block) != BLOCK or block[257:265] != _MAGIC:
        return None
    return block[:100].rstrip(b"\0").decode("ascii", "replace")


def member_size(size: int) -> int:
    """Give how many bytes a member of `size` bytes takes, with what is around it."""
    return BLOCK + size + -size % BLOCK


def padding(size: int) -> bytes:
    """Give what fills a member of `size` bytes to whole blocks."""
    return bytes(-size % BLOCK)


def _octal(number: int, width: int) -> bytes:
    return b"%0*o\0" % (width - 1, number)
