"""Classify handwritten digits with Keras.

KERAS_BACKEND=torch python -m examples.keras.classification
"""

from __future__ import annotations

import keras
from keras import layers

from examples import data
from medialog_core.capture import Capture
from medialog_keras import MediaCallback


def train(folder: str, *, epochs: int = 15, count: int = 1797) -> keras.Model:
    """Train on so many digits with nothing of medialog but the callback; give the model."""
    keras.utils.set_random_seed(0)
    pictures, names = (array[:count] for array in data.digits())
    kept = count // 6
    model = classifier()
    model.fit(
        pictures[kept:],
        names[kept:],
        validation_data=(pictures[:kept], names[:kept]),
        batch_size=32,
        epochs=epochs,
        callbacks=[MediaCallback(folder, capture=Capture(class_labels=data.DIGITS))],
    )
    return model


def classifier() -> keras.Model:
    """Two convolutions and a dense layer: 8×8×1 to the logits of ten digits."""
    model = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(len(data.DIGITS)),
        ]
    )
    model.compile(
        keras.optimizers.Adam(2e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


if __name__ == "__main__":
    train("example_runs/digits")
