from typing import Any

import numpy as np
import pytest
import torch
from torchvision.utils import make_grid as torch_grid

from medialog_core import Image
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.images.grid import make_grid

CASES: list[dict[str, Any]] = [
    {},
    {"nrow": 3},
    {"nrow": 1, "padding": 0},
    {"padding": 5, "pad_value": 0.5},
    {"normalize": True},
    {"normalize": True, "scale_each": True},
    {"normalize": True, "value_range": (-0.5, 0.75)},
    {"normalize": True, "value_range": (-0.5, 0.75), "scale_each": True},
]
SHAPES = [
    (7, 3, 9, 5),
    (8, 1, 4, 4),
    (16, 4, 3, 8),
    (1, 3, 6, 6),
    (2, 3, 6, 6),
    (3, 6, 7),
    (6, 7),
    (1, 6, 7),
]


@pytest.mark.parametrize("options", CASES, ids=str)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_pixels_are_torchvision_s(shape: tuple[int, ...], options: dict[str, Any]) -> None:
    batch = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    expected = torch_grid(batch, **options).numpy()
    np.testing.assert_allclose(make_grid(batch, **options), expected, rtol=0, atol=1e-6)


def test_integers_are_exact() -> None:
    batch = torch.randint(0, 256, (10, 3, 8, 8), dtype=torch.uint8)
    expected = torch_grid(batch, pad_value=7)
    assert np.array_equal(expected.numpy(), make_grid(batch, pad_value=7))


def test_a_list_of_tensors_is_their_stack() -> None:
    images = [torch.rand(3, 5, 6) for _ in range(4)]
    assert np.array_equal(torch_grid(images).numpy(), make_grid(images))


def test_numpy_batches_are_read_with_channels_last() -> None:
    batch = np.random.default_rng(0).random((5, 8, 6, 3))
    expected = torch_grid(torch.from_numpy(batch).permute(0, 3, 1, 2)).numpy()
    assert np.array_equal(expected, make_grid(batch))
    assert np.array_equal(expected, make_grid(batch.transpose(0, 3, 1, 2)))


def test_a_list_of_grey_arrays_is_a_row_of_grey_images() -> None:
    greys = [np.full((2, 2), i, np.uint8) for i in range(3)]
    assert make_grid(greys, padding=0)[0, 0].tolist() == [0, 0, 1, 1, 2, 2]


def test_the_batch_is_not_changed() -> None:
    batch = torch.randn(4, 3, 5, 5)
    before = batch.clone()
    make_grid(batch, normalize=True)
    assert torch.equal(before, batch)


def test_the_finished_grid_is_converted_by_the_automatic_rule() -> None:
    batch = torch.rand(4, 3, 8, 8)
    expected = (torch_grid(batch) * 255 + 0.5).clamp(0, 255).to(torch.uint8).permute(1, 2, 0)
    image = Image.grid(batch, caption="four")
    assert np.array_equal(expected.numpy(), image.to_numpy())
    assert image.caption == "four"


def test_a_grid_is_fixed_when_it_returns() -> None:
    for batch in (np.zeros((1, 3, 4, 4), np.uint8), np.zeros((3, 3, 4, 4), np.uint8)):
        image = Image.grid(batch)
        batch[:] = 9
        assert image.to_numpy().max() == 0


@pytest.mark.parametrize(
    ("batch", "message"),
    [
        ([], "one size, got none"),
        ([np.zeros((2, 2)), np.zeros((3, 3))], r"one size, got \[\(2, 2\), \(3, 3\)\]; log a list"),
        (np.zeros((9, 8, 8)), r"got shape \(9, 8, 8\).*batch\[:, None\]"),
        (np.zeros((2, 5, 8, 8)), r"1, 3 or 4 channels, got shape \(5, 8, 8\)"),
        (np.zeros(3), r"expected N×C×H×W or a list of images, got shape \(3,\)"),
        (np.zeros((0, 3, 8, 8)), r"got shape \(0, 3, 8, 8\)"),
    ],
)
def test_what_is_no_batch_is_refused(batch: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        make_grid(batch)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"nrow": 0}, InvalidInput, "nrow: expected 1 or more, got 0"),
        ({"nrow": "3"}, WrongType, "nrow: expected a whole number, got str '3'"),
        ({"padding": -1}, InvalidInput, "padding: expected 0 or more, got -1"),
        ({"value_range": "01"}, WrongType, r"value_range: expected \(lo, hi\), got str '01'"),
    ],
)
def test_an_odd_option_is_named(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Image.grid(np.zeros((2, 4, 4, 3)), **options)
