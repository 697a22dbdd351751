"""README.md's examples run as printed, one after the other, and log what they say."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import medialog_core
from medialog_lightning import MediaLogger

TEXT = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
PICTURE = np.arange(8 * 9 * 3, dtype=np.uint8).reshape(8, 9, 3)
MASK = PICTURE[..., 0] % 2
GIVEN: dict[str, Any] = {
    "images": [PICTURE, PICTURE],
    "captions": ["a", "b"],
    "masks": [{"truth": {"mask_data": MASK}}] * 2,
    "rows": [[7, medialog_core.Image(PICTURE)]],
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
    logger.finalize("success")

    captured = medialog_core.open_run("lightning_logs/version_0")
    assert {"train/inputs", "val/inputs", "val/predictions"} <= set(captured.keys())
    assert medialog_core.open_run(logger.save_dir).keys() == ["val/errors", "val/worst"]
    [run] = medialog_core.open_project("medialog/cells")
    assert (run.keys(), run.summary["loss"]) == (["cells", "gradients"], 0.5)
    assert {"predictions", "ground_truth"} == set(run.load(run.rows("cells")[0]).masks)
    assert isinstance(names["image"], medialog_core.Image)
