"""Inputs are shown as they are fed, in true colours, whatever the layout and the range."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
import skimage.data
from keras import layers

PICTURE = skimage.data.astronaut()
BYTES = np.stack([PICTURE[y : y + 12, 2 * y : 2 * y + 16] for y in range(0, 240, 40)])
GRAY = np.stack([skimage.data.camera()[y : y + 12, y : y + 12] for y in range(0, 300, 50)])
DARK = BYTES // 8
Y = np.arange(6) % 3
LOSSY = 4.5
"""How far a video's pixels may be off, of 255, in the mean."""


def model_of(x: Any, *first: Any) -> Any:
    keras.utils.set_random_seed(1)
    parts = [*first, layers.Flatten(), layers.Dense(3, activation="softmax")]
    model = keras.Sequential([keras.Input(x.shape[1:], dtype=x.dtype), *parts])
    model.compile(loss="sparse_categorical_crossentropy")
    return model


def rescaling() -> Any:
    return layers.Rescaling(1 / 127.5, offset=-1)


CASES: dict[str, tuple[Any, list[Any], Any]] = {
    "bytes, rescaled inside": (BYTES, [rescaling()], BYTES),
    "floats up to 255": (BYTES.astype(np.float32), [], BYTES),
    "resized floats": (np.float32(0.99) * BYTES, [], np.floor(np.float32(0.99) * BYTES + 0.5)),
    "dark floats, rescaled inside": (DARK.astype(np.float32), [rescaling()], DARK),
    "floats up to 1": (BYTES / np.float32(255), [], BYTES),
    "from -1 to 1": (BYTES / np.float32(127.5) - 1, [], BYTES),
    "gray without channels": (GRAY, [], GRAY[..., None]),
    "gray floats without channels": (GRAY / np.float32(255), [], GRAY[..., None]),
}


@pytest.mark.parametrize("case", CASES)
def test_the_bytes_come_back(case: str, evaluate: Any) -> None:
    x, first, expected = CASES[case]
    result = evaluate(model_of(x, *first), x, Y)
    for image, picture in zip(result.values("test/predictions"), expected, strict=False):
        shown = image.to_numpy()
        assert np.array_equal(shown if shown.ndim == 3 else shown[..., None], picture)


def test_channels_in_front_are_told_by_the_setting(evaluate: Any) -> None:
    x = np.moveaxis(BYTES, -1, 1)[:, :, :3, :4].copy()  # 3×3×4: either axis might be colours
    keras.config.set_image_data_format("channels_first")
    try:
        result = evaluate(model_of(x), x, Y)
        images = result.values("test/predictions")
    finally:
        keras.config.set_image_data_format("channels_last")
    assert np.array_equal(images[1].to_numpy(), x[1].transpose(1, 2, 0))


def test_a_stated_normalisation_is_undone(evaluate: Any) -> None:
    mean, std = (0.4, 0.5, 0.6), (0.2, 0.25, 0.3)
    x = ((BYTES / 255 - mean) / std).astype(np.float32)
    result = evaluate(model_of(x), x, Y, tuned={"denormalize": (mean, std)})
    assert np.array_equal(result.values("test/predictions")[0].to_numpy(), BYTES[0])


def test_videos_are_shown_as_such(evaluate: Any) -> None:
    x = np.stack([np.stack([PICTURE[8 * i : 8 * i + 16, y : y + 16] for i in range(4)]) for y in Y])
    result = evaluate(model_of(x, rescaling()), x, Y)
    [table] = result.values("test/predictions")
    for video, clip in zip(table.get_column("input"), x, strict=False):
        shown = video.to_numpy().astype(float)
        assert np.sqrt(((shown - clip) ** 2).mean()) < LOSSY
    assert [v.to_numpy().shape for v in result.values("test/inputs")] == [x[0].shape] * 3


def test_sequences_are_no_pictures(evaluate: Any) -> None:
    x = np.random.default_rng(0).normal(size=(6, 20, 9)).astype(np.float32)
    result = evaluate(model_of(x), x, Y)
    [table] = result.values("test/predictions")
    assert table.get_column("truth") == [str(y) for y in Y[:5]]
    assert "test/inputs" not in result.run.keys()  # noqa: SIM118
