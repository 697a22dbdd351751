"""LightningCLI builds a MediaLogger from its signature, and a second run doesn't die of the first."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medialog_core import open_run
from medialog_lightning import Capture, MediaLogger


@pytest.fixture
def cli(
    pl: Any, net: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., MediaLogger]:
    """Fit by the command line, and give the logger."""
    monkeypatch.setattr("sys.argv", ["train.py"])
    monkeypatch.setenv("JSONARGPARSE_DEPRECATION_WARNINGS", "off")  # Lightning's own
    module = importlib.import_module(f"{pl.__name__}.cli")
    quiet = [
        "--trainer.enable_progress_bar=false",
        "--trainer.enable_model_summary=false",
        "--trainer.accelerator=cpu",
    ]
    short = [
        "--trainer.max_epochs=1",
        "--trainer.limit_train_batches=2",
        "--trainer.log_every_n_steps=1",
    ]

    def run(*args: str) -> MediaLogger:
        made = module.LightningCLI(
            type(net()), seed_everything_default=False, args=["fit", *quiet, *short, *args]
        ).trainer.logger
        assert isinstance(made, MediaLogger)
        made.finalize("success")
        return made

    return run


def test_it_runs_twice_with_one_save_dir(cli: Callable[..., MediaLogger], tmp_path: Path) -> None:
    args = [
        "--trainer.logger=medialog_lightning.MediaLogger",
        f"--trainer.logger.save_dir={tmp_path}",
    ]
    for version in range(2):
        logger = cli(*args)
        assert logger.save_dir == str(tmp_path / f"lightning_logs/version_{version}")
        assert (Path(logger.save_dir) / "config.yaml").is_file()
        assert len(open_run(logger.save_dir).scalars("loss")) == 2


CONFIG = """
trainer:
  logger:
    class_path: medialog_lightning.MediaLogger
    init_args:
      save_dir: {path}
      name: digits
      version: mine
      sinks: [store]
      tags: [a, b]
      capture:
        class_path: medialog_lightning.Capture
        init_args: {{num_samples: 3, budget: 0.5, gradients: false}}
"""


def test_a_config_file_names_what_to_capture(
    cli: Callable[..., MediaLogger], tmp_path: Path
) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(CONFIG.format(path=tmp_path))
    logger = cli(f"--config={config}")
    assert logger.save_dir == str(tmp_path / "digits/mine")
    assert logger.capture == Capture(num_samples=3, budget=0.5, gradients=False)
    assert logger.run.spec.tags == ("a", "b")


def test_the_config_that_a_run_saved_makes_the_same_run(
    cli: Callable[..., MediaLogger], tmp_path: Path
) -> None:
    first = cli(
        "--trainer.logger=medialog_lightning.MediaLogger",
        f"--trainer.logger.save_dir={tmp_path}",
        "--trainer.logger.capture=false",
    )
    second = cli(f"--config={first.save_dir}/config.yaml")
    assert (second.capture, second.root_dir) == (None, first.root_dir)
    assert second.save_dir != first.save_dir
