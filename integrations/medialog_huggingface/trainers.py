"""What capture asks of a training's arguments: steps, scales, and what one rank may do by itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from accelerate.state import PartialState

from .event import Event


def logging_steps(event: Event) -> int:
    """Give the distance in steps of two logs; the state's is a number where the argument is a share."""
    return max(int(event.state.logging_steps or event.args.logging_steps), 1)


def may_forward(args: Any, model: Any) -> bool:
    """Say whether this rank may run the model by itself: where others hold parts of it, it would hang."""
    alone = PartialState().distributed_type.value
    split = bool(args.deepspeed or args.fsdp) or not (alone == "NO" or alone.startswith("MULTI_"))
    return not split and not is_sharded(model)


def may_hook(args: Any) -> bool:
    """Say whether a hook on the model sees whole batches: DataParallel calls copies of it in threads."""
    return bool(args.n_gpu <= 1)


def has_gradients(args: Any) -> bool:
    """Say whether gradients are there before the optimizer's step: DeepSpeed's engine has used them up."""
    return not args.deepspeed and PartialState().distributed_type.value != "DEEPSPEED"


def is_sharded(model: Any) -> bool:
    """Say whether this process holds only its part of some parameters."""
    return any(hasattr(parameter, "to_local") for parameter in model.parameters())


def device_of(model: Any) -> torch.device:
    """Give where a model's first parameter is."""
    first = next(iter(model.parameters()), None)
    return torch.device("cpu") if first is None else first.device


def gradient_scale(optimizer: Any) -> float:
    """Give what the gradients are still multiplied with: a GradScaler takes it out when it clips."""
    scaler = getattr(optimizer, "scaler", None)
    if scaler is None or not scaler.is_enabled():
        return 1.0
    inner = getattr(optimizer, "optimizer", optimizer)
    stage = scaler._per_optimizer_states[id(inner)]["stage"]  # noqa: SLF001 - torch has no public one
    return float(scaler.get_scale()) if stage.name == "READY" else 1.0


def stage_of(metrics: Mapping[str, Any]) -> str:
    """Tell by the prefix of its metrics which evaluation it was.

    Returns:
        `val`, `val/<name>` for one of several data sets, else the prefix itself, e.g. `test`.
    """
    ending = "_runtime"
    prefixes = [key.removesuffix(ending) for key in metrics if key.endswith(ending)]
    prefix = min(prefixes, key=len, default="eval")
    if prefix == "eval":
        return "val"
    return f"val/{prefix.removeprefix('eval_')}" if prefix.startswith("eval_") else prefix
