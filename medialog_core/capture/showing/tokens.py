"""What is said of a sample with an answer for each place: texts, of what counts only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...arrays import Array
from ..scores import best_and_true
from ..tasks.evidence import Reading
from ..tasks.tokens import TAGS
from .overlays import Overlay

Decode = Callable[[Sequence[int]], str]

_OUTSIDE = "O"
"""The usual name of the class of tokens that are part of nothing; it isn't written out."""


def token_overlay(
    reading: Reading,
    tokens: Any,
    truth: Array,
    prediction: Array,
    names: Mapping[int, str],
    decode: Decode | None,
) -> Overlay:
    """Say what one sample's prediction and truth are, as two texts.

    Tags stand behind their words (`Ada/B-PER lives in London/B-LOC`); a word begins at a token that
    counts and goes on over those that don't. Tokens are decoded, or given by their ids.

    Args:
        reading: What they mean.
        tokens: The input: T token ids, or anything else with T places.
        truth: T ids, of which negative ones and the ignored one don't count.
        prediction: T×C scores, or C×T as `reading.axis` says.
        names: Class names by id.
        decode: Gives the text of token ids, without the special ones.
    """
    counts = np.flatnonzero((truth >= 0) & (truth != reading.ignore_index))
    counts = counts[counts >= reading.ahead]
    scores = np.moveaxis(prediction, reading.axis, 1)[counts - reading.ahead]
    true_ids, found = truth[counts].astype(np.int64), scores.argmax(axis=1)
    said = Overlay("", "")
    if reading.task == TAGS:
        words = _words(np.asarray(tokens), counts, decode)
        said.truth, said.prediction = (_tagged(words, ids, names) for ids in (true_ids, found))
    else:
        said.truth, said.prediction = (_text(ids.tolist(), decode) for ids in (true_ids, found))
    if len(counts) and reading.scale is not None:
        best, truly = best_and_true(scores, true_ids, reading.scale)
        said.score = float(best.mean())
        right = float((found == true_ids).mean())
        said.scores = {"cross_entropy": float(-truly.mean()), "accuracy": right}
    return said


def _words(tokens: Array, counts: Array, decode: Decode | None) -> list[str]:
    """Give the word at each place that counts; nothing where the input is no token ids."""
    if tokens.ndim != 1 or tokens.dtype.kind not in "iu":
        return [""] * len(counts)
    if decode is None:
        return [str(token) for token in tokens[counts]]
    return [decode(part.tolist()).strip() for part in np.split(tokens, counts)[1:]]


def _tagged(words: Sequence[str], ids: Array, names: Mapping[int, str]) -> str:
    tags = [names.get(int(k), str(k)) for k in ids]
    return " ".join(_with_tag(word, tag) for word, tag in zip(words, tags, strict=True))


def _with_tag(word: str, tag: str) -> str:
    if not word:
        return tag
    return word if tag == _OUTSIDE else f"{word}/{tag}"


def _text(ids: Sequence[int], decode: Decode | None) -> str:
    return decode(ids) if decode is not None else " ".join(map(str, ids))
