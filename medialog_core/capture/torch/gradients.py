"""Gradients and weights by parameter name, from torch modules of any kind and device."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import torch

_WRAPPERS = re.compile(r"_orig_mod\.|_fsdp_wrapped_module\.|_checkpoint_wrapped_module\.")
"""What torch.compile, FSDP and activation checkpointing put into the names of parameters."""


def gradients_of(
    parameters: Iterable[tuple[str, torch.Tensor]], scale: float = 1.0
) -> dict[str, torch.Tensor]:
    """Give the gradients by parameter name: none of frozen and unused ones, each tensor once.

    A sparse gradient is its stored values; a sharded one (DTensor) this process's shard.

    Args:
        parameters: Names and parameters.
        scale: What the loss was multiplied with, where that is still in the gradients.
    """
    found: dict[str, torch.Tensor] = {}
    taken: set[int] = set()
    for name, parameter in parameters:
        gradient = parameter.grad
        if gradient is None or id(parameter) in taken:
            continue
        taken.add(id(parameter))
        local = local_values(gradient)
        found[name] = local if scale == 1.0 else local / scale
    return found


def local_values(tensor: torch.Tensor) -> torch.Tensor:
    """Give what this process holds of a tensor, dense and real; no other process is asked.

    A complex tensor is its real and imaginary parts: their norm is its own.
    """
    values = tensor.detach()
    to_local = getattr(values, "to_local", None)
    if to_local is not None:
        values = to_local()
    values = values.coalesce().values() if values.is_sparse else values
    return torch.view_as_real(values.resolve_conj()) if values.is_complex() else values


def named_parameters(root: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Parameter]]:
    """Give the parameters under the names of the model as it was written, not as it was wrapped."""
    for name, parameter in root.named_parameters():
        yield _WRAPPERS.sub("", name), parameter
