"""A value that comes again costs neither encoding nor bytes; what would be other bytes is no repeat."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import medialog_core as medialog
from medialog_core import codecs, open_run
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.payload import Blob, Entry, LinkedBlob, Payload
from medialog_core.store.writer import StoreWriter
from tests.kinds import KINDS, TABLES, numbers

STEPS = 100


def bytes_in(directory: Path) -> int:
    return sum(path.stat().st_size for path in directory.rglob("media/*"))


def own_blobs(payload: Payload) -> Iterator[Blob]:
    """Give its blobs, those of a table's cells too."""
    for blob in payload.blobs:
        yield from blob.links if isinstance(blob, LinkedBlob) else [blob]


@pytest.mark.parametrize("kind", KINDS)
def test_a_repeat_is_not_encoded_and_takes_no_bytes(kind: str, tmp_path: Path) -> None:
    writer = StoreWriter(tmp_path, "r", 0)
    produced: list[int] = []
    once = 0
    for step in range(STEPS):
        [payload] = codecs.encode([KINDS[kind](1)])
        for blob in own_blobs(payload):
            blob.produce = _noting(blob.produce, step, produced)
        writer.write(Entry(kind, step, None, 0.0, 0, 0, payload))
        if not step:
            writer.flush()
            once = bytes_in(tmp_path)
    writer.close()
    assert set(produced) <= {0}
    assert bytes_in(tmp_path) - once <= 1024  # the end of a pack


def _noting(produce: Callable[[], bytes], step: int, produced: list[int]) -> Callable[[], bytes]:
    def call() -> bytes:
        produced.append(step)
        return produce()

    return call


@pytest.mark.parametrize("kind", KINDS)
def test_a_repeat_is_read_back_at_each_step(kind: str, tmp_path: Path) -> None:
    with medialog.init("p", dir=tmp_path, id="r") as run:
        for step in range(3):
            run.log({"k": KINDS[kind](1), "other": [KINDS[kind](1)]}, step=step)
    reader = open_run(run.dir)
    rows = [*reader.rows("k"), *reader.rows("other")]
    assert [reader.load(row) for row in rows] == [KINDS[kind](1)] * 6
    assert len({row.file for row in rows}) == 1


# --- options --------------------------------------------------------------------------------------

SQUARE = numbers(1, 16, 16, 3)
CLIP = numbers(2, 4, 3, 16, 16)
WAVE = (np.sin(np.arange(900) / 9) * 9_000).astype(np.int16)
CLOUD = numbers(3, 40, 6).astype(np.float32)
Options = Mapping[str, Sequence[Any]]
VARIANTS: dict[str, tuple[Callable[..., Any], Options]] = {
    "image": (
        medialog.Image,
        {
            "data_or_path": [
                SQUARE,
                SQUARE.transpose(1, 0, 2),
                SQUARE / 255,
                SQUARE.astype(np.float32),
            ],
            "file_type": ["png", "jpg", "webp", "bmp"],
            "quality": [None, 50],
            "mode": [None, "L"],
            "value_range": [None, (0, 200)],
            "normalize": [True, False],
        },
    ),
    "video": (
        medialog.Video,
        {
            "data_or_path": [CLIP, CLIP[:3], CLIP / 255, CLIP.transpose(0, 1, 3, 2)],
            "fps": [4, 5],
            "format": ["mp4", "webp", "gif"],
            "quality": [None, 50],
            "lossless": [False, True],
            "value_range": [None, (0, 200)],
            "normalize": [True, False],
        },
    ),
    "audio": (
        medialog.Audio,
        {
            "data_or_path": [
                WAVE,
                WAVE.reshape(-1, 2),
                WAVE.reshape(2, -1),
                WAVE / 32768,
                WAVE.astype(np.int32),
            ],
            "sample_rate": [8_000, 9_000],
            "format": ["flac", "wav"],
            "layout": [None, "NC", "CN"],
        },
    ),
    "object3d": (
        medialog.Object3D,
        {
            "data_or_path": [
                CLOUD,
                CLOUD[:, :3],
                CLOUD[:, :4],
                CLOUD.astype(np.float64),
                CLOUD / 255,
            ],
            "color_range": [None, (0, 1), (0, 200)],
            "class_labels": [None, {1: "a"}],
        },
    ),
    "molecule": (
        medialog.Molecule.from_smiles,
        {
            "data": ["CCO", "OCC", "CCN"],
            "convert_to_3d_and_optimize": [True, False],
            "mmff_optimize_molecule_max_iterations": [0, 200],
        },
    ),
    "text": (
        lambda data, kind: kind(data),
        {"data": ["a" * 9_000, "b" * 9_000], "kind": [medialog.Text, medialog.Markdown]},
    ),
    "html": (
        medialog.Html,
        {
            "data": ["é" * 99, ("é" * 99).encode(), ("é" * 99).encode("cp1252"), b"\xef\xbb\xbfx"],
            "inject": [True, False],
        },
    ),
    "chart": (
        lambda x, y, draw: draw({"x": x, "y": y}, "x", "y"),
        {
            "x": [np.arange(900), np.arange(900.0), np.arange(900) % 7, [*map(str, range(900))]],
            "y": [np.arange(900), np.arange(900, dtype=np.float32), np.full(900, np.nan)],
            "draw": [medialog.plot.line, medialog.plot.scatter],
        },
    ),
    "curve": (
        lambda draw, scores, **options: draw([0, 1] * 900, scores, **options),
        {
            "draw": [medialog.plot.roc_curve, medialog.plot.pr_curve],
            "scores": [np.random.default_rng(i).random(1800) for i in (0, 1)],
            "title": ["a", "b"],
        },
    ),
}


def variants(name: str) -> Iterator[Any]:
    """Give a value of each combination of options that goes together."""
    make, options = VARIANTS[name]
    for chosen in itertools.product(*options.values()):
        with contextlib.suppress(InvalidInput, WrongType):
            yield make(**dict(zip(options, chosen, strict=True)))


@pytest.mark.parametrize("name", VARIANTS)
def test_one_digest_stands_for_the_same_bytes_whatever_the_options(name: str) -> None:
    files: dict[bytes, tuple[bytes, str, str]] = {}
    seen = 0
    for value in variants(name):
        [payload] = codecs.encode([value])
        for blob in own_blobs(payload):
            assert blob.digest is not None
            found = (blob.data, blob.content_type, blob.extension)
            assert files.setdefault(blob.digest, found) == found
            seen += 1
    assert 1 < len(files) <= seen


@pytest.mark.parametrize("name", VARIANTS)
def test_the_same_value_made_twice_has_the_same_digests(name: str) -> None:
    for one, other in zip(variants(name), variants(name), strict=True):
        digests = [
            [blob.digest for blob in own_blobs(payload)]
            for value in (one, other)
            for payload in codecs.encode([value])
        ]
        assert digests[0] == digests[1]


def test_a_file_that_is_kept_as_another_type_is_no_repeat() -> None:
    types = ("audio/ogg", "video/ogg", "audio/ogg")
    digests = [Blob.of(b"OggS", content_type, "ogg").digest for content_type in types]
    assert digests[0] == digests[2] != digests[1]


def test_masks_of_other_sizes_or_numbers_are_no_repeats() -> None:
    masks = [np.zeros((4, 9)), np.zeros((9, 4)), np.ones((4, 9)), np.full((4, 9), 300)]
    found: dict[bytes | None, bytes] = {}
    for mask in masks:
        image = medialog.Image(
            np.zeros((*mask.shape, 3), np.uint8), masks={"m": {"mask_data": mask.astype(int)}}
        )
        [payload] = codecs.encode([image])
        for blob in own_blobs(payload):
            assert found.setdefault(blob.digest, blob.data) == blob.data
    assert len(found) == 6


@pytest.mark.parametrize("kind", TABLES)
def test_a_table_of_other_cells_is_no_repeat(kind: str, tmp_path: Path) -> None:
    with medialog.init("p", dir=tmp_path, id="r") as run:
        run.log({"a": KINDS[kind](1), "b": KINDS[kind](2), "c": KINDS[kind](1)})
    reader = open_run(run.dir)
    rows = {row.key: row for row in reader.rows()}
    assert reader.load(rows["a"]) == KINDS[kind](1) == reader.load(rows["c"])
    assert reader.load(rows["b"]) == KINDS[kind](2)
