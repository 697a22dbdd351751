"""`run.config` and `run.summary`."""

from __future__ import annotations

import copy
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import PurePosixPath
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from medialog_core.errors import WrongType
from medialog_core.runs.mappings import Recorded, Summary, to_json


@dataclass
class Layer:
    width: int


@dataclass
class Model:
    layers: list[Layer]


def test_every_change_is_told() -> None:
    told: list[tuple[str, Any]] = []
    config = Recorded({}, lambda key, value: told.append((key, value)))
    config["a"] = 1
    config.b = 2
    config.update({"c": 3}, d=4)
    config.update(Namespace(e=5))
    config.update({"f": 6}, allow_val_change=True)
    config.update({"f": 7}, True)
    del config["a"]
    assert told == [
        ("a", 1),
        ("b", 2),
        ("c", 3),
        ("d", 4),
        ("e", 5),
        ("f", 6),
        ("f", 7),
        ("a", None),
    ]
    assert dict(config) == {"b": 2, "c": 3, "d": 4, "e": 5, "f": 7}
    assert config.as_dict() == dict(config)


@pytest.mark.parametrize("kind", [Recorded, partial(Summary, last={"loss": 1})])
def test_what_is_not_there_cannot_be_deleted_and_nothing_is_told(kind: Any) -> None:
    told: list[Any] = []
    mapping = kind({}, lambda *both: told.append(both))
    for key in ("missing", "loss"):
        with pytest.raises(KeyError, match=key):
            del mapping[key]
    assert told == []


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy])
def test_a_copy_tells_nobody_of_its_changes(copied: Callable[[Any], Any]) -> None:
    told: list[Any] = []
    config = Recorded({"opt": {"lr": 0.1}}, lambda *both: told.append(both))
    summary = Summary({"best": 1}, lambda *both: told.append(both), {"loss": 0.5})
    other = copied(config)
    other.seed = 3
    other_summary = copied(summary)
    other_summary["best"] = 2
    assert (dict(config), dict(summary)) == ({"opt": {"lr": 0.1}}, {"best": 1, "loss": 0.5})
    assert told == []
    assert (other.opt, other.seed) == ({"lr": 0.1}, 3)
    assert other_summary == {"best": 2, "loss": 0.5}
    assert (copied(config).opt is config.opt) == (copied is copy.copy)


def test_defaults_replace_nothing() -> None:
    config = Recorded({"lr": 0.1}, lambda *_: None)
    config.setdefaults({"lr": 5, "depth": 3})
    config.setdefaults(Namespace(depth=4, width=2))
    assert dict(config) == {"lr": 0.1, "depth": 3, "width": 2}


@pytest.mark.parametrize("given", [5, [1, 2], "lr.yaml"])
def test_what_is_no_mapping_is_refused(given: Any) -> None:
    config = Recorded({}, lambda *_: None)
    for take in (config.update, config.setdefaults):
        with pytest.raises(WrongType, match="update: expected a dictionary, a namespace or pairs"):
            take(given)


def test_attributes_are_items() -> None:
    config = Recorded({"lr": 0.1}, lambda *_: None)
    assert config.lr == 0.1
    with pytest.raises(AttributeError, match=r"no 'depth'; there is \['lr'\]"):
        _ = config.depth


def test_what_was_refused_is_not_kept() -> None:
    def refuse(key: str, value: object) -> None:
        raise TypeError(key, value)

    config = Recorded({}, refuse)
    with pytest.raises(TypeError):
        config["a"] = 1
    assert "a" not in config


def test_the_summary_shows_the_last_scalar_unless_it_was_set() -> None:
    last = {"loss": 0.5, "acc": 0.9}
    summary = Summary({"acc": 1.0}, lambda *_: None, last)
    assert dict(summary) == {"loss": 0.5, "acc": 1.0}
    last["loss"] = 0.1
    assert summary["loss"] == 0.1
    assert len(summary) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (True, True),
        (float("nan"), "NaN"),
        (-np.inf, "-Infinity"),
        (np.float32(0.5), 0.5),
        (torch.tensor(3), 3),
        (np.arange(3), [0, 1, 2]),
        ((1, {"a": {2}}), [1, {"a": [2]}]),
        ({1: 2}, {"1": 2}),
        (PurePosixPath("a/b"), "a/b"),
        (len, "<built-in function len>"),
        (Model([Layer(3), Layer(4)]), {"layers": [{"width": 3}, {"width": 4}]}),
        ({"layer": Layer(3)}, {"layer": {"width": 3}}),
        (Layer, f"<class '{__name__}.Layer'>"),
        (np.float32, "<class 'numpy.float32'>"),
        (torch.Tensor, "<class 'torch.Tensor'>"),
        (pd.Series, "<class 'pandas.Series'>"),
        (np.array(["cat", "dog"]), ["cat", "dog"]),
        (np.array([["cat", None]], dtype=object), [["cat", None]]),
        (pd.Series(["cat", "dog"]), ["cat", "dog"]),
        (np.array(["2026-01-02"], "M8[ns]"), ["2026-01-02T00:00:00.000000000"]),
        (np.datetime64("2026-01-02"), "2026-01-02"),
        (np.array([(1, 0.5)], [("a", int), ("b", float)]), [[1, 0.5]]),
    ],
)
def test_anything_becomes_json(value: object, expected: object) -> None:
    assert to_json(value) == expected
