"""What capture asks a trainer: its loaders, precision, and whether a rank may forward alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from torch.utils.data import BatchSampler, DistributedSampler, SequentialSampler

from medialog_core.capture.datasets import DatasetFacts, facts_of

_ALONE = {"SingleDeviceStrategy", "DDPStrategy"}
"""Strategies whose ranks hold the whole model, so that one may run it by itself; by name, because
each namespace has its own and DeepSpeed's inherits from DDP's."""


def loader_of(loaders: Any, index: int) -> Any:
    """Give one of a trainer's loaders, however the user grouped them."""
    if isinstance(loaders, Mapping):
        loaders = list(loaders.values())
    return loaders[index] if isinstance(loaders, list | tuple) else loaders


def count_loaders(loaders: Any) -> int:
    """Give how many loaders there are."""
    return len(loaders) if isinstance(loaders, Mapping | list | tuple) else 1


def position_in(loader: Any) -> Callable[[int], int] | None:
    """Give the place in the data set of the i-th sample a loader brings to this rank.

    None where the order is not fixed, or can't be told.
    """
    batches = getattr(loader, "batch_sampler", None)
    sampler = getattr(loader, "sampler", None)
    if type(batches) is not BatchSampler:
        return None
    if isinstance(sampler, SequentialSampler):
        return lambda i: i
    if isinstance(sampler, DistributedSampler) and not sampler.shuffle:
        rank, ranks = sampler.rank, sampler.num_replicas
        return lambda i: rank + i * ranks
    return None


def facts_for(loader: Any, module: Any) -> DatasetFacts:
    """Give what a loader's data set and the module's pretrained weights say."""
    weights = next((value for value in vars(module).values() if _has_categories(value)), None)
    return facts_of(getattr(loader, "dataset", None), weights)


def may_forward(trainer: Any) -> bool:
    """Say whether this rank may run the model by itself: where others hold parts of it, it would hang."""
    return type(trainer.strategy).__name__ in _ALONE


def gradient_scale(trainer: Any, optimizer: Any) -> float:
    """Give what the gradients are still multiplied with: fused optimizers take the scale out themselves."""
    scaler = getattr(trainer.precision_plugin, "scaler", None)
    unscales = getattr(optimizer, "_step_supports_amp_scaling", False)
    return float(scaler.get_scale()) if scaler is not None and unscales else 1.0


@contextmanager
def silent(module: Any) -> Iterator[None]:
    """Let `self.log` in a forward of ours do nothing: it would count into the user's metrics."""
    before = vars(module).get("log")
    object.__setattr__(module, "log", lambda *_, **__: None)
    try:
        yield
    finally:
        object.__delattr__(module, "log")
        if before is not None:
            object.__setattr__(module, "log", before)


def _has_categories(value: Any) -> bool:
    meta = getattr(value, "meta", None)
    return isinstance(meta, Mapping) and "categories" in meta
