"""What a cell of a table may hold, and what it becomes there.

Each type of Python value has its line in `_RULES`; what is not there is told by what it answers to.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np

from ...arrays import describe, is_array, to_numpy
from ...checks import check_text
from ...errors import InvalidInput, WrongType
from ...schema import to_number
from .. import foreign
from ..clips.audio import Audio
from ..clips.video import Video
from ..documents.chart import Chart
from ..documents.html import Html
from ..documents.plotly import Plotly
from ..documents.text import Text
from ..histograms.histogram import Histogram
from ..images.image import Image
from ..plain import plain
from ..shapes.molecule import Molecule
from ..shapes.object3d import Object3D
from . import dates
from .frames import is_frame

NULL, NUMBER, STRING, BOOLEAN, JSON, ANY = "null", "number", "string", "boolean", "json", "any"
DATE, DATETIME = "date", "datetime"
NESTED = "nested"
"""Lists and dictionaries that have media somewhere inside."""
MEDIA: dict[type[Any], str] = {
    Image: "image",
    Video: "video",
    Audio: "audio",
    Histogram: "histogram",
    Object3D: "object3d",
    Molecule: "molecule",
    Text: "text",
    Html: "html",
    Plotly: "plotly",
    Chart: "chart",
}
SINGLE = frozenset(MEDIA.values())
LISTS = {f"{kind}[]": kind for kind in MEDIA.values()}
Typed = tuple[str, Any]
"""The type of a cell by its name in the file, and its value."""

_INT_MIN, _INT_MAX = -(2**63), 2**64 - 1


def typed(cell: Any) -> Typed:
    """Give a cell its type, and its value as the table keeps it.

    Numbers of any library become Python's, members of enums, time spans and paths what they stand
    for (`plain`); dates and times become Python's, or NumPy's where they
    have nanoseconds; arrays, tuples and dictionaries become JSON, in which NaN and infinities are
    their names and dates ISO 8601, and in which media may stand; PIL images, figures and molecules
    of other libraries become media values.

    Raises:
        WrongType: Nothing a cell can hold.
        InvalidInput: A number beyond 64 bits, a text no file can hold, keys that are equal as text, a
            picture that is refused.
    """
    rule = _RULES.get(type(cell))
    if rule is None:
        return _told_by_looks(cell)
    kind, convert = rule
    return (kind, cell) if convert is None else convert(cell)


def media_kind(value: Any) -> str | None:
    """Give the kind of a media value, a subclass's too; None of anything else."""
    for base in type(value).__mro__:
        if base in MEDIA:
            return MEDIA[base]
    return None


def fits(whole: int) -> bool:
    """Say whether a file's 64 bits can hold a whole number."""
    return _INT_MIN <= whole <= _INT_MAX


def _integer(value: int) -> Typed:
    if fits(value):
        return NUMBER, value
    raise InvalidInput(
        f"expected an integer of 64 bits at most, got {value!r}; pass float(...) or str(...) of it"
    )


def _string(value: str) -> Typed:
    return STRING, check_text(value, "cell")


def _datetime(value: dt.datetime) -> Typed:
    found = dates.from_datetime(value)
    return (NULL, None) if found is None else (DATETIME, found)


def _sequence(value: list[Any] | tuple[Any, ...]) -> Typed:
    if _are_plain_numbers(value):
        return JSON, list(value)
    if value and all(foreign.is_foreign(item) for item in value):
        return _sequence([_adopted(item) for item in value])
    first = media_kind(value[0]) if value else None
    if first is not None and all(media_kind(item) == first for item in value):
        return f"{first}[]", list(value)
    items = [_inside(item) for item in value]
    return _around(kind for kind, _ in items), [item for _, item in items]


def _mapping(value: dict[Any, Any]) -> Typed:
    items = {_name(key): _inside(item) for key, item in value.items()}
    if len(items) < len(value):
        names = Counter(map(_name, value))
        raise InvalidInput(
            f"expected keys that differ as text, got {names.most_common(1)[0][0]!r} more than once in {list(value)}"
        )
    return _around(kind for kind, _ in items.values()), {k: item for k, (_, item) in items.items()}


def _are_plain_numbers(value: list[Any] | tuple[Any, ...]) -> bool:
    """Say whether one look is enough: an embedding of a thousand numbers is a common cell."""
    types = set(map(type, value))
    if types == {float}:
        return all(map(math.isfinite, value))
    return types == {int} and fits(min(value)) and fits(max(value))


def _name(key: Any) -> str:
    return check_text(key if isinstance(key, str) else str(key), "key")


def _inside(value: Any) -> Typed:
    """Give a part of a list or a dictionary: JSON, or nested where it is or has media."""
    kind, kept = typed(value)
    if kind in SINGLE or kind in LISTS or kind == NESTED:
        return NESTED, kept
    if kind in (DATE, DATETIME):
        return JSON, dates.to_text(kept)
    return JSON, to_number(kept) if isinstance(kept, float) else kept


def _around(kinds: Any) -> str:
    return NESTED if NESTED in kinds else JSON


_Rule = tuple[str, Callable[[Any], Typed] | None]
_RULES: dict[type[Any], _Rule] = {
    float: (NUMBER, None),
    int: (NUMBER, _integer),
    bool: (BOOLEAN, None),
    str: (STRING, _string),
    type(None): (NULL, None),
    dt.date: (DATE, None),
    dt.datetime: (DATETIME, _datetime),
    list: (JSON, _sequence),
    tuple: (JSON, _sequence),
    dict: (JSON, _mapping),
    **{type_: (kind, None) for type_, kind in MEDIA.items()},
}


def _adopted(item: Any) -> Any:
    make = foreign.maker(item)
    return item if make is None else make(item)


def _told_by_looks(cell: Any) -> Typed:
    if isinstance(cell, np.datetime64):
        return _numpy_date(cell)
    if isinstance(cell, np.generic) or is_array(cell):
        return _array(cell)
    if type(cell).__name__ == "NAType":  # pandas.NA
        return NULL, None
    for base in type(cell).__mro__[1:]:
        if base in _RULES:
            return _of_base(base, cell)
    stands_for = plain(cell)
    if stands_for is not cell:
        return typed(stands_for)
    adopted = _adopted(cell)
    if adopted is not cell:
        return typed(adopted)
    raise WrongType(_refusal(cell))


def _refusal(cell: Any) -> str:
    if is_frame(cell) or hasattr(cell, "iterrows"):
        return (
            f"a cell holds no table, got a {type(cell).__name__}; log it under a key of its own and put the key "
            "here, add its cells as columns, or pass its rows as a list (table.data)"
        )
    return (
        f"expected a number, str, bool, None, list, dict, date, array or media value, got {describe(cell)}; "
        "pass str(...) of it"
    )


def _numpy_date(cell: np.datetime64) -> Typed:
    [value] = dates.from_numpy(np.array([cell]))
    whole_day = type(value) is dt.date
    return (NULL, None) if value is None else (DATE if whole_day else DATETIME, value)


def _array(cell: Any) -> Typed:
    if isinstance(cell, np.str_):
        return _string(str(cell))
    array = cell if isinstance(cell, np.generic) else to_numpy(cell, "cell")
    if array.dtype.kind not in "biuf":
        raise WrongType(f"expected real numbers, got {describe(cell)}")
    if array.dtype.itemsize > 8:  # noqa: PLR2004 - a long double is no Python number
        array = array.astype(np.float64)
    if array.size == 1 and array.ndim == 0:
        return typed(array.item())
    values = array.tolist()
    return JSON, values if np.isfinite(array).all() else _inside(values)[1]


def _of_base(base: type[Any], cell: Any) -> Typed:
    """A subclass (an IntEnum, an OrderedDict, a named tuple) is what it derives from."""
    kind, convert = _RULES[base]
    if base is str:
        return _string(str.__str__(cell))  # of an enum's member, too, its own text
    if base is dt.datetime:
        return _datetime(cell)
    if kind in SINGLE:
        return kind, cell
    if base is dt.date:
        return kind, dt.date(cell.year, cell.month, cell.day)
    return typed(base(cell)) if convert is not None else (kind, base(cell))
