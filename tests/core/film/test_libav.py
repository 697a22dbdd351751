from __future__ import annotations

import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from medialog_core.errors import MissingExtra
from medialog_core.film import libav
from medialog_core.film.frames import Frames

FRAMES = Frames(3, 4, 6, 3, lambda index: np.full((4, 6, 3), 40 * index, np.uint8))


@pytest.mark.parametrize("quality", [1, 50, 90, 100])
@pytest.mark.parametrize("fps", [Fraction(1, 100), Fraction(4), Fraction(1000)])
def test_the_encoders_take_every_quality_at_every_rate(quality: int, fps: Fraction) -> None:
    for codec in (libav.h264(quality, fps), libav.vp9(quality)):
        assert len(list(libav.read(libav.write(FRAMES, fps, codec), 3))) == 3


def test_the_same_frames_give_the_same_bytes() -> None:
    for codec in (libav.vp9(90), libav.vp9(None)):  # x264 does not promise it
        assert libav.write(FRAMES, Fraction(4), codec) == libav.write(FRAMES, Fraction(4), codec)


def test_facts_are_found_without_decoding() -> None:
    data = libav.write(FRAMES, Fraction(8), libav.vp9(90))
    facts = libav.probe(data)
    assert (facts.width, facts.height, facts.frames, facts.fps) == (6, 4, 3, 8.0)
    assert (facts.codec, facts.channels, facts.has_audio) == ("vp9", 3, False)
    assert facts.duration_secs == pytest.approx(3 / 8)


def test_bytes_that_are_no_video_are_a_value_error() -> None:
    for ask in (libav.first, lambda data: list(libav.read(data, 3))):
        with pytest.raises(ValueError, match="Invalid data"):
            ask(b"nothing at all")


def test_without_pyav_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    assert not libav.is_there()
    with pytest.raises(MissingExtra, match=r"encoding a video needs .*'medialog\[video\]'"):
        libav.write(FRAMES, Fraction(4), libav.vp9(90))


def test_importing_the_core_does_not_import_pyav() -> None:
    code = "import sys, medialog_core; print('av' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "False"
