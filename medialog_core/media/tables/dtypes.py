"""What `dtype=` may say of a column: the type of its cells before there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, get_args, get_origin

import numpy as np
from PIL import Image as PilImage

from ...arrays import describe
from ...errors import InvalidInput, WrongType
from ..classes import Classes
from .cells import (
    ANY,
    BOOLEAN,
    DATE,
    DATETIME,
    JSON,
    LISTS,
    MEDIA,
    NESTED,
    NULL,
    NUMBER,
    STRING,
    media_kind,
)

_NAMES = frozenset(
    {ANY, BOOLEAN, DATE, DATETIME, JSON, NESTED, NUMBER, STRING, *MEDIA.values(), *LISTS}
)
_PYTHON: dict[Any, str] = {
    int: NUMBER,
    float: NUMBER,
    bool: BOOLEAN,
    str: STRING,
    list: JSON,
    tuple: JSON,
    dict: JSON,
    dt.date: DATE,
    dt.datetime: DATETIME,
    np.ndarray: JSON,
    PilImage.Image: "image",
    object: ANY,
    Any: ANY,
    None: NULL,
    type(None): NULL,
}
_NUMPY = {**dict.fromkeys("iuf", NUMBER), "b": BOOLEAN, "U": STRING, "O": ANY, "M": DATETIME}


@dataclass(frozen=True)
class Declared:
    """What was said of a column.

    Attributes:
        type: As in `schema.ColumnMeta`; `null` leaves it to the first cell.
        classes: The ids that its cells may be, with their names; empty allows any.
    """

    type: str = NULL
    classes: Mapping[str, str] = field(default_factory=dict)


def declared(dtype: Any, name: str) -> Declared:
    """Read a `dtype`.

    Args:
        dtype: A Python type, a media class, `list[...]` of one, a value of a media class, a NumPy
            type, `Classes` (its ids are the only cells), `object` (anything), None (by the first
            cell), or the name of a column's type as files have it.
        name: What to call it in an error.

    Raises:
        WrongType: None of these.
        InvalidInput: A NumPy type of which there are no cells.
    """
    if isinstance(dtype, Classes):
        return _of_classes(dtype)
    if isinstance(dtype, str) and dtype in _NAMES:
        return Declared(dtype)
    found = _of_python(dtype)
    return Declared(_of_numpy(dtype, name) if found is None else found)


def _of_classes(classes: Classes) -> Declared:
    numeric = all(id_.removeprefix("-").isdecimal() for id_ in classes.names)
    return Declared(NUMBER if numeric else STRING, classes.names)


def _of_python(dtype: Any) -> str | None:
    if get_origin(dtype) is not None:
        inner = [MEDIA[one] for one in get_args(dtype) if one in MEDIA]
        is_list = get_origin(dtype) in (list, tuple)
        return f"{inner[0]}[]" if is_list and inner else _PYTHON.get(get_origin(dtype))
    if isinstance(dtype, type):
        return MEDIA.get(dtype) or _PYTHON.get(dtype)
    return media_kind(dtype) or (_PYTHON.get(dtype) if dtype in (None, Any) else None)


def _of_numpy(dtype: Any, name: str) -> str:
    kind = _numpy_type(dtype)
    if kind is None:
        raise WrongType(
            f"{name}: expected a Python type, a media class, a NumPy type or Classes, got {describe(dtype)}"
        )
    if kind.kind not in _NUMPY:
        raise InvalidInput(f"{name}: a cell cannot be of type {kind}; use str or float")
    if kind.kind == "M" and np.datetime_data(kind)[0] == "D":
        return DATE
    return _NUMPY[kind.kind]


def _numpy_type(dtype: Any) -> np.dtype[Any] | None:
    if isinstance(dtype, type) and not issubclass(dtype, np.generic | complex | bytes):
        return None  # NumPy would call any class an object
    try:
        kind: np.dtype[Any] = np.dtype(dtype)
    except TypeError:
        return None
    return kind
