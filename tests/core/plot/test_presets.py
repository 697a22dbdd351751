from __future__ import annotations

import inspect
from typing import Any

import pytest

import medialog_core as wandb
from medialog_core import plot
from medialog_core.errors import InvalidInput

TABLE = {"step": [1, 2], "loss": [3, 4]}
SIGNATURES = {  # as in W&B's reference, beside what is ours and keyword-only
    "line": ["table", "x", "y", "stroke", "title", "split_table"],
    "scatter": ["table", "x", "y", "title", "split_table"],
    "bar": ["table", "label", "value", "title", "split_table"],
    "histogram": ["table", "value", "title", "split_table"],
    "line_series": ["xs", "ys", "keys", "title", "xname", "split_table"],
    "roc_curve": ["y_true", "y_probas", "labels", "classes_to_plot", "title", "split_table"],
    "pr_curve": [
        *["y_true", "y_probas", "labels", "classes_to_plot", "interp_size", "title", "split_table"]
    ],
    "confusion_matrix": ["probs", "y_true", "preds", "class_names", "title", "split_table"],
    "plot_table": ["vega_spec_name", "data_table", "fields", "string_fields", "split_table"],
}


@pytest.mark.parametrize("name", SIGNATURES)
def test_the_arguments_are_w_and_bs_in_their_order(name: str) -> None:
    parameters = inspect.signature(getattr(plot, name)).parameters.values()
    positional = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == SIGNATURES[name]
    keywords = [p.name for p in parameters if p.kind is p.KEYWORD_ONLY]
    assert keywords[-2:] == ["caption", "sample_id"]


def test_all_functions_are_there_and_documented() -> None:
    assert sorted(SIGNATURES) == plot.__all__
    assert all(getattr(plot, name).__doc__ for name in plot.__all__)


def test_w_and_bs_own_presets_are_our_charts() -> None:
    chart = wandb.plot.plot_table(
        "wandb/line/v0", TABLE, {"x": "step", "y": "loss"}, {"title": "Loss"}, caption="c"
    )
    assert chart == plot.line(TABLE, "step", "loss", title="Loss", caption="c")
    chart = plot.plot_table("wandb/histogram/v0", TABLE, {"value": "loss"})
    assert chart == plot.histogram(TABLE, "loss")


def test_curves_and_series_are_lines_under_w_and_bs_names_of_their_fields() -> None:
    table = {"recall": [0, 1, 0, 1], "precision": [1, 0, 1, 0.5], "class": ["a", "a", "b", "b"]}
    lines = plot.line(table, "recall", "precision", "class", "PR")
    chart = plot.plot_table(
        "wandb/area-under-curve/v0",
        table,
        {"x": "recall", "y": "precision", "class": "class"},
        {"title": "PR", "x-axis-title": "Recall"},
    )
    assert chart == lines
    fields = {"step": "recall", "lineVal": "precision", "lineKey": "class"}
    assert plot.plot_table("wandb/lineseries/v0", table, fields, {"title": "PR"}) == lines
    with pytest.raises(InvalidInput, match=r"fields: .*'colour'.* arguments of plot.line"):
        plot.plot_table(
            "wandb/area-under-curve/v0", table, {"x": "class", "y": "recall", "colour": "a"}
        )


@pytest.mark.parametrize("name", ["me/my-preset", "wandb/line/v9", ""])
def test_a_preset_that_lies_on_a_server_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(
        InvalidInput, match=r"vega_spec_name: expected one of .*server: use plot.line, scatter"
    ):
        plot.plot_table(name, TABLE, {})


@pytest.mark.parametrize(("fields", "error"), [({"x": "step"}, "'y'"), ({"z": "step"}, "'x'|'z'")])
def test_fields_are_the_arguments_of_the_chart(fields: Any, error: str) -> None:
    with pytest.raises(InvalidInput, match=rf"fields: .*({error}).*arguments of plot.line"):
        plot.plot_table("wandb/line/v0", TABLE, fields)
