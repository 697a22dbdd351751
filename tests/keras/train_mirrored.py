"""Train on two devices of TensorFlow's, with a callback and without; say what differs and what was captured.

python train_mirrored.py FOLDER
"""

from __future__ import annotations

import sys
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

import medialog_core
from medialog_core.capture import Capture
from medialog_keras import MediaCallback

TWO = [tf.config.LogicalDeviceConfiguration()] * 2


def trained(callbacks: list[Any]) -> tuple[Any, list[Any]]:
    digits = load_digits()
    x, y = (digits.images[:48, ..., None] / 16).astype("float32"), digits.target[:48]
    keras.utils.set_random_seed(1)
    with tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]).scope():
        layers = [keras.layers.Flatten(), keras.layers.Dropout(0.2), keras.layers.Dense(10)]
        model = keras.Sequential([keras.Input((8, 8, 1)), *layers])
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile("adam", loss, metrics=["accuracy"])
    options = {"validation_data": (x[:16], y[:16]), "batch_size": 16, "epochs": 2, "verbose": 0}
    history = model.fit(x, y, callbacks=callbacks, **options)
    return history.history, model.get_weights()


def main(folder: str) -> None:
    tf.config.set_logical_device_configuration(tf.config.list_physical_devices("CPU")[0], TWO)
    callback = MediaCallback(folder, capture=Capture(budget=1.0, every_n_steps=2))
    (plain, before), (watched, after) = trained([]), trained([callback])
    callback.run.finish(quiet=True)
    same = plain == watched and all(map(np.array_equal, before, after))
    keys = medialog_core.open_run(callback.run.dir).keys()
    sys.stdout.write("\n".join(["same" if same else "another training", " ".join(keys)]))


if __name__ == "__main__":
    main(sys.argv[1])
