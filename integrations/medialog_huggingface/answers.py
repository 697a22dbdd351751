"""From what a model put out to evidence of its predictions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from medialog_core.capture.batch import PIXEL_MASK, Batch, is_picture, split
from medialog_core.capture.follow import ROOT
from medialog_core.capture.options import Role
from medialog_core.capture.tasks.evidence import Evidence
from medialog_core.capture.tasks.queries import SCORES
from medialog_core.capture.tasks.tokens import TOKEN_TASKS
from medialog_core.capture.torch.rows import Rows, to_numpy_rows

from .facts import ModelFacts, plain
from .forward import Call

_PICTURES = "pixel_values"


def batch_of(rows: Mapping[str, Rows], facts: ModelFacts, roles: Mapping[str, Role]) -> Batch:
    """Tell inputs and targets among the rows of a model's keywords, as the user or the model say it."""
    main = _main_input(rows, facts)
    known: dict[str, Role] = {"input": main} if main in rows else {}  # type: ignore[dict-item]
    inputs = split(rows, {**known, **roles}).inputs
    names = [roles["target"]] if "target" in roles else facts.labels
    targets = {name: rows[name] for name in names if name in rows}  # type: ignore[index]
    return Batch(inputs, targets, rows.get(PIXEL_MASK))


def _main_input(rows: Mapping[str, Rows], facts: ModelFacts) -> str | None:
    """Give the model's main input; pictures before texts, where tokens are not what it predicts."""
    pictures = facts.task not in TOKEN_TASKS and is_picture(rows.get(_PICTURES))
    return _PICTURES if pictures else facts.input


def of_call(
    model: Any, call: Call, count: int, targets: Batch, facts: ModelFacts
) -> list[Evidence]:
    """Give what is known of a call's predictions.

    Args:
        model: The model.
        call: The call.
        count: How many leading samples are followed.
        targets: The call's batch, taken apart.
        facts: What the model says.
    """
    parts = {place: to_numpy_rows(rows)[:count] for place, rows in call.parts.items()}
    seen = [Evidence("call", place, rows, module=ROOT) for place, rows in parts.items()]
    given = [to_numpy_rows(targets.targets[n])[:count] for n in call.rows if n in targets.targets]
    if facts.loss is not None and SCORES in parts and len(given) == 1:
        seen.append(Evidence("loss", facts.loss, parts[SCORES], target=given[0]))
    return list(fitted(model, seen, facts))


def scores_in(call: Call) -> int | None:
    """Give how many scores a call has given, of one sample or of each of its parts."""
    part = call.parts.get(SCORES)
    first = part[0] if part is not None and len(part) else None
    scores = first.get(SCORES) if isinstance(first, Mapping) else first
    return int(scores.shape[-1]) if isinstance(scores, torch.Tensor) and scores.dim() else None


def fitted(model: Any, evidence: Sequence[Evidence], facts: ModelFacts) -> Iterator[Evidence]:
    """Say what the model's loss leaves out, and put patches of pictures together."""
    written = plain(model)
    pictures = getattr(written, "unpatchify", None)
    values = not getattr(getattr(written, "config", None), "norm_pix_loss", False)
    for each in evidence:
        known = replace(each, ignore_index=facts.ignore_index)
        patches = callable(pictures) and each.place == SCORES and np.ndim(each.rows[0]) == 2  # noqa: PLR2004
        if patches and values:
            known = replace(known, rows=_unpatched(pictures, each.rows))
        yield known


def _unpatched(pictures: Any, rows: Sequence[Any]) -> list[Any]:
    return list(pictures(torch.from_numpy(np.stack(rows))).numpy())
