"""A recorder that sees predictions pass by, and touches nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from medialog_core.capture.batch import split
from medialog_core.capture.torch.recorder import Recorder
from medialog_core.capture.torch.rows import of_step

from .net import Net, X, Y


def record(root: nn.Module, step: Callable[[Any, Any], Any], batch: Any = (X, Y)) -> list[Any]:
    recorder = Recorder(root, batch, split(batch, {}), 2)
    recorder.start()
    step(*batch)
    return recorder.stop()


def told(evidence: list[Any]) -> list[Any]:
    return [(e.source, e.place, e.module, e.on_inputs) for e in evidence]


def test_a_call_and_a_loss_are_seen() -> None:
    net = Net().eval()
    seen = record(net, lambda x, y: nn.CrossEntropyLoss(ignore_index=255)(net(x), y))
    assert told(seen) == [("loss", "cross_entropy", None, False), ("call", 0, "", True)]
    expected = net(X)[:2].detach().numpy()
    for each in seen:
        np.testing.assert_allclose(each.rows, expected, rtol=1e-5, atol=1e-6)
    assert [int(row) for row in seen[0].target] == [0, 1]
    assert seen[0].ignore_index == 255


def test_the_last_of_several_modules_is_the_prediction() -> None:
    net = Net().eval()
    seen = record(net, lambda x, _: net.head(net.body(x)))
    assert told(seen) == [("part", 0, "body", True), ("call", 0, "head", False)]


def test_a_step_called_as_a_module_is_no_prediction() -> None:
    class Step(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.net = Net()

        def forward(self, batch: Any, _: int) -> Any:
            return functional.cross_entropy(self.net(batch[0]), batch[1])

    root, batch = Step().eval(), (X, Y)
    recorder = Recorder(root, batch, split(batch, {}), 2)
    recorder.start()
    root(batch, 0)
    assert told(recorder.stop()) == [
        ("loss", "cross_entropy", None, False),
        ("call", 0, "net", True),
    ]


def test_a_metric_is_no_prediction() -> None:
    class Metric(nn.Module):
        def forward(self, scores: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
            return (scores.argmax(1) == y).float()

    root = nn.ModuleDict({"net": Net().eval(), "metric": Metric()})
    seen = record(root, lambda x, y: root["metric"](root["net"](x), y))
    assert told(seen) == [("call", 0, "net", True)]


def test_a_loss_by_sample_is_no_prediction() -> None:
    root = nn.ModuleDict({"net": Net().eval(), "loss": nn.KLDivLoss(reduction="none")})
    seen = record(root, lambda x, _: root["loss"](root["net"](x), torch.ones(4, 3)))
    assert told(seen) == [("call", 0, "net", True)]


def test_of_two_calls_of_a_module_the_one_on_the_inputs_counts() -> None:
    net = Net().eval()
    seen = record(net, lambda x, _: (net(x), net(x.flip(-1))))
    assert told(seen) == [("call", 0, "", True)]
    np.testing.assert_allclose(seen[0].rows, net(X)[:2].detach().numpy(), rtol=1e-5, atol=1e-6)


def test_two_calls_on_other_things_are_no_prediction() -> None:
    net = Net().eval()
    assert record(net, lambda x, _: (net(x + 1), net(x.flip(-1)))) == []


def test_what_is_kept_does_not_change_with_the_output() -> None:
    net = Net().eval()
    [seen] = record(
        net, lambda x, _: net(x).zero_() if not torch.is_grad_enabled() else net(x).data.zero_()
    )
    assert np.abs(seen.rows).sum() > 0


def test_an_error_of_recording_is_kept_from_the_step() -> None:
    net = Net().eval()
    recorder = Recorder(net, (X, Y), split((X, Y), {}), 2)
    recorder._calls._size = "?"  # type: ignore[assignment]
    recorder._calls._count = "?"  # type: ignore[assignment]
    recorder._spy._size, recorder._spy._count = 4, "?"  # type: ignore[assignment]
    recorder.start()
    functional.cross_entropy(net(X), Y)
    with pytest.raises(TypeError):
        recorder.stop()
    assert not net._forward_hooks


def test_parts_with_a_usual_name_are_taken_from_a_mapping() -> None:
    outputs = {
        "loss": torch.ones(()),
        "preds": torch.ones(4, 3),
        "features": torch.ones(4, 9),
        "step": 3,
    }
    assert [(e.source, e.place) for e in of_step(outputs, 4, 2, None)] == [
        ("named output", "preds"),
        ("output", "features"),
    ]
    assert [e.source for e in of_step(outputs, 4, 2, "features")] == [
        "named output",
        "named output",
    ]
    assert [list(of_step(odd, 4, 2, None)) for odd in (None, torch.ones(()), 3.0, "x")] == [[]] * 4
