"""Training is the same to the bit with capture on and off, and leaves nothing behind."""

from __future__ import annotations

import copy
import pickle
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from transformers import TrainerCallback

from medialog_core.capture.torch import forward
from medialog_core.capture.torch.forward import graphs
from medialog_huggingface import watch as watching
from medialog_huggingface.callback import MediaCallback

from .conftest import made
from .texts import TEXTS
from .trial import Stream, Trial
from .trials import TRIALS, vit


def sensitive(trial: Trial) -> Trial:
    """Give the trial a model that a further forward in training mode would change."""
    options = {"num_channels": 1, "image_size": 8, "patch_size": 4, "num_labels": 10}
    return replace(trial, model=lambda: vit(**options, hidden_dropout_prob=0.3))


def outcome(result: Any) -> dict[str, Any]:
    """Give everything that a training leaves behind."""
    trainer = result if hasattr(result, "state") else result.trainer
    speeds = ("runtime", "per_second", "preparation_time")
    history = [
        {key: value for key, value in each.items() if not key.endswith(speeds)}
        for each in trainer.state.log_history
    ]
    return {
        "weights": trainer.model.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "history": history,
        "random": torch.get_rng_state(),
    }


def assert_same(one: Any, other: Any, path: str = "") -> None:
    assert type(one) is type(other), path
    if isinstance(one, dict):
        assert one.keys() == other.keys(), path
        for key in one:
            assert_same(one[key], other[key], f"{path}/{key}")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), path
        for i, pair in enumerate(zip(one, other, strict=True)):
            assert_same(*pair, f"{path}/{i}")
    elif isinstance(one, torch.Tensor):
        assert torch.equal(one, other), path
    else:
        assert one == other, path


def without(trial: Trial, directory: Path, **options: Any) -> Any:
    trainer = made(trial, directory / "plain", None, **options)
    trainer.train()
    return outcome(trainer)


VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "bf16": {"bf16": True},
    "accumulated": {"gradient_accumulation_steps": 2},
    "smoothed": {"label_smoothing_factor": 0.1},
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_changes(variant: str, train: Any, tmp_path: Path) -> None:
    trial = sensitive(TRIALS["classification"]())
    before = without(trial, tmp_path, **VARIANTS[variant])
    result = train(trial, tuned={"weights": True}, **VARIANTS[variant])
    assert_same(outcome(result), before)
    assert {"train/inputs", "val/inputs", "val/predictions"} < set(result.run.keys())
    assert result.run.steps("val/predictions") == [2, 4]
    assert not [key for key in result.health if key.startswith("capture_")]


def test_nothing_changes_on_any_task(trial: Trial, train: Any, tmp_path: Path) -> None:
    before = without(trial, tmp_path)
    assert_same(outcome(train(trial)), before)


def streamed(trial: Trial) -> dict[str, Any]:
    """Have samples predicted again by a forward of capture's own at each evaluation but the first."""
    return {"trainer": {"eval_dataset": Stream(trial.data.rows)}}


@pytest.mark.parametrize("planted", [False, True])
def test_a_forward_in_training_mode_would_be_found(
    planted: bool, train: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = sensitive(TRIALS["classification"]())
    before = without(trial, tmp_path, **streamed(trial))
    if planted:
        monkeypatch.setattr(forward, "untouched", lambda model, _: nullcontext(model.train()))
    after = outcome(train(trial, **streamed(trial)))
    with pytest.raises(AssertionError) if planted else nullcontext():
        assert_same(after, before)


def test_a_random_number_drawn_would_be_found(
    train: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = sensitive(TRIALS["classification"]())
    before = without(trial, tmp_path)
    drawn = {"gradients": [("x", torch.zeros(1))]}
    monkeypatch.setattr(watching, "_tensors", lambda _: torch.rand(()) and drawn)
    after = outcome(train(trial))
    with pytest.raises(AssertionError):
        assert_same(after, before)


@pytest.mark.parametrize("backend", ["eager", "inductor"])
def test_nothing_is_compiled_for_it(backend: str, train: Any, tmp_path: Path) -> None:
    options = {"torch_compile": True, "torch_compile_backend": backend}
    trial = TRIALS["classification"]()
    torch._dynamo.reset()
    before = graphs()
    plain = without(trial, tmp_path, **options)
    graphs_without = graphs() - before
    torch._dynamo.reset()
    before = graphs()
    result = train(trial, **options)
    assert graphs() - before == graphs_without > 0
    assert_same(outcome(result), plain)
    assert result.run.steps("val/predictions") == [2, 4]
    assert result.run.steps("train/inputs") == [1, 2, 3, 4]


class Copier(TrainerCallback):  # type: ignore[misc]  # transformers is not looked into
    """Copies and pickles the model in the middle of a training, and calls the copies."""

    def on_step_end(self, *_: Any, model: Any, **__: Any) -> None:
        for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):  # noqa: S301 - our own
            [hook] = other._forward_hooks.values()
            assert hook(None) is None
            assert "medialog_huggingface.forward" in hook.__module__
            assert not hasattr(hook, "_seen")


# torch 2.4 and 2.5 say so of each tensor that is unpickled
@pytest.mark.filterwarnings("ignore:You are using `torch.load`:FutureWarning")
def test_copies_of_a_model_in_training_carry_nothing_of_it(train: Any) -> None:
    trial = TRIALS["classification"]()
    result = train(trial, also=[Copier()])
    assert not result.model._forward_hooks
    assert result.trainer.state.global_step == 4


def test_a_trained_model_is_as_it_was(train: Any, tmp_path: Path) -> None:
    trial = TRIALS["classification"]()
    result = train(trial, save_strategy="steps", save_steps=2)
    assert not result.model._forward_hooks
    copy.deepcopy(result.model)
    saved = torch.load(
        next((tmp_path / "out").glob("checkpoint-4/training_args.bin")), weights_only=False
    )
    assert saved.max_steps == 4
    result.trainer.save_model(tmp_path / "saved")
    again = type(result.model).from_pretrained(tmp_path / "saved")
    assert_same(dict(again.state_dict()), dict(result.model.state_dict()))


def test_an_error_of_captures_own_ends_nothing(
    train: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("planted")

    trial = sensitive(TRIALS["classification"]())
    before = without(trial, tmp_path)
    for name in ("call_of", "_tensors"):
        monkeypatch.setattr(watching, name, broken)
    result = train(trial)
    assert_same(outcome(result), before)
    wrong = {key: n for key, n in result.health.items() if key.startswith("capture_errors/")}
    assert wrong == {
        "capture_errors/train/inputs": 1,
        "capture_errors/gradients/0": 1,
        "capture_errors/val/predictions": 1,
    }


def test_a_callback_is_pickled_without_what_is_open(trainer_of: Any) -> None:
    trainer, callback = trainer_of(TRIALS["classification"]())
    trainer.train()
    other = pickle.loads(pickle.dumps(callback))  # noqa: S301 - our own
    assert isinstance(other, MediaCallback)
    assert other._run is None
    assert other._capture == callback._capture


def test_nothing_changes_where_it_generates(train: Any, tmp_path: Path) -> None:
    trial = TEXTS["text_to_text"]()
    options: dict[str, Any] = {
        "kind": transformers.Seq2SeqTrainer,
        "arguments": transformers.Seq2SeqTrainingArguments,
        "predict_with_generate": True,
        "generation_max_length": 6,
    }
    before = without(trial, tmp_path, **options)
    result = train(trial, **options)
    assert_same(outcome(result), before)
    assert result.run.steps("val/generated") == [2, 4]
