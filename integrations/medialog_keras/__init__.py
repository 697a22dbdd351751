"""Zero-code media capture for Keras 3: `model.fit(..., callbacks=[MediaCallback()])`.

It works on Keras's torch, jax and tensorflow back ends and imports only the one that is in use.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from medialog_core.errors import MissingExtra

if TYPE_CHECKING:
    from medialog_core.capture.options import Capture

    from .callback import MediaCallback

if find_spec("keras") is None:
    raise MissingExtra("medialog_keras", "keras")

__all__ = ["Capture", "MediaCallback"]

_HOME = {
    "Capture": "medialog_core.capture.options",
    "MediaCallback": "medialog_keras.callback",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it has {sorted(_HOME)}"
        )
    return getattr(import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return __all__
