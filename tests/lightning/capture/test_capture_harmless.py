"""Training, optimizer and metrics are the same to the bit with capture on and off."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional

from medialog_core.capture import Capture
from medialog_core.capture.torch import forward
from medialog_core.capture.torch.forward import graphs

from_here = pytest.mark.parametrize("pl", ["pytorch_lightning"], indirect=True)


def sensitive() -> nn.Module:
    """Make a network that a further forward in training mode, or a random number drawn, would change."""
    return nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.Dropout(0.3),
        nn.Flatten(),
        nn.Linear(256, 10),
    )


def module_with(module_of: Any, trial: Any, net: Any = sensitive, **methods: Any) -> Any:
    """Make a module whose validation draws random numbers, too, and which notes its metrics."""

    def validation_step(self: Any, batch: Any, _: int) -> None:
        x, y = batch
        self.log("val_loss", functional.cross_entropy(self(x), y), batch_size=len(x))
        self.log("noise", torch.rand(()), batch_size=len(x))

    def note(self: Any) -> None:
        self.noted.append(
            {name: float(value) for name, value in self.trainer.callback_metrics.items()}
        )

    module = module_of(
        trial,
        **{
            "validation_step": validation_step,
            "on_train_epoch_end": note,
            "configure_optimizers": lambda self: torch.optim.Adam(self.parameters(), 0.01),
            **methods,
        },
    )
    torch.manual_seed(5)
    module.net = net()
    module.noted = []
    return module


def outcome(result: Any) -> dict[str, Any]:
    """Give everything that a training leaves behind."""
    optimizers = [optimizer.state_dict() for optimizer in result.trainer.optimizers]
    return {
        "weights": result.module.state_dict(),
        "optimizers": optimizers,
        "metrics": result.module.noted,
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


def manual(self: Any, batch: Any, _: int) -> None:
    """Step two optimizers by hand."""
    x, y = batch
    for optimizer in self.optimizers():
        loss = functional.cross_entropy(self(x), y)
        optimizer.zero_grad()
        self.manual_backward(loss)
        optimizer.step()


def two_optimizers(self: Any) -> list[torch.optim.Optimizer]:
    parts = list(self.net)
    return [
        torch.optim.Adam(parts[0].parameters(), 0.01),
        torch.optim.SGD(parts[4].parameters(), 0.01),
    ]


VARIANTS: dict[str, dict[str, Any]] = {
    "plain": {},
    "shuffled": {"shuffle": True},
    "bf16": {"precision": "bf16-mixed"},
    "accumulated and clipped": {"accumulate_grad_batches": 2, "gradient_clip_val": 0.1},
    "by hand": {
        "methods": {
            "training_step": manual,
            "configure_optimizers": two_optimizers,
            "automatic_optimization": False,
        }
    },
}


def trained(
    train: Any,
    module_of: Any,
    trial: Any,
    capture: bool,
    methods: Any = None,
    net: Any = sensitive,
    **options: Any,
) -> Any:
    """Train once; the weights' histograms and several looks included when capture is on."""
    module = module_with(module_of, trial, net, **(methods or {}))
    torch.manual_seed(7)
    on = Capture(budget=1.0, num_samples=5, weights=True)
    return train(trial, module, capture=on if capture else False, **options)


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_changes(variant: str, trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["classification"]()
    off = trained(train, module_of, trial, capture=False, **VARIANTS[variant])
    before = outcome(off)
    on = trained(train, module_of, trial, capture=True, **VARIANTS[variant])
    assert_same(outcome(on), before)
    assert off.run.keys() == []
    assert {"train/inputs", "val/inputs", "val/predictions"} < set(on.run.keys())
    assert len(on.run.steps("val/predictions")) == 2
    assert on.run.state("health")["capture"]["capture_secs"] > 0
    assert not any(key.startswith("capture_") for key in on.health)


@from_here
@pytest.mark.parametrize("planted", [False, True])
def test_a_forward_in_training_mode_would_be_found(
    planted: bool, trials: Any, train: Any, module_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = trials["classification"]()
    same = {"shuffle": True, "methods": {"on_validation_model_eval": lambda _: None}}
    before = outcome(trained(train, module_of, trial, capture=False, **same))
    if planted:
        monkeypatch.setattr(forward, "untouched", lambda *_: nullcontext())
    after = outcome(trained(train, module_of, trial, capture=True, **same))
    with pytest.raises(AssertionError) if planted else nullcontext():
        assert_same(after, before)


@from_here
def test_a_random_number_drawn_would_be_found(
    trials: Any, train: Any, module_of: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    trial = trials["classification"]()
    before = outcome(trained(train, module_of, trial, capture=False))
    monkeypatch.setattr(
        "medialog_core.capture.watch.of_tensors", lambda *_: {"x": float(torch.rand(()))}
    )
    after = outcome(trained(train, module_of, trial, capture=True))
    with pytest.raises(AssertionError):
        assert_same(after, before)


def smooth() -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(64, 16), nn.Tanh(), nn.Linear(16, 10))


def compiled() -> nn.Module:
    return torch.compile(smooth(), backend="inductor")  # type: ignore[return-value]


@from_here
@pytest.mark.parametrize("shuffle", [False, True])
def test_inductor_compiles_no_graph_more(
    shuffle: bool, trials: Any, train: Any, module_of: Any
) -> None:
    def run(capture: bool) -> tuple[Any, int, Any]:
        torch._dynamo.reset()
        before = graphs()
        result = trained(
            train, module_of, trials["classification"](), capture, net=compiled, shuffle=shuffle
        )
        return outcome(result), graphs() - before, result

    off, graphs_off, _ = run(capture=False)
    on, graphs_on, result = run(capture=True)
    assert_same(on, off)
    assert graphs_on == graphs_off > 0
    ids = [
        [image.sample_id for image in result.images(step=step)]
        for step in result.run.steps("val/predictions")
    ]
    assert len(ids) == 2
    assert ids[0] == ids[1]


@from_here
def test_a_compiled_models_predictions_are_its_own(
    trials: Any, train: Any, checked: Any, module_of: Any
) -> None:
    torch._dynamo.reset()
    trial = trials["classification"]()
    module = module_of(trial)
    module.net = compiled()
    checked(trial, train(trial, module))
