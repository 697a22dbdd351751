"""What importing the core loads, and what it offers."""

from __future__ import annotations

import subprocess
import sys

import pytest

import medialog_core

FRAMEWORKS = (
    "torch",
    "tensorflow",
    "jax",
    "keras",
    "tensorboard",
    "lightning",
    "pytorch_lightning",
    "duckdb",
    "pandas",
    "matplotlib",
    "plotly",
    "rdkit",
)


def loaded_after(statement: str) -> list[str]:
    code = f"import sys\n{statement}\nprint(*[m for m in {FRAMEWORKS!r} if m in sys.modules])"
    return subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    ).stdout.split()


@pytest.mark.parametrize(
    "module", ["medialog_core", "medialog_core.capture", "medialog_core.cli", "medialog_lightning"]
)
def test_importing_it_loads_no_framework(module: str) -> None:
    assert loaded_after(f"import {module}") == []


def test_a_run_that_watches_no_model_loads_none() -> None:
    begin = "import medialog_core as ml; run = ml.init(mode='disabled'); "
    use = "run.define_metric('a', summary='min'); run.log({'a': 1}); run.unwatch(); run.finish()"
    assert loaded_after(begin + use) == []


def test_the_check_above_can_fail() -> None:
    assert loaded_after("import medialog_core, pandas") == ["pandas"]


def test_the_public_names() -> None:
    assert medialog_core.__all__ == [
        "AlertLevel",
        "Audio",
        "Chart",
        "Classes",
        "Error",
        "Histogram",
        "Html",
        "Image",
        "JoinedTable",
        "Markdown",
        "Molecule",
        "Object3D",
        "PartitionedTable",
        "Plotly",
        "ProjectReader",
        "Run",
        "RunReader",
        "Settings",
        "Table",
        "Text",
        "Video",
        "__version__",
        "box3d",
        "data_types",
        "define_metric",
        "finish",
        "init",
        "log",
        "login",
        "open_project",
        "open_run",
        "plot",
        "plot_table",
        "unwatch",
        "watch",
    ]


def test_every_public_name_says_what_it_is() -> None:
    documented = [
        n
        for n in medialog_core.__all__
        if n != "__version__" and not getattr(medialog_core, n).__doc__
    ]
    assert documented == []
