"""Every snippet of the guide that medialog grew from, as printed, with its import changed.

Each is preceded by `init()` and the names it uses; its elisions are replaced by data, and the
guide's own slips are mended where a comment says so. Row numbers are those of the mission.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import matplotlib.pyplot as plt
import numpy as np
import PIL.Image
import plotly.graph_objects
import pytest
import rdkit.Chem
import rdkit.Chem.AllChem
import rdkit.Chem.Draw
import skimage.data
from numpy.typing import NDArray

import medialog_core as wandb
from medialog_core import RunReader

Pictures = NDArray[np.uint8]


@pytest.fixture
def astronaut() -> Pictures:
    return np.asarray(skimage.data.astronaut())[:160, :200]


@pytest.fixture(autouse=True)
def _run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    wandb.init()
    yield
    wandb.finish()


def read() -> RunReader:
    run = wandb.run
    assert run is not None
    wandb.finish()
    return wandb.open_run(run.dir)


def only(reader: RunReader, key: str) -> Any:
    [row] = reader.rows(key)
    return reader.load(row)


def test_s1_an_array_as_an_image(astronaut: Pictures) -> None:
    image_array = astronaut
    images = wandb.Image(image_array, caption="Top: Output, Bottom: Input")
    wandb.log({"examples": images})

    image = only(read(), "examples")
    assert image.caption == "Top: Output, Bottom: Input"
    assert np.array_equal(astronaut, image.to_numpy())


def test_s3_pil_images(astronaut: Pictures) -> None:
    image_array = [astronaut[:50], astronaut[50:120]]
    images = [PIL.Image.fromarray(image) for image in image_array]
    wandb.log({"examples": [wandb.Image(image) for image in images]})

    reader = read()
    found = [reader.load(row).to_numpy() for row in reader.rows("examples")]
    assert all(np.array_equal(a, b) for a, b in zip(image_array, found, strict=True))


def test_s4_a_file(astronaut: Pictures) -> None:
    im = PIL.Image.fromarray(astronaut)  # the guide writes PIL.fromarray
    rgb_im = im.convert("RGB")
    rgb_im.save("myimage.jpg")
    wandb.log({"example": wandb.Image("myimage.jpg")})

    reader = read()
    [row] = reader.rows("example")
    assert row.file is not None
    assert row.file.content_type == "image/jpeg"
    assert reader.payload(row).blobs[0].data == Path("myimage.jpg").read_bytes()  # type: ignore[union-attr]


def test_s7_masks(astronaut: Pictures) -> None:
    image = astronaut
    mask_data = np.ones(image.shape[:2], int)
    mask_data[:80, :100] = 2
    class_labels = {1: "tree", 2: "car", 3: "road"}
    mask_img = wandb.Image(
        image,
        masks={
            "predictions": {"mask_data": mask_data, "class_labels": class_labels},
            "ground_truth": {"mask_data": mask_data.T.copy().T, "class_labels": class_labels},
        },
    )
    wandb.log({"mask": mask_img})

    found = only(read(), "mask")
    assert set(found.masks) == {"predictions", "ground_truth"}
    assert found == mask_img


def test_s9_boxes(astronaut: Pictures) -> None:
    image = astronaut
    class_id_to_label = {
        1: "car",
        2: "road",
        3: "building",
    }
    img = wandb.Image(
        image,
        boxes={
            "predictions": {
                "box_data": [
                    {
                        # one box expressed in the default relative/fractional domain
                        "position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4},
                        "class_id": 2,
                        "box_caption": class_id_to_label[2],
                        "scores": {"acc": 0.1, "loss": 1.2},
                    },  # the guide forgets to close this box
                    {
                        # another box expressed in the pixel domain
                        "position": {"middle": [150, 20], "width": 68, "height": 112},
                        "domain": "pixel",
                        "class_id": 3,
                        "box_caption": "a building",
                        "scores": {"acc": 0.5, "loss": 0.7},
                    },
                ],
                "class_labels": class_id_to_label,
            },
            # Log each meaningful group of boxes with a unique key name
            "ground_truth": {},
        },
    )
    wandb.log({"driving_scene": img})

    assert only(read(), "driving_scene") == img


def test_s11_masks_in_a_table(astronaut: Pictures) -> None:
    ids, images = [7, 8], [astronaut[:40, :40], astronaut[40:80, :40]]
    labels = [np.full((40, 40), 1), np.full((40, 40), 2)]
    class_labels = {1: "tree", 2: "car"}
    table = wandb.Table(columns=["ID", "Image"])
    for id, img, label in zip(ids, images, labels, strict=True):  # noqa: A001 - as printed
        mask_img = wandb.Image(
            img,
            masks={
                "prediction": {"mask_data": label, "class_labels": class_labels}
                # ...
            },
        )
        table.add_data(id, mask_img)  # the guide adds img, without its mask
    wandb.log({"Table": table})

    found = only(read(), "Table")
    assert found == table
    assert [set(row[1].masks) for _, row in found.iterrows()] == [{"prediction"}] * 2


def test_s12_boxes_in_a_table(astronaut: Pictures) -> None:
    ids, images = [7, 8], [astronaut[:40, :40], astronaut[40:80, :40]]
    box = {"minX": 1, "minY": 2, "maxX": 30, "maxY": 20, "class_id": 1, "caption": "face"}
    boxes_set = [[box], [box, box]]
    class_labels = {1: "face"}
    table = wandb.Table(columns=["ID", "Image"])
    for id, img, boxes in zip(ids, images, boxes_set, strict=True):  # noqa: A001 - as printed
        box_img = wandb.Image(
            img,
            boxes={
                "prediction": {
                    "box_data": [
                        {
                            "position": {
                                "minX": box["minX"],
                                "minY": box["minY"],
                                "maxX": box["maxX"],
                                "maxY": box["maxY"],
                            },
                            "class_id": box["class_id"],
                            "box_caption": box["caption"],
                            "domain": "pixel",
                        }
                        for box in boxes
                    ],
                    "class_labels": class_labels,
                }
            },
        )
        table.add_data(id, box_img)  # the guide stops before this line
    wandb.log({"Table": table})

    assert only(read(), "Table") == table


def test_s13_a_histogram() -> None:
    grads = np.random.default_rng(0).normal(size=1000)
    wandb.log({"gradients": wandb.Histogram(grads)})

    histogram = only(read(), "gradients")
    counts, edges = np.histogram(grads, bins=64)
    assert counts.tolist() == histogram.counts.tolist()
    assert np.allclose(edges, histogram.edges)


def test_s14_a_numpy_histogram() -> None:
    grads = np.random.default_rng(0).random(1000)
    np_hist_grads = np.histogram(grads, density=True, range=(0.0, 1.0))
    wandb.log({"gradients": wandb.Histogram(np_hist_grads)})

    histogram = only(read(), "gradients")
    assert np.allclose(np_hist_grads[0], histogram.counts)
    assert np.allclose(np_hist_grads[1], histogram.edges)


def test_s16_a_histogram_in_the_summary_only() -> None:
    logits = np.random.default_rng(0).normal(size=1000)
    wandb.run.summary.update(  # type: ignore[union-attr]
        {"final_logits": wandb.Histogram(logits)}
    )

    reader = read()
    assert reader.keys() == []
    assert reader.summary["final_logits"] == wandb.Histogram(logits)


def test_s18_png_by_default(astronaut: Pictures) -> None:
    images = [astronaut[:30], astronaut[30:50]]
    wandb.log({"example": wandb.Image(astronaut)})
    # or several images
    wandb.log({"example": [wandb.Image(img) for img in images]})

    reader = read()
    files = [row.file for row in reader.rows("example")]
    assert [file.content_type if file else None for file in files] == ["image/png"] * 3


def test_s19_a_video_file(astronaut: Pictures) -> None:
    with av.open("myvideo.mp4", "w") as file:
        stream = file.add_stream("h264", rate=4, width=200, height=160, pix_fmt="yuv420p")
        for start in range(3):
            frame = av.VideoFrame.from_ndarray(np.roll(astronaut, 8 * start, axis=1))
            file.mux([*stream.encode(frame), *(stream.encode() if start == 2 else ())])
    wandb.log({"example": wandb.Video("myvideo.mp4")})

    reader = read()
    [row] = reader.rows("example")
    assert reader.payload(row).blobs[0].data == Path("myvideo.mp4").read_bytes()  # type: ignore[union-attr]
    found = reader.load(row).to_numpy().astype(float)
    assert found.shape == (3, *astronaut.shape)
    assert np.abs(found[0] - astronaut).mean() < 8


def test_s19_frames_in_every_form(astronaut: Pictures) -> None:
    frames = np.stack([np.roll(astronaut, 8 * start, axis=1) for start in range(3)])
    wandb.log({"tchw": wandb.Video(frames.transpose(0, 3, 1, 2), fps=4, format="gif")})
    wandb.log({"thwc": wandb.Video(frames, fps=4, lossless=True)})

    reader = read()
    assert only(reader, "tchw").to_numpy().shape == frames.shape
    assert np.array_equal(only(reader, "thwc").to_numpy(), frames)


def test_s22_a_molecule_in_two_dimensions() -> None:
    molecule = rdkit.Chem.MolFromSmiles("CC(=O)O")
    rdkit.Chem.AllChem.Compute2DCoords(molecule)
    rdkit.Chem.AllChem.GenerateDepictionMatching2DStructure(molecule, molecule)
    pil_image = rdkit.Chem.Draw.MolToImage(molecule, size=(300, 300))
    wandb.log({"acetic_acid": wandb.Image(pil_image)})

    image = only(read(), "acetic_acid")
    assert np.array_equal(np.asarray(pil_image), image.to_numpy())


def test_s22_the_molecule_itself_is_logged_as_one() -> None:
    molecule = rdkit.Chem.MolFromSmiles("CC(=O)O")
    wandb.log({"acetic_acid": molecule})

    found = only(read(), "acetic_acid")
    assert found == wandb.Molecule.from_smiles("CC(=O)O")
    drawing = PIL.Image.open(io.BytesIO(found.drawing))
    assert drawing.format == "PNG"


def test_s23_molecules_of_files_smiles_and_rdkit(tmp_path: Path) -> None:
    molecule = rdkit.Chem.AddHs(rdkit.Chem.MolFromSmiles("CC(=O)O"))
    rdkit.Chem.AllChem.EmbedMolecule(molecule, randomSeed=1)
    rdkit.Chem.MolToPDBFile(molecule, str(tmp_path / "acid.pdb"))
    wandb.log(
        {
            "file": wandb.Molecule(tmp_path / "acid.pdb"),
            "smiles": wandb.Molecule.from_smiles("CC(=O)O", caption="acetic acid"),
            "rdkit": wandb.Molecule.from_rdkit(molecule),
        }
    )

    reader = read()
    assert only(reader, "file").data == (tmp_path / "acid.pdb").read_bytes()
    assert only(reader, "smiles").caption == "acetic acid"
    metas = {row.key: json.loads(row.meta) for row in reader.rows()}
    assert {key: meta["atoms"] for key, meta in metas.items()} == dict.fromkeys(metas, 8)
    assert [metas[key].get("encoding", "file") for key in ("file", "smiles", "rdkit")] == [
        "file",
        "embedded, mmff94",
        "given",
    ]


def test_s23_html_and_markdown() -> None:
    wandb.log({"page": wandb.Html('<a href="https://example.org">a link</a>')})
    wandb.log({"note": wandb.Markdown("# Title"), "text": "plain", "texts": ["one", "two"]})

    reader = read()
    assert only(reader, "page").html == '<a href="https://example.org">a link</a>'
    assert only(reader, "note") == wandb.Markdown("# Title")
    assert only(reader, "text") == wandb.Text("plain")
    assert [reader.load(row) for row in reader.rows("texts")] == [
        wandb.Text("one"),
        wandb.Text("two"),
    ]


def test_s23_figures_of_plotly_and_matplotlib() -> None:
    interactive = plotly.graph_objects.Figure(plotly.graph_objects.Scatter(y=[1, 3, 2]))
    picture, axes = plt.subplots()
    axes.plot([1, 3, 2])
    wandb.log({"plotly": interactive, "plot": wandb.Plotly(interactive)})
    wandb.log({"figure": picture, "pyplot": plt, "image": wandb.Image(picture)})
    assert plt.fignum_exists(picture.number)
    plt.close("all")

    reader = read()
    assert only(reader, "plotly") == only(reader, "plot") == wandb.Plotly(interactive)
    assert only(reader, "figure") == only(reader, "pyplot") == only(reader, "image")
    assert (only(reader, "figure").width, only(reader, "figure").height) == (640, 480)


def test_s21_s23_points_and_sounds() -> None:
    points = np.random.default_rng(0).random((50, 6)).astype(np.float32)
    sound = (np.sin(np.arange(800) / 9) * 20_000).astype(np.int16)
    wandb.log({"points": wandb.Object3D(points), "sound": wandb.Audio(sound, sample_rate=8_000)})

    reader = read()
    assert np.array_equal(only(reader, "points").points, points[:, :3])
    assert np.array_equal(only(reader, "sound").to_numpy()[:, 0], sound)
