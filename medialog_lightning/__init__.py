"""Zero-code media capture for PyTorch Lightning: `Trainer(logger=MediaLogger())`.

Every `Trainer()` on the machine imports this package, because it has an entry point: so nothing is
imported here before one of its names is asked for.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medialog_core.capture.options import Capture

    from .callback import MediaCallback
    from .logger import MediaLogger

__all__ = ["Capture", "MediaCallback", "MediaLogger"]

_HOME = {
    "Capture": "medialog_core.capture.options",
    "MediaCallback": "medialog_lightning.callback",
    "MediaLogger": "medialog_lightning.logger",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(
            f"module {__name__!r} has no attribute {name!r}; it has {sorted(_HOME)}"
        )
    value = getattr(import_module(_HOME[name]), name)
    if name == "MediaLogger":
        from .namespaces import register  # noqa: PLC0415 - nothing is imported before it is needed

        register(value)  # LightningCLI asks for a subclass, and may have been imported just now
    return value


def __dir__() -> list[str]:
    return __all__
