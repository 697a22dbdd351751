"""Predicting pinned samples again, leaving no trace: modes, buffers and random states come back."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import numpy as np
import torch

from ..options import Role
from ..samples import Sample
from ..tasks.evidence import Evidence
from .rows import alike, collated, parts_of, to_numpy_rows


def forward_again(
    root: torch.nn.Module,
    path: str,
    samples: Sequence[Sample],
    *,
    listed: bool,
    device: torch.device,
    precision: AbstractContextManager[Any] | None = None,
) -> list[Evidence]:
    """Predict samples with a module in evaluation mode, without gradients.

    Every rank must be able to do this alone: no module may need another process in its forward.

    Args:
        root: The model.
        path: The module that predicts, below `root`; "" is `root`.
        samples: The samples, whose `native` rows are the inputs: of one tensor, or of each keyword.
        listed: The model takes a list of inputs, not one tensor.
        device: Where the model is.
        precision: The framework's autocast.

    Returns:
        Each part of the output that has a row a sample; none where nothing can predict.
    """
    module = predictor(root, path)
    if module is None:
        return []
    rows = [s.native for s in samples]
    found: dict[Role, dict[int, Any]] = {}
    with untouched(root, device), precision or nullcontext(), torch.no_grad():
        for places in alike(rows, listed):
            inputs = collated([rows[place] for place in places], device, listed)
            for part, answers in _answers(module, inputs, len(places)).items():
                found.setdefault(part, {}).update(zip(places, answers, strict=True))
    return [
        Evidence("forward", part, [answers[i] for i in range(len(rows))], module=path)
        for part, answers in found.items()
        if len(answers) == len(rows)
    ]


def _answers(module: torch.nn.Module, inputs: Any, size: int) -> dict[Role, list[Any]]:
    forward = _forward_of(module)
    output = forward(**inputs) if isinstance(inputs, dict) else forward(inputs)
    return {part: to_numpy_rows(rows) for part, rows in parts_of(output, size, size).items()}


@contextmanager
def untouched(root: torch.nn.Module, device: torch.device) -> Iterator[None]:
    """Put modes, buffers and random states back after the block; run compiled parts eagerly."""
    modes = [(module, module.training) for module in root.modules()]
    buffers = [(buffer, _version(buffer), buffer.clone()) for buffer in root.buffers()]
    with undrawn(device), _eager():
        try:
            root.eval()
            yield
        finally:
            for module, training in modes:
                module.training = training
            _restore(buffers)


@contextmanager
def undrawn(device: torch.device) -> Iterator[None]:
    """Put the random states of torch, NumPy and Python back after the block."""
    states = random.getstate(), np.random.get_state()  # noqa: NPY002 - what a user's code may draw from
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])  # noqa: NPY002


def predictor(root: torch.nn.Module, path: str) -> torch.nn.Module | None:
    """Give the module of a path, uncompiled.

    For a root without a forward of its own it is the one child that is compiled; None if none is.
    """
    module = root.get_submodule(path)
    if path or _has_forward(module):
        return _original(module)
    compiled = [_original(child) for child in module.children() if _compiled_part(child)]
    return compiled[0] if len(compiled) == 1 else None


def _original(module: torch.nn.Module) -> torch.nn.Module:
    inner = getattr(module, "_orig_mod", None)
    return inner if isinstance(inner, torch.nn.Module) else module


def _has_forward(module: torch.nn.Module) -> bool:
    """Say whether it is the user's: a LightningModule's own only says that it is missing."""
    home = getattr(type(module).forward, "__module__", "")
    return not home.startswith(
        ("lightning.pytorch.core", "pytorch_lightning.core", "torch.nn.modules.module")
    )


def can_run_eagerly(root: torch.nn.Module) -> bool:
    """Say whether a forward of ours leaves the compiled graphs alone; torch before 2.6 can't."""
    return hasattr(torch.compiler, "set_stance") or not is_compiled(root)


def is_compiled(root: torch.nn.Module) -> bool:
    """Say whether a part of the model, or a function its class or its module's file uses, is compiled."""
    steps = vars(root).get("_compiler_ctx") is not None
    return (
        steps or any(_compiled_part(module) for module in root.modules()) or _calls_compiled(root)
    )


def graphs() -> int:
    """Give how many graphs were compiled in this process so far."""
    dynamo = sys.modules.get("torch._dynamo.utils")
    return 0 if dynamo is None else int(dynamo.counters["stats"]["unique_graphs"])


def _compiled_part(module: torch.nn.Module) -> bool:
    return hasattr(module, "_orig_mod") or getattr(module, "_compiled_call_impl", None) is not None


def _calls_compiled(root: torch.nn.Module) -> bool:
    spaces = [vars(root), *(vars(kind) for kind in type(root).__mro__)]
    step = getattr(type(root), "training_step", None)
    spaces.append(getattr(step, "__globals__", {}))
    return any(
        hasattr(value, "_torchdynamo_orig_callable")
        for space in spaces
        for value in list(space.values())
        if callable(value)
    )


def _forward_of(module: torch.nn.Module) -> Any:
    """Give a module's own forward: Lightning replaces that of a compiled LightningModule."""
    context = vars(module).get("_compiler_ctx")
    return context["original_forward"] if context else module


def _eager() -> AbstractContextManager[Any]:
    set_stance = getattr(torch.compiler, "set_stance", None)  # torch 2.6
    return set_stance("force_eager") if set_stance is not None else nullcontext()


def _version(buffer: torch.Tensor) -> int | None:
    """Give the counter of a tensor's changes in place; those made for inference have none."""
    return None if buffer.is_inference() else buffer._version  # noqa: SLF001 - torch has no public one


def _restore(buffers: Sequence[tuple[torch.Tensor, int | None, torch.Tensor]]) -> None:
    for buffer, version, copy in buffers:
        if version is None or _version(buffer) != version:
            buffer.copy_(copy)
