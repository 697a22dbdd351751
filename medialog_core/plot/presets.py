"""W&B's own charts by the names of their Vega presets."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from ..errors import InvalidInput
from ..media.documents.chart import Chart
from .bars import bar, histogram
from .lines import line, scatter

PRESETS: dict[str, Callable[..., Chart]] = {
    "wandb/line/v0": line,
    "wandb/scatter/v0": scatter,
    "wandb/bar/v0": bar,
    "wandb/histogram/v0": histogram,
    "wandb/area-under-curve/v0": line,
    "wandb/lineseries/v0": line,
}
_FIELDS = {
    "wandb/area-under-curve/v0": {"class": "stroke"},
    "wandb/lineseries/v0": {"step": "x", "lineVal": "y", "lineKey": "stroke"},
}
"""W&B's names of fields, where they are not the arguments of the chart's function."""


def plot_table(
    vega_spec_name: str,
    data_table: Any,
    fields: Mapping[str, Any],
    string_fields: Mapping[str, Any] | None = None,
    split_table: bool = False,  # noqa: ARG001 - W&B's, see the package
    *,
    caption: str | None = None,
    sample_id: str | int | None = None,
) -> Chart:
    """Give the chart of one of W&B's own presets.

    Args:
        vega_spec_name: One of `PRESETS`; custom ones lie on W&B's server, which is never asked.
        data_table: A `Table`, a data frame or a dictionary of columns.
        fields: The arguments of the chart's function to columns, e.g. `{"x": "step", "y": "loss"}`,
            or W&B's names of them, as `class` of `wandb/area-under-curve/v0`.
        string_fields: `{"title": ...}`.
        split_table: Without effect.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No table, or a column that holds something else.
        InvalidInput: Another preset, a field that it does not have, or no such column.
    """
    if vega_spec_name not in PRESETS:
        raise InvalidInput(
            f"plot.plot_table: vega_spec_name: expected one of {sorted(PRESETS)}, got {vega_spec_name!r}; "
            "custom presets lie on W&B's server: use plot.line, scatter, bar or histogram, or log the Table itself"
        )
    draw = PRESETS[vega_spec_name]
    known = _FIELDS.get(vega_spec_name, {})
    fields = {known.get(name, name): column for name, column in fields.items()}
    title = (string_fields or {}).get("title", "")
    try:
        inspect.signature(draw).bind(data_table, **fields)
    except TypeError as error:
        raise InvalidInput(
            f"plot.plot_table: fields: {error}; they are the arguments of plot.{draw.__name__}"
        ) from None
    return draw(data_table, **fields, title=title, caption=caption, sample_id=sample_id)
