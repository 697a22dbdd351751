"""Charts as pictures: what is drawn, pixel by pixel, and that TensorBoard opens them."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image as PilImage

from medialog_core import Chart, codecs, plot
from medialog_core.drawing import palette
from medialog_core.drawing.chart_frame import HEIGHT, WIDTH
from medialog_core.payload import Payload
from medialog_core.schema import ChartData, ChartMeta, SeriesData
from medialog_core.sinks.tensorboard import TensorBoardSink
from medialog_core.sinks.tensorboard.forms import charts

Pixels = NDArray[np.uint8]
FIRST, SECOND = palette.colour(2), palette.colour(1)
RNG = np.random.default_rng(4)


def picture(chart: Chart) -> Pixels:
    [payload] = codecs.encode([chart])
    assert isinstance(payload.meta, ChartMeta)
    shown = charts.render(payload, payload.meta)
    array = np.asarray(PilImage.open(io.BytesIO(shown.data)))
    assert (shown.height, shown.width) == array.shape[:2]
    return array


def drawn(chart: Chart, colour: palette.Colour = FIRST) -> NDArray[np.bool_]:
    """Say which pixels have the colour of a series, its legend left out."""
    pixels = picture(chart)[:HEIGHT].astype(int)
    near: NDArray[np.bool_] = (np.abs(pixels - np.array(colour)) < 40).all(axis=2)
    return near


def heights(mask: NDArray[np.bool_]) -> list[float]:
    """Give the mean row of what is drawn in each column that has something."""
    columns = np.flatnonzero(mask.any(axis=0))
    return [float(np.flatnonzero(mask[:, column]).mean()) for column in columns]


def test_a_rising_line_rises() -> None:
    rows = heights(drawn(plot.line({"x": [0, 1, 2], "y": [1, 2, 3]}, "x", "y")))
    assert len(rows) > WIDTH * 0.8
    assert rows[0] - rows[-1] > HEIGHT * 0.7
    assert (np.diff(rows) < 3).all()


def test_a_line_goes_through_its_points_along_x() -> None:
    forth = drawn(plot.line({"x": [0, 1, 2], "y": [1, 3, 2]}, "x", "y"))
    back = drawn(plot.line({"x": [2, 0, 1], "y": [2, 1, 3]}, "x", "y"))
    assert np.array_equal(forth, back)


@pytest.mark.parametrize("gap", [math.nan, math.inf, -math.inf, None])
def test_a_line_is_broken_where_a_number_is_missing(gap: Any) -> None:
    values = [1.0, 1.0, 1.0, gap, 1.0, 1.0, 1.0]
    mask = drawn(plot.line({"x": range(7), "y": values}, "x", "y"))
    columns = np.flatnonzero(mask.any(axis=0))
    assert np.diff(columns).max() > WIDTH * 0.2


def test_a_point_alone_is_seen() -> None:
    assert drawn(plot.line({"x": [1], "y": [2]}, "x", "y")).sum() > 30
    values = [math.nan, 1.0, math.nan]
    assert drawn(plot.line({"x": range(3), "y": values}, "x", "y")).sum() > 30


def test_the_peaks_of_a_long_line_are_drawn() -> None:
    values = np.zeros(200_000)
    values[77_777] = 1
    mask = drawn(plot.line({"x": np.arange(200_000), "y": values}, "x", "y"))
    [column] = np.unique(np.flatnonzero(mask[: HEIGHT // 2].any(axis=0)) // 8)
    assert column * 8 / WIDTH == pytest.approx(0.42, abs=0.05)


def test_each_series_has_its_colour_and_its_name_in_the_legend() -> None:
    chart = plot.line_series([0, 1], [[0, 1], [1, 0]], keys=["up", "down"])
    up, down = heights(drawn(chart)), heights(drawn(chart, SECOND))
    assert up[0] > up[-1]
    assert down[0] < down[-1]
    legend = picture(chart)[HEIGHT:]
    swatches = [(legend == np.array(colour)).all(axis=2) for colour in (FIRST, SECOND)]
    assert min(swatch.sum() for swatch in swatches) > 50
    first, second = (np.flatnonzero(swatch.any(axis=0)) for swatch in swatches)
    assert first.max() < second.min()


def test_one_series_without_a_name_has_no_legend() -> None:
    assert picture(plot.line({"x": [1], "y": [2]}, "x", "y")).shape == (HEIGHT, WIDTH, 3)


def test_a_point_for_each_row() -> None:
    mask = drawn(plot.scatter({"x": [0, 1], "y": [0, 1]}, "x", "y"), _faded(FIRST))
    rows, columns = np.nonzero(mask)
    left, right = columns < WIDTH // 2, columns >= WIDTH // 2
    assert rows[left].min() > HEIGHT * 0.7
    assert rows[right].max() < HEIGHT * 0.3


def _faded(colour: palette.Colour) -> palette.Colour:
    red, green, blue = (round(255 + (channel - 255) * 0.745) for channel in colour)
    return red, green, blue


def test_bars_stand_on_zero_and_hang_from_it() -> None:
    mask = drawn(plot.bar({"k": ["a", "b", "c"], "v": [2, -1, math.nan]}, "k", "v"))
    thirds = [
        np.flatnonzero(third.any(axis=1)) for third in np.array_split(mask[:, 60:], 3, axis=1)
    ]
    assert len(thirds[0]) == pytest.approx(2 * len(thirds[1]), abs=4)
    assert thirds[0].max() <= thirds[1].min() + 2
    assert not len(thirds[2])


def test_a_histogram_has_the_shape_of_its_counts() -> None:
    mask = drawn(plot.histogram([0, 1, 1, 1, 1, 2, 2], bins=3))
    columns = np.flatnonzero(mask.any(axis=0))
    tall = [mask[:, c].sum() for c in np.quantile(columns, [1 / 6, 1 / 2, 5 / 6]).astype(int)]
    assert tall[1] == pytest.approx(4 * tall[0], rel=0.03)
    assert tall[1] == pytest.approx(2 * tall[2], rel=0.03)


def test_a_matrix_is_dark_on_its_diagonal_and_bears_its_counts() -> None:
    chart = plot.confusion_matrix(y_true=[0] * 9 + [1] * 9, preds=[0] * 8 + [1] * 10, title="")
    pixels = picture(chart)[16:400, 90:620].astype(int)
    quarters = [
        half for rows in np.array_split(pixels, 2) for half in np.array_split(rows, 2, axis=1)
    ]
    means = [quarter.mean() for quarter in quarters]
    assert max(means[0], means[3]) < min(means[1], means[2])
    white = [(quarter > 250).all(axis=2).sum() for quarter in quarters]
    assert white[0] > 20  # the 8, white on dark


@pytest.mark.parametrize("classes", [1, 16, 17, 300, 1_000])
def test_a_matrix_of_any_size(classes: int) -> None:
    ids = np.arange(classes)
    pixels = picture(plot.confusion_matrix(y_true=ids, preds=ids))
    dark = (pixels.astype(int).sum(axis=2) < 400) & (pixels[..., 2] > pixels[..., 0] + 60)
    rows, columns = np.nonzero(dark)
    assert len(rows) > 100
    if classes > 1:
        assert np.corrcoef(rows, columns)[0, 1] > 0.8


def test_roc_has_the_line_of_chance_and_pr_has_none() -> None:
    grey = (154, 160, 166)
    y, scores = [0, 1, 0, 1], [0.1, 0.9, 0.2, 0.8]
    middle = np.s_[100:400, 150:500]
    assert drawn(plot.roc_curve(y, scores), grey)[middle].sum() > 100
    assert drawn(plot.pr_curve(y, scores), grey)[middle].sum() < 20


def test_what_was_left_out_and_the_caption_are_written_below() -> None:
    tall = [
        picture(chart).shape[0]
        for chart in (
            plot.histogram([1.0]),
            plot.histogram([1.0, math.nan]),
            plot.histogram([1.0, math.nan], caption="caption"),
        )
    ]
    assert tall[0] < tall[1] < tall[2]


ODD = [0.0, -1.0, math.nan, math.inf, 1.7e308, -1.7e308, 5e-324, 1e9 + 1]


@given(
    st.sampled_from(["line", "scatter"]),
    st.lists(st.sampled_from(ODD), max_size=5),
    st.text(max_size=60),
)
@settings(max_examples=15, deadline=None)
def test_anything_can_be_drawn(kind: str, values: list[float], text: str) -> None:
    text = text.encode("utf-8", "ignore").decode()
    table = {"x": values, "y": values, "k": [text] * len(values)}
    picture(getattr(plot, kind)(table, "x", "y", title=text, caption=text))
    picture(plot.bar(table, "k", "y", title=text))
    picture(plot.line(table, "k", "y", "k", title=text))


@pytest.mark.parametrize(
    "chart",
    [
        plot.line_series([], []),
        plot.line({"x": [], "y": [], "k": []}, "x", "y", "k"),
        plot.scatter({"x": [], "y": []}, "x", "y"),
        plot.bar({"k": [], "v": []}, "k", "v"),
        plot.histogram([]),
        plot.roc_curve([], []),
        plot.pr_curve([0, 0], [0.1, 0.2]),
        plot.confusion_matrix(y_true=[], preds=[]),
        plot.line_series([0, 1], RNG.random((40, 2))),
        plot.bar({"k": [f"a long name {i}" for i in range(999)], "v": RNG.random(999)}, "k", "v"),
    ],
    ids=lambda chart: chart.type,
)
def test_empty_and_full_charts_can_be_drawn(chart: Chart) -> None:
    assert picture(chart).shape[1] == WIDTH


def test_a_type_of_a_later_version_is_drawn_as_lines() -> None:
    data = ChartData([SeriesData([0, 1], [0, 1])])
    meta = ChartMeta(type="later", data=data)
    line = ChartMeta(type="line", data=data)
    assert charts.render(Payload(meta), meta) == charts.render(Payload(line), line)


# --- TensorBoard ----------------------------------------------------------------------------------


def test_tensorboard_opens_charts_alone_and_in_lists(
    sink: TensorBoardSink, entries: Any, provider: Any, pixels: Any, tmp_path: Path
) -> None:
    from tensorboard.context import RequestContext  # noqa: PLC0415
    from tensorboard.data.provider import RunTagFilter  # noqa: PLC0415

    small = plot.bar({"k": ["a"], "v": [1]}, "k", "v", title="Bars")
    large = plot.line({"x": np.arange(2_000), "y": RNG.random(2_000)}, "x", "y")
    for entry in [*entries("one", small), *entries("list", [small, large])]:
        sink.write(entry)
    sink.flush()
    data = provider(tmp_path)
    context = RequestContext()
    found = data.read_blob_sequences(
        context,
        experiment_id="",
        plugin_name="images",
        downsample=10,
        run_tag_filter=RunTagFilter(tags=["one", "list"]),
    )["."]
    shown = {
        tag: [
            pixels(data.read_blob(context, blob_key=reference.blob_key))
            for reference in series[0].values[2:]
        ]
        for tag, series in found.items()
    }
    assert [np.array_equal(one, picture(small)) for one in shown["one"]] == [True]
    assert [
        np.array_equal(a, b)
        for a, b in zip(shown["list"], (picture(small), picture(large)), strict=True)
    ] == [True, True]
