"""Figures to the JSON of plotly.js: what Plotly's own encoder knows, without importing Plotly."""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from ...arrays import describe, is_array, is_torch, to_numpy
from ...errors import InvalidInput, WrongType

_SHORT = 100
"""Shorter arrays are lists: a range of an axis must be one."""
_TYPED = ("i1", "u1", "i2", "u2", "i4", "u4", "f4", "f8")
_MISSING = ("NaTType", "NAType")


class Trace(msgspec.Struct):
    """A trace, but for its numbers."""

    type: str | None = None


class Layout(msgspec.Struct):
    """The part of a layout that is told."""

    title: Any = None
    width: Any = None
    height: Any = None


class Figure(msgspec.Struct):
    """A figure, but for its numbers; what is not told is skipped, not built."""

    data: list[Trace]
    layout: Layout | None = None


def to_json(figure: Mapping[str, Any], field: str) -> bytes:
    """Write a figure's dictionary; numbers that are not finite are null, gaps in a line.

    Long arrays are kept to the bit as plotly.js's typed arrays, `{"dtype", "bdata", "shape"}`.

    Raises:
        WrongType: It holds what JSON cannot.
        InvalidInput: A text with lone surrogates.
    """
    try:
        return _ENCODER.encode(figure)
    except WrongType as error:
        raise WrongType(f"{field}: {error}") from None
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidInput(f"{field}: it cannot be written as JSON ({error})") from None


def parsed(data: bytes) -> Figure:
    """Read what is told of a figure.

    Raises:
        msgspec.MsgspecError: It is no JSON, or no figure.
    """
    return msgspec.json.decode(data, type=Figure)


def checked(data: bytes, field: str) -> bytes:
    """Give JSON that came from outside as it is; a bare NaN, which JSON lacks, becomes null.

    Raises:
        InvalidInput: It is no JSON, or no figure.
    """
    try:
        parsed(data)
        data.decode()
    except msgspec.ValidationError as error:
        raise InvalidInput(
            f"{field}: expected a figure, {{'data': [traces], 'layout': {{...}}}} ({error})"
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return _mended(data, field, error)
    return data


def from_matplotlib(figure: Any) -> Any:
    """Convert a figure of matplotlib's to one of Plotly's, as `plotly.tools.mpl_to_plotly` does.

    That function closes the figure in pyplot; here it stays open.

    Raises:
        InvalidInput: Plotly is not installed, or there is something that it cannot convert.
    """
    fix = "log Image(figure), its picture"
    if figure.images or any(axes.images for axes in figure.axes):
        raise InvalidInput(f"Plotly: val: a figure with pictures cannot be converted; {fix}")
    try:
        from plotly.matplotlylib import PlotlyRenderer  # noqa: PLC0415 - who asks for it needs it
        from plotly.matplotlylib.mplexporter import Exporter  # noqa: PLC0415

        renderer = PlotlyRenderer()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of matplotlib's, at Plotly
            Exporter(renderer, close_mpl=False).run(figure)
    except Exception as error:
        raise InvalidInput(
            f"Plotly: val: Plotly cannot convert this figure of matplotlib's ({type(error).__name__}: {error}); {fix}"
        ) from error
    return renderer.plotly_fig


def _mended(data: bytes, field: str, error: Exception) -> bytes:
    try:
        figure = json.loads(data, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        raise InvalidInput(f"{field}: it is no JSON ({error})") from None
    return checked(msgspec.json.encode(figure), field)


def _plain(value: Any) -> Any:
    if hasattr(value, "to_plotly_json"):
        return value.to_plotly_json()
    if type(value).__name__ in _MISSING:
        return None
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, np.generic):
        return str(value) if value.dtype.kind == "M" else value.item()
    if is_array(value):
        return _array(to_numpy(value, "array") if is_torch(value) else np.asarray(value))
    raise WrongType(f"expected numbers, text, lists, dictionaries or arrays, got {describe(value)}")


def _array(array: NDArray[Any]) -> Any:
    if array.dtype.kind == "M":
        texts = np.datetime_as_string(array).astype(object)
        texts[np.isnat(array)] = None
        return texts.tolist()
    if array.size < _SHORT or array.dtype.str[1:] not in _TYPED:
        return array.tolist()
    content = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
    typed = {"dtype": array.dtype.str[1:], "bdata": base64.b64encode(content.data).decode()}
    return typed if array.ndim == 1 else {**typed, "shape": ", ".join(map(str, array.shape))}


_ENCODER = msgspec.json.Encoder(enc_hook=_plain, decimal_format="number")
