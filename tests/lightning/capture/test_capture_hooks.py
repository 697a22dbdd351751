"""What capture asks a trainer, and validations outside a fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
import torch
import torchvision
from torch.utils.data import (
    BatchSampler,
    DataLoader,
    DistributedSampler,
    IterableDataset,
    TensorDataset,
)

import medialog_core
from medialog_core.capture import Capture
from medialog_lightning import hooks
from medialog_lightning.logger import MediaLogger

DATA = TensorDataset(torch.arange(8))


class Stream(IterableDataset[int]):
    def __iter__(self) -> Iterator[int]:
        return iter(range(8))


@pytest.mark.parametrize(
    ("loader", "positions"),
    [
        (DataLoader(DATA, 2), [0, 1, 2]),
        (DataLoader(DATA, sampler=DistributedSampler(DATA, 2, 1, shuffle=False)), [1, 3, 5]),
        (DataLoader(DATA, sampler=DistributedSampler(DATA, 2, 1)), None),
        (DataLoader(DATA, shuffle=True), None),
        (DataLoader(DATA, batch_sampler=[[3, 1], [0]]), None),
        (DataLoader(Stream()), None),
        ([1, 2], None),
    ],
)
def test_positions_are_known_where_the_order_is_fixed(
    loader: Any, positions: list[int] | None
) -> None:
    position = hooks.position_in(loader)
    assert (None if position is None else [position(i) for i in range(3)]) == positions


def test_a_subclass_of_the_batch_sampler_may_order_otherwise() -> None:
    class Odd(BatchSampler):
        pass

    assert (
        hooks.position_in(
            DataLoader(DATA, batch_sampler=Odd(torch.utils.data.SequentialSampler(DATA), 2, False))
        )
        is None
    )


@pytest.mark.parametrize("loaders", [["a", "b"], {"x": "a", "y": "b"}])
def test_loaders_come_as_users_group_them(loaders: Any) -> None:
    assert [hooks.loader_of(loaders, i) for i in range(hooks.count_loaders(loaders))] == ["a", "b"]
    assert (hooks.count_loaders("a"), hooks.loader_of("a", 0)) == (1, "a")


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("SingleDeviceStrategy", True),
        ("DDPStrategy", True),
        ("FSDPStrategy", False),
        ("DeepSpeedStrategy", False),
    ],
)
def test_only_ranks_that_hold_the_whole_model_forward_alone(name: str, may: bool) -> None:
    assert hooks.may_forward(SimpleNamespace(strategy=type(name, (), {})())) is may


@pytest.mark.parametrize(("fused", "scale"), [(True, 1024.0), (False, 1.0)])
def test_the_scale_is_left_in_by_optimizers_that_unscale_themselves(
    fused: bool, scale: float
) -> None:
    scaler = SimpleNamespace(get_scale=lambda: 1024.0)
    trainer = SimpleNamespace(precision_plugin=SimpleNamespace(scaler=scaler))
    assert hooks.gradient_scale(trainer, SimpleNamespace(_step_supports_amp_scaling=fused)) == scale


def test_a_module_is_silent_for_a_while(pl: Any) -> None:
    module = pl.LightningModule()
    with hooks.silent(module):
        module.log("x", 1.0)
    assert "log" not in vars(module)


def test_names_come_from_the_modules_weights(pl: Any) -> None:
    module = pl.LightningModule()
    module.weights = torchvision.models.ResNet18_Weights.DEFAULT
    names = hooks.facts_for(DataLoader(DATA), module).names
    assert (names[0], names[1]) == ("tench", "goldfish")


def test_a_validation_by_itself_is_captured(
    trials: Any, module_of: Callable[..., Any], tmp_path: Any, pl: Any
) -> None:
    trial = trials["classification"]()
    logger = MediaLogger(tmp_path, capture=Capture(budget=1.0, num_samples=3))
    trainer = pl.Trainer(
        logger=logger, accelerator="cpu", enable_progress_bar=False, enable_model_summary=False
    )
    for _ in range(2):
        trainer.validate(module_of(trial), trial.loader(), verbose=False)
    logger.finalize("success")
    run = medialog_core.open_run(logger.save_dir)
    assert [row.sample_id for row in run.rows("val/predictions")] == ["0/0", "0/1", "0/2"]


def test_ranks_above_zero_capture_nothing(
    trials: Any, train: Any, monkeypatch: pytest.MonkeyPatch, pl: Any
) -> None:
    monkeypatch.setattr(pl.Trainer, "is_global_zero", property(lambda _: False))
    result = train(trials["classification"]())
    assert result.run.keys() == []
