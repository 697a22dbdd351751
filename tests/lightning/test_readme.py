"""README.md's examples for Lightning and for any loop run as printed, and log what they say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import medialog_core
from medialog_lightning import MediaLogger
from tests.readme import examples

PYTHON = examples("PyTorch Lightning", "What arrives, in each of them", "Any loop", "Look at it")
PICTURE = np.arange(8 * 9 * 3, dtype=np.uint8).reshape(8, 9, 3)
MASK = PICTURE[..., 0] % 2
GIVEN: dict[str, Any] = {
    "images": [PICTURE, PICTURE],
    "captions": ["a", "b"],
    "masks": [{"truth": {"mask_data": MASK}}] * 2,
    "rows": [[7, medialog_core.Image(PICTURE)]],
    "clips": np.zeros((2, 3, 3, 16, 16), np.uint8),
    "frames": np.zeros((3, 3, 16, 16), np.uint8),
    "wave": np.linspace(-1, 1, 1600, dtype=np.float32),
    "points": np.arange(12.0).reshape(4, 3),
    "y_true": [0, 1, 1, 0],
    "y_probas": [[0.9, 0.1], [0.2, 0.8], [0.4, 0.6], [0.7, 0.3]],
    "samples": [(PICTURE, MASK, MASK)],
    "loss": 0.5,
    "gradients": np.linspace(-1, 1, 100),
}
"""The names that the examples leave to the reader."""


@pytest.mark.parametrize("pl", ["pytorch_lightning"], indirect=True)
@pytest.mark.filterwarnings("ignore:GPU available")
def test_the_examples_run(
    net: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    logger = MediaLogger("by_hand", capture=False)
    module = net()
    names = {
        **GIVEN,
        "model": module,
        "train_loader": module.train_dataloader(),
        "val_loader": module.train_dataloader(),
        "self": SimpleNamespace(logger=logger),
    }

    for example in PYTHON:
        exec(example, names)  # noqa: S102 - our own text
    names["run"].finish()
    logger.finalize("success")

    captured = medialog_core.open_run("lightning_logs/version_0")
    assert {"train/inputs", "val/inputs", "val/predictions"} <= set(captured.keys())
    assert medialog_core.open_run(logger.save_dir).keys() == [
        "val/clips",
        "val/errors",
        "val/worst",
    ]
    [media] = medialog_core.open_project("medialog/media")
    kinds = {"caffeine", "clip", "note", "page", "roc", "scan", "speech"}
    assert set(media.keys()) == kinds
    [run] = medialog_core.open_project("medialog/cells")
    assert (run.keys(), run.summary["loss"]) == (["cells", "gradients"], 0.5)
    assert {"predictions", "ground_truth"} == set(run.load(run.rows("cells")[0]).masks)
    assert isinstance(names["image"], medialog_core.Image)
