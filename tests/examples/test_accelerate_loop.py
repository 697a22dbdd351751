"""The loop of accelerate's, at small size, with the pictures that it says it has logged."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from accelerate import tracking

from examples.accelerate_loop import NAMES, patches, train, validate
from medialog_core import open_run

pytestmark = pytest.mark.skipif(
    not hasattr(tracking, "register_tracker_class"), reason="accelerate before 1.15"
)


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    monkeypatch.delenv("MEDIALOG_DIR", raising=False)


def test_it_logs_the_validation_that_it_made(tmp_path: Path) -> None:
    shown, errors = validate(train(tmp_path, epochs=2, side=64, width=4), patches(64)[1])
    reader = open_run(tmp_path / "medialog/denoiser")
    assert reader.steps("validation") == [0, 1]
    images = [reader.load(row) for row in reader.rows("validation", step=1)]
    np.testing.assert_array_equal([image.to_numpy() for image in images], shown)
    assert [image.sample_id for image in images] == list(NAMES)
    [table] = [reader.load(row) for row in reader.rows("errors", step=1)]
    assert [list(row) for row in table.data] == [[n, e] for n, e in zip(NAMES, errors, strict=True)]
    assert [image.caption for image in images] == [
        f"{name}: error {error:.4f}" for name, error in zip(NAMES, errors, strict=True)
    ]
    assert [p.step for p in reader.scalars("train_loss")] == [1, 2, 3, 4]
    assert reader.config == {"noise": 0.25, "side": 64, "width": 4}
    assert reader.status == "finished"


def test_a_branch_for_tensorboard_gets_the_same_pictures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIALOG_TRACKER_NAME", "tensorboard")
    shown, _ = validate(train(tmp_path, epochs=1, side=64, width=4), patches(64)[1])
    reader = open_run(tmp_path / "medialog/denoiser")
    images = [reader.load(row).to_numpy() for row in reader.rows("validation")]
    np.testing.assert_array_equal(images, shown)
    assert "errors" not in reader.keys()  # noqa: SIM118 - not a dict
