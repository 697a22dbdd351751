"""Tables one below the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

from ...errors import InvalidInput
from .cells import ANY, JSON, LISTS, NESTED, NULL
from .columns import Column, are_empty
from .dtypes import Declared
from .tablefile import height

Columns = Sequence[Column]


def stack(parts: Sequence[Columns]) -> list[Column]:
    """Give the columns of all parts; where a part lacks one, its cells are None.

    A column whose type differs between parts is of the type that all of them fit, `any` if need be.
    """
    columns = heads(parts)
    for column in columns:
        cells = (_cells(column.name, part) for part in parts)
        column.cells = list(chain.from_iterable(cells))
    return columns


def heads(parts: Sequence[Columns]) -> list[Column]:
    """Give what `stack` does, without the cells."""
    names = dict.fromkeys(column.name for part in parts for column in part)
    return [_head(name, parts) for name in names]


def check_equal(parts: Sequence[Columns], what: str) -> None:
    """Check that all parts have the columns of the first, of types that fit.

    Raises:
        InvalidInput: One has not; it is named by its place.
    """
    names = [column.name for column in parts[0]]
    for place, part in enumerate(parts):
        mine = [column.name for column in part]
        if mine != names:
            raise InvalidInput(f"{what}: part {place}: expected the columns {names}, got {mine}")
    for pieces in zip(*parts, strict=True):
        for place, piece in enumerate(pieces[1:], 1):
            before = common_type(pieces[:place])
            if common_type(pieces[: place + 1]) == ANY and ANY not in (before, piece.type):
                raise InvalidInput(
                    f"{what}: part {place}, column {piece.name!r}: expected {before} as in the parts before, "
                    f"got {piece.type}; cast() it, or make the table with allow_mixed_types=True"
                )


def common_type(pieces: Iterable[Column]) -> str:
    """Give the type that the cells of all these columns fit."""
    filled = [piece for piece in pieces if piece.type != NULL]
    types = {piece.type for piece in filled}
    if len(types) <= 1:
        return types.pop() if types else NULL
    if types == {JSON, NESTED}:
        return NESTED
    others = types - {JSON}
    lists = len(others) == 1 and others <= LISTS.keys()
    if lists and all(are_empty(piece.cells) for piece in filled if piece.type == JSON):
        return others.pop()
    return ANY


def _head(name: str, parts: Sequence[Columns]) -> Column:
    found = [column for part in parts for column in part if column.name == name]
    optional = len(found) < len(parts) or any(column.optional for column in found)
    return Column(name, optional, declared=Declared(common_type(found), found[0].classes))


def _cells(name: str, part: Columns) -> list[Any]:
    of_name = (column.cells for column in part if column.name == name)
    return next(of_name, [None] * height(part))
