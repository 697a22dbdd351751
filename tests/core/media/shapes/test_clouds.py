"""How points are stored: their blocks, an origin, colours, and what is dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from skimage import data as photographs

from medialog_core import Object3D, codecs
from medialog_core.payload import Blob, Payload
from medialog_core.schema import Object3DMeta
from medialog_core.testing import through_bytes


def encoded(value: Object3D) -> tuple[Payload, Object3DMeta, bytes]:
    [payload] = codecs.encode([value])
    assert isinstance(payload.meta, Object3DMeta)
    blobs = [blob for blob in payload.blobs if isinstance(blob, Blob) and not blob.role]
    return payload, payload.meta, blobs[0].data if blobs else b""


def stranger(data: bytes, meta: Object3DMeta) -> dict[str, Any]:
    """Read the blocks as docs/format.md has them."""
    points = meta.points or 0
    return {
        block.name: np.frombuffer(
            data, f"<{np.dtype(block.type).str[1:]}", points * block.width, block.offset
        )
        for block in meta.layout
    }


def test_a_photograph_in_colour_space_comes_back_exactly() -> None:
    pixels = photographs.coffee()[::2, ::2].reshape(-1, 3)
    value = Object3D(np.concatenate([pixels, pixels], axis=1))
    _, meta, data = encoded(value)
    blocks = stranger(data, meta)
    assert np.array_equal(blocks["xyz"].reshape(-1, 3), pixels)
    assert np.array_equal(blocks["rgb"].reshape(-1, 3), pixels)
    assert meta.bounds == (tuple(pixels.min(0)), tuple(pixels.max(0)))
    assert meta.conversion is None


def test_a_million_points_are_all_there_at_15_bytes_each() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((1_000_000, 6), np.float32)
    payload, meta, data = encoded(Object3D(points))
    assert (meta.points, len(data)) == (1_000_000, 15_000_000)
    back = codecs.decode(through_bytes(payload))
    assert np.array_equal(back.points, points[:, :3])
    assert np.array_equal(back.colors, np.floor(points[:, 3:] * 255.0 + 0.5))


@pytest.mark.parametrize(
    ("largest", "kind", "size"),
    [
        (0, "uint8", 13),
        (255, "uint8", 13),
        (256, "uint16", 14),
        (65536, "uint32", 16),
        (2**32 - 1, "uint32", 16),
    ],
)
def test_categories_take_as_many_bytes_as_they_need(largest: int, kind: str, size: int) -> None:
    _, meta, data = encoded(Object3D(np.array([[0, 1, 2, 0], [3, 4, 5, largest]], np.float64)))
    assert meta.layout[1].type == kind
    assert len(data) == 2 * size
    assert stranger(data, meta)["category"].tolist() == [0, largest]


@pytest.mark.parametrize("width", [3, 4, 6])
def test_no_points_are_legal(width: int) -> None:
    payload, meta, data = encoded(Object3D(np.zeros((0, width))))
    assert (meta.points, data, meta.bounds) == (0, b"", None)
    back = codecs.decode(through_bytes(payload))
    assert back.to_numpy().shape == (0, width)


@pytest.mark.parametrize(
    ("dtype", "colors", "stored", "rule"),
    [
        (np.float64, [0, 0.5, 1], [0, 128, 255], "unit"),
        (np.float32, [-0.5, np.nan, 1], [0, 0, 255], "unit"),
        (np.float64, [0, 0.5, 254.6], [0, 1, 255], "clip"),
        (np.float64, [-3, 300, np.inf], [0, 255, 0], "clip"),
        (np.int64, [0, 1, 300], [0, 1, 255], "clip"),
        (np.uint8, [0, 1, 255], [0, 1, 255], None),
    ],
)
def test_colours_are_fractions_if_floats_and_none_is_above_1(
    dtype: Any, colors: list[float], stored: list[int], rule: str | None
) -> None:
    value = Object3D(np.array([[1, 2, 3, *colors]], dtype))
    _, meta, data = encoded(value)
    assert stranger(data, meta)["rgb"].tolist() == stored
    assert (meta.conversion.rule if meta.conversion else None) == rule
    nonfinite = int((~np.isfinite(colors)).sum())
    assert (meta.conversion.nonfinite if meta.conversion else 0) == nonfinite


def test_a_list_decides_once_what_its_colours_are() -> None:
    dark, bright = np.array([[0, 0, 0, 0, 0, 1.0]]), np.array([[0, 0, 0, 9.0, 99, 255]])
    both = [
        codecs.decode(through_bytes(p)) for p in codecs.encode([Object3D(dark), Object3D(bright)])
    ]
    assert [one.colors.tolist() for one in both] == [[[0, 0, 1]], [[9, 99, 255]]]
    assert Object3D(dark).colors.tolist() == [[0, 0, 255]]  # type: ignore[union-attr]


def test_a_stated_range_counts() -> None:
    value = Object3D([[0, 0, 0, 10, 15, 20]], color_range=(10, 20))
    _, meta, data = encoded(value)
    assert stranger(data, meta)["rgb"].tolist() == [0, 128, 255]
    assert meta.conversion is not None
    assert (meta.conversion.rule, meta.conversion.lo, meta.conversion.hi) == ("value_range", 10, 20)


def test_points_on_the_earth_keep_their_millimetres() -> None:
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 200, (1000, 3)) + np.array([500_000, 4_500_000, 30])
    payload, meta, data = encoded(Object3D(points))
    assert meta.origin is not None
    back = stranger(data, meta)["xyz"].reshape(-1, 3) + np.array(meta.origin)
    assert np.abs(back - points).max() < 1e-5
    assert np.abs(points.astype(np.float32) - points).max() > 0.1  # what float32 alone would lose
    assert np.array_equal(codecs.decode(through_bytes(payload)).points, back)
    assert meta.bounds is not None
    assert np.allclose(meta.bounds, [points.min(0), points.max(0)], atol=1e-5)


@pytest.mark.parametrize(
    ("dtype", "shift", "around"),
    [
        (np.float64, 63, False),
        (np.float64, 65, True),
        (np.float64, -66, True),
        (np.int64, 65, True),
        (np.float32, 65, False),
        (np.int16, 65, False),
    ],
)
def test_there_is_an_origin_beyond_64_times_the_extent_where_float32_would_lose(
    dtype: Any, shift: int, around: bool
) -> None:
    points = np.array([[0, 0, 0], [1, 1, 1]]) + shift
    _, meta, _ = encoded(Object3D(points.astype(dtype)))
    assert (meta.origin is not None) == around
    assert meta.bounds == (tuple(points[0]), tuple(points[1]))


def test_points_that_are_not_finite_are_dropped_and_counted() -> None:
    rows = np.array(
        [[0, 0, 0, 7], [np.nan, 0, 0, 8], [0, np.inf, 0, 9], [0, 0, -1e39, 10], [1, 1, 1, 11]]
    )
    _, meta, data = encoded(Object3D(rows))
    assert (meta.points, meta.dropped) == (2, 3)
    assert meta.bounds == ((0, 0, 0), (1, 1, 1))
    assert stranger(data, meta)["category"].tolist() == [7, 11]


def test_where_all_are_dropped_there_is_no_file() -> None:
    payload, meta, _ = encoded(Object3D(np.full((4, 6), np.nan)))
    assert (meta.points, meta.dropped, payload.blobs) == (0, 4, [])


def test_a_dropped_point_does_not_decide_what_colours_are() -> None:
    value = Object3D(np.array([[np.nan, 0, 0, 255, 255, 255], [0, 0, 0, 1, 0.5, 0]]))
    assert value.colors is not None
    assert value.colors.tolist() == [[255, 128, 0]]


def test_the_same_points_have_the_same_digest_and_others_another() -> None:
    def digest(value: Object3D) -> bytes | None:
        blob = encoded(value)[0].blobs[0]
        assert isinstance(blob, Blob)
        return blob.digest

    rows = np.arange(24.0).reshape(4, 6)
    assert digest(Object3D(rows)) == digest(Object3D(rows.copy(), caption="another"))
    others = [Object3D(rows + 1), Object3D(rows, color_range=(0, 30)), Object3D(rows.reshape(8, 3))]
    others.append(Object3D(rows.astype(np.float32)))
    assert len({digest(one) for one in [Object3D(rows), *others]}) == 5


@given(
    rows=hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.float16]),
        st.tuples(st.integers(0, 6), st.sampled_from([3, 6])),
    )
)
@settings(max_examples=60, deadline=None)
def test_what_came_back_comes_back_the_same(rows: Any) -> None:
    value = Object3D(rows)
    payload, meta, _ = encoded(value)
    back = codecs.decode(through_bytes(payload))
    assert back == value
    again, other, _ = encoded(back)
    assert other == meta
    assert codecs.decode(through_bytes(again)) == value
    finite = np.isfinite(rows[:, :3]) & (np.abs(rows[:, :3].astype(float)) <= np.finfo("f4").max)
    assert meta.points == finite.all(axis=1).sum() == len(rows) - meta.dropped
    assert np.isfinite(back.points).all()
