"""Figures of matplotlib, and of what is drawn with it, told by what they answer to."""

from __future__ import annotations

import io
from types import ModuleType
from typing import Any

from ...errors import InvalidInput


def is_figure(value: object) -> bool:
    """Say whether `value` is a figure, its axes, a grid of seaborn's or the module pyplot."""
    if hasattr(value, "savefig"):
        return True
    return hasattr(value, "plot") and hasattr(getattr(value, "figure", None), "draw")


def figure_of(value: Any) -> Any:
    """Give the whole figure that `value` is or is part of; of pyplot the current one.

    Raises:
        InvalidInput: pyplot has no figure open.
    """
    if isinstance(value, ModuleType):
        if not value.get_fignums():
            raise InvalidInput("pyplot has no figure open; log it before plt.close()")
        return value.gcf()
    while not hasattr(value, "savefig"):  # an axes, maybe in a part of a figure
        value = value.figure
    return value


def to_png(value: Any) -> io.BytesIO:
    """Draw the figure that `value` is part of, at the figure's own dpi; it stays open.

    matplotlib draws in one thread only, and the figure may change: this is the snapshot.
    """
    buffer = io.BytesIO()
    figure_of(value).savefig(buffer, format="png", dpi="figure", pil_kwargs={"compress_level": 0})
    return buffer
