"""A raw value that was given to `log` -> a number, media values, or nothing.

Each type of value has its line in `_RULES`; a type that is not there is told by its base classes or
by what it answers to.

A list of arrays is a list of pictures when each looks like one: HxW with both sides of 8 or more,
or three axes of which the first or the last has 1, 3 or 4. A list of numbers, nested or not, is what
an array of them is, and an array of texts or of objects what a list of these is; a list of strings is
a list of texts. An empty list is skipped like None; an array
without elements is a histogram of nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from .. import codecs
from ..arrays import describe, is_array, to_scalar
from ..errors import InvalidInput, MedialogError, WrongType
from ..media import foreign
from ..media.documents.text import Text
from ..media.histograms.histogram import Histogram
from ..media.images.image import Image
from ..media.plain import plain
from ..media.tables.frames import is_frame
from ..media.tables.table import Table

MEDIA = tuple(codec.type for codec in codecs.TABLE)


class Skip:
    """The type of `SKIP`."""

    def __repr__(self) -> str:
        return "SKIP"


SKIP: Final = Skip()
"""What None and an empty list become: nothing to log."""
Coerced = Any
"""A number, a media value, a list of them, or `SKIP`."""

_CHANNELS = (1, 3, 4)
_SMALLEST_SIDE = 8
_NO_NUMBERS = ("U", "O")
"""Kinds of dtypes of texts and of objects: such an array is what a list of its elements is."""
_FIX = (
    "log a number, str, PIL image, figure, array, data frame, a media value "
    "(Image, Video, Audio, Histogram, Table ...) or a list of one media type"
)


def coerce(key: str, value: Any) -> Coerced:
    """Give `value` as what can be logged; a table as it is now, one that grows as itself.

    Args:
        key: What it is logged under, for errors.
        value: A number of any library, a media value, or raw: bool (0 or 1), None (skipped), str,
            path, date or time (`Text`), timedelta (its seconds), PIL image or matplotlib figure (`Image`),
            Plotly figure (`Plotly`), rdkit molecule (`Molecule`), array, tensor or list of numbers
            (a number if it has one element, else `Histogram`), data frame (`Table`), what a notebook
            shows as HTML (`Html`), a member of an enum (its value); or a list of one kind of media,
            raw or not, arrays that look like pictures among them.

    Raises:
        WrongType: None of these; the key is named.
        InvalidInput: A number, picture, array or text that cannot be kept; the key is named.
    """
    try:
        return _coerced(value)
    except MedialogError as error:
        raise type(error)(f"log: {key!r}: {error}") from error


def is_media(value: Any) -> bool:
    """Say whether `value` is a media value, or a picture, figure or molecule, which becomes one."""
    return isinstance(value, MEDIA) or foreign.is_foreign(value)


def holds_media(value: Any) -> bool:
    """Say whether `value` is media, or has some in it at any depth."""
    if isinstance(value, Mapping):
        return any(map(holds_media, value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return any(map(holds_media, value))
    return is_media(value)


def _coerced(value: Any) -> Coerced:
    rule = _RULES.get(type(value))
    if rule is None:
        rule = _rule_by_looks(value)
    return rule(value)


def _itself(value: Any) -> Any:
    return value


def _integer(value: int) -> int:
    value = int(value)  # of a subclass, e.g. an IntEnum, too
    try:
        float(value)
    except OverflowError:
        raise InvalidInput(
            f"expected a number that 64 bits hold, got an int of {value.bit_length()} bits; log its logarithm"
        ) from None
    return value


def _skip(_value: None) -> Skip:
    return SKIP


def _text(value: str) -> Text:
    return Text(str.__str__(value))  # of an enum's member, too, its own text


def _list(values: list[Any] | tuple[Any, ...]) -> Coerced:
    if not values:
        return SKIP
    given, values = values, [_adopted(value) for value in values]
    types = {type(value) for value in values}
    if len(types) == 1 and issubclass(types.pop(), MEDIA):
        return [_listed(value) if isinstance(value, Table) else value for value in values]
    if all(map(_is_picture, values)):
        return [value if isinstance(value, Image) else Image(value) for value in values]
    numbers = _numbers(values)
    if numbers is not None:
        return _array(np.array(numbers))
    wrong = _odd(values)
    raise WrongType(
        "expected a list of numbers, of PIL images, of figures, of str, of arrays that look like pictures "
        f"(HxW of 8 or more, HxWxC, CxHxW), or of media values of one type, got {describe(given[wrong])} at {wrong}; "
        "log what differs under keys of its own, Histogram(...) of arrays, a Table of records"
    )


def _numbers(values: list[Any] | tuple[Any, ...]) -> list[float] | None:
    """Give the numbers of lists, nested or not; None where there is anything else."""
    found: list[float] = []
    for value in values:
        inner = _numbers(value) if isinstance(value, list | tuple) else to_scalar(value)
        if inner is None:
            return None
        found += inner if isinstance(inner, list) else [inner]
    return found


def _odd(values: list[Any]) -> int:
    """Give the place of the first that is of another type than those before it, or no picture."""
    other = (i for i, value in enumerate(values) if type(value) is not type(values[0]))
    none = (i for i, value in enumerate(values) if not _is_picture(value))
    return next(other, next(none, 0))


def _adopted(value: Any) -> Any:
    """Give a media value for a text or a foreign object; all else, arrays too, as it came."""
    make = _text if isinstance(value, str) else foreign.maker(value)
    return value if make is None else make(value)


def _listed(table: Table) -> Table:
    if table.log_mode == "INCREMENTAL":
        raise InvalidInput(
            "a table that is logged in increments stands alone under its key, not in a list; "
            "log each under a key of its own"
        )
    return table.frozen()


def _table(table: Table) -> Table:
    return table if table.log_mode == "INCREMENTAL" else table.frozen()


def _is_picture(value: Any) -> bool:
    if isinstance(value, Image):
        return True
    if not is_array(value):
        return False
    shape: tuple[int, ...] = tuple(value.shape)
    if len(shape) == 2:  # noqa: PLR2004
        return min(shape) >= _SMALLEST_SIDE
    return len(shape) == 3 and (shape[0] in _CHANNELS or shape[2] in _CHANNELS)  # noqa: PLR2004


def _array(value: Any) -> Coerced:
    number = to_scalar(value)
    if number is not None:
        return number
    if getattr(value.dtype, "kind", "") in _NO_NUMBERS:
        return _coerced(value.tolist())
    return Histogram(value)


def _frame(value: Any) -> Table:
    return Table(dataframe=value)


def _plain(value: Any) -> Coerced:
    found = plain(value)
    return _refuse(value) if found is value else _coerced(found)


def _refuse(value: Any) -> Coerced:
    raise WrongType(f"cannot log {describe(value)}; {_FIX}")


_Rule = Callable[[Any], Coerced]
_RULES: dict[type[Any], _Rule] = {
    float: float,  # NumPy's float64, a subclass, becomes Python's own, which files hold
    int: _integer,
    bool: int,
    type(None): _skip,
    str: _text,
    **dict.fromkeys(MEDIA, _itself),
    Table: _table,
    list: _list,
    tuple: _list,
    np.ndarray: _array,
    dict: _refuse,
}


def _rule_by_looks(value: Any) -> _Rule:
    for base in type(value).__mro__:
        if base in _RULES:
            return _RULES[base]
    if is_frame(value):
        return _frame
    if is_array(value):
        return _array
    return foreign.maker(value) or _plain
