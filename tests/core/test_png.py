import io
import zlib
from typing import Any

import numpy as np
import PIL.Image
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from skimage import data

from medialog_core import png

Array = NDArray[Any]


def by_pillow(file: bytes) -> Array:
    return np.asarray(PIL.Image.open(io.BytesIO(file)))


@pytest.fixture(params=["zlib", "isal"])
def deflater(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "zlib":
        monkeypatch.setattr(png, "isal_zlib", None)
    return str(request.param)


shapes = st.tuples(st.integers(1, 40), st.integers(1, 40)).flatmap(
    lambda size: st.sampled_from([size, (*size, 2), (*size, 3), (*size, 4)])
)


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.uint8, shapes))
def test_pillow_reads_the_same_pixels(pixels: Array) -> None:
    assert np.array_equal(pixels, by_pillow(png.encode(pixels)))


@settings(max_examples=30, deadline=None)
@given(hnp.arrays(np.uint16, shapes))
def test_16_bit_comes_back_by_our_reader(pixels: Array) -> None:
    back = png.decode_16bit(png.encode(pixels))
    assert back is not None
    assert back.dtype == np.uint16
    assert np.array_equal(pixels, back)


def test_pillow_reads_16_bit_grey() -> None:
    pixels = np.arange(60_000, dtype=np.uint16).reshape(200, 300)
    assert np.array_equal(pixels, by_pillow(png.encode(pixels)))


def test_a_photograph_is_exact_and_about_as_small_as_pillow_s(deflater: str) -> None:
    assert deflater
    photo = data.astronaut()
    buffer = io.BytesIO()
    PIL.Image.fromarray(photo).save(buffer, "png")
    file = png.encode(photo)
    assert np.array_equal(photo, by_pillow(file))
    assert len(file) <= 1.1 * len(buffer.getvalue())


def test_more_rows_than_a_block_holds(deflater: str) -> None:
    assert deflater
    pixels = np.random.default_rng(0).integers(0, 256, (700, 611, 3), np.uint8)
    assert np.array_equal(pixels, by_pillow(png.encode(pixels)))


def test_a_flat_picture_is_filtered_by_up_and_a_photograph_by_average() -> None:
    def first_filter(file: bytes) -> int:
        return zlib.decompress(b"".join(png._bodies(file, b"IDAT")))[0]

    assert first_filter(png.encode(np.zeros((64, 64), np.uint8))) == 2
    assert first_filter(png.encode(data.camera())) == 3


def test_palette_indices_are_kept() -> None:
    indices = np.arange(256, dtype=np.uint8).reshape(16, 16)
    colours = np.random.default_rng(0).integers(0, 256, (256, 3), np.uint8)
    image = PIL.Image.open(io.BytesIO(png.encode(indices, colours)))
    assert image.mode == "P"
    assert np.array_equal(indices, np.asarray(image))
    assert np.array_equal(colours[indices], np.asarray(image.convert("RGB")))


def test_exact_bytes_of_the_tiniest_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(png, "isal_zlib", None)
    file = png.encode(np.array([[7]], np.uint8))
    assert file[:33] == (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\x3a\x7e\x9b\x55"
    )
    assert zlib.decompress(b"".join(png._bodies(file, b"IDAT"))) == b"\x03\x07"
    assert file[-12:] == b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.mark.parametrize("file", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n"])
def test_other_files_are_left_to_pillow(file: bytes) -> None:
    assert png.decode_16bit(file) is None


def test_8_bit_and_other_writers_16_bit_are_left_to_pillow() -> None:
    assert png.decode_16bit(png.encode(np.zeros((3, 3), np.uint8))) is None
    buffer = io.BytesIO()
    noise = np.random.default_rng(0).integers(0, 65536, (9, 9), np.uint16)
    PIL.Image.fromarray(noise).save(buffer, "png")
    assert png.decode_16bit(buffer.getvalue()) is None
