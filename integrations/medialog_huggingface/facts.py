"""What a model of Hugging Face's and its processor say: inputs, labels, class names, normalisation."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from transformers.utils.generic import find_labels

from medialog_core.arrays import is_array, to_numpy
from medialog_core.capture.batch import TARGET_NAMES
from medialog_core.capture.datasets import DatasetFacts, facts_of

_LOSSES = {
    "regression": "mse_loss",
    "single_label_classification": "cross_entropy",
    "multi_label_classification": "binary_cross_entropy_with_logits",
}
_DEFAULT_NAME = re.compile(r"LABEL_\d+")
_IGNORED = ("semantic_loss_ignore_index", "loss_ignore_index")
_COLOURS = (1, 3, 4)


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model's keywords and loss.

    Attributes:
        input: The keyword of its main input; None where it doesn't say.
        labels: The keywords of its labels.
        takes_labels: It can't predict without labels: its decoder is fed with them.
        ignore_index: The class id that a segmentation loss leaves out.
        loss: The loss function of a classifier or a regression, once it has told.
    """

    input: str | None
    labels: tuple[str, ...]
    takes_labels: bool
    ignore_index: int | None
    loss: str | None


def plain(model: Any) -> Any:
    """Give the model as it was written: not compiled, without adapters."""
    inner = getattr(model, "_orig_mod", model)
    base = getattr(inner, "get_base_model", None)
    return base() if callable(base) else inner


def of_model(model: Any, args: Any) -> ModelFacts:
    """Read a model and the training's arguments.

    Args:
        model: A `PreTrainedModel`, or any module.
        args: `TrainingArguments`, whose `label_names` win.
    """
    written = plain(model)
    config = getattr(written, "config", None)
    labels = args.label_names if args.label_names is not None else find_labels(type(written))
    return ModelFacts(
        input=getattr(written, "main_input_name", None),
        labels=tuple(labels) or TARGET_NAMES,
        takes_labels=bool(getattr(config, "is_encoder_decoder", False)),
        ignore_index=_ignore_index(written, config),
        loss=_LOSSES.get(getattr(config, "problem_type", None) or ""),
    )


def of_data(model: Any, processing_class: Any, dataset: Any) -> DatasetFacts:
    """Say class names and normalisation: the model and the processor before the data set.

    Args:
        model: Its `config.id2label` is taken, unless it holds only the default names.
        processing_class: A processor, an image processor or anything else; None where there is none.
        dataset: Read where these say nothing.
    """
    found = facts_of(dataset)
    names = _names(getattr(plain(model), "config", None)) or found.classes or _features(dataset)
    mean, std = _normalisation(processing_class) or (found.mean, found.std)
    return DatasetFacts(names, mean, std)


def _ignore_index(model: Any, config: Any) -> int | None:
    """Give a segmentation's; the configurations of some classifiers have one, too, which means nothing."""
    if "Segmentation" not in type(model).__name__:
        return None
    found = (getattr(config, name, None) for name in _IGNORED)
    return next((value for value in found if isinstance(value, int)), None)


def _names(config: Any) -> tuple[str, ...]:
    by_id = getattr(config, "id2label", None)
    if not isinstance(by_id, Mapping) or set(by_id) != set(range(len(by_id))):
        return ()
    names = tuple(str(by_id[i]) for i in range(len(by_id)))
    return () if all(map(_DEFAULT_NAME.fullmatch, names)) else names


def _features(dataset: Any) -> tuple[str, ...]:
    """Give the names of a `ClassLabel` of a data set of the `datasets` library."""
    features = getattr(dataset, "features", None)
    if not isinstance(features, Mapping):
        return ()
    named = [getattr(features.get(key), "names", None) for key in ("label", "labels")]
    return next((tuple(names) for names in named if isinstance(names, list)), ())


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
