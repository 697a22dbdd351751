"""What scripts that were written for W&B bring, beside the guide's snippets: names and small habits.

Each script here runs with W&B 0.31, too.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

import medialog_core as wandb
from medialog_core import Run, open_run

PIXELS = np.arange(8 * 9 * 3, dtype=np.uint8).reshape(8, 9, 3)
POSITION = {"minX": 0.1, "maxX": 0.2, "minY": 0.1, "maxY": 0.2}
SIGNATURES = {
    "Image": "data_or_path mode caption grouping classes boxes masks file_type",
    "Video": "data_or_path caption fps format",
    "Audio": "data_or_path sample_rate caption",
    "Histogram": "sequence np_histogram num_bins",
    "Object3D": "data_or_path caption",
    "Object3D.from_file": "data_or_path file_type",
    "Object3D.from_numpy": "data",
    "Object3D.from_point_cloud": "points boxes vectors point_cloud_type",
    "Molecule": "data_or_path caption",
    "Molecule.from_rdkit": "data_or_path caption convert_to_3d_and_optimize mmff_optimize_molecule_max_iterations",
    "Molecule.from_smiles": "data caption sanitize convert_to_3d_and_optimize mmff_optimize_molecule_max_iterations",
    "Html": "data inject data_is_not_path",
    "Plotly": "val",
    "Table": "columns data rows dataframe dtype optional allow_mixed_types log_mode",
    "Table.add_column": "self name data optional",
    "Table.get_column": "self name convert_to",
    "Table.cast": "self col_name dtype optional",
    "JoinedTable": "table1 table2 join_key",
    "Classes": "class_set",
    "box3d": "center size orientation color label score",
    "data_types.ImageMask": "val key",
    "data_types.BoundingBoxes2D": "val key",
    "define_metric": "name step_metric step_sync hidden summary overwrite",
    "log": "data step commit",
    "watch": "models criterion log log_freq idx log_graph",
    "unwatch": "models",
    "plot_table": "vega_spec_name data_table fields string_fields split_table",
    "plot.line": "table x y stroke title split_table",
    "plot.scatter": "table x y title split_table",
    "plot.bar": "table label value title split_table",
    "plot.histogram": "table value title split_table",
    "plot.line_series": "xs ys keys title xname split_table",
    "plot.roc_curve": "y_true y_probas labels classes_to_plot title split_table",
    "plot.pr_curve": "y_true y_probas labels classes_to_plot interp_size title split_table",
    "plot.confusion_matrix": "probs y_true preds class_names title split_table",
}


@pytest.fixture(autouse=True)
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Run]:
    monkeypatch.chdir(tmp_path)
    made = wandb.init()
    yield made
    made.finish(quiet=True)


def only(run: Run, key: str) -> Any:
    run.finish()
    reader = open_run(run.dir)
    [row] = reader.rows(key)
    return reader.load(row)


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_wandbs_names_in_wandbs_order_and_ours_are_keywords(name: str) -> None:
    found: Any = wandb
    for part in name.split("."):
        found = getattr(found, part)
    parameters = inspect.signature(found).parameters.values()
    theirs = SIGNATURES[name].split()
    assert [p.name for p in parameters][: len(theirs)] == theirs
    ours = list(parameters)[len(theirs) :]
    assert {p.kind for p in ours} <= {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}


def test_data_types_has_the_types_themselves() -> None:
    for name in set(wandb.data_types.__all__) & set(wandb.__all__):
        assert getattr(wandb.data_types, name) is getattr(wandb, name)
    assert isinstance(wandb.Html("a"), wandb.data_types.WBValue)
    assert isinstance(wandb.Table(), wandb.data_types.Media)


def test_masks_and_boxes_may_be_objects_of_data_types() -> None:
    mask = {"mask_data": np.eye(8, 9, dtype=np.uint8), "class_labels": {1: "cat"}}
    boxes = {"box_data": [{"position": POSITION, "class_id": 1}], "class_labels": {1: "cat"}}
    wrapped = wandb.Image(
        PIXELS,
        masks={"p": wandb.data_types.ImageMask(mask, "p")},
        boxes={"p": wandb.data_types.BoundingBoxes2D(boxes, "p")},
    )
    assert wrapped == wandb.Image(PIXELS, masks={"p": mask}, boxes={"p": boxes})


def test_the_type_of_classes_types_a_column() -> None:
    classes = wandb.Classes([{"id": 0, "name": "cat"}, {"id": 1, "name": "dog"}])
    table = wandb.Table(columns=["label"], data=[[0], [1]])
    table.cast("label", classes.get_type())
    assert table == wandb.Table(columns=["label"], data=[[0], [1]], dtype=classes, optional=False)


def test_a_learning_rate_comes_as_a_schedulers_list(run: Run) -> None:
    wandb.log({"lr": [0.1], "betas": (0.9, 0.999), "per_class": {0: 0.5, 1: 0.6}})
    run.finish()
    reader = open_run(run.dir)
    assert {key: reader.scalars(key)[0].value for key in reader.scalar_keys()} == {
        "lr": 0.1,
        "per_class/0": 0.5,
        "per_class/1": 0.6,
    }
    assert reader.load(reader.rows("betas")[0]) == wandb.Histogram([0.9, 0.999])


def test_numpys_strings_are_kept_wherever_a_text_stands(run: Run) -> None:
    cat: Any = np.str_("cat")
    mask = {"mask_data": np.zeros((8, 9), int), "class_labels": {0: cat}}
    box = {"position": POSITION, "class_id": 0, "box_caption": cat, "scores": {cat: 0.5}}
    boxes = {"box_data": [box], "class_labels": {0: cat}}
    wire = wandb.box3d(
        center=(0, 0, 0), size=(1, 1, 1), orientation=(1, 0, 0, 0), color=(1, 2, 3), label=cat
    )
    bars = {"name": [cat, "dog"], "value": [1, 2]}
    wandb.log(
        {
            cat: wandb.Image(
                PIXELS,
                caption=cat,
                sample_id=cat,
                masks={cat: mask},
                boxes={cat: boxes},
                classes=[{"id": 0, "name": cat}],
                label={"truth": cat},
                scores={cat: 0.5},
            ),
            "text": cat,
            "texts": [cat, cat],
            "page": wandb.Html(cat),
            "nested": {cat: {cat: 1.0}},
            "table": wandb.Table(
                columns=[cat], data=[[cat], [[cat]], [{cat: cat}]], allow_mixed_types=True
            ),
            "points": wandb.Object3D(np.zeros((3, 4)), class_labels={0: cat}),
            "scene": wandb.Object3D.from_point_cloud(np.zeros((2, 3)), [wire]),
            "bars": wandb.plot.bar(bars, "name", "value", title=cat),
            "lines": wandb.plot.line_series([0, 1], [[0, 1]], keys=[cat], title=cat, xname=cat),
            "confusion": wandb.plot.confusion_matrix(
                y_true=[0, 1], preds=[0, 1], class_names=[cat, "dog"]
            ),
            "joined": wandb.JoinedTable(wandb.Table([cat], [[1]]), wandb.Table([cat], [[1]]), cat),
        }
    )
    wandb.define_metric(cat, step_metric=cat, summary="max")
    wandb.config[cat] = {cat: cat}
    wandb.summary[cat] = {cat: cat}
    run.finish()  # raises where something did not reach the disk
    reader = open_run(run.dir)
    assert len(reader.rows()) == 12
    assert reader.config == {"cat": {"cat": "cat"}}
    image = reader.load(reader.rows("cat")[0])
    assert image.notes.boxes["cat"].box_data[0].box_caption == "cat"


@pytest.mark.parametrize("kind", [np.float64, np.float32, np.int64, np.uint8])
def test_numpys_numbers_are_kept_wherever_a_number_stands(run: Run, kind: Any) -> None:
    one, position = kind(1), {"middle": [kind(1), kind(1)], "width": kind(1), "height": kind(1)}
    box = {"position": position, "class_id": one, "domain": "pixel", "scores": {"iou": one}}
    wire = wandb.box3d(
        center=(one, one, one),
        size=(one, one, one),
        orientation=(one, one, one, one),
        color=(one, one, one),
        score=one,
    )
    wandb.log(
        {
            "loss": one,
            "nested": {"loss": one},
            "image": wandb.Image(
                PIXELS,
                caption=one,
                grouping=one,
                boxes={"p": {"box_data": [box]}},
                classes=[{"id": one, "name": "cat"}],
                scores={"loss": one},
                label={"truth": "cat", "score": one},
                value_range=(kind(0), one),
            ),
            "video": wandb.Video(np.zeros((2, 8, 8, 3), np.uint8), fps=one, format="gif"),
            "audio": wandb.Audio(np.zeros(10), sample_rate=one),
            "histogram": wandb.Histogram([one, one], num_bins=one),
            "binned": wandb.Histogram(np_histogram=([one], [kind(0), one])),
            "table": wandb.Table(
                columns=["a"], data=[[one], [[one]], [{"b": one}]], allow_mixed_types=True
            ),
            "scene": wandb.Object3D.from_point_cloud(
                [[one, one, one]],
                [wire],
                [{"start": [one, one, one], "end": [kind(0), one, one], "color": [one, one, one]}],
            ),
            "bars": wandb.plot.bar({"l": [one, one], "v": [one, one]}, "l", "v"),
            "lines": wandb.plot.line_series([one, one], [[one, one]]),
        },
        step=one,
        epoch=one,
    )
    wandb.config.update({"a": one, "b": [one], "c": {"d": one}})
    wandb.summary["a"] = one
    run.finish(exit_code=0)  # raises where something did not reach the disk
    reader = open_run(run.dir)
    assert [reader.scalars(key)[0].value for key in ("loss", "nested/loss")] == [1, 1]
    assert (len(reader.rows()), reader.last_step, reader.status) == (9, 1, "finished")
    assert all(reader.load(row) is not None for row in reader.rows())


def test_an_address_and_an_open_file_are_refused_with_the_way_to_go(tmp_path: Path) -> None:
    with pytest.raises(
        ValueError,
        match=r"Image: data_or_path: .* got the address 'https://x.org/a.png'; download it",
    ):
        wandb.Image("https://x.org/a.png")
    path = tmp_path / "a.png"
    PIL.Image.fromarray(PIXELS).save(path)
    with path.open("rb") as file, pytest.raises(TypeError, match=r"PIL.Image.open\(file\) makes"):
        wandb.Image(file)
    with pytest.raises(TypeError, match=r"PIL.Image.open\(io.BytesIO\(data\)\) makes"):
        wandb.Image(path.read_bytes())
