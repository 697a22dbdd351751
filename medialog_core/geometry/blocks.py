"""Points as the blocks of one file, which a browser maps as they are.

    N * 12 bytes   xyz        float32 x, y, z of each point
    then           rgb        3 bytes for each point; or
                   category   uint8, uint16 or uint32 for each point

All is little-endian, and every block begins at a multiple of 4. Deflate is left out on purpose: the
float32 of a lidar shrink to 0.75..0.95 of their size, and nobody could map them or read a part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..schema import BlockMeta

LARGEST_CATEGORY = 2**32 - 1
_POINT_BYTES = 12
_BlockType = Literal["uint8", "uint16", "uint32"]
_LIMITS: tuple[tuple[int, _BlockType], ...] = (
    (2**8, "uint8"),
    (2**16, "uint16"),
    (2**32, "uint32"),
)


class Columns(NamedTuple):
    """Points in memory: N×3 float32, N×3 uint8 and N whole numbers; the last two may be missing."""

    xyz: NDArray[np.float32]
    rgb: NDArray[np.uint8] | None = None
    category: NDArray[Any] | None = None


def layout(
    points: int, *, coloured: bool = False, largest_category: int | None = None
) -> tuple[BlockMeta, ...]:
    """Give the blocks of `points` points with what they have besides their place."""
    after = points * _POINT_BYTES
    xyz = BlockMeta("xyz", "float32", 3, 0)
    if coloured:
        return xyz, BlockMeta("rgb", "uint8", 3, after)
    if largest_category is None:
        return (xyz,)
    kind = next(kind for limit, kind in _LIMITS if largest_category < limit)
    return xyz, BlockMeta("category", kind, 1, after)


def size(points: int, blocks: Sequence[BlockMeta]) -> int:
    """Give how many bytes the file has."""
    return sum(points * block.width * _dtype(block).itemsize for block in blocks)


def pack(columns: Columns, blocks: Sequence[BlockMeta]) -> bytes:
    """Give the bytes of the file."""
    arrays = columns._asdict()
    return b"".join(
        np.ascontiguousarray(arrays[block.name], _dtype(block)).tobytes() for block in blocks
    )


def unpack(data: bytes, points: int, blocks: Sequence[BlockMeta]) -> Columns:
    """Undo `pack`; the arrays are views of `data`."""
    found = {block.name: _view(data, points, block) for block in blocks}
    return Columns(found["xyz"], found.get("rgb"), found.get("category"))


def _view(data: bytes, points: int, block: BlockMeta) -> NDArray[Any]:
    flat = np.frombuffer(data, _dtype(block), points * block.width, block.offset)
    return flat if block.width == 1 else flat.reshape(points, block.width)


def _dtype(block: BlockMeta) -> np.dtype[Any]:
    return np.dtype(block.type).newbyteorder("<")
