"""Charts of the usual kinds, by W&B's names: data that is kept, and drawn by the viewer.

A `table` is a `Table`, a data frame (pandas, polars) or a dictionary of columns, each an array, a
tensor or a list. Nothing is cut, rounded or sampled. In `x`, texts are categories in the order in
which they come; None is a gap, NaN and infinities are kept. `split_table` is there for W&B's sake
and has no effect: a chart holds its data itself.
"""

from .bars import bar, histogram
from .confusion import confusion_matrix
from .curves import pr_curve, roc_curve
from .lines import line, line_series, scatter
from .presets import plot_table

__all__ = [
    "bar",
    "confusion_matrix",
    "histogram",
    "line",
    "line_series",
    "plot_table",
    "pr_curve",
    "roc_curve",
    "scatter",
]
