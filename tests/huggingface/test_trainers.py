"""What a rank may do by itself, what an evaluation is called, what the gradients are multiplied with."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
import torch
from accelerate import Accelerator
from accelerate.state import PartialState
from torch import nn

from medialog_huggingface import facts, trainers

from .conftest import finished
from .texts import TEXTS
from .trials import TRIALS

ALONE: dict[str, Any] = {"deepspeed": None, "fsdp": [], "n_gpu": 1, "label_names": None}


@pytest.fixture(autouse=True)
def accelerated() -> None:
    """A Trainer has always made one."""
    Accelerator(cpu=True)


def sharded() -> Any:
    model = nn.Linear(2, 2)
    model.weight.to_local = lambda: None  # type: ignore[attr-defined]
    return model


@pytest.mark.parametrize(
    ("args", "model"),
    [
        ({"fsdp": "full_shard"}, nn.Linear(2, 2)),
        ({"fsdp": ["full_shard"]}, nn.Linear(2, 2)),
        ({"deepspeed": {"zero_optimization": {"stage": 3}}}, nn.Linear(2, 2)),
        ({}, sharded()),
    ],
    ids=["FSDP", "FSDP, listed", "DeepSpeed", "DTensor"],
)
def test_no_rank_forwards_alone_where_others_hold_parts(args: Any, model: Any) -> None:
    assert not trainers.may_forward(SimpleNamespace(**{**ALONE, **args}), model)


@pytest.mark.parametrize(
    ("kind", "may"),
    [("NO", True), ("MULTI_GPU", True), ("MULTI_CPU", True), ("FSDP", False), ("DEEPSPEED", False)],
)
def test_what_accelerate_says_counts_too(
    kind: str, may: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PartialState._shared_state, "distributed_type", SimpleNamespace(value=kind))
    args = SimpleNamespace(**ALONE)
    assert trainers.may_forward(args, nn.Linear(2, 2)) is may
    assert trainers.has_gradients(args) is (kind != "DEEPSPEED")


def test_nothing_is_forwarded_where_it_may_not(
    trainer_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainers, "may_forward", lambda *_: False)
    trainer, callback = trainer_of(TRIALS["segmentation"](), eval_strategy="no")
    trainer.evaluate()
    result = finished(trainer, callback)
    assert result.health["capture_unseen/val"] == 1
    assert result.run.keys() == []


def test_a_hook_shows_predictions_where_nothing_may_be_forwarded(
    train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainers, "may_forward", lambda *_: False)
    result = train(TRIALS["segmentation"]())
    assert result.run.steps("val/predictions") == [2, 4]


def test_copies_of_the_model_in_threads_are_not_hooked(
    train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainers, "may_hook", lambda _: False)
    result = train(TRIALS["segmentation"]())
    assert result.health["capture_data_parallel"] == 1
    assert result.run.steps("train/inputs") == []
    assert result.run.steps("val/predictions") == [2, 4]


def test_used_up_gradients_are_said_and_not_shown(
    train: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trainers, "has_gradients", lambda _: False)
    result = train(TRIALS["classification"]())
    assert result.health["capture_deepspeed"] == 4
    assert not [key for key in result.run.keys() if key.startswith("gradients")]  # noqa: SIM118 - a method


class Scaler:
    """What a GradScaler is asked."""

    def __init__(self, stage: str, *, enabled: bool = True) -> None:
        self._stage = stage
        self._enabled = enabled
        self._per_optimizer_states = {id(OPTIMIZER): {"stage": SimpleNamespace(name=stage)}}

    def is_enabled(self) -> bool:
        return self._enabled

    def get_scale(self) -> float:
        return 1024.0


OPTIMIZER = torch.optim.SGD(nn.Linear(1, 1).parameters(), 0.1)


@pytest.mark.parametrize(
    ("scaler", "scale"),
    [
        (None, 1.0),
        (Scaler("READY"), 1024.0),
        (Scaler("UNSCALED"), 1.0),
        (Scaler("READY", enabled=False), 1.0),
    ],
)
def test_gradients_are_divided_by_what_is_still_in_them(scaler: Any, scale: float) -> None:
    assert trainers.gradient_scale(SimpleNamespace(scaler=scaler, optimizer=OPTIMIZER)) == scale


@pytest.mark.parametrize(
    ("metrics", "stage"),
    [
        (["eval_loss", "eval_runtime"], "val"),
        (["eval_a_loss", "eval_a_runtime"], "val/a"),
        (["test_runtime", "test_mean_runtime"], "test"),
        (["final_runtime"], "final"),
        ([], "val"),
    ],
)
def test_an_evaluation_is_called_by_the_prefix_of_its_metrics(
    metrics: list[str], stage: str
) -> None:
    assert trainers.stage_of(dict.fromkeys(metrics, 0.0)) == stage


TASKS = {
    "classification": None,
    "multi_label": "multi-label",
    "segmentation": "segmentation",
    "upernet_segmentation": "segmentation",
    "detection": "detection",
    "yolos_detection": "detection",
    "mood": None,
    "tags": "token classification",
    "next_word": "causal language modeling",
    "text_to_text": "sequence to sequence",
}


@pytest.mark.parametrize("name", TASKS)
def test_a_models_class_says_its_task(name: str) -> None:
    model = {**TRIALS, **TEXTS}[name]().model()
    known = facts.of_model(model, SimpleNamespace(**ALONE))
    assert known.task == TASKS[name]
    assert "labels" in known.labels
    assert known.ignore_index == (255 if "segmentation" in name else None)
    assert known.takes_labels is (name == "text_to_text")


@pytest.mark.parametrize(
    ("outputs", "focal", "scale"),
    [(3, False, "softmax"), (2, False, "sigmoid"), (2, True, "sigmoid"), (3, True, None), (7, False, None)],
)  # fmt: skip
def test_scores_of_boxes_are_read_by_their_number(
    outputs: int, focal: bool, scale: str | None
) -> None:
    known = facts.ModelFacts(None, (), False, "detection", None, None, 2, focal)
    assert known.box_scores(outputs) == scale
