"""The bytes around a blob in a pack: POSIX ustar, so that `tar` alone can unpack it."""

from __future__ import annotations

BLOCK = 512
END = bytes(2 * BLOCK)
"""Two empty blocks close an archive."""


def header(name: str, size: int, mtime: float) -> bytes:
    """Give the 512 bytes before a member.

    Args:
        name: Its path in the archive: ASCII, at most 100 characters.
        size: Its length in bytes, below 8 GiB.
        mtime: Unix time in seconds.
    """
    before = b"".join(
        (
            name.encode("ascii").ljust(100, b"\0"),
            b"0000644\0" b"0000000\0" b"0000000\0",
            b"%011o\0" % size,
            b"%011o\0" % int(mtime),
        )
    )
    after = (b"0" + bytes(100) + b"ustar\x0000").ljust(BLOCK - 156, b"\0")
    checksum = sum(before) + sum(after) + 8 * ord(" ")
    return before + b"%06o\0 " % checksum + after


def padding(size: int) -> bytes:
    """Give what fills a member of `size` bytes to whole blocks."""
    return bytes(-size % BLOCK)
