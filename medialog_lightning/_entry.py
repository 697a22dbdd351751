"""What Lightning calls in every `Trainer()`: gives the capture callback if a MediaLogger is alive.

Lightning doesn't guard these calls. An error here would break every `Trainer()` on the machine, and
a callback without need would turn up in trainings that have nothing to do with medialog.
"""

from __future__ import annotations

import logging
import sys
from typing import Any


def for_pytorch_lightning() -> list[Any]:
    """Give the callbacks for a `pytorch_lightning.Trainer`, at most one."""
    return _callbacks("pytorch_lightning")


def for_lightning() -> list[Any]:
    """Give the callbacks for a `lightning.pytorch.Trainer`, at most one."""
    return _callbacks("lightning.pytorch")


def _callbacks(namespace: str) -> list[Any]:
    logger = sys.modules.get("medialog_lightning.logger")
    try:
        if logger is None or not logger.wants_capture():
            return []
        from .callback import auto_callback  # noqa: PLC0415 - imports torch

        return [auto_callback(namespace)]
    except Exception:
        logging.getLogger("medialog").exception("capture is off: its callback could not be made")
        return []
