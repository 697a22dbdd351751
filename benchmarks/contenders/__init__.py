"""Who logs. A contender's class is made with a folder; it has a method for each kind it can log.

images(images, step)        list of H×W×3 uint8
overlays(overlays, step)    list of `data.Overlay`
histograms(tensors, step)   name to float32
table(rows, step)           list of `data.Row`
videos(clip, step)          frames×3×H×W uint8, the one layout that all take
scalars(values, step)       name to number
finish()                    returns when all is on the disk
details(steps)              further measures, after that (optional)
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

Log = Callable[[Any, int], None]


class Session(Protocol):
    """A contender that is open."""

    def finish(self) -> None:
        """Bring all to the disk and end."""


@dataclass(frozen=True)
class Contender:
    """One of those who are compared.

    Attributes:
        path: `module:class`, the module in this package.
        kinds: What it logs.
        needs: Packages without which it is left out.
        hides: Packages that it must not find.
    """

    path: str
    kinds: tuple[str, ...]
    needs: tuple[str, ...] = ()
    hides: tuple[str, ...] = ()

    def missing(self) -> list[str]:
        """Give the packages that are not installed."""
        return missing(self.needs)

    def load(self) -> Callable[[Path], Session]:
        """Import it."""
        for name in self.hides:
            sys.modules[name] = None  # type: ignore[assignment] # what makes an import fail
        module, name = self.path.split(":")
        found: Callable[[Path], Session] = getattr(
            importlib.import_module(f"{__name__}.{module}"), name
        )
        return found


def missing(needs: Iterable[str]) -> list[str]:
    """Give those of some packages that are not installed."""
    return [name for name in needs if not _installed(name)]


def _installed(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:  # of the package that a module is in
        return False


_BYTES = ("images", "overlays", "histograms", "videos")
_ALL = ("images", "overlays", "histograms", "table", "scalars")
_MEDIALOG = (*_ALL, "videos", "exponents", "sampled")
_TENSORBOARD = ("images", "overlays", "histograms", "scalars")

CONTENDERS: Mapping[str, Contender] = {
    "medialog": Contender("medialog:Medialog", _MEDIALOG, hides=("isal",)),
    "medialog[fast]": Contender(
        "medialog:Medialog", ("images", "overlays", "table"), needs=("isal",)
    ),
    "copy": Contender("floor:Copy", (*_BYTES, "table")),
    "rawwrite": Contender("floor:RawWrite", (*_BYTES, "table")),
    "pillow": Contender("pillow:Pillow", (*_ALL, "videos")),
    "tensorboard": Contender("tensorboard:Torch", _TENSORBOARD, needs=("torch", "tensorboard")),
    "tensorboardX": Contender("tensorboard:X", _TENSORBOARD, needs=("tensorboardX",)),
    "wandb": Contender("wandb:Wandb", _ALL, needs=("wandb",)),
    "trackio": Contender(
        "trackio:Trackio",
        ("images", "histograms", "table", "scalars", "videos"),
        needs=("trackio",),
    ),
    "tensorboard[moviepy]": Contender(
        "tensorboard:Torch", ("videos",), needs=("torch", "tensorboard", "moviepy.editor")
    ),
    "wandb[media]": Contender("wandb:Wandb", ("videos",), needs=("wandb", "moviepy", "imageio")),
}
FLOOR = "copy"
OURS = ("medialog", "medialog[fast]")
