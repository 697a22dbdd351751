"""README.md's example for Hugging Face runs as printed, and what the table promises arrives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.datasets import load_digits
from transformers import ViTConfig, ViTForImageClassification, ViTImageProcessor

import medialog_core
from tests.readme import examples

from .conftest import by_name


def rows(first: int, last: int) -> list[dict[str, Any]]:
    digits = load_digits()
    return [
        {
            "pixel_values": torch.tensor(digits.images[i]).float().expand(3, 8, 8) / 8 - 1,
            "labels": int(digits.target[i]),
        }
        for i in range(first, last)
    ]


@pytest.mark.filterwarnings("ignore:'pin_memory' argument is set as true:UserWarning")
def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    sizes = {"hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    names: dict[str, Any] = {
        "model": ViTForImageClassification(
            ViTConfig(**sizes, intermediate_size=8, image_size=8, patch_size=4, num_labels=10)
        ),
        "train": rows(0, 16),
        "val": rows(16, 24),
        "image_processor": ViTImageProcessor(),
    }
    [example] = examples("Hugging Face")
    exec(example, names)  # noqa: S102 - our own text
    run = medialog_core.open_run("out/medialog/vit")
    assert {"train/inputs", "val/inputs", "val/predictions"} <= set(run.keys())
    assert any(key.startswith("gradients/") for key in run.keys())  # noqa: SIM118 - not a dict
    assert "eval/loss" in run.summary
    first = run.load(run.rows("val/predictions")[0])
    assert (first.to_numpy() == first.to_numpy()[..., :1]).all()
    assert abs(int(first.to_numpy().max()) - 255) <= 1  # the processor's mean and std are undone


@by_name
def test_the_example_of_accelerate_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    picture = np.arange(5 * 4 * 3, dtype=np.uint8).reshape(5, 4, 3)
    names = {"images": [picture, 255 - picture], "captions": ["a", "b"]}
    [example] = examples("accelerate")
    exec(example, names)  # noqa: S102 - our own text
    run = medialog_core.open_run("out/medialog/denoiser")
    assert (run.config["lr"], run.summary["loss"]) == (1e-4, 0.5)
    first, second = map(run.load, run.rows("validation"))
    assert (first.caption, second.caption) == ("a", "b")
    assert np.array_equal(second.to_numpy(), 255 - picture)
