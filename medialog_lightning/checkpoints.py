"""What a checkpoint callback has saved, as the run's state."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any


def state_of(callback: Any, directory: Path) -> tuple[str, dict[str, Any]]:
    """Give the key and the facts of a checkpoint callback.

    Args:
        callback: A `ModelCheckpoint`, or another that has some of its attributes.
        directory: Paths below it are given relative to it.
    """
    best = getattr(callback, "best_k_models", None) or {}
    return str(getattr(callback, "state_key", type(callback).__name__)), {
        "monitor": getattr(callback, "monitor", None),
        "mode": getattr(callback, "mode", None),
        "last": _relative(getattr(callback, "last_model_path", ""), directory),
        "best": _relative(getattr(callback, "best_model_path", ""), directory),
        "best_score": getattr(callback, "best_model_score", None),
        "current_score": getattr(callback, "current_score", None),
        "best_k": {_relative(path, directory): score for path, score in best.items()},
    }


def _relative(path: str, directory: Path) -> str | None:
    if not path:
        return None
    absolute = Path(path).absolute()
    return (
        absolute.relative_to(directory).as_posix()
        if absolute.is_relative_to(directory)
        else os.fspath(absolute)
    )
