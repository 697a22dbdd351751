"""Zero-code media capture for Hugging Face: `report_to="medialog"`, and a tracker for accelerate.

Importing this package is all it takes, before or after transformers and accelerate; neither is
imported by it.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from medialog_core.errors import MissingExtra

from .registering import register

if TYPE_CHECKING:
    from medialog_core.capture.options import Capture

    from .callback import MediaCallback
    from .tracker import MediaTracker

if find_spec("transformers") is None and find_spec("accelerate") is None:
    raise MissingExtra("medialog_huggingface", "huggingface")

__all__ = ["Capture", "MediaCallback", "MediaTracker"]

_HOME = {
    "Capture": "medialog_core.capture.options",
    "MediaCallback": "medialog_huggingface.callback",
    "MediaTracker": "medialog_huggingface.tracker",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it has {sorted(_HOME)}"
        )
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__


register()
