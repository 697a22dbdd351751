"""What model, processor and data set say of how data is shown: names, normalisation, decoding."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from medialog_core.arrays import is_array, to_numpy
from medialog_core.capture.datasets import DatasetFacts, facts_of

from .facts import ModelFacts, plain

_DEFAULT_NAME = re.compile(r"LABEL_\d+")
_COLOURS = (1, 3, 4)


def shown(
    model: Any, processor: Any, dataset: Any, known: ModelFacts, outputs: int | None = None
) -> DatasetFacts:
    """Say how data is shown: the model and the processor before the data set.

    Args:
        model: Its `config.id2label` is taken, unless it holds only the default names.
        processor: A processor, an image processor or anything else; None where there is none.
        dataset: Read where these say nothing.
        known: What the model says.
        outputs: How many scores the model gives, where it has given some.
    """
    found = facts_of(dataset)
    names = _names(getattr(plain(model), "config", None)) or found.classes or _features(dataset)
    mean, std = _normalisation(processor) or (found.mean, found.std)
    scores, rate = known.box_scores(outputs), _sample_rate(processor)
    return DatasetFacts(names, mean, std, known.task, scores, _decoder(processor), rate)


def _names(config: Any) -> Mapping[int, str]:
    by_id = getattr(config, "id2label", None)
    if not isinstance(by_id, Mapping) or not all(isinstance(key, int) for key in by_id):
        return {}
    names = {key: str(name) for key, name in by_id.items()}
    return {} if all(map(_DEFAULT_NAME.fullmatch, names.values())) else names


def _features(dataset: Any) -> tuple[str, ...]:
    """Give the names of a `ClassLabel` of a data set of the `datasets` library."""
    features = getattr(dataset, "features", None)
    if not isinstance(features, Mapping):
        return ()
    named = [getattr(features.get(key), "names", None) for key in ("label", "labels")]
    return next((tuple(names) for names in named if isinstance(names, list)), ())


def _decoder(processor: Any) -> Callable[[Sequence[int]], str] | None:
    tokenizer = getattr(processor, "tokenizer", None) or processor
    decode = getattr(tokenizer, "decode", None)
    if not callable(decode) or not hasattr(tokenizer, "convert_ids_to_tokens"):
        return None
    return lambda ids: str(decode(list(ids), skip_special_tokens=True))


def _sample_rate(processor: Any) -> int | None:
    sounds = getattr(processor, "feature_extractor", None) or processor
    rate = getattr(sounds, "sampling_rate", None)
    return rate if isinstance(rate, int) else None


def _normalisation(processor: Any) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
    images = getattr(processor, "image_processor", None) or processor
    mean, std = _numbers(images, "image_mean"), _numbers(images, "image_std")
    if not getattr(images, "do_normalize", False) or len(mean) != len(std):
        return None
    return (mean, std) if len(mean) in _COLOURS else None


def _numbers(processor: Any, name: str) -> tuple[float, ...]:
    value = getattr(processor, name, None)
    if is_array(value):
        value = to_numpy(value, name).ravel().tolist()
    if not isinstance(value, list | tuple) or not all(isinstance(v, int | float) for v in value):
        return ()
    return tuple(float(v) for v in value)
