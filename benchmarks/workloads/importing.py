"""What importing a package costs, above NumPy and Pillow (and torch, where it needs torch)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from ..contenders import CONTENDERS
from .calls import Measures, Shape

_CODE = (
    "import time, {before}; t = time.process_time(); import {name}; print(time.process_time() - t)"
)
_BASE = "numpy, PIL.Image"
_PACKAGES = {
    "medialog": ("medialog_core", _BASE),
    "tensorboard": ("torch.utils.tensorboard", f"{_BASE}, torch"),
    "tensorboardX": ("tensorboardX", _BASE),
    "wandb": ("wandb", _BASE),
    "trackio": ("trackio", _BASE),
}


class Importing:
    """A workload of one import."""

    name = "import"
    title = "the import of a package, above NumPy and Pillow"
    item = "call"
    full = Shape(steps=5, count=1)
    tiny = Shape(steps=1, count=1)

    def labels(self) -> Mapping[str, list[str]]:
        """Give the contenders, with the packages that each lacks."""
        return {name: CONTENDERS[name].missing() for name in _PACKAGES}

    def run(self, label: str, directory: Path, shape: Shape) -> Measures:
        """Import in processes of its own and give the quickest: compiled, and least disturbed."""
        environment = os.environ | {"PYTHONPYCACHEPREFIX": str(directory)}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        name, before = _PACKAGES[label]
        command = [sys.executable, "-c", _CODE.format(before=before, name=name)]
        runs = [
            float(subprocess.check_output(command, text=True, env=environment))
            for _ in range(shape.steps)
        ]
        return {"import_s": min(runs)}


IMPORT = Importing()
