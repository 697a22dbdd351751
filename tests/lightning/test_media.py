"""The logger's methods for media beside pictures: lists, batches, single ones, options for each."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from medialog_core import Audio, Html, Molecule, Object3D, Video, open_run
from medialog_core.errors import InvalidInput, WrongType
from medialog_lightning import MediaLogger

CLIP = (np.arange(3 * 16 * 18 * 3) % 251).astype(np.uint8).reshape(3, 16, 18, 3)
SOUND = np.sin(np.linspace(0, 400, 8_000)).astype(np.float32)
CLOUD = np.arange(12, dtype=np.float32).reshape(4, 3)


@pytest.fixture
def logger(tmp_path: Path) -> MediaLogger:
    return MediaLogger(tmp_path, capture=False)


def values(logger: MediaLogger, key: str = "k") -> list[Any]:
    logger.finalize("success")
    reader = open_run(logger.save_dir)
    return [reader.load(row) for row in reader.rows(key)]


def log_videos(logger: MediaLogger, **options: Any) -> None:
    logger.log_video("k", [CLIP, CLIP[:2]], step=1, fps=5, lossless=True, **options)


def log_sounds(logger: MediaLogger, **options: Any) -> None:
    logger.log_audio("k", [SOUND, SOUND[:100]], step=1, sample_rate=8_000, **options)


def log_clouds(logger: MediaLogger, **options: Any) -> None:
    logger.log_object3d("k", [CLOUD, CLOUD[:2]], step=1, **options)


def log_molecules(logger: MediaLogger, **options: Any) -> None:
    molecules = [Molecule.from_smiles(smiles) for smiles in ("CCO", "CC")]
    if not options:
        logger.log_molecule("k", molecules, step=1)
        return
    paths = []
    for i, molecule in enumerate(molecules):
        del molecule
        path = Path(logger.root_dir).parent / f"m{i}.pdb"
        path.write_text(
            "HETATM    1  C1  UNL     1       0.000   0.000   0.000  1.00  0.00           C\nEND\n"
        )
        paths.append(path)
    logger.log_molecule("k", paths, step=1, **options)


def log_pages(logger: MediaLogger, **options: Any) -> None:
    logger.log_html("k", ["<p>a</p>", "<b>b</b>"], step=1, **options)


METHODS = {
    Video: log_videos,
    Audio: log_sounds,
    Object3D: log_clouds,
    Molecule: log_molecules,
    Html: log_pages,
}


@pytest.mark.parametrize(("type_", "log"), METHODS.items())
def test_a_list_comes_back_in_order(
    logger: MediaLogger, type_: type[Any], log: Callable[..., None]
) -> None:
    log(logger)
    assert [type(value) for value in values(logger)] == [type_, type_]


@pytest.mark.parametrize("log", METHODS.values())
def test_each_has_its_own_caption_and_sample(logger: MediaLogger, log: Callable[..., None]) -> None:
    log(logger, caption=["a", None], sample_id=np.array([7, 8]))
    found = [(value.caption, value.sample_id) for value in values(logger)]
    assert found == [("a", "7"), (None, "8")]


@pytest.mark.parametrize("log", METHODS.values())
def test_captions_of_another_number_are_refused(
    logger: MediaLogger, log: Callable[..., None]
) -> None:
    with pytest.raises(InvalidInput, match=r"log_\w+\('k'\): expected 2 items for caption"):
        log(logger, caption=["a"])


def test_a_batch_is_taken_apart(logger: MediaLogger) -> None:
    logger.log_video(
        "clips", torch.from_numpy(CLIP).permute(0, 3, 1, 2)[None].repeat(2, 1, 1, 1, 1)
    )
    logger.log_audio("sounds", np.stack([SOUND[None], SOUND[None]]), sample_rate=8_000)
    logger.log_object3d("clouds", np.stack([CLOUD, CLOUD, CLOUD]))
    logger.finalize("success")
    reader = open_run(logger.save_dir)
    assert [len(reader.rows(key)) for key in ("clips", "sounds", "clouds")] == [2, 2, 3]


def test_a_single_value_is_no_list(logger: MediaLogger) -> None:
    logger.log_audio("k", SOUND, sample_rate=8_000, caption="one")
    [sound] = values(logger)
    assert (sound.caption, sound.sample_rate) == ("one", 8_000)
    assert sound.to_numpy().shape == (8_000, 1)


@pytest.mark.parametrize(
    ("method", "given", "error", "message"),
    [
        ("log_video", [], InvalidInput, r"log_video\('k'\): expected at least one video"),
        ("log_audio", [SOUND], InvalidInput, r"log_audio\('k'\)\[0\]: .*sample_rate"),
        ("log_object3d", [CLOUD, CLOUD[:, :2]], InvalidInput, r"log_object3d\('k'\)\[1\]: "),
        ("log_html", [None], WrongType, r"log_html\('k'\)\[0\]: "),
    ],
)
def test_what_is_wrong_is_named_by_its_place(
    logger: MediaLogger, method: str, given: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        getattr(logger, method)("k", given)
