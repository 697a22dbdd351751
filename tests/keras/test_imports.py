"""The package needs Keras and the back end that is set, and imports no other."""

from __future__ import annotations

import os
import subprocess
import sys

import keras
import pytest

WITHOUT_KERAS = """
import sys
class Missing:
    def find_spec(self, name, *_):
        return None
sys.meta_path = [f for f in sys.meta_path if "Editable" not in repr(f)]
import importlib.util as util
found = util.find_spec
util.find_spec = lambda name, *rest: None if name == "keras" else found(name, *rest)
import medialog_keras
"""

BACKEND = keras.backend.backend()


def run(code: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "KERAS_BACKEND": BACKEND, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_without_keras_one_line_says_what_to_install() -> None:
    ended = run(WITHOUT_KERAS)
    last = ended.stderr.strip().splitlines()[-1]
    assert last == (
        "medialog_core.errors.MissingExtra: medialog_keras needs an extra that is not installed: "
        "pip install 'medialog[keras]'"
    )


def test_the_package_itself_imports_no_framework() -> None:
    code = "import sys, medialog_keras; print(sorted({'keras', 'torch', 'jax', 'tensorflow'} & set(sys.modules)))"
    assert run(code).stdout.strip() == "[]"


@pytest.mark.skipif(BACKEND == "tensorflow", reason="it is the back end")
def test_tensorflow_is_not_imported(trained: object) -> None:
    trained("classification")  # type: ignore[operator]
    assert "tensorflow" not in sys.modules
