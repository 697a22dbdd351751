"""What is shipped."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = {"medialog_core", "medialog_huggingface", "medialog_keras", "medialog_lightning"}


def build(target: str, source: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory"]
    subprocess.run([*command, str(folder)], cwd=source, check=True, capture_output=True)
    [built] = folder.glob("medialog-*")
    return built


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return contents(build("wheel", ROOT, tmp_path_factory.mktemp("dist")))


@pytest.fixture
def names(wheel: dict[str, bytes]) -> list[str]:
    return list(wheel)


def test_its_top_level_is_our_packages_and_nothing_else(names: list[str]) -> None:
    top = {name.split("/")[0] for name in names}
    assert {n for n in top if "dist-info" not in n} == PACKAGES


def test_it_says_that_it_is_typed(names: list[str]) -> None:
    assert {f"{package}/py.typed" for package in PACKAGES} <= set(names)


def test_the_source_archive_builds_the_same_wheel(wheel: dict[str, bytes], tmp_path: Path) -> None:
    with tarfile.open(build("sdist", ROOT, tmp_path / "sdist")) as archive:
        archive.extractall(tmp_path, filter="data")
    [source] = tmp_path.glob("medialog-*")
    assert contents(build("wheel", source, tmp_path / "wheel")) == wheel
    assert {"Makefile", "constraints.txt", "tests", "benchmarks"} <= {
        path.name for path in source.iterdir()
    }


def test_it_registers_with_both_namespaces_of_lightning() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    assert '[project.entry-points."pytorch_lightning.callbacks_factory"]' in text
    assert '[project.entry-points."lightning.pytorch.callbacks_factory"]' in text
