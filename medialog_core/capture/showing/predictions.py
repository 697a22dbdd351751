"""The media of `val/predictions`: one picture a sample, or one row of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np

from ...arrays import Array
from ...media.images.image import Image
from ...media.tables.table import Table
from ..batch import is_picture
from ..datasets import NOTHING_KNOWN, DatasetFacts
from ..samples import Sample
from ..scores import probabilities
from ..tasks.evidence import Evidence, Reading
from ..tasks.tokens import TOKEN_TASKS
from .films import film, films_of, shown_of
from .inputs import sound_of, text_of
from .overlays import Overlay, overlay
from .pixels import Look, decide_look, enlarged, row_of
from .tokens import token_overlay

Names = Mapping[int, str]
Found = tuple[Evidence, Reading]


_SHEET = 2
_FEW = 64
"""Outputs of up to so many numbers stand in a table as they are."""


def pictures_of(
    samples: Sequence[Sample],
    found: Found,
    names: Names,
    look: Look,
    facts: DatasetFacts = NOTHING_KNOWN,
) -> tuple[list[Image], int]:
    """Give one image a sample, truth beside prediction.

    Args:
        samples: The samples; their inputs are C×H×W pictures.
        found: Their predictions and what they mean.
        names: Class names by id.
        look: How the inputs are shown.
        facts: What is known of data set and model.

    Returns:
        The images, and how many boxes were left out.
    """
    evidence, reading = found
    if reading.task == "image-to-image":
        truths = [with_channel(s.targets[reading.target]) for s in samples]
        target_look = look if _same(samples, truths) else decide_look(truths, look.mean, look.std)
        outputs = [_predicted_picture(row, reading) for row in evidence.rows]
        triples = zip(samples, outputs, truths, strict=True)
        return [_row(s, reading, p, t, (look, target_look, target_look)) for s, p, t in triples], 0
    said = [
        _said(s, reading, row, names, facts) for s, row in zip(samples, evidence.rows, strict=True)
    ]
    return [_picture(s, o, look) for s, o in zip(samples, said, strict=True)], sum(
        o.left_out for o in said
    )


def table_of(
    samples: Sequence[Sample],
    found: Found,
    names: Names,
    facts: DatasetFacts = NOTHING_KNOWN,
    look: Look | None = None,
) -> Table:
    """Give a row a sample, for inputs that are no pictures; videos by their `look`.

    The columns are the sample's id, its input, truth, prediction, score, and further numbers under
    their own names, e.g. `cross_entropy`.
    """
    evidence, reading = found
    said = [
        _said(s, reading, row, names, facts) for s, row in zip(samples, evidence.rows, strict=True)
    ]
    numbers = list(dict.fromkeys(name for each in said for name in each.scores))
    table = Table(columns=["sample", "input", "truth", "prediction", "score", *numbers])
    inputs = input_cells(samples, facts, look)
    for sample, shown, each in zip(samples, inputs, said, strict=True):
        further = (each.scores.get(name) for name in numbers)
        table.add_data(sample.id, shown, each.truth, each.prediction, each.score, *further)
    return table


def raw_table(
    samples: Sequence[Sample],
    outputs: Evidence | None,
    look: Look | None,
    facts: DatasetFacts = NOTHING_KNOWN,
) -> Table:
    """Give inputs and outputs side by side where the task was not recognised: nothing is read into them."""
    targets = any(s.targets for s in samples)
    columns = ["sample", "input", "output", *(["target"] if targets else [])]
    table = Table(columns=columns, allow_mixed_types=True)
    inputs = input_cells(samples, facts, look)
    for i, (sample, shown) in enumerate(zip(samples, inputs, strict=True)):
        output = None if outputs is None else _cell(outputs.rows[i])
        table.add_data(sample.id, shown, output, *([_cell(sample.targets)] if targets else []))
    return table


def input_cells(samples: Sequence[Sample], facts: DatasetFacts, look: Look | None) -> Iterator[Any]:
    """Give each sample's input for a table: a picture, video, text, sound, few numbers, else dtype and shape.

    Videos that are too many to be shown together are None.

    Args:
        samples: The samples.
        facts: What is known of data set and model.
        look: How pictures and frames are shown; None where the inputs are neither.
    """
    films = None if look is None else films_of([s.input for s in samples])
    if look is not None and films is not None:
        most = shown_of(films)
        for sample, frames in zip(samples[:most], films, strict=False):
            yield film(frames, look, sample.id)
        yield from [None] * (len(samples) - most)
        return
    for sample in samples:
        yield _input_cell(sample, facts) if look is None else _plain_picture(sample, look)


def _input_cell(sample: Sample, facts: DatasetFacts) -> Any:
    text = text_of(sample.input, facts)
    if text is not None:
        return text
    sound = sound_of(sample.input, facts, sample.id)
    return _cell(sample.input) if sound is None else sound


def pictorial(samples: Sequence[Sample]) -> bool:
    """Say whether the samples' inputs are pictures."""
    return is_picture([s.input for s in samples])


def pictures_in(samples: Sequence[Sample]) -> list[Array]:
    """Give the pictures among the samples' inputs, and the frames of those that are videos."""
    if pictorial(samples):
        return [s.input for s in samples]
    return list(chain.from_iterable(films_of([s.input for s in samples]) or []))


def with_channel(row: Array) -> Array:
    """Give a picture as C×H×W; one that is H×W is grey."""
    return row[None] if row.ndim == _SHEET else row


def _predicted_picture(row: Array, reading: Reading) -> Array:
    picture = with_channel(row)
    return picture if reading.scale is None else probabilities(picture, reading.scale)


def _said(
    sample: Sample, reading: Reading, prediction: Any, names: Names, facts: DatasetFacts
) -> Overlay:
    truth = sample.targets[reading.target]
    if reading.task in TOKEN_TASKS:
        return token_overlay(reading, sample.input, truth, prediction, names, facts.decode)
    return overlay(reading, truth, prediction, names, sample.input.shape[-2:])


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
        [enlarged(sample.input, truth), prediction, truth],
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
