"""The leading samples of an evaluation, read again as its loader brings them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

import torch
from torch.utils.data import BatchSampler, SequentialSampler

from medialog_core.capture.torch.forward import undrawn


def order_of(loader: Any, batches: int) -> list[list[int]]:
    """Give the places in the data set of the samples of this rank's first batches.

    Empty where the order is not fixed or the data set has no places.
    """
    sampler: Any = getattr(loader, "batch_sampler", None)
    within = getattr(
        sampler, "batch_sampler", sampler
    )  # accelerate's, which deals batches out to ranks
    if type(within) is not BatchSampler or not isinstance(within.sampler, SequentialSampler):
        return []
    return [list(indices) for indices in islice(iter(sampler), batches)]


def first_batches(loader: Any, count: int) -> list[list[int]]:
    """Give `order_of` as many batches as hold `count` samples."""
    batches: list[list[int]] = []
    for batch in order_of(loader, count):
        if sum(map(len, batches)) < count:
            batches.append(batch)
    return batches


def read_again(loader: Any, indices: Sequence[int], device: torch.device) -> Mapping[str, Any]:
    """Give a batch of the loader's data set; no random state is moved by it.

    Args:
        loader: Its `collate_fn` makes the batch.
        indices: Places in its data set.
        device: Where the batch is brought, and whose random state is kept.
    """
    with undrawn(device):
        batch = loader.collate_fn([loader.dataset[i] for i in indices])
    return {name: _placed(value, device) for name, value in batch.items()}


def _placed(value: Any, device: torch.device) -> Any:
    if isinstance(value, torch.Tensor):
        return value.to(device)
    if isinstance(value, Mapping):
        return {key: _placed(item, device) for key, item in value.items()}
    return [_placed(item, device) for item in value] if isinstance(value, list) else value
