"""What inputs are shown as: pictures, sounds, texts, numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...arrays import Array
from ...media.clips.audio import Audio
from ...media.tables.table import Table
from ..batch import rows, sample_count
from ..datasets import DatasetFacts
from ..samples import as_input

_TABLE = 2
_CHANNELS = 2
_LEAST_SIDE = 8
_LEAST_LEVELS = 8
_BYTE_MAX = 255
_ROUNDING = 1e-3


def input_rows(leaf: Any, count: int) -> list[Any]:
    """Give the first `count` samples of inputs; grey pictures without a channel axis get one."""
    taken = rows(leaf, count) if sample_count(leaf) > 0 else []
    return [row[None] for row in taken] if _are_grey(taken) else taken


def media_of(inputs: Sequence[Any], facts: DatasetFacts) -> list[Audio] | Table | None:
    """Give inputs that are no pictures as a list of sounds or a table of texts; None of others."""
    kept = [as_input(row) for row in inputs]
    sounds = [sound for row in kept if (sound := sound_of(row, facts)) is not None]
    texts = [text for row in kept if (text := text_of(row, facts)) is not None]
    if kept and len(sounds) == len(kept):
        return sounds
    if kept and len(texts) == len(kept):
        return Table(columns=["input"], data=[[text] for text in texts])
    return None


def text_of(row: Array, facts: DatasetFacts) -> str | None:
    """Give an input as text: what is text, and token ids where they can be decoded."""
    if row.dtype.kind == "U":
        return " ".join(row.ravel().tolist())
    if row.dtype.kind == "S":
        return " ".join(each.decode(errors="replace") for each in row.ravel().tolist())
    tokens = row.ndim == 1 and row.dtype.kind in "iu"
    return facts.decode(row.tolist()) if tokens and facts.decode is not None else None


def sound_of(row: Array, facts: DatasetFacts, sample_id: str | None = None) -> Audio | None:
    """Give an input as a sound: one or two channels of samples, where their rate is known.

    Floats beyond full scale, as normalised ones are, are scaled to their peak, which the caption says.
    """
    channels = 1 if row.ndim == 1 else min(row.shape, default=0)
    sampled = row.ndim in (1, _TABLE) and 1 <= channels <= _CHANNELS < row.size
    of_samples = row.dtype.kind == "f" or row.dtype == np.int16
    if facts.sample_rate is None or not (sampled and of_samples):
        return None
    peak = float(np.abs(row[np.isfinite(row)]).max(initial=0.0)) if row.dtype.kind == "f" else 0.0
    if peak <= 1:
        return Audio(row, facts.sample_rate, sample_id=sample_id)
    caption = f"scaled by 1/{peak:.4g}"
    return Audio(row / np.float32(peak), facts.sample_rate, caption, sample_id=sample_id)


def _are_grey(taken: Sequence[Any]) -> bool:
    """Say whether rows surely are grey pictures: a sequence of vectors is H×W, too.

    Pictures are bytes, or bytes divided by 255, of many different values.
    """
    if not taken or not all(isinstance(row, np.ndarray) and _is_sheet(row) for row in taken):
        return False
    values = np.concatenate([row.ravel() for row in taken])
    if values.dtype.kind == "f":
        if not (values.min() >= 0 and values.max() <= 1):
            return False
        levels = values * _BYTE_MAX
        values = np.rint(levels)
        if np.abs(levels - values).max() > _ROUNDING:
            return False
    return int(np.count_nonzero(np.bincount(values.astype(np.intp)))) >= _LEAST_LEVELS


def _is_sheet(row: Array) -> bool:
    of_bytes = row.dtype == np.uint8 or row.dtype.kind == "f"
    return row.ndim == _TABLE and min(row.shape) >= _LEAST_SIDE and of_bytes
