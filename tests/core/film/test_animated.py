from __future__ import annotations

import io
from fractions import Fraction

import numpy as np
import PIL.Image
import pytest
from numpy.typing import NDArray

from medialog_core.film import animated
from medialog_core.film.frames import Frames, to_rgb
from tests.pictures import noise

Pixels = NDArray[np.uint8]


def frames_of(pixels: Pixels) -> Frames:
    count, height, width, channels = pixels.shape
    return Frames(count, height, width, channels, pixels.__getitem__)


def test_a_film_holds_the_frame_that_was_asked_for_and_no_other() -> None:
    asked: list[int] = []

    def get(index: int) -> PIL.Image.Image:
        asked.append(index)
        return PIL.Image.new("L", (3, 2), index)

    film = animated.Film(4, get)
    film.seek(2)
    assert (film.tell(), film.size, film.mode, film.getpixel((0, 0))) == (2, (3, 2), "L", 2)
    assert asked == [0, 2]
    with pytest.raises(EOFError):
        film.seek(4)


@pytest.mark.parametrize("few", [1, 2, 200])
def test_the_palette_of_a_gif_has_256_colours_that_all_differ(few: int) -> None:
    pixels = noise(3, 20, 20, 3) % few
    palette = animated._palette(frames_of(pixels)).getpalette()
    assert palette is not None
    assert len(set(zip(*[iter(palette)] * 3, strict=True))) == 256


def test_a_palette_looks_at_frames_from_beginning_to_end() -> None:
    pixels = np.zeros((40, 8, 8, 3), np.uint8)
    pixels[-1] = (250, 10, 90)
    data = animated.gif(frames_of(pixels), Fraction(10))
    last = list(animated.read(data, 3, 40, 10))[-1]
    assert np.abs(last.astype(int) - (250, 10, 90)).max() <= 8


def test_greys_of_a_gif_are_exact() -> None:
    pixels = noise(5, 9, 7, 1)
    back = list(animated.read(animated.gif(frames_of(pixels), Fraction(10)), 1, 5, 10))
    assert np.array_equal(pixels, back)


@pytest.mark.parametrize("size", [(1, 1), (4, 5), (33, 2)])
def test_an_exact_webp_keeps_what_is_below_full_transparency(size: tuple[int, int]) -> None:
    pixels = noise(4, *size, 4)
    pixels[1:3, ..., 3] = 0
    data = animated.webp(frames_of(pixels), Fraction(7), None)
    assert np.array_equal(pixels, list(animated.read(data, 4, 4, 7)))
    with PIL.Image.open(io.BytesIO(data)) as image:
        assert (image.n_frames, image.info["loop"]) == (4, 0)  # type: ignore[attr-defined]


def test_durations_add_up_and_none_is_off_by_more_than_a_unit() -> None:
    found = animated._durations_ms(90, Fraction(30), 10)
    assert sum(found) == 3000
    assert set(found) == {30, 40}


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("order", [[0] * 15, [0] * 9 + [1] * 8 + [2], [0, 1, 2, 0, 1, 2, 2, 2, 1]])
def test_a_gif_shows_frames_for_longer_than_one_of_its_own_can_be(
    channels: int, order: list[int]
) -> None:
    pixels = (noise(3, 12, 10, channels) // 128 * 255)[order]
    data = animated.gif(frames_of(pixels), Fraction(1, 100))
    facts = animated.probe(data)
    assert facts.duration_secs == 100 * len(order)
    assert data.count(b"NETSCAPE2.0") == 1
    shown = list(animated.read(data, channels, len(order), 0.01))
    np.testing.assert_array_equal(shown, pixels)


def test_what_lies_behind_a_fault_is_left_out_of_the_facts() -> None:
    data = animated.gif(frames_of(noise(6, 30, 30, 3)), Fraction(10))
    facts = animated.probe(data[: len(data) // 2])
    assert facts.frames is not None
    assert 1 <= facts.frames < 6
    assert facts.width == 30


def test_transparency_of_frames_shows_white() -> None:
    half = np.full((2, 2, 4), (0, 0, 0, 51), np.uint8)
    assert (to_rgb(half) == 204).all()
    assert (to_rgb(half[..., :1]) == 0).all()
