"""One small problem for each task on real pictures, and what its capture must look like.

What is expected is computed from the data and the model's own `predict`, by no code of capture's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import keras
import numpy as np
import pytest
import skimage.data
import sklearn.datasets
from keras import layers

SAMPLES = 5
BATCH = 3


@dataclass(frozen=True)
class Trial:
    """A task: its data, its model, its loss, and the check of one captured image.

    `check(image, trial, i, output)` compares the image of sample i with the model's own `output`.
    """

    x: Any
    y: Any
    net: Callable[[], Sequence[Any]]
    loss: Any
    check: Callable[[Any, Trial, int, Any], None]
    classes: Sequence[str] = ()

    def model(self, **compiled: Any) -> Any:
        """Make the model, its weights always the same, and compile it."""
        keras.utils.set_random_seed(3)
        net = keras.Sequential([keras.Input(self.x.shape[1:], dtype=self.x.dtype), *self.net()])
        net.compile(**{"optimizer": keras.optimizers.SGD(0.01), "loss": self.loss, **compiled})
        return net


def pixels(picture: Any) -> Any:
    """Give an H×W×C picture in [0, 1] as bytes, as the store rounds; H×W where it is gray."""
    values = np.floor(picture.astype(np.float64) * 255 + 0.5).astype(np.uint8)
    return values[..., 0] if values.shape[-1] == 1 else values


def softmax(logits: Any) -> Any:
    powers = np.exp(logits.astype(np.float64) - logits.max())
    return powers / powers.sum()


def same_input(image: Any, trial: Trial, i: int) -> None:
    assert np.array_equal(image.to_numpy(), pixels(trial.x[i]))


def check_class(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_input(image, trial, i)
    logits = getattr(trial.loss, "from_logits", False)
    likely = softmax(output) if logits else output.astype(np.float64)
    true_id = int(np.argmax(trial.y[i]) if np.ndim(trial.y[i]) else trial.y[i])
    truth, chosen = trial.classes[true_id], trial.classes[int(likely.argmax())]
    assert image.caption == f"{truth} → {chosen} ({likely.max():.2f})"
    assert (image.notes.label.truth, image.notes.label.prediction) == (truth, chosen)
    assert image.notes.label.score == pytest.approx(likely.max(), rel=1e-3)
    assert image.notes.scores["cross_entropy"] == pytest.approx(-np.log(likely[true_id]), rel=1e-3)


def check_labels(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_input(image, trial, i)
    truth = [n for n, holds in zip(trial.classes, trial.y[i], strict=True) if holds] or ["none"]
    pairs = zip(trial.classes, output, strict=True)
    found = [f"{name} ({likely:.2f})" for name, likely in pairs if likely >= 0.5] or ["none"]
    assert image.caption == f"{', '.join(truth)} → {', '.join(found)}"


def check_binary(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_input(image, trial, i)
    likely = float(1 / (1 + np.exp(-output[0])))
    chosen, score = (1, likely) if likely >= 0.5 else (0, 1 - likely)
    truth = trial.classes[int(trial.y[i])]
    assert image.caption == f"{truth} → {trial.classes[chosen]} ({score:.2f})"


def check_masks(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_input(image, trial, i)
    truth = np.where(trial.y[i] == 255, 65535, trial.y[i].astype(int)).squeeze()
    assert np.array_equal(image.masks["ground_truth"].to_numpy(), truth)
    assert np.array_equal(image.masks["predictions"].to_numpy(), output.argmax(-1))
    assert {"0": "dark", "1": "middle", "2": "light"}.items() <= image.masks[
        "predictions"
    ].class_labels.items()


def check_one_mask(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_input(image, trial, i)
    assert np.array_equal(image.masks["ground_truth"].to_numpy(), trial.y[i][..., 0])
    assert np.array_equal(image.masks["predictions"].to_numpy(), output[..., 0] >= 0.5)


def check_row(image: Any, trial: Trial, i: int, output: Any) -> None:
    cells = trial.x[i], output.clip(0, 1), trial.y[i]
    height, width = cells[0].shape[:2]
    for k, cell in enumerate(cells):
        left = 2 + k * (width + 2)
        shown = image.to_numpy()[2 : 2 + height, left : left + width]
        assert np.abs(shown.astype(int) - pixels(cell).astype(int)).max() <= (k == 1)
    expected = float(((output - trial.y[i]) ** 2).mean())
    assert image.notes.scores["mse"] == pytest.approx(expected, rel=1e-3)


def check_number(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_input(image, trial, i)
    assert image.caption == f"{trial.y[i]:.4g} → {output[0]:.4g}"
    expected = float((output[0] - trial.y[i]) ** 2)
    assert image.notes.scores["squared_error"] == pytest.approx(expected, rel=1e-3)


NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


def digits() -> tuple[Any, Any]:
    data = sklearn.datasets.load_digits()
    return (data.images[:12] / 16).astype(np.float32)[..., None], data.target[:12]


def crops(height: int = 16, width: int = 20, count: int = 9) -> Any:
    picture = skimage.data.astronaut()
    places = [(20 * i, 40 * i) for i in range(count)]
    return np.stack([picture[y : y + height, x : x + width] / np.float32(255) for y, x in places])


def dense(units: int, activation: str | None = None) -> Sequence[Any]:
    return [layers.Flatten(), layers.Dense(units, activation=activation)]


def conv(channels: int, activation: str | None = None) -> Sequence[Any]:
    """Make layers whose answers differ from pixel to pixel without any training."""
    wide = keras.initializers.RandomNormal(stddev=1.0, seed=5)
    first = layers.Conv2D(8, 3, padding="same", activation="relu", kernel_initializer=wide)
    last = layers.Conv2D(channels, 1, activation=activation, kernel_initializer=wide)
    return [layers.Rescaling(1.0, offset=-0.5), first, last]


def classification() -> Trial:
    x, y = digits()
    loss = "sparse_categorical_crossentropy"
    return Trial(x, y, lambda: dense(10, "softmax"), loss, check_class, NAMES)


def classification_one_hot() -> Trial:
    x, y = digits()
    loss = keras.losses.CategoricalCrossentropy(from_logits=True)
    return Trial(x, np.eye(10)[y], lambda: dense(10), loss, check_class, NAMES)


def multi_label() -> Trial:
    x, y = digits()
    labels = np.stack([y % 2 == 1, y > 4, y % 3 == 0], 1).astype(np.float32)
    net = lambda: dense(3, "sigmoid")  # noqa: E731
    return Trial(x, labels, net, "binary_crossentropy", check_labels, ["odd", "large", "third"])


def binary() -> Trial:
    x, y = digits()
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    return Trial(x, y % 2, lambda: dense(1), loss, check_binary, ["even", "odd"])


def segmentation() -> Trial:
    x = crops()
    masks = np.digitize(x.mean(-1), [0.3, 0.6]).astype(np.uint8)[..., None]
    masks[:, :2, :3] = 255
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=255)
    return Trial(x, masks, lambda: conv(3), loss, check_masks, ["dark", "middle", "light"])


def segmentation_one_hot() -> Trial:
    x = crops()
    masks = np.eye(3, dtype=np.float32)[np.digitize(x.mean(-1), [0.3, 0.6])]

    def check(image: Any, trial: Trial, i: int, output: Any) -> None:
        ids = Trial(trial.x, trial.y.argmax(-1), trial.net, trial.loss, trial.check, trial.classes)
        check_masks(image, ids, i, output)

    names = ["dark", "middle", "light"]
    return Trial(x, masks, lambda: conv(3, "softmax"), "categorical_crossentropy", check, names)


def binary_segmentation() -> Trial:
    x = crops()
    masks = (x.mean(-1, keepdims=True) > 0.4).astype(np.float32)
    return Trial(x, masks, lambda: conv(1, "sigmoid"), "binary_crossentropy", check_one_mask)


def image_to_image() -> Trial:
    clean = crops()
    noise = np.random.default_rng(1).random(clean.shape, np.float32)
    return Trial((clean + 0.2 * noise).clip(0, 1), clean, lambda: conv(3), "mse", check_row)


def denoising() -> Trial:
    clean = crops()
    noise = np.random.default_rng(1).random(clean.shape, np.float32)
    net = lambda: conv(3, "sigmoid")  # noqa: E731
    return Trial((clean + 0.2 * noise).clip(0, 1), clean, net, "binary_crossentropy", check_row)


def denoising_from_logits() -> Trial:
    clean = denoising()
    loss = keras.losses.BinaryCrossentropy(from_logits=True)

    def check(image: Any, trial: Trial, i: int, output: Any) -> None:
        check_row(image, trial, i, 1 / (1 + np.exp(-output.astype(np.float64))))

    return Trial(clean.x, clean.y, lambda: conv(3), loss, check)


def regression() -> Trial:
    x, y = digits()
    return Trial(x, y.astype(np.float32) / 3, lambda: dense(1), "huber", check_number)


TRIALS = {
    make.__name__: make
    for make in (
        classification,
        classification_one_hot,
        multi_label,
        binary,
        segmentation,
        segmentation_one_hot,
        binary_segmentation,
        image_to_image,
        denoising,
        denoising_from_logits,
        regression,
    )
}
