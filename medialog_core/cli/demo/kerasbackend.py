"""Which back end Keras is to run on: the one that the user chose, else one that is installed."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path

from ...errors import MedialogError

BACKENDS = ("torch", "jax", "tensorflow")


def choose() -> str:
    """Give the back end, and set it for a Keras that is not imported yet.

    `$KERAS_BACKEND` decides; without it `keras.json`, if what that names is installed: Keras
    itself writes "tensorflow" into it at its first import, which is nobody's choice.

    Raises:
        MedialogError: None is installed, or not the one that was chosen, or there is none of that name.
    """
    chosen = os.environ.get("KERAS_BACKEND")
    if chosen and chosen not in BACKENDS:
        raise MedialogError(f"KERAS_BACKEND: expected {', '.join(BACKENDS)}, got {chosen!r}")
    for name in [chosen] if chosen else [_configured(), *BACKENDS]:
        if name and find_spec(name) is not None:
            os.environ["KERAS_BACKEND"] = name
            return name
    missing = f"{chosen}, which KERAS_BACKEND names," if chosen else "a back end of Keras"
    raise MedialogError(f"{missing} is not installed: pip install {chosen or 'torch'}")


def _configured() -> str | None:
    home = Path(os.environ.get("KERAS_HOME") or Path("~/.keras").expanduser())
    try:
        return str(json.loads((home / "keras.json").read_text())["backend"])
    except (OSError, ValueError, KeyError):
        return None
