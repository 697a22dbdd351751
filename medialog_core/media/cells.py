"""What a cell of a table may hold, and what it becomes there.

Each type of Python value has its line in `_RULES`; what is not there is told by what it answers to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..arrays import describe, is_array, to_numpy
from ..errors import InvalidInput, WrongType
from ..schema import to_number
from . import foreign
from .audio import Audio
from .captioned import check_text
from .chart import Chart
from .histogram import Histogram
from .html import Html
from .image import Image
from .molecule import Molecule
from .object3d import Object3D
from .plotly import Plotly
from .text import Text
from .video import Video

NULL, NUMBER, STRING, BOOLEAN, JSON, ANY = "null", "number", "string", "boolean", "json", "any"
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
LISTS = {f"{kind}[]": kind for kind in MEDIA.values()}
Typed = tuple[str, Any]
"""The type of a cell by its name in the file, and its value."""


def typed(cell: Any) -> Typed:
    """Give a cell its type, and its value as the table keeps it.

    Numbers of any library become Python's; arrays, tuples and dictionaries become JSON, in which
    NaN and infinities are their names; dates become ISO 8601; PIL images, figures and molecules of
    other libraries become media values.

    Raises:
        WrongType: Nothing a cell can hold.
        InvalidInput: A number beyond 64 bits, a text no file can hold, a picture that is refused.
    """
    rule = _RULES.get(type(cell))
    if rule is None:
        return _told_by_looks(cell)
    kind, convert = rule
    return (kind, cell) if convert is None else convert(cell)


def _integer(value: int) -> Typed:
    if -(2**63) <= value < 2**64:
        return NUMBER, value
    raise InvalidInput(
        f"expected an integer of 64 bits at most, got {value!r}; pass float(...) or str(...) of it"
    )


def _string(value: str) -> Typed:
    return STRING, check_text(value, "cell")


def _sequence(value: list[Any] | tuple[Any, ...]) -> Typed:
    if value and all(foreign.is_foreign(item) for item in value):
        return _sequence([_adopted(item) for item in value])
    kinds = {type(item) for item in value}
    if len(kinds) == 1 and (kind := MEDIA.get(next(iter(kinds)))) is not None:
        return f"{kind}[]", list(value)
    return JSON, [_json(item) for item in value]


def _mapping(value: dict[Any, Any]) -> Typed:
    return JSON, {_name(key): _json(item) for key, item in value.items()}


def _name(key: Any) -> str:
    return check_text(key if isinstance(key, str) else str(key), "key")


def _json(value: Any) -> Any:
    kind, value = typed(value)
    if kind in (NUMBER, NULL, STRING, BOOLEAN, JSON):
        return to_number(value) if isinstance(value, float) else value
    raise WrongType(
        f"a list or dictionary in a cell holds JSON only, or a list of one media type, got {describe(value)}"
    )


_Rule = tuple[str, Callable[[Any], Typed] | None]
_RULES: dict[type[Any], _Rule] = {
    float: (NUMBER, None),
    int: (NUMBER, _integer),
    bool: (BOOLEAN, None),
    str: (STRING, _string),
    type(None): (NULL, None),
    list: (JSON, _sequence),
    tuple: (JSON, _sequence),
    dict: (JSON, _mapping),
    **{type_: (kind, None) for type_, kind in MEDIA.items()},
}


def _adopted(item: Any) -> Any:
    make = foreign.maker(item)
    return item if make is None else make(item)


def _told_by_looks(cell: Any) -> Typed:
    if isinstance(cell, np.datetime64) or hasattr(cell, "isoformat"):
        return _date(cell)
    if isinstance(cell, np.generic) or is_array(cell):
        return _array(cell)
    for base in type(cell).__mro__[1:]:
        if base in _RULES:
            return _of_base(base, cell)
    adopted = _adopted(cell)
    if adopted is not cell:
        return typed(adopted)
    raise WrongType(
        f"expected a number, str, bool, None, list, dict, date, array or media value, got {describe(cell)}; "
        "pass str(...) of it"
    )


def _date(cell: Any) -> Typed:
    text = str(cell) if isinstance(cell, np.datetime64) else cell.isoformat()
    return (NULL, None) if text == "NaT" else (STRING, text)


def _array(cell: Any) -> Typed:
    if isinstance(cell, np.str_):
        return _string(str(cell))
    array = cell if isinstance(cell, np.generic) else to_numpy(cell, "cell")
    if array.dtype.kind not in "biuf":
        raise WrongType(f"expected real numbers, got {describe(cell)}")
    if array.size == 1 and array.ndim == 0:
        return typed(array.item())
    values = array.tolist()
    return JSON, values if np.isfinite(array).all() else _json(values)


def _of_base(base: type[Any], cell: Any) -> Typed:
    """A subclass (an IntEnum, an OrderedDict, a named tuple) is what it derives from."""
    kind, convert = _RULES[base]
    if base is str:
        return _string(str.__str__(cell))  # of an enum's member, too, its own text
    if kind in MEDIA.values() or base is type(None):
        return kind, cell
    return typed(base(cell)) if convert is not None else (kind, base(cell))
