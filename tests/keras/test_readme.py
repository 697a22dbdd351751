"""README.md's example for Keras runs as printed, and what the table promises arrives."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from sklearn.datasets import load_digits

import medialog_core
from tests.readme import examples


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    digits = load_digits()
    pictures = (digits.images[..., None] / 16).astype(np.float32)
    names = {
        "model": keras.Sequential(
            [keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10)]
        ),
        "x": pictures[:64],
        "y": digits.target[:64],
        "x_val": pictures[64:80],
        "y_val": digits.target[64:80],
    }
    [example] = examples("Keras")
    exec(example, names)  # noqa: S102 - our own text
    run = medialog_core.open_run("logs/version_0")
    assert {"train/inputs", "val/inputs", "val/predictions"} <= set(run.keys())
    assert any(key.startswith("gradients/") for key in run.keys())  # noqa: SIM118 - not a dict
    assert {"loss", "accuracy", "val_accuracy"} <= run.summary.keys()
    assert len(run.steps("val/predictions")) == 10
