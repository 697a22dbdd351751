"""Take the noise out of photographs with Keras: a picture from a picture.

KERAS_BACKEND=torch python -m examples.keras.denoising
"""

from __future__ import annotations

import keras
from keras import layers

from examples import data
from medialog_keras import MediaCallback


def train(folder: str, *, epochs: int = 15, count: int = 250) -> keras.Model:
    """Train on so many crops with nothing of medialog but the callback; give the model."""
    keras.utils.set_random_seed(0)
    noisy, clean = (pictures[:count] for pictures in data.noisy_photographs())
    kept = count // 6
    model = denoiser()
    model.fit(
        noisy[kept:],
        clean[kept:],
        validation_data=(noisy[:kept], clean[:kept]),
        batch_size=8,
        epochs=epochs,
        callbacks=[MediaCallback(folder)],
    )
    return model


def denoiser(width: int = 24) -> keras.Model:
    """Four convolutions that tell what is to be taken away."""
    image = keras.Input((48, 48, 3))
    hidden = image
    for _ in range(3):
        hidden = layers.Conv2D(width, 3, padding="same", activation="relu")(hidden)
    noise = layers.Conv2D(3, 3, padding="same")(hidden)
    model = keras.Model(image, layers.Subtract()([image, noise]))
    model.compile(keras.optimizers.Adam(2e-3), keras.losses.MeanSquaredError())
    return model


if __name__ == "__main__":
    train("example_runs/photographs")
