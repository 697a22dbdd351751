"""What is shipped."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory"]
    subprocess.run([*command, str(folder)], cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


def test_its_top_level_is_our_packages_and_nothing_else(names: list[str]) -> None:
    top = {name.split("/")[0] for name in names}
    assert {"medialog_core", "medialog_lightning"} == {n for n in top if "dist-info" not in n}


def test_it_says_that_it_is_typed(names: list[str]) -> None:
    assert {"medialog_core/py.typed", "medialog_lightning/py.typed"} <= set(names)


def test_it_registers_with_both_namespaces_of_lightning() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    assert '[project.entry-points."pytorch_lightning.callbacks_factory"]' in text
    assert '[project.entry-points."lightning.pytorch.callbacks_factory"]' in text
