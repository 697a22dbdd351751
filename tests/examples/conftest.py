"""What the tests of examples share: frameworks' advice is no error, and nothing is printed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from medialog_core import RunReader, open_project

os.environ.setdefault("KERAS_BACKEND", "torch")  # before anything imports keras

NOISE = (
    "The '.*_dataloader' does not have many workers",
    "The number of training batches",
    "`isinstance.treespec, LeafSpec.` is deprecated",
    "Starting from v1.9.0, `tensorboardX`",
    "'pin_memory' argument is set as true but no accelerator is found",
    "GPU available but not used",
    "__array__ implementation doesn.t accept a copy keyword",  # of Keras on torch
    "The `srun` command is available",
)
"""Advice of Lightning and Hugging Face on other machines than ours."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for message in NOISE:
                item.add_marker(pytest.mark.filterwarnings(f"ignore:.*{message}"))


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    monkeypatch.delenv("MEDIALOG_DIR", raising=False)


def only_run(folder: Path) -> RunReader:
    """Give the one run below a folder."""
    [run] = open_project(folder).runs()
    return run


def keys_of(run: RunReader) -> set[str]:
    """Give its keys, those of all gradients as one."""
    return {"gradients" if key.startswith("gradients/") else key for key in run.keys()}  # noqa: SIM118 - not a dict
