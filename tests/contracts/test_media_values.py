"""What holds of every media type alike: captions, sample ids, lists, where a value may be logged.

`FACTORIES` makes values of each type in the table of codecs; a type without a line there fails.
"""

from __future__ import annotations

import inspect
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects
import pytest
import torch

import medialog_core as wandb
from medialog_core import codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.payload import Blob
from medialog_core.sinks.tensorboard import summaries
from medialog_core.testing import through_bytes

Make = Callable[..., Any]
"""Gives a value by a small number, each of another size, with `caption` and `sample_id`."""


def table(i: int, **options: Any) -> wandb.Table:
    return wandb.Table(columns=["a", "b"], data=[[k, str(k)] for k in range(i + 1)], **options)


def image(i: int, **options: Any) -> wandb.Image:
    return wandb.Image(np.full((8 + i, 9, 3), 10 * i, np.uint8), **options)


def video(i: int, **options: Any) -> wandb.Video:
    frames = np.full((3, 3, 16 + 2 * i, 16), 40, np.uint8)
    frames[1:] += 50
    options |= {"fps": 4, "lossless": True}
    return wandb.Video(frames, **options)


def audio(i: int, **options: Any) -> wandb.Audio:
    wave = np.sin(np.arange(400 * (i + 1)) / 9) * 20_000
    return wandb.Audio(wave.astype(np.int16), sample_rate=8_000, **options)


def histogram(i: int, **options: Any) -> wandb.Histogram:
    return wandb.Histogram(np.arange(10.0), num_bins=4 + i, **options)


def object3d(i: int, **options: Any) -> wandb.Object3D:
    return wandb.Object3D(np.arange(3.0 * (i + 2)).reshape(-1, 3), **options)


def molecule(i: int, **options: Any) -> wandb.Molecule:
    atom = "HETATM{n:>5}  C{n}  UNL     1    {x:8.3f}   0.000   0.000  1.00  0.00           C  \n"
    atoms = "".join(atom.format(n=n + 1, x=1.5 * n) for n in range(i + 1))
    return wandb.Molecule(io.StringIO(atoms + "END\n"), file_type="pdb", **options)


def text(i: int, **options: Any) -> wandb.Text:
    return wandb.Text("text " * (i + 1), **options)


def html(i: int, **options: Any) -> wandb.Html:
    return wandb.Html("<p>a page</p>" * (i + 1), **options)


def figure(i: int, **options: Any) -> wandb.Plotly:
    scatter = plotly.graph_objects.Scatter(x=list(range(i + 1)), y=list(range(i + 1)))
    return wandb.Plotly(plotly.graph_objects.Figure(scatter), **options)


def chart(i: int, **options: Any) -> wandb.Chart:
    return wandb.plot.line({"x": range(i + 1), "y": range(i + 1)}, "x", "y", **options)


def joined_table(i: int, **options: Any) -> wandb.JoinedTable:
    return wandb.JoinedTable(table(i), table(i + 1), "a", **options)


def partitioned_table(i: int, **options: Any) -> wandb.PartitionedTable:
    return wandb.PartitionedTable([table(k) for k in range(i + 1)], **options)


FACTORIES: dict[str, Make] = {
    "image": image,
    "video": video,
    "audio": audio,
    "histogram": histogram,
    "object3d": object3d,
    "molecule": molecule,
    "text": text,
    "html": html,
    "plotly": figure,
    "chart": chart,
    "table": table,
    "joined_table": joined_table,
    "partitioned_table": partitioned_table,
}
TABLES = {"table", "joined_table", "partitioned_table"}
every = pytest.mark.parametrize("make", FACTORIES.values(), ids=FACTORIES)
CAPTIONS = ["first", None, "drïtte 🙂", 4]
"""Of a list whose elements each have their own, or none."""


def test_every_type_has_a_factory() -> None:
    assert [codec.kind for codec in codecs.TABLE] == list(FACTORIES)


@every
def test_a_factory_makes_the_type_that_it_stands_for(make: Make) -> None:
    assert FACTORIES[codecs.find(type(make(0))).kind] is make


# --- caption and sample_id ------------------------------------------------------------------------

NAMES = pytest.mark.parametrize("name", ["caption", "sample_id"])


@every
@NAMES
@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (None, None),
        ("a b", "a b"),
        ("", ""),
        ("é🙂\n", "é🙂\n"),
        (np.str_("text"), "text"),
        (3, "3"),
        (0, "0"),
        (0.5, "0.5"),
        (np.int64(3), "3"),
        (np.float32(0.5), "0.5"),
        (np.array(3), "3"),
        (torch.tensor(3), "3"),
        (torch.tensor([0.5], requires_grad=True), "0.5"),
        (torch.tensor(0.5, dtype=torch.bfloat16), "0.5"),
    ],
    ids=repr,
)
def test_it_is_a_text_and_a_number_of_any_library_is_written_out(
    make: Make, name: str, given: Any, kept: str | None
) -> None:
    found = getattr(make(0, **{name: given}), name)
    assert found == kept
    assert type(found) is type(kept)  # a file holds no subclass of str, such as NumPy's


@every
@NAMES
@pytest.mark.parametrize(
    "given", [["a"], ("a", "b"), {"a": 1}, b"bytes", np.zeros(2), torch.zeros(2, 2), object]
)
def test_what_is_neither_is_refused_with_its_name(make: Make, name: str, given: Any) -> None:
    with pytest.raises(WrongType, match=rf"{name}: expected a string, got "):
        make(0, **{name: given})


@every
@NAMES
def test_a_text_that_no_file_can_hold_is_refused(make: Make, name: str) -> None:
    with pytest.raises(InvalidInput, match=rf"{name}: has a lone surrogate"):
        make(0, **{name: "a\ud800"})


@every
@NAMES
def test_it_is_not_there_by_default(make: Make, name: str) -> None:
    assert getattr(make(0), name) is None


@every
@NAMES
def test_it_cannot_be_changed(make: Make, name: str) -> None:
    with pytest.raises(AttributeError):
        setattr(make(0), name, "other")


@pytest.mark.parametrize("codec", codecs.TABLE, ids=lambda codec: codec.kind)
def test_sample_id_is_a_keyword(codec: codecs.Codec) -> None:
    if codec.type is wandb.Chart:  # made by the functions of `plot`
        return
    parameter = inspect.signature(codec.type).parameters["sample_id"]
    assert (parameter.kind, parameter.default) == (parameter.KEYWORD_ONLY, None)


# --- values ---------------------------------------------------------------------------------------


@every
def test_values_are_equal_by_content_caption_and_sample_id(make: Make) -> None:
    value = make(1, caption="c", sample_id="s")
    assert value == make(1, caption="c", sample_id="s")
    others = [
        make(2, caption="c", sample_id="s"),
        make(1, caption="d", sample_id="s"),
        make(1, caption="c", sample_id="t"),
        make(1),
        "c",
        None,
    ]
    assert [value == other for other in others] == [False] * len(others)


@every
def test_equal_values_have_equal_hashes_or_none(make: Make) -> None:
    value, same = make(1, caption="c"), make(1, caption="c")
    if type(value).__hash__ is not None:
        assert hash(value) == hash(same)


@every
def test_its_repr_is_short_and_names_the_type(make: Make) -> None:
    text = repr(make(1, caption="c"))
    assert text.startswith(type(make(0)).__name__)
    assert len(text) < 300


@every
def test_the_queue_knows_what_it_costs(make: Make) -> None:
    assert 0 < make(0).nbytes <= make(3).nbytes


# --- the way to the disk and back -----------------------------------------------------------------


@every
def test_it_comes_back_equal(make: Make) -> None:
    value = make(1, caption="c", sample_id=7)
    [payload] = codecs.encode([value])
    assert (payload.caption, payload.sample_id) == ("c", "7")
    assert codecs.decode(through_bytes(payload)) == value


@every
def test_a_list_of_mixed_sizes_keeps_the_order_and_each_its_caption(make: Make) -> None:
    values = [make(i, caption=caption, sample_id=i) for i, caption in enumerate(CAPTIONS)]
    found = [codecs.decode(through_bytes(payload)) for payload in codecs.encode(values)]
    assert found == values
    assert [value.caption for value in found] == ["first", None, "drïtte 🙂", "4"]
    assert [value.sample_id for value in found] == ["0", "1", "2", "3"]


@every
def test_what_was_read_back_can_be_logged_again(make: Make) -> None:
    [payload] = codecs.encode([make(1, caption="c")])
    found = codecs.decode(through_bytes(payload))
    [again] = codecs.encode([found])
    assert codecs.decode(through_bytes(again)) == found


@every
def test_a_repeat_has_the_digests_of_the_first(make: Make) -> None:
    def digests(value: Any) -> list[bytes | None]:
        [payload] = codecs.encode([value])
        return [blob.digest for blob in payload.blobs if isinstance(blob, Blob)]

    assert digests(make(1)) == digests(make(1))
    assert digests(make(1)) == digests(make(1, caption="no part of the file", sample_id=1))
    assert None not in digests(make(1))


@every
def test_tensorboard_has_a_form_for_it(make: Make) -> None:
    [payload] = codecs.encode([make(1, caption="c")])
    assert type(payload.meta) in summaries.FORMS
    assert summaries.show(payload).plugin


# --- where it may be logged -----------------------------------------------------------------------


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> wandb.Run:
    monkeypatch.chdir(tmp_path)
    return wandb.init()


def read(run: wandb.Run) -> wandb.RunReader:
    run.finish()
    return wandb.open_run(run.dir)


@every
def test_alone_in_a_list_and_in_the_summary(make: Make, run: wandb.Run) -> None:
    values = [make(i, caption=caption) for i, caption in enumerate(CAPTIONS)]
    run.log({"one": values[0], "list": values, "tuple": tuple(values[1:2])})
    run.summary["best"] = values[0]
    run.summary["all"] = values
    found = read(run)
    assert [found.load(row) for row in found.rows("one")] == values[:1]
    rows = found.rows("list")
    assert [found.load(row) for row in rows] == values
    assert [row.caption for row in rows] == ["first", None, "drïtte 🙂", "4"]
    assert [row.idx for row in rows] == [0, 1, 2, 3]
    assert [found.load(row) for row in found.rows("tuple")] == values[1:2]
    assert found.summary["best"] == values[0]
    assert found.summary["all"] == values


@every
def test_its_row_names_kind_caption_and_sample(make: Make, run: wandb.Run) -> None:
    run.log({"k": make(1, caption=5, sample_id=np.int64(6))})
    [row] = read(run).rows("k")
    assert FACTORIES[row.kind] is make
    assert (row.caption, row.sample_id) == ("5", "6")


@every
def test_it_does_not_stand_in_a_list_with_another_type(make: Make, run: wandb.Run) -> None:
    other = histogram if make is not histogram else image
    with pytest.raises(WrongType, match=r"log: 'k': expected a list of .*one type"):
        run.log({"k": [make(0), other(0)]})
    run.finish()


@pytest.mark.parametrize("kind", [kind for kind in FACTORIES if kind not in TABLES])
def test_in_the_cells_of_a_table(kind: str, run: wandb.Run) -> None:
    make = FACTORIES[kind]
    cells = wandb.Table(columns=["n", "one", "several"])
    cells.add_data(1, make(1, caption="c", sample_id=1), [make(0), make(2, caption=4)])
    cells.add_data(2, None, [])
    cells.add_data(3, make(3), None)
    run.log({"table": cells})
    found = read(run)
    [row] = found.rows("table")
    loaded = found.load(row)
    assert loaded == cells
    assert loaded.data[0][1] == make(1, caption="c", sample_id=1)
    assert [cell.caption for cell in loaded.data[0][2]] == [None, "4"]
