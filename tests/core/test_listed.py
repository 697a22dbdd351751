from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from medialog_core import Audio, Image
from medialog_core.errors import InvalidInput
from medialog_core.listed import AUDIO, IMAGE, VIDEO, listed

FLOATS = np.full((4, 8, 8, 3), 5, np.float32)


@pytest.mark.parametrize(
    "span",
    [
        (0, 10),
        [0.0, 10.0],
        (np.float32(0), np.float32(10)),
        (np.int64(0), np.uint8(10)),
        (torch.tensor(0.0), torch.tensor(10.0)),
        np.array([0, 10]),
        torch.tensor([0, 10]),
    ],
)
def test_a_range_of_numbers_of_any_library_is_for_all(span: Any) -> None:
    videos = listed("log_video", "k", VIDEO, [FLOATS] * 2, {"value_range": span, "lossless": True})
    images = listed("log_image", "k", IMAGE, list(FLOATS[:3]), {"value_range": span})
    single = listed("log_video", "k", VIDEO, FLOATS, {"value_range": span, "lossless": True})
    assert (len(videos), len(images)) == (2, 3)
    assert {int(one.to_numpy().max()) for one in (*videos, *images, single)} == {128}


def test_a_list_of_ranges_has_one_for_each() -> None:
    spans = [(np.float32(0), np.float32(10)), None]
    first, second = listed("log_image", "k", IMAGE, list(FLOATS[:2]), {"value_range": spans})
    assert (int(first.to_numpy().max()), int(second.to_numpy().max())) == (128, 5)


def test_options_go_with_what_is_still_to_be_made() -> None:
    sounds = [Audio(np.zeros(9, np.int16), sample_rate=8_000)]
    assert listed("log_audio", "k", AUDIO, sounds, {}) == sounds
    with pytest.raises(InvalidInput, match=r"^log_audio\('k'\)\[0\]: caption: .*Audio\(\.\.\.\)$"):
        listed("log_audio", "k", AUDIO, sounds, {"caption": ["a"]})
    [image] = listed("log_image", "k", IMAGE, [Image(FLOATS[0])], {"caption": ["a"]})
    assert image.caption == "a"
