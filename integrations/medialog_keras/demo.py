"""The training of `medialog demo keras`."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
from keras import layers

from medialog_core.capture.options import Capture
from medialog_core.cli.demo.tissue import CLASSES, SIDE, Tissue

from . import MediaCallback

_WIDTH = 16
_BATCH = 8


def train(data: Tissue, folder: Path, epochs: int, progress: Callable[[int], None]) -> None:
    """Train with nothing of medialog but `MediaCallback`.

    Args:
        data: Crops and the classes of their pixels.
        folder: Where the run goes.
        epochs: How often the crops are seen.
        progress: Told how many epochs are over.
    """
    keras.utils.set_random_seed(0)
    model = _segmenter()
    steps = epochs * math.ceil(len(data.train.inputs) / _BATCH)
    model.compile(
        keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(4e-3, steps)),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    model.fit(
        *data.train,
        validation_data=tuple(data.val),
        batch_size=_BATCH,
        epochs=epochs,
        verbose=0,
        callbacks=[
            MediaCallback(folder, capture=Capture(class_labels=CLASSES)),
            keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, _: progress(epoch + 1)),
        ],
    )


def _segmenter() -> Any:
    """Five convolutions, two of them dilated."""
    hidden: list[Any] = []
    for dilation in (1, 2, 4, 1):
        convolution = layers.Conv2D(_WIDTH, 3, padding="same", dilation_rate=dilation)
        hidden += [convolution, layers.BatchNormalization(momentum=0.9), layers.ReLU()]
    return keras.Sequential([keras.Input((SIDE, SIDE, 3)), *hidden, layers.Conv2D(len(CLASSES), 1)])
