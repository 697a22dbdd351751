"""What the sink's tests share: media as a run would write them, and TensorBoard's own readers."""

from __future__ import annotations

import html
import importlib
import io
import re
import warnings
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image as PilImage
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer

from medialog_core import codecs
from medialog_core.payload import Entry, Payload
from medialog_core.sinks.tensorboard import TensorBoardSink

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the bleach that TensorBoard brings warns of itself
    importlib.import_module("tensorboard.plugin_util")

Entries = Callable[..., list[Entry]]
Read = Callable[..., Any]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[TensorBoardSink]:
    sink = TensorBoardSink(tmp_path, "run", 0)
    yield sink
    sink.close()


@pytest.fixture
def entries() -> Entries:
    """Give the entries that `run.log({key: values})` would write; payloads are taken as they are."""

    def make(key: str, values: Any, *, step: int | None = 0, ts: float = 1.0) -> list[Entry]:
        listed = isinstance(values, Sequence)
        given = values if listed else [values]
        payloads = given if isinstance(given[0], Payload) else list(codecs.encode(given))
        for payload in payloads:
            payload.meta.of = len(given) if listed else None
        return [Entry(key, step, None, ts, 0, idx, payload) for idx, payload in enumerate(payloads)]

    return make


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Read the run directory with TensorBoard's own reader."""

    def accumulate(directory: Path = tmp_path) -> Any:
        return EventAccumulator(str(directory), size_guidance={"tensors": 0, "scalars": 0}).Reload()

    return accumulate


@pytest.fixture
def provider() -> Callable[[Path], Any]:
    """Give what TensorBoard's server reads a log directory with."""

    def provide(logdir: Path) -> Any:
        multiplexer = EventMultiplexer(tensor_size_guidance={"images": 0, "scalars": 0})
        multiplexer.AddRunsFromDirectory(str(logdir)).Reload()
        return MultiplexerDataProvider(multiplexer, str(logdir))

    return provide


@pytest.fixture
def pixels() -> Callable[[bytes], NDArray[np.uint8]]:
    """Decode an encoded picture."""
    return lambda data: np.asarray(PilImage.open(io.BytesIO(data)))


def characters(page: str) -> str:
    """Give HTML with characters for references by number, as TensorBoard 2.18 gives it by itself."""
    return re.sub(
        r"&(#\d+|nbsp);", lambda found: html.escape(html.unescape(found[0]), quote=False), page
    )
