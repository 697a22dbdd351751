"""Find nuclei and stain in crops of a tissue section with Keras: a class for each pixel.

KERAS_BACKEND=torch python -m examples.keras.segmentation
"""

from __future__ import annotations

import keras
from keras import layers

from medialog_core.capture import Capture
from medialog_core.cli.demo import tissue
from medialog_keras import MediaCallback


def train(folder: str, *, epochs: int = 20, count: int = 90) -> keras.Model:
    """Train on so many crops with nothing of medialog but the callback; give the model."""
    keras.utils.set_random_seed(0)
    section = tissue.load()
    model = segmenter()
    model.fit(
        section.train.inputs[:count],
        section.train.targets[:count],
        validation_data=tuple(section.val),
        batch_size=8,
        epochs=epochs,
        callbacks=[MediaCallback(folder, capture=Capture(class_labels=tissue.CLASSES))],
    )
    return model


def segmenter(width: int = 16) -> keras.Model:
    """A small U-Net: half the resolution below, and what was seen above it added."""
    image = keras.Input((tissue.SIDE, tissue.SIDE, 3))
    above = _convolution(image, width)
    below = _convolution(layers.MaxPooling2D(2)(above), 2 * width)
    below = layers.UpSampling2D(2)(_convolution(below, width))
    last = _convolution(layers.Concatenate()([above, below]), width)
    model = keras.Model(image, layers.Conv2D(len(tissue.CLASSES), 1)(last))
    model.compile(
        keras.optimizers.Adam(2e-3),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
    )
    return model


def _convolution(before: keras.KerasTensor, width: int) -> keras.KerasTensor:
    convolved = layers.Conv2D(width, 3, padding="same")(before)
    return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(convolved))


if __name__ == "__main__":
    train("example_runs/tissue")
