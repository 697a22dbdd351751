from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import medialog_core as wandb
from medialog_core import codecs, plot
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.documents import series as contents
from medialog_core.media.documents.chart import INLINE_BYTES, Chart
from medialog_core.media.documents.chartcontent import Content, Series
from medialog_core.payload import Blob, Payload
from medialog_core.schema import ChartData, ChartMeta, from_numbers, to_numbers
from medialog_core.testing import CodecTests, back

RNG = np.random.default_rng(1)
ODD = [1.5, math.nan, math.inf, -math.inf, -0.0]


def encoded(chart: Chart) -> tuple[Payload, ChartMeta]:
    [payload] = codecs.encode([chart])
    assert isinstance(payload.meta, ChartMeta)
    return payload, payload.meta


def long(n: int = 1_000) -> Chart:
    return plot.line({"x": np.arange(n), "y": RNG.random(n)}, "x", "y")


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Chart]:
        table = {"x": list(range(5)), "y": ODD, "k": list("ababa")}
        y, scores = RNG.integers(0, 3, 400), RNG.random((400, 3))
        return [
            plot.line(table, "x", "y"),
            plot.line(table, "x", "y", "k", title="ü", caption="a caption", sample_id=3),
            plot.line(table, "k", "y"),
            plot.scatter(table, "y", "x"),
            plot.bar(table, "k", "y"),
            plot.histogram(ODD, caption="odd"),
            plot.histogram([]),
            plot.line_series([[1], []], [[2], []]),
            plot.line_series([], []),
            plot.roc_curve(y, scores),
            plot.roc_curve([0, 0], [0.1, 0.2]),
            plot.pr_curve(y, scores, labels=list("abc")),
            plot.confusion_matrix(scores, y, class_names=list("abc")),
            plot.confusion_matrix(y_true=[], preds=[]),
            plot.line({"x": [2**62 + 1], "y": np.array([0.1], np.float32)}, "x", "y"),
            long(),
        ]


# --- what it is -----------------------------------------------------------------------------------


def test_it_tells_what_it_shows() -> None:
    chart = plot.line({"x": [1, 2], "y": [3, 4]}, "x", "y", title="Loss", caption=5)  # type: ignore[arg-type]
    assert (chart.type, chart.title, chart.x_name, chart.y_name) == ("line", "Loss", "x", "y")
    assert (chart.caption, chart.sample_id) == ("5", None)
    assert repr(chart) == "Chart('line', title='Loss')"
    assert repr(chart.series) == "(Series(n=2),)"
    assert pd.DataFrame(chart.data).to_dict("list") == {
        "series": [None, None],
        "x": [1, 2],
        "y": [3, 4],
    }


def test_the_data_of_several_lines_are_one_frame() -> None:
    chart = plot.line_series([["a", "b"], ["b"]], [[1, 2], [3]], keys=["k", "l"])
    assert pd.DataFrame(chart.data).to_numpy().tolist() == [
        ["k", "a", 1],
        ["k", "b", 2],
        ["l", "b", 3],
    ]
    assert plot.line_series([], []).data["y"].tolist() == []


def test_the_data_of_a_histogram_are_its_bins() -> None:
    data = plot.histogram([0.0, 1.0, 1.0], bins=2).data
    assert {name: column.tolist() for name, column in data.items()} == {
        "left": [0, 0.5],
        "right": [0.5, 1],
        "count": [1, 2],
    }


def test_it_cannot_be_changed() -> None:
    chart = plot.line({"x": [1], "y": [2]}, "x", "y")
    with pytest.raises(AttributeError):
        chart.title = "other"  # type: ignore[misc]
    with pytest.raises(ValueError, match="read-only"):
        chart.series[0].y[0] = 3
    with pytest.raises(AttributeError):
        chart.series[0].name = "other"  # type: ignore[misc]


def test_charts_are_equal_by_what_they_show() -> None:
    table = {"x": [1, 2], "y": [math.nan, 4], "k": ["a", "b"]}
    chart = plot.line(table, "x", "y")
    assert chart == plot.line(table, "x", "y")
    others = [
        plot.scatter(table, "x", "y"),
        plot.line(table, "x", "y", title="t"),
        plot.line(table, "x", "y", caption="c"),
        plot.line(table, "x", "y", sample_id=1),
        plot.line(table, "x", "x"),
        plot.line(table, "x", "y", "k"),
        plot.line(table, "k", "y"),
        plot.line_series([[1, 2]], [[math.nan, 4]], xname="x"),
        plot.histogram([1, math.nan]),
    ]
    assert [chart == other for other in others] == [False] * len(others)
    assert chart != "chart"


def test_what_was_left_out_tells_charts_apart() -> None:
    assert plot.histogram([1.0]) != plot.histogram([1.0, math.nan])


def test_none_is_no_title() -> None:
    assert plot.line({"x": [1], "y": [2]}, "x", "y", title=None).title == ""


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"title": 5}, "Chart: title: expected str, got int 5"),
        ({"title": "\ud800"}, "Chart: title: has a lone surrogate"),
        ({"caption": ["a"]}, "caption: expected a string, got list"),
        ({"sample_id": {}}, "sample_id: expected a string, got dict"),
    ],
)
def test_names_are_texts(arguments: Any, error: str) -> None:
    with pytest.raises((WrongType, InvalidInput), match=error):
        plot.line({"x": [1], "y": [2]}, "x", "y", **arguments)


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"Chart: type: expected one of \('line', .*got 'pie'"):
        Chart("pie", Content(()))  # type: ignore[arg-type]


def test_a_chart_of_ones_own() -> None:
    series = Series(np.arange(3), np.arange(3) * 2.0, "mine")
    chart = Chart("line", Content((series,)), x_name="x")
    assert back(chart).series == (series,)


# --- how it is kept -------------------------------------------------------------------------------


def test_a_small_one_is_meta_and_a_large_one_a_file() -> None:
    payload, meta = encoded(long(INLINE_BYTES // 16))
    assert meta.data is not None
    assert not payload.blobs
    payload, meta = encoded(long(INLINE_BYTES // 16 + 1))
    assert meta.data is None
    [blob] = payload.blobs
    assert blob.content_type == "application/vnd.medialog.chart+json"
    assert blob.extension == "chart.json"


def test_the_file_is_json_that_anyone_can_read() -> None:
    values = np.full(1_000, math.nan)
    values[:3] = [0.5, math.inf, -math.inf]
    payload, _ = encoded(plot.line({"x": np.arange(1_000), "y": values}, "x", "y"))
    [blob] = payload.blobs
    assert isinstance(blob, Blob)
    [series] = msgspec.json.decode(blob.data)["series"]
    assert series["x"] == list(range(1_000))
    assert series["y"] == [0.5, "Infinity", "-Infinity", *["NaN"] * 997]


def test_a_repeat_has_the_same_digest() -> None:
    n = 1_000
    table = {"x": np.arange(n), "y": np.arange(n) * 0.5, "k": ["ab"[i % 2] for i in range(n)]}
    charts = [
        plot.line(table, "x", "y"),
        plot.line(table, "x", "y", title="title and caption are no part of the file", caption="c"),
        plot.line(table, "x", "x"),
        plot.line(table, "y", "x"),
        plot.line(table, "x", "y", "k"),
        plot.line(table, "k", "y"),
    ]
    digests = []
    for chart in charts:
        [blob] = encoded(chart)[0].blobs
        assert isinstance(blob, Blob)
        digests.append(blob.digest)
    assert digests[0] == digests[1]
    assert len(set(digests)) == len(charts) - 1


def test_whole_numbers_and_their_types_stay() -> None:
    chart = back(plot.line({"x": [2**62 + 1], "y": [1.0]}, "x", "y"))
    assert chart.series[0].x.tolist() == [2**62 + 1]
    assert chart.series[0].y.dtype == np.float64


def test_a_type_of_a_later_version_is_refused_when_it_is_read() -> None:
    payload = Payload(ChartMeta(type="pie", data=ChartData([])))
    with pytest.raises(InvalidInput, match="type: expected one of"):
        codecs.decode(payload)


def test_the_queue_knows_what_waits_to_be_computed() -> None:
    y, scores = np.zeros(10_000, np.int64), np.zeros((10_000, 3), np.float32)
    assert plot.roc_curve(y, scores, classes_to_plot=[0, 1, 2]).nbytes > scores.nbytes
    assert plot.roc_curve(y, scores, classes_to_plot=[0]).nbytes < scores.nbytes + y.nbytes
    assert plot.confusion_matrix(scores, y).nbytes > y.nbytes
    assert long(1_000).nbytes > 16_000


@given(st.lists(st.floats() | st.integers(-(2**63), 2**63 - 1), max_size=20))
@settings(max_examples=80, deadline=None)
def test_numbers_come_back_from_json(values: list[float]) -> None:
    column = np.array(values) if {int}.issuperset(map(type, values)) else np.array(values, float)
    data = msgspec.json.encode(to_numbers(column))
    assert b"null" not in data
    found = from_numbers(msgspec.json.decode(data))
    assert np.array_equal(found, column, equal_nan=column.dtype.kind == "f")


# --- where it is logged ---------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> wandb.Run:
    monkeypatch.chdir(tmp_path)
    return wandb.init()


def read(run: wandb.Run) -> wandb.RunReader:
    run.finish()
    return wandb.open_run(run.dir)


def test_log_lists_summary_and_tables(run: wandb.Run) -> None:
    small, large = plot.bar({"k": ["a"], "v": [1]}, "k", "v", caption="small"), long()
    table = wandb.Table(columns=["n", "chart", "charts"])
    table.add_data(1, small, [small, large])
    table.add_data(2, large, [])
    wandb.log({"one": large, "list": [small, large], "table": table})
    run.summary["best"] = large
    found = read(run)
    assert [found.load(row) for row in found.rows("one")] == [large]
    assert [found.load(row) for row in found.rows("list")] == [small, large]
    assert [row.caption for row in found.rows("list")] == ["small", None]
    assert found.summary["best"] == large
    [row] = found.rows("table")
    assert found.load(row) == table


def test_a_repeat_is_stored_once(run: wandb.Run) -> None:
    chart = long()
    for step in range(3):
        run.log({"chart": chart}, step=step)
    rows = read(run).rows("chart")
    assert len(rows) == 3
    assert len({(row.file.uri, row.file.offset) for row in rows if row.file is not None}) == 1


def test_w_and_bs_guide_runs_as_printed(run: wandb.Run) -> None:
    data = [[i, i / 7] for i in range(20)]
    table = wandb.Table(data=data, columns=["x", "y"])
    wandb.log({"my_custom_plot_id": wandb.plot.line(table, "x", "y", title="Custom Y vs X Line")})
    wandb.log({"my_lines": wandb.plot.line_series(xs=[0, 1, 2, 3, 4], ys=[[10, 20, 30, 40, 50], [0.5, 11, 72, 3, 41]], keys=["metric Y", "metric Z"], title="Two Random Metrics", xname="x units")})  # fmt: skip
    wandb.log({"bar": wandb.plot.bar(wandb.Table(data=[["a", 1]], columns=["label", "value"]), "label", "value", title="Bars")})  # fmt: skip
    wandb.log({"hist": wandb.plot.histogram(table, "y", title=None)})
    wandb.log({"pr": wandb.plot.pr_curve([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], labels=["a", "b"])})  # fmt: skip
    wandb.log({"roc": wandb.plot.roc_curve([0, 1, 1], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], classes_to_plot=None)})  # fmt: skip
    wandb.log({"conf_mat": wandb.plot.confusion_matrix(probs=None, y_true=[0, 1], preds=[1, 1], class_names=["a", "b"])})  # fmt: skip
    assert {row.kind for row in read(run).rows()} == {"chart"}


@pytest.mark.parametrize("at_once", [1, 7, 1_000, 10**9])
@pytest.mark.parametrize(
    "make",
    [
        long,
        lambda: plot.line_series([[1, 2], [], ODD], [[3, 4], [], ODD], keys=["a", "ü", ""]),
        lambda: plot.confusion_matrix(y_true=[0, 1, 2, 2], preds=[0, 2, 2, 1]),
        lambda: plot.roc_curve(np.arange(900) % 2, RNG.random(900)),
        lambda: plot.bar({"x": list("abc"), "y": ODD[:3]}, "x", "y"),
        lambda: plot.line_series([], []),
    ],
)
def test_its_file_is_the_same_however_many_numbers_are_written_at_once(
    make: Any, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "_AT_ONCE", at_once)
    content = make().content
    written = msgspec.json.decode(content.to_json(), type=ChartData)
    assert written == content.written()


def test_no_call_makes_json_of_all_its_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def measured(part: Any) -> Any:
        sizes.append(len(part))
        return part.tolist()

    monkeypatch.setattr(contents, "to_numbers", measured)
    content = plot.line({"x": np.arange(100_000), "y": np.arange(100_000)}, "x", "y").content
    content.to_json()
    assert max(sizes) <= 20_000
    assert sum(sizes) == 200_000
