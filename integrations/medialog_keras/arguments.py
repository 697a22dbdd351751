"""What a MediaCallback may be given, checked at the call."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import keras
import numpy as np

from medialog_core.arrays import describe, is_array
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.placing.place import Place
from medialog_core.store.layout import RUN_FILE

from .batches import Samples, leading

UpdateFreq = Literal["epoch", "batch"] | int
_PAIR = 2


def place_of(log_dir: Any, *, create: bool) -> Place:
    """Give where runs lie: below `log_dir`, or in it where it is a run itself.

    Raises:
        WrongType: It is no path.
        InvalidInput: It is no local one.
    """
    if not isinstance(log_dir, str | os.PathLike):
        raise WrongType(f"log_dir: expected a path, got {describe(log_dir)}")
    path = Path(log_dir)
    if (path / RUN_FILE).exists():
        return Place(path.absolute().parent, "", path.absolute().name, create=create)
    return Place(log_dir, "", None, create=create)


def batches_between(update_freq: Any) -> int | None:
    """Give after how many executions numbers are logged; None is once an epoch.

    Raises:
        WrongType: It is neither `epoch`, `batch` nor a whole number.
        InvalidInput: It is below 1.
    """
    if update_freq in ("epoch", "batch"):
        return 1 if update_freq == "batch" else None
    if not isinstance(update_freq, int) or isinstance(update_freq, bool):
        raise WrongType(
            f"update_freq: expected 'epoch', 'batch' or a whole number, got {describe(update_freq)}"
        )
    if update_freq < 1:
        raise InvalidInput(f"update_freq: expected at least 1, got {update_freq}")
    return update_freq


def epochs_between(histogram_freq: Any) -> int:
    """Give after how many epochs weights are logged; 0 is never.

    Raises:
        WrongType: It is no whole number.
        InvalidInput: It is negative.
    """
    if not isinstance(histogram_freq, int) or isinstance(histogram_freq, bool):
        raise WrongType(f"histogram_freq: expected a whole number, got {describe(histogram_freq)}")
    if histogram_freq < 0:
        raise InvalidInput(f"histogram_freq: expected at least 0, got {histogram_freq}")
    return histogram_freq


def samples_of(given: Any) -> Samples | None:
    """Give the samples to follow: of a tuple `(x, y)`, or of `x` alone.

    Raises:
        WrongType: They are no arrays.
        InvalidInput: There is none, or arrays differ in length.
    """
    if given is None:
        return None
    pair = isinstance(given, tuple)
    if pair and len(given) != _PAIR:
        raise InvalidInput(f"samples: expected (x, y) or x, got a tuple of {len(given)}")
    leaves = [leaf for leaf in keras.tree.flatten(given) if leaf is not None]
    odd = next((leaf for leaf in leaves if not is_array(leaf) or not np.ndim(leaf)), None)
    if odd is not None or not leaves:
        raise WrongType(f"samples: expected arrays with a row a sample, got {describe(odd)}")
    lengths = sorted({len(leaf) for leaf in leaves})
    if lengths[0] == 0 or len(lengths) > 1:
        raise InvalidInput(f"samples: expected one length above 0, got {lengths}")
    return leading(given if pair else (given,), lengths[0])
