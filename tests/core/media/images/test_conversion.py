from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from medialog_core.media.images import conversion
from medialog_core.media.images.image import Image, encode
from medialog_core.schema import Conversion, ImageMeta

Array = NDArray[Any]


def used(image: Image) -> Conversion | None:
    [payload] = encode([image])
    assert isinstance(payload.meta, ImageMeta)
    return payload.meta.conversion


def row(*values: float, dtype: str = "f4") -> Array:
    return np.array([values], dtype)


@pytest.mark.parametrize(
    ("numbers", "options", "pixels", "rule"),
    [
        (row(0, 0.5, 1), {}, [0, 128, 255], Conversion("unit", 0, 1)),
        (row(-1, 0, 1), {}, [0, 128, 255], Conversion("symmetric", -1, 1)),
        (row(-3, 2.5, 300), {}, [0, 3, 255], Conversion("clip", 0, 255)),
        (row(0, 0.5, 2), {"value_range": (0, 2)}, [0, 64, 255], Conversion("value_range", 0, 2)),
        (row(0, 0.9, 300), {"normalize": False}, [0, 0, 255], Conversion("cast")),
        (row(0, 1, 300, -4, dtype="i4"), {}, [0, 1, 255, 0], Conversion("clip", 0, 255)),
        (row(0, 1, -4, dtype="i1"), {}, [0, 1, 0], Conversion("clip", 0, 255)),
        (row(0, 1, 2**63, dtype="u8"), {}, [0, 1, 255], Conversion("clip", 0, 255)),
        (row(0, 1, dtype="?"), {}, [0, 255], Conversion("bool")),
        (row(0, 1, dtype="?"), {"normalize": False}, [0, 1], Conversion("cast")),
        (
            row(0, 100, dtype="u1"),
            {"value_range": (0, 100)},
            [0, 255],
            Conversion("value_range", 0, 100),
        ),
        (
            row(0, 50, 100, dtype="i8"),
            {"value_range": (0, 100)},
            [0, 128, 255],
            Conversion("value_range", 0, 100),
        ),
        (row(0, 0.25, 1, dtype="f2"), {}, [0, 64, 255], Conversion("unit", 0, 1)),
        (row(0, 0.25, 1, dtype=">f8"), {}, [0, 64, 255], Conversion("unit", 0, 1)),
    ],
)
def test_the_rule_and_its_pixels(
    numbers: Array, options: dict[str, Any], pixels: list[int], rule: Conversion
) -> None:
    image = Image(numbers, **options)
    assert image.to_numpy().tolist() == [pixels]
    assert used(image) == rule


def test_uint8_is_kept_without_a_rule() -> None:
    assert used(Image(np.zeros((2, 2), np.uint8))) is None
    assert used(Image(np.zeros((2, 2), np.uint8), normalize=False)) is None


@pytest.mark.parametrize("options", [{}, {"normalize": False}, {"value_range": (0.0, 1.0)}])
def test_what_is_not_finite_becomes_0_and_is_counted(options: dict[str, Any]) -> None:
    image = Image(row(np.nan, np.inf, -np.inf, 1, 0), **options)
    assert image.to_numpy()[0, :3].tolist() == [0, 0, 0]
    rule = used(image)
    assert rule is not None
    assert rule.nonfinite == 3


def test_what_is_not_finite_takes_no_part_in_the_decision() -> None:
    assert Image(row(np.nan, np.inf, 1)).to_numpy().tolist() == [[0, 0, 255]]
    assert Image(row(np.nan, np.inf, -1)).to_numpy().tolist() == [[0, 0, 0]]


def test_an_image_without_a_finite_number_is_black() -> None:
    image = Image(row(np.nan, np.nan))
    assert image.to_numpy().tolist() == [[0, 0]]
    assert used(image) == Conversion("unit", 0, 1, 2)


def rules(images: list[Image]) -> list[str | None]:
    metas = [payload.meta for payload in encode(images)]
    assert all(isinstance(meta, ImageMeta) for meta in metas)
    return [m.conversion.rule if m.conversion else None for m in metas if isinstance(m, ImageMeta)]


def test_a_list_shares_one_range() -> None:
    assert rules([Image(row(0, 1)), Image(row(-1, 1))]) == ["symmetric", "symmetric"]
    assert rules([Image(row(0, 1)), Image(row(0, 7))]) == ["clip", "clip"]


def test_images_that_state_their_range_have_no_say_in_the_list_s() -> None:
    stated = [
        Image(row(0, 99), value_range=(0, 99)),
        Image(row(0, 99), normalize=False),
        Image(np.full((1, 1), 99, np.uint8)),
        Image(np.full((1, 1), 99, np.int32)),
    ]
    assert rules([Image(row(0, 1)), *stated])[0] == "unit"


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(np.float64, (5, 7), elements=st.floats(-300, 300)),
    st.sampled_from(["unit", "symmetric", "clip"]),
)
def test_rounding_is_floor_of_x_plus_one_half(values: Array, rule: str) -> None:
    lo, hi = conversion._RANGES[rule]
    expected = np.floor(np.clip((values - lo) * 255 / (hi - lo) + 0.5, 0, 255))
    result = conversion.apply(values, conversion.by_rule(rule, 0))
    assert result.dtype == np.uint8
    assert np.array_equal(expected, result)


def test_blocks_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    values = np.random.default_rng(0).random((50, 3, 20), np.float32).transpose(0, 2, 1)
    whole = conversion.apply(values, conversion.by_rule("unit", 0))
    monkeypatch.setattr(conversion, "_BLOCK_ITEMS", 100)
    assert np.array_equal(whole, conversion.apply(values, conversion.by_rule("unit", 0)))
