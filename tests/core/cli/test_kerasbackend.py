"""Which back end `medialog demo keras` takes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from medialog_core.cli.demo import kerasbackend
from medialog_core.errors import MedialogError


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for keras.json, and an environment in which nothing is chosen."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("KERAS_BACKEND", "")
    return tmp_path


def installed(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    monkeypatch.setattr(kerasbackend, "find_spec", lambda name: name if name in names else None)


def test_the_environment_decides(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "torch", "jax", "tensorflow")
    (home / "keras.json").write_text('{"backend": "tensorflow"}')
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert kerasbackend.choose() == "jax"


def test_without_it_the_file_decides(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(monkeypatch, "torch", "jax", "tensorflow")
    (home / "keras.json").write_text('{"backend": "tensorflow"}')
    assert kerasbackend.choose() == os.environ["KERAS_BACKEND"] == "tensorflow"


@pytest.mark.parametrize("text", ['{"backend": "tensorflow"}', "{}", "no JSON", None])
def test_else_what_is_installed(
    home: Path, monkeypatch: pytest.MonkeyPatch, text: str | None
) -> None:
    installed(monkeypatch, "jax")
    if text is not None:
        (home / "keras.json").write_text(text)
    assert kerasbackend.choose() == os.environ["KERAS_BACKEND"] == "jax"


def test_an_unknown_one_is_not_to_be_installed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del home
    installed(monkeypatch, "theano", "torch")
    monkeypatch.setenv("KERAS_BACKEND", "theano")
    expected = r"^KERAS_BACKEND: expected torch, jax, tensorflow, got 'theano'$"
    with pytest.raises(MedialogError, match=expected):
        kerasbackend.choose()


def test_none_is_an_error_of_one_line(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del home
    installed(monkeypatch)
    with pytest.raises(MedialogError, match=r"^a back end of Keras is not installed: pip install"):
        kerasbackend.choose()
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    with pytest.raises(MedialogError, match=r"^jax, which KERAS_BACKEND names, is not installed"):
        kerasbackend.choose()
