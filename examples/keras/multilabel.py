"""Tell which digits are in a picture of two, with Keras: several labels a picture.

KERAS_BACKEND=torch python -m examples.keras.multilabel
"""

from __future__ import annotations

import keras
from keras import layers

from examples import data
from medialog_core.capture import Capture
from medialog_keras import MediaCallback


def train(folder: str, *, epochs: int = 15, count: int = 3000) -> keras.Model:
    """Train on so many pictures with nothing of medialog but the callback; give the model."""
    keras.utils.set_random_seed(0)
    pictures, labels = data.pairs_of_digits(count)
    kept = count // 6
    model = labeller()
    model.fit(
        pictures[kept:],
        labels[kept:],
        validation_data=(pictures[:kept], labels[:kept]),
        batch_size=32,
        epochs=epochs,
        callbacks=[MediaCallback(folder, capture=Capture(class_labels=data.DIGITS))],
    )
    return model


def labeller() -> keras.Model:
    """Two convolutions and two dense layers: 8×16×1 to a probability for each digit by itself."""
    model = keras.Sequential(
        [
            keras.Input((8, 16, 1)),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(len(data.DIGITS), activation="sigmoid"),
        ]
    )
    model.compile(
        keras.optimizers.Adam(3e-3), keras.losses.BinaryCrossentropy(), metrics=["binary_accuracy"]
    )
    return model


if __name__ == "__main__":
    train("example_runs/pairs")
