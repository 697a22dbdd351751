"""Figures of matplotlib as pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image as PilImage

from medialog_core import Image
from medialog_core.errors import InvalidInput
from medialog_core.media.documents.figures import figure_of, is_figure


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


def drawn(**options: Any) -> Any:
    figure, axes = plt.subplots(figsize=(2, 1), **options)
    axes.plot([1, 3, 2])
    return figure


def saved(figure: Any) -> Any:
    buffer = io.BytesIO()
    figure.savefig(buffer, dpi="figure")
    return np.asarray(PilImage.open(buffer))


def test_a_picture_has_the_dpi_of_its_figure() -> None:
    with mpl.rc_context({"savefig.dpi": 300}):
        image = Image(drawn(dpi=50))
    assert (image.width, image.height) == (100, 50)


def test_a_figure_its_axes_a_part_of_it_and_pyplot_are_the_same_picture() -> None:
    figure = drawn(dpi=50)
    pictures = [Image(figure), Image(figure.axes[0]), Image(plt)]
    assert all(np.array_equal(picture.to_numpy(), saved(figure)) for picture in pictures)


def test_axes_of_a_part_of_a_figure_show_the_whole() -> None:
    figure = Figure(figsize=(2, 1), dpi=50)
    parts: Any = figure.subfigures(1, 2)
    axes = parts[1].subplots()
    assert is_figure(axes)
    assert figure_of(axes) is figure
    assert Image(axes).width == 100


def test_the_figure_stays_open_and_as_it_was() -> None:
    figure = drawn(dpi=50)
    before = saved(figure)
    Image(figure)
    assert plt.fignum_exists(figure.number)
    assert figure.dpi == 50
    assert np.array_equal(saved(figure), before)


def test_the_picture_is_of_then() -> None:
    figure = drawn(dpi=50)
    image, before = Image(figure), saved(figure)
    figure.axes[0].clear()
    assert np.array_equal(image.to_numpy(), before)


def test_a_figure_without_pyplot_is_drawn_and_not_registered_there() -> None:
    figure = Figure(figsize=(2, 1), dpi=50)
    figure.subplots().plot([1, 2])
    assert Image(figure).width == 100
    assert plt.get_fignums() == []


def test_pyplot_without_a_figure_is_refused_and_makes_none() -> None:
    with pytest.raises(InvalidInput, match=r"pyplot has no figure open; log it before plt.close"):
        Image(plt)
    assert plt.get_fignums() == []


@pytest.mark.parametrize("value", [3, "figure", np.zeros((2, 2)), object(), None, mpl])
def test_what_is_no_figure(value: Any) -> None:
    assert not is_figure(value)


def test_a_line_of_a_figure_is_no_figure() -> None:
    [line] = drawn().axes[0].lines
    assert not is_figure(line)
