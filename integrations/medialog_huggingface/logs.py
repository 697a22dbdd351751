"""What a Trainer logs and how it was set up, as scalars and config under Hugging Face's own names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from transformers.integrations.integration_utils import rewrite_logs

from medialog_core.errors import InvalidInput, WrongType
from medialog_core.runs.run import Run

from .event import Event
from .facts import plain


def log(run: Run, logs: Mapping[str, Any], event: Event) -> None:
    """Log what the Trainer logs: `train/loss`, `eval/loss`; numbers, and whatever else a run takes.

    What it doesn't take is said once: it must not end the training.
    """
    data = rewrite_logs(dict(logs))
    step, epoch = event.place
    try:
        run.log(data, step, epoch=epoch)
    except (InvalidInput, WrongType):
        for key, value in data.items():
            _log_one(run, key, value, event)


def _log_one(run: Run, key: str, value: Any, event: Event) -> None:
    step, epoch = event.place
    try:
        run.log({key: value}, step, epoch=epoch)
    except (InvalidInput, WrongType) as error:
        run.warn_once(f"not_logged/{key}", f"{key} could not be logged: {error}")


def config_of(event: Event, *, gradients: bool) -> dict[str, Any]:
    """Give a run's config: the model's, the training's, and what the gradients shown are.

    Args:
        event: The beginning of a training.
        gradients: Whether they are captured.
    """
    model = plain(event.model)
    described: Any = getattr(getattr(model, "config", None), "to_dict", dict)
    config = {**described(), **event.args.to_dict()}
    count = getattr(model, "num_parameters", None)
    if callable(count):
        config["model/num_parameters"] = count()
    limit = event.args.max_grad_norm
    if gradients and limit:
        config["medialog/gradients"] = (
            f"after clipping to max_grad_norm={limit}; their norm before it is train/grad_norm"
        )
    return config
