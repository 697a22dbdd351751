"""Config, summary and status of a run as TensorBoard's hparams plugin and text tab show them."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from ...payload import State
from . import protos
from .forms import markdown

_EXACT_INT = 2**53


class Session:
    """What the run said of itself so far, and what of it is still to be written.

    The plugin reads a session's hyper-parameters once. They are written with the first data, so
    that a config completed after `init` is still in time; what changes later is shown, whole, as
    the text `config`. Health, checkpoints and metrics have no form in TensorBoard: a value stands at
    its step whatever its x-axis is, and a summary of statistics is not shown.
    """

    def __init__(self, run: str) -> None:
        self._run = run
        self._areas: dict[str, dict[str, Any]] = {"config": {}, "summary": {}, "status": {}}
        self._started: dict[str, protos.HParam] | None = None
        self._shown: dict[str, protos.HParam] | None = None
        self._start_secs = 0.0
        self._ended: str | None = None

    def take(self, state: State) -> None:
        """Remember a fact; the latest counts."""
        self._start_secs = self._start_secs or state.ts
        self._areas.get(state.area, {})[state.key] = state.value

    def config_values(self) -> list[protos.Value]:
        """Give what shows the config: the session's start once, then a text when it has changed."""
        config = dict(flatten(self._areas["config"]))
        if config in ({}, self._shown):
            return []
        self._shown = config
        if self._started is None:
            self._started = config
            return [protos.session_start(self._run, config, self._start_secs)]
        rows = [(name, str(value)) for name, value in config.items()]
        return [
            protos.strings(
                "config", "text", [markdown.table(("name", "value"), rows).encode()], rank=0
            )
        ]

    def summary_scalars(self, logged: Mapping[str, float]) -> dict[str, float]:
        """Give the numbers of the summary that are not simply the last one logged of that name."""
        numbers = (
            (key, value)
            for key, value in flatten(self._areas["summary"])
            if type(value) in (int, float)
        )
        return {
            f"summary/{key}": float(value) for key, value in numbers if logged.get(key) != value
        }

    def end_values(self, wall_time: float) -> list[protos.Value]:
        """Give the session's end, once, when the run has ended."""
        ended = next((v for v in self._areas["status"].values() if v in protos.STATUSES), None)
        if self._started is None or ended is None or ended == self._ended:
            return []
        self._ended = ended
        return [protos.session_end(ended, wall_time)]


def flatten(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, protos.HParam]]:
    """Give nested `values` as `a/b` names with what the plugin can hold: bool, number or string."""
    for key, value in values.items():
        name = f"{prefix}{key}"
        if isinstance(value, Mapping) and value:
            yield from flatten(value, f"{name}/")
        else:
            yield name, _plain(value)


def _plain(value: Any) -> protos.HParam:
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float) and math.isfinite(value) and abs(value) <= _EXACT_INT:
        return value
    if isinstance(value, int | float):
        return str(value)
    return msgspec.json.encode(value, enc_hook=str).decode()
