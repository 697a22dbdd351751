"""The media of `val/predictions`: one picture a sample, or one row of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..arrays import Array
from ..media.images.image import Image
from ..media.tables.table import Table
from .batch import is_picture
from .evidence import Evidence, Reading
from .overlays import Overlay, overlay
from .pixels import Look, decide_look, row_of
from .samples import Sample

Names = Mapping[int, str]

_FEW = 64
"""Outputs of up to so many numbers stand in a table as they are."""


def pictures_of(
    samples: Sequence[Sample], found: tuple[Evidence, Reading], names: Names, look: Look
) -> tuple[list[Image], int]:
    """Give one image a sample, truth beside prediction.

    Args:
        samples: The samples; their inputs are C×H×W pictures.
        found: Their predictions and what they mean.
        names: Class names by id.
        look: How the inputs are shown.

    Returns:
        The images, and how many boxes were left out.
    """
    evidence, reading = found
    truths = [s.targets[reading.target] for s in samples]
    if reading.task == "image-to-image":
        target_look = look if _same(samples, truths) else decide_look(truths, look.mean, look.std)
        triples = zip(samples, evidence.rows, truths, strict=True)
        return [_row(s, reading, p, t, (look, target_look, target_look)) for s, p, t in triples], 0
    said = [
        overlay(reading, t, p, names, s.input.shape[-2:])
        for s, p, t in zip(samples, evidence.rows, truths, strict=True)
    ]
    return [_picture(s, o, look) for s, o in zip(samples, said, strict=True)], sum(
        o.left_out for o in said
    )


def table_of(samples: Sequence[Sample], found: tuple[Evidence, Reading], names: Names) -> Table:
    """Give a row a sample, for inputs that are no pictures: truth, prediction, score."""
    evidence, reading = found
    table = Table(columns=["sample", "truth", "prediction", "score"])
    for sample, prediction in zip(samples, evidence.rows, strict=True):
        said = overlay(reading, sample.targets[reading.target], prediction, names, (0, 0))
        table.add_data(sample.id, said.truth, said.prediction, said.score)
    return table


def raw_table(samples: Sequence[Sample], outputs: Evidence | None, look: Look | None) -> Table:
    """Give inputs and outputs side by side where the task was not recognised: nothing is read into them."""
    targets = any(s.targets for s in samples)
    columns = ["sample", "input", "output", *(["target"] if targets else [])]
    table = Table(columns=columns, allow_mixed_types=True)
    for i, sample in enumerate(samples):
        shown = _plain_picture(sample, look) if look is not None else _cell(sample.input)
        output = None if outputs is None else _cell(outputs.rows[i])
        table.add_data(sample.id, shown, output, *([_cell(sample.targets)] if targets else []))
    return table


def pictorial(samples: Sequence[Sample]) -> bool:
    """Say whether the samples' inputs are pictures."""
    return is_picture([s.input for s in samples])


def _picture(sample: Sample, said: Overlay, look: Look) -> Image:
    worded = said.truth is not None
    return Image(
        look.values(sample.input),
        caption=said.caption,
        masks=said.masks or None,
        boxes=said.boxes or None,
        layout="CHW",
        value_range=look.value_range,
        sample_id=sample.id,
        scores=said.scores or None,
        label={"truth": said.truth, "prediction": said.prediction, "score": said.score}
        if worded
        else None,
    )


def _plain_picture(sample: Sample, look: Look) -> Image:
    return Image(
        look.values(sample.input), layout="CHW", value_range=look.value_range, sample_id=sample.id
    )


def _row(
    sample: Sample, reading: Reading, prediction: Array, truth: Array, looks: Sequence[Look]
) -> Image:
    said = overlay(reading, truth, prediction, {}, sample.input.shape[-2:])
    return row_of(
        [sample.input, prediction, truth],
        looks,
        caption="input | output | truth",
        sample_id=sample.id,
        scores=said.scores,
    )


def _same(samples: Sequence[Sample], truths: Sequence[Any]) -> bool:
    return all(np.array_equal(s.input, t) for s, t in zip(samples, truths, strict=True))


def _cell(value: Any) -> Any:
    """Give small values as they are, large arrays by their shape."""
    if isinstance(value, np.ndarray):
        return value.tolist() if value.size <= _FEW else f"{value.dtype}{list(value.shape)}"
    if isinstance(value, Mapping):
        return {str(key): _cell(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_cell(item) for item in value[:_FEW]]
    return value if isinstance(value, str | int | float | bool | None) else str(value)
