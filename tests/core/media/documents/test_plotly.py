from __future__ import annotations

import base64
import datetime as dt
import io
import json
import sys
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.express as px
import plotly.graph_objects as go
import plotly.io
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from medialog_core import Plotly, Table, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.payload import Blob
from medialog_core.schema import PlotlyMeta
from medialog_core.testing import CodecTests, through_bytes


def line() -> go.Figure:
    return go.Figure(go.Scatter(x=[1, 2, 3], y=[1.5, None, float("nan")], name="a"))


def meta(value: Plotly) -> PlotlyMeta:
    [payload] = codecs.encode([value])
    assert isinstance(payload.meta, PlotlyMeta)
    return payload.meta


def content(value: Plotly) -> Any:
    return json.loads(value.to_json())


def unpacked(array: Any) -> Any:
    """Give the numbers of a typed array of plotly.js."""
    flat = np.frombuffer(base64.b64decode(array["bdata"]), array["dtype"])
    return flat.reshape([int(n) for n in array.get("shape", str(flat.size)).split(",")])


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Plotly]:
        return [
            Plotly(line(), caption="a line", sample_id=1),
            Plotly(go.Figure()),
            Plotly(px.scatter(x=np.arange(300.0), y=np.arange(300.0))),
            Plotly({"data": [], "layout": {"title": "é🙂"}}),
        ]


@pytest.mark.parametrize(
    "figure",
    [
        go.Figure(),
        line(),
        go.Figure(go.Heatmap(z=np.random.default_rng(0).normal(size=(20, 30)))),
        px.bar(pd.DataFrame({"x": ["a", "b"], "y": [1, 2]}), x="x", y="y", color="x"),
        go.Figure(go.Scatter(x=pd.date_range("2020-01-01", periods=3), y=np.array([1, np.nan, 2]))),
        go.Figure(go.Scatter(y=[1, 2]), frames=[go.Frame(data=[go.Scatter(y=[3, 4])])]),
        go.Figure(go.Scatter(y=[np.float32(1.5), np.int64(2)], x=[dt.date(2020, 1, 1)])),
    ],
)  # fmt: skip
def test_it_is_what_plotly_itself_would_write(figure: go.Figure) -> None:
    value = Plotly(figure)
    assert content(value) == json.loads(figure.to_json(remove_uids=False))
    assert content(Plotly(plotly.io.from_json(value.to_json()))) == content(value)


def test_it_is_as_it_was_when_it_was_given() -> None:
    figure = line()
    value = Plotly(figure)
    before = value.to_json()
    figure.data[0].y = [9, 9, 9]
    figure.update_layout(title="later")
    assert value.to_json() == before
    given: dict[str, Any] = {"data": [{"y": [1, 2]}], "layout": {}}
    value = Plotly(given)
    given["data"][0]["y"].append(3)
    assert content(value)["data"][0]["y"] == [1, 2]


def test_what_is_told_of_it() -> None:
    figure = go.Figure([go.Bar(y=[1]), go.Scatter(y=[1]), go.Bar(y=[2])])
    figure.update_layout(title="A *title*", width=640, height=480.4)
    found = meta(Plotly(figure))
    assert (found.title, found.width, found.height) == ("A *title*", 640, 480)
    assert found.traces == {"bar": 2, "scatter": 1}
    assert meta(Plotly(go.Figure())) == PlotlyMeta()
    odd = {"data": [{}], "layout": {"title": "old form", "width": "wide", "height": 1e99}}
    assert meta(Plotly(odd)) == PlotlyMeta(title="old form", traces={"scatter": 1})


@settings(max_examples=25, deadline=None)
@given(
    hnp.arrays(
        st.sampled_from(["f8", "f4", ">f8", "i4", "u1", "i2"]),
        hnp.array_shapes(min_dims=1, max_dims=2, min_side=11, max_side=20),
    )
)
def test_long_arrays_are_kept_to_the_bit(array: Any) -> None:
    if array.size < 100:
        array = np.resize(array, (100,))
    found = content(Plotly({"data": [{"z": array}]}))["data"][0]["z"]
    assert np.array_equal(unpacked(found), array, equal_nan=True)
    assert unpacked(found).dtype.itemsize == array.dtype.itemsize


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (np.array([1.5, np.nan, np.inf]), [1.5, None, None]),
        ([1.5, float("nan"), float("-inf")], [1.5, None, None]),
        (np.array([2**40]), [2**40]),
        (np.arange(200, dtype=np.int64)[::2], list(range(0, 200, 2))),
        (np.array([True, False]), [True, False]),
        (np.array(["a", "b"]), ["a", "b"]),
        (np.array(["2020-01-01", "2020-01-02"], "datetime64[D]"), ["2020-01-01", "2020-01-02"]),
        (pd.Series([1, 2]), [1, 2]),
        (pd.Series(["a", None]), ["a", None]),
        (np.array(["2020-01-01", "NaT"], "datetime64[D]"), ["2020-01-01", None]),
        (pd.Series([1, None], dtype="Int64"), [1, None]),
        (torch.tensor([1.0, 2.0], dtype=torch.bfloat16, requires_grad=True), [1.0, 2.0]),
        ([np.float64(1.5), np.str_("a"), np.bool_(True), pd.NaT], [1.5, "a", True, None]),
        (
            [pd.Timestamp("2020-01-01"), dt.date(2020, 1, 1)],
            ["2020-01-01T00:00:00", "2020-01-01"],
        ),
        ([Decimal("1.5")], [1.5]),
        (go.Scatter(y=[1]), {"type": "scatter", "y": [1]}),
    ],
)
def test_what_a_dictionary_may_hold(value: Any, written: Any) -> None:
    assert content(Plotly({"data": [{"x": value}]}))["data"][0]["x"] == written


def test_a_range_stays_a_list() -> None:
    layout = {"xaxis": {"range": np.array([0.0, 1.0])}}
    assert content(Plotly({"data": [], "layout": layout}))["layout"] == {"xaxis": {"range": [0, 1]}}


# --- JSON and files -------------------------------------------------------------------------------


@pytest.mark.parametrize("as_path", [str, Path], ids=["str", "Path"])
@pytest.mark.parametrize("name", ["fig.plotly.json", "fig.json"])
def test_a_file_keeps_its_bytes(tmp_path: Path, name: str, as_path: Any) -> None:
    text = json.dumps(line().to_dict(), indent=2).replace("NaN", "null")
    (tmp_path / name).write_text(text)
    assert Plotly(as_path(tmp_path / name)).to_json() == text
    assert (
        Plotly(line())
        == Plotly(text)
        == Plotly(io.StringIO(text))
        == Plotly(io.BytesIO(text.encode()))
    )


def test_bare_nan_of_other_writers_becomes_null() -> None:
    value = Plotly('{"data": [{"y": [1, NaN, -Infinity]}], "layout": {"title": "NaN"}}')
    assert content(value) == {"data": [{"y": [1, None, None]}], "layout": {"title": "NaN"}}


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("{", InvalidInput, "it is no JSON"),
        ('{"data": [{},}', InvalidInput, "it is no JSON"),
        ('{"layout": {}}', InvalidInput, r"expected a figure, \{'data': .*missing required field"),
        ('{"data": {"y": [1]}}', InvalidInput, r"expected a figure, .*\(Expected `array`"),
        ('{"data": [3]}', InvalidInput, r"expected a figure, .*\(Expected `object`"),
        ({"x": [1]}, InvalidInput, "expected a figure, .*missing required field"),
        ('{"data": ["\ud800"]}', InvalidInput, "lone surrogate"),
        ({"data": [{"name": "\ud800"}]}, InvalidInput, "it cannot be written as JSON"),
        ({"data": [{"y": object()}]}, WrongType, "expected numbers, text, lists.* got object"),
        ("fig.png", InvalidInput, "expected a file of plotly.json, json, got 'fig.png'"),
        (io.BytesIO(b'{"data": [{"x": "\xff"}]}'), InvalidInput, "it is no JSON"),
        (3, WrongType, "expected a figure, its dictionary, its JSON or a path, got int 3"),
        (go.Scatter(y=[1]), WrongType, "expected a figure, its dictionary"),
        ([go.Figure()], WrongType, "expected a figure, its dictionary"),
    ],
)
def test_what_is_no_figure_is_refused(value: Any, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=f"(?s)Plotly: val: .*{message}"):
        Plotly(value)


def test_a_missing_file_is_named() -> None:
    with pytest.raises(FileNotFoundError, match=r"nowhere.plotly.json"):
        Plotly("nowhere.plotly.json")


# --- of matplotlib --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "part", [lambda figure: figure, lambda figure: figure.axes[0], lambda _: plt]
)
def test_a_matplotlib_figure_is_converted_and_stays_open(part: Any) -> None:
    figure, axes = plt.subplots()
    axes.plot([1, 2, 3], [1.0, 4.0, 9.0])
    found = content(Plotly(part(figure)))
    assert found["data"][0]["y"] == [1.0, 4.0, 9.0]
    assert plt.fignum_exists(figure.number)


def test_one_with_a_picture_is_refused_with_the_fix() -> None:
    figure, axes = plt.subplots()
    axes.imshow(np.zeros((3, 3)))
    with pytest.raises(
        InvalidInput, match=r"a figure with pictures cannot be converted; log Image\(fig"
    ):
        Plotly(figure)


def test_one_that_plotly_stumbles_over_is_refused_with_the_fix(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    figure, _ = plt.subplots()
    monkeypatch.setitem(sys.modules, "plotly.matplotlylib", None)
    with pytest.raises(InvalidInput, match=r"cannot convert .*Error.*; log Image\(figure\)"):
        Plotly(figure)


# --- as a value -----------------------------------------------------------------------------------


def test_figures_differ_by_content_caption_and_sample() -> None:
    assert Plotly('{"data":[],"layout":{}}') == Plotly({"layout": {}, "data": []})
    assert Plotly(line()) != Plotly(go.Figure())
    assert Plotly(line(), caption="a") != Plotly(line())
    assert Plotly(line(), sample_id="a") != Plotly(line())
    assert Plotly(line()) != "x"


def test_a_repeat_has_the_same_digest() -> None:
    def digest(figure: go.Figure) -> bytes | None:
        [payload] = codecs.encode([Plotly(figure)])
        [blob] = payload.blobs
        assert isinstance(blob, Blob)
        return blob.digest

    assert digest(line()) == digest(line()) != digest(go.Figure())


def test_in_a_table_it_stays_a_figure() -> None:
    table = Table(
        columns=["raw", "list"], data=[[line(), [line(), go.Figure()]], [Plotly(line()), None]]
    )
    [payload] = codecs.encode([table])
    back = codecs.decode(through_bytes(payload))
    assert back == table
    assert back.data[0] == [Plotly(line()), [Plotly(line()), Plotly(go.Figure())]]


def test_its_repr_is_short() -> None:
    assert repr(Plotly('{"data":[]}')) == "Plotly(11 bytes)"
