"""What a model of Hugging Face's says of itself: its keywords, its loss, its task."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
from transformers.utils.generic import find_labels

from medialog_core.capture.batch import TARGET_NAMES
from medialog_core.capture.tasks.tokens import CAUSAL, MASKED, SEQ2SEQ, TAGS

_LOSSES = {
    "regression": "mse_loss",
    "single_label_classification": "cross_entropy",
    "multi_label_classification": "binary_cross_entropy_with_logits",
}
_TASKS = {
    "regression": "regression",
    "single_label_classification": "classification",
    "multi_label_classification": "multi-label",
}
_TASKS_BY_NAME = {
    "ForObjectDetection": "detection",
    "ForSemanticSegmentation": "segmentation",
    "ForTokenClassification": TAGS,
    "ForMaskedLM": MASKED,
}
_DECODED = "decoder_input_ids"
"""What a decoder of text is fed with, which is made of the labels where it is not given."""
_IGNORED = ("semantic_loss_ignore_index", "loss_ignore_index")


@dataclass(frozen=True)
class ModelFacts:
    """What is known of a model.

    Attributes:
        input: The keyword of its main input; None where it doesn't say.
        labels: The keywords of its labels.
        takes_labels: It can't predict without labels: its decoder is fed with them.
        task: The one of `options.TASKS` that it is made for; None where that isn't sure.
        loss: The loss function of a classifier or a regression, once it has told.
        ignore_index: The class id that a segmentation's loss leaves out.
        classes: How many it tells apart; None where it doesn't say.
        focal: Its detections are scored class by class, whatever their number.
    """

    input: str | None
    labels: tuple[str, ...]
    takes_labels: bool
    task: str | None
    loss: str | None
    ignore_index: int | None
    classes: int | None
    focal: bool

    def box_scores(self, outputs: int | None) -> Literal["softmax", "sigmoid"] | None:
        """Tell how a detector's scores of so many outputs become probabilities.

        One more than classes is DETR's and YOLOS's "no object"; as many as classes are scored one
        by one, as in Deformable DETR and RT-DETR.
        """
        if self.task != "detection" or self.classes is None or outputs is None:
            return None
        if outputs == self.classes + 1 and not self.focal:
            return "softmax"
        return "sigmoid" if outputs == self.classes else None


def plain(model: Any) -> Any:
    """Give the model as it was written: not compiled, without adapters."""
    inner = getattr(model, "_orig_mod", model)
    base = getattr(inner, "get_base_model", None)
    return base() if callable(base) else inner


def takes(model: Any, name: str, *, any_name: bool = False) -> bool:
    """Say whether a model's `forward` has a keyword of that name, or takes any."""
    parameters = inspect.signature(plain(model).forward).parameters
    open_ended = any_name and any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    return name in parameters or open_ended


def of_model(model: Any, args: Any) -> ModelFacts:
    """Read a model and the training's arguments.

    Args:
        model: A `PreTrainedModel`, or any module.
        args: `TrainingArguments`, whose `label_names` win.
    """
    written = plain(model)
    config = getattr(written, "config", None)
    labels = args.label_names if args.label_names is not None else find_labels(type(written))
    told = getattr(config, "problem_type", None) or ""
    return ModelFacts(
        input=getattr(written, "main_input_name", None),
        labels=tuple(labels) or TARGET_NAMES,
        takes_labels=takes(written, _DECODED),
        task=_task(written, told),
        loss=_LOSSES.get(told),
        ignore_index=_ignore_index(type(written).__name__, config),
        classes=getattr(config, "num_labels", None),
        focal=bool(getattr(config, "use_focal_loss", False)),
    )


def _task(model: Any, told: str) -> str | None:
    name = type(model).__name__
    if takes(model, _DECODED):
        return SEQ2SEQ if takes(model, "labels") else None
    if name in MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.values():
        return CAUSAL
    named = next((t for ending, t in _TASKS_BY_NAME.items() if name.endswith(ending)), None)
    if named == "segmentation" and model.config.num_labels == 1:
        return None  # a mask of two classes has one score a pixel
    return named or _TASKS.get(told)


def _ignore_index(name: str, config: Any) -> int | None:
    """Give a segmentation's; the configurations of some classifiers have one, too, which means nothing."""
    if "Segmentation" not in name:
        return None
    found: Sequence[Any] = [getattr(config, each, None) for each in _IGNORED]
    return next((value for value in found if isinstance(value, int)), None)
