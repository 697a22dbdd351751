"""A Plotly figure as text: TensorBoard has no form for it that could be used like the figure itself."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np

from ....payload import Payload
from ....schema import PlotlyMeta
from . import markdown

MAX_TRACES = 20
"""So many traces are shown; how many more there are it says."""
MAX_NUMBERS = 5
"""So many of a trace's numbers are shown, and how many there are."""
_AXES = ("x", "y", "z", "r", "theta", "lat", "lon", "a", "b", "c", "labels", "values")
_NOTE = (
    "TensorBoard has no interactive form of a Plotly figure: these are its traces and their first "
    'numbers. The store has the figure: `sinks=("store", ...)`.'
)


class _Figure(msgspec.Struct):
    data: list[dict[str, msgspec.Raw]]


class _Typed(msgspec.Struct):
    """A typed array of plotly.js."""

    dtype: str
    bdata: str


def text(payload: Payload, meta: PlotlyMeta) -> str:
    """Give the figure's title and its traces."""
    traces = msgspec.json.decode(payload.files[""].data, type=_Figure).data
    rows = [_row(trace) for trace in traces[:MAX_TRACES]]
    parts = [f"### {markdown.plain(meta.title)}"] if meta.title else []
    parts.append(markdown.table(("trace", "type", "numbers"), rows))
    if len(traces) > MAX_TRACES:
        parts.append(f"**{len(traces) - MAX_TRACES:,} more traces are not shown here.**")
    return markdown.captioned(payload, "\n\n".join([*parts, _NOTE]))


def _row(trace: dict[str, msgspec.Raw]) -> Sequence[str]:
    name, kind = (_one(trace[field]) if field in trace else "" for field in ("name", "type"))
    numbers = (f"{axis}: {_first(trace[axis])}" for axis in _AXES if axis in trace)
    return name, kind or "scatter", "\n".join(numbers)


def _first(raw: msgspec.Raw) -> str:
    shown, count = _numbers(raw)
    more = f", ... ({count:,})" if count > len(shown) else ""
    return ", ".join(shown) + more


def _numbers(raw: msgspec.Raw) -> tuple[list[str], int]:
    """Give the first numbers, and how many there are; of rows of numbers the first rows."""
    if bytes(raw)[:1] == b"[":
        items = msgspec.json.decode(raw, type=list[msgspec.Raw])
        return [_one(item) for item in items[:MAX_NUMBERS]], len(items)
    try:
        typed = msgspec.json.decode(raw, type=_Typed)
        dtype = np.dtype(typed.dtype)
    except (msgspec.MsgspecError, TypeError):  # a single number, or what a later version writes
        return [_one(raw)], 1
    needed = -(-MAX_NUMBERS * dtype.itemsize // 3) * 4
    first = base64.b64decode(typed.bdata[:needed])
    count = (len(typed.bdata) * 3 // 4 - typed.bdata[-2:].count("=")) // dtype.itemsize
    numbers = np.frombuffer(first, dtype, min(count, MAX_NUMBERS))
    return [_shown(number) for number in numbers.tolist()], count


def _one(raw: msgspec.Raw) -> str:
    value = msgspec.json.decode(raw)
    if isinstance(value, list):
        return f"[{', '.join(map(_shown, value[:MAX_NUMBERS]))}{', ...' if len(value) > MAX_NUMBERS else ''}]"
    return _shown(value)


def _shown(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
