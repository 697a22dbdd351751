"""What a text model generates for the followed samples: a table, where the Trainer generates, too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch

from medialog_core import Table
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.samples import Sample
from medialog_core.capture.showing.pixels import Look
from medialog_core.capture.showing.predictions import input_cells
from medialog_core.capture.torch.forward import untouched
from medialog_core.capture.torch.rows import alike, collated

from . import trainers
from .event import Event
from .facts import ModelFacts

AREA = "generated"


def wanted(event: Event, facts: DatasetFacts) -> bool:
    """Say whether the Trainer was told to generate, and there is something that decodes."""
    return bool(getattr(event.args, "predict_with_generate", False)) and facts.decode is not None


def generated(
    event: Event,
    known: ModelFacts,
    samples: Sequence[Sample],
    facts: DatasetFacts,
    look: Look | None,
) -> Table:
    """Have the model generate for samples, and give a row for each: input, truth, what it generated.

    It is done with the arguments' `generation_max_length` and `generation_num_beams`; what a call of
    `evaluate` is given besides is not known here.
    """
    decode = facts.decode or (lambda ids: " ".join(map(str, ids)))
    table = Table(columns=["sample", "input", "truth", "generated"])
    inputs = input_cells(samples, facts, look)
    for sample, shown, tokens in zip(samples, inputs, _tokens(event, known, samples), strict=True):
        truth = next(
            (sample.targets[name] for name in known.labels if name in sample.targets), None
        )
        said = None if truth is None else decode(truth[truth >= 0].tolist())
        table.add_data(sample.id, shown, said, decode(tokens))
    return table


def _tokens(event: Event, known: ModelFacts, samples: Sequence[Sample]) -> list[list[int]]:
    options = {
        "max_length": event.args.generation_max_length,
        "num_beams": event.args.generation_num_beams,
    }
    given = {name: value for name, value in options.items() if value is not None}
    left_out = (*known.labels, "decoder_input_ids", "decoder_attention_mask")
    rows = [
        {name: row for name, row in sample.native.items() if name not in left_out}
        for sample in samples
    ]
    model: Any = event.model
    device = trainers.device_of(model)
    found: dict[int, list[int]] = {}
    with untouched(model, device), torch.no_grad():
        for places in alike(rows, listed=False):
            inputs = collated([rows[place] for place in places], device, listed=False)
            answers = model.generate(**inputs, **given).tolist()
            found.update(zip(places, answers, strict=True))
    return [found[place] for place in range(len(rows))]
