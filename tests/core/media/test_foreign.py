"""What other libraries make, given raw: alone, in lists, in cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pytest
import torch
from PIL import Image as PilImage
from rdkit import Chem

from medialog_core import Html, Image, Molecule, Plotly, Table, Text, init, open_run
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media import foreign
from medialog_core.runs.coerce import coerce, is_media

PICTURE = PilImage.new("RGB", (9, 9), "red")


@pytest.fixture(autouse=True)
def _no_figures_left() -> Iterator[None]:
    yield
    plt.close("all")


def figure() -> Any:
    drawn, axes = plt.subplots(figsize=(1, 1), dpi=40)
    axes.plot([1, 2])
    return drawn


def line() -> go.Figure:
    return go.Figure(go.Scatter(y=[1, 2]))


def style() -> Any:
    return pd.DataFrame({"a": [1]}).style.set_uuid("u")


class Bokeh:
    """As bokeh's models are told."""

    __module__ = "bokeh.models.plots"

    def __repr__(self) -> str:
        return "figure(id='p1')"

    def _repr_html_(self) -> str:
        return "<table>its properties</table>"


MAKERS: list[tuple[Any, Any]] = [
    (lambda: PICTURE, Image),
    (figure, Image),
    (lambda: figure().axes[0], Image),
    (line, Plotly),
    (lambda: Chem.MolFromSmiles("CCO"), Molecule),
    (lambda: Chem.RWMol(Chem.MolFromSmiles("CCO")), Molecule),
    (style, Html),
]


@pytest.mark.parametrize(("make", "media"), MAKERS)
def test_it_becomes_its_medium_alone_in_a_list_and_in_a_cell(make: Any, media: Any) -> None:
    value = make()
    expected = media(value)
    assert coerce("k", value) == expected
    assert coerce("k", [value, value]) == [expected] * 2
    assert coerce("k", (value, expected)) == [expected] * 2
    assert Table(columns=["c"], data=[[value]]).data == [[expected]]


@pytest.mark.parametrize("make", [make for make, media in MAKERS if media is not Html])
def test_a_list_of_them_is_a_cell(make: Any) -> None:
    [[cell]] = Table(columns=["c"], data=[[[make(), make()]]]).data
    assert [type(item) for item in cell] == [type(coerce("k", make()))] * 2


def test_pyplot_is_its_current_figure() -> None:
    drawn = figure()
    assert coerce("k", plt) == Image(drawn)
    assert plt.fignum_exists(drawn.number)
    plt.close("all")
    with pytest.raises(InvalidInput, match=r"log: .k.: .*pyplot has no figure open"):
        coerce("k", plt)


def test_figures_pictures_and_arrays_make_one_list() -> None:
    array = np.zeros((9, 9, 3), np.uint8)
    coerced = coerce("k", [figure(), PICTURE, array, Image(array)])
    assert [type(value) for value in coerced] == [Image] * 4


def test_what_is_mixed_otherwise_is_refused() -> None:
    with pytest.raises(
        WrongType, match=r"log: 'k': expected a list of numbers, of PIL images, of figures"
    ):
        coerce("k", [line(), figure()])


@pytest.mark.parametrize("wrap", [lambda value: value, lambda value: [value]])
def test_bokeh_is_refused_with_the_page_to_log(wrap: Any) -> None:
    with pytest.raises(
        WrongType, match=r"log: 'k': cannot log .*figure\(id='p1'\); log Html\(bokeh.emb"
    ):
        coerce("k", wrap(Bokeh()))
    with pytest.raises(WrongType, match=r"log Html\(bokeh.embed.file_html\("):
        Table(columns=["c"], data=[[Bokeh()]])


def test_arrays_and_frames_stay_what_they_were() -> None:
    for value in (np.zeros(3), torch.zeros(3), pd.DataFrame({"a": [1]})):
        assert foreign.maker(value) is None


def test_a_class_is_no_object() -> None:
    assert foreign.maker(Bokeh) is None
    assert foreign.maker(go.Figure) is None
    assert foreign.maker(Chem.Mol) is None


def test_only_pictures_figures_and_molecules_are_media_to_the_summary_and_the_config() -> None:
    assert all(is_media(make()) for make, media in MAKERS if media is not Html)
    assert not is_media(style())
    assert not is_media("text")


def test_nested_dictionaries_hold_them_too(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with init() as run:
        run.log(
            {"val": {"plot": line(), "deep": {"mol": Chem.MolFromSmiles("C")}, "fig": figure()}}
        )
        run.summary["last"] = line()
    reader = open_run(run.dir)
    assert sorted(reader.keys()) == ["val/deep/mol", "val/fig", "val/plot"]
    kinds = {row.key: row.kind for row in reader.rows()}
    assert [kinds[key] for key in sorted(reader.keys())] == ["molecule", "image", "plotly"]
    assert reader.summary["last"] == Plotly(line())


@pytest.mark.parametrize(
    "values", [["a", "b"], ("a", "b"), [np.str_("a"), Text("b")], [Text("a"), "b"]]
)
def test_a_list_of_strings_is_a_list_of_texts(values: Any) -> None:
    assert coerce("k", values) == [Text("a"), Text("b")]
