"""Config, summary and status, as the hparams plugin itself computes them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tensorboard.context import RequestContext
from tensorboard.plugins.base_plugin import TBContext
from tensorboard.plugins.hparams import api_pb2, backend_context, list_session_groups

from medialog_core.payload import Scalars, State
from medialog_core.schema import Area
from medialog_core.sinks.tensorboard import TensorBoardSink


def state(area: Area, key: str, value: Any, rank: int = 0) -> State:
    return State(area, key, value, 100.0, rank)


def loss(step: int = 0, value: float = 0.5) -> Scalars:
    return Scalars({"loss": value}, step, None, 1.0, 0)


@pytest.fixture
def groups(tmp_path: Path, provider: Any) -> Callable[[], list[Any]]:
    """Give the session groups that the hparams tab lists."""

    def listed() -> list[Any]:
        ctx = RequestContext()
        context = backend_context.Context(
            TBContext(data_provider=provider(tmp_path), logdir=str(tmp_path))
        )
        shown = context.experiment_from_metadata(
            ctx,
            experiment_id="",
            include_metrics=True,
            hparams_run_to_tag_to_content=context.hparams_metadata(ctx, ""),
            data_provider_hparams=context.hparams_from_data_provider(ctx, "", 100),
        )
        request = api_pb2.ListSessionGroupsRequest(
            start_index=0,
            slice_size=10,
            include_metrics=True,
            allowed_statuses=list(api_pb2.Status.values()),
            col_params=[api_pb2.ColParams(metric=info.name) for info in shown.metric_infos],
        )
        handler = list_session_groups.Handler(ctx, context, "", request)
        return list(handler.run().session_groups)

    return listed


def hparams(group: Any) -> dict[str, Any]:
    return {name: getattr(value, value.WhichOneof("kind")) for name, value in group.hparams.items()}


def metrics(session: Any) -> dict[str, float]:
    return {value.name.tag: value.value for value in session.metric_values}


@pytest.fixture
def sink(tmp_path: Path) -> TensorBoardSink:
    return TensorBoardSink(tmp_path / "run", "run", 0)


def test_a_config_becomes_the_sessions_hyper_parameters(sink: TensorBoardSink, groups: Any) -> None:
    config = {
        "lr": 0.1,
        "n": 3,
        "amp": True,
        "opt": "adam",
        "steps": [1, 2],
        "net": {"depth": 18},
        "nothing": None,
    }
    for key, value in config.items():
        sink.write(state("config", key, value))
    sink.write(loss())
    sink.close()
    [group] = groups()
    assert hparams(group) == {
        "lr": 0.1,
        "n": 3,
        "amp": True,
        "opt": "adam",
        "steps": "[1,2]",
        "net/depth": 18,
        "nothing": "null",
    }


@pytest.mark.parametrize(
    ("value", "shown"),
    [("NaN", "NaN"), (float("inf"), "inf"), (2**60 + 1, str(2**60 + 1)), ({}, "{}")],
)
def test_what_the_plugin_cannot_hold_as_a_number_is_text(
    sink: TensorBoardSink, value: Any, shown: str, groups: Any
) -> None:
    sink.write(state("config", "x", value))
    sink.write(loss())
    sink.close()
    assert hparams(groups()[0]) == {"x": shown}


def test_a_config_completed_before_the_first_data_is_whole(
    sink: TensorBoardSink, groups: Any
) -> None:
    sink.write(state("config", "a", 1))
    sink.flush()
    sink.write(state("config", "b", 2))
    sink.write(loss())
    sink.close()
    assert hparams(groups()[0]) == {"a": 1, "b": 2}


def test_a_later_change_is_shown_as_text(
    sink: TensorBoardSink, tmp_path: Path, read: Any, groups: Any
) -> None:
    sink.write(state("config", "lr", 0.1))
    sink.write(loss())
    sink.flush()
    sink.write(state("config", "lr", 0.2))
    sink.flush()
    sink.flush()
    sink.close()
    assert hparams(groups()[0]) == {"lr": 0.1}
    [event] = read(tmp_path / "run").Tensors("config")
    assert event.tensor_proto.string_val[0] == b"| name | value |\n| --- | --- |\n| lr | 0&#46;2 |"


def test_the_summary_is_the_sessions_metrics(sink: TensorBoardSink, groups: Any) -> None:
    sink.write(state("config", "lr", 0.1))
    sink.write(loss(step=4, value=0.25))
    for key, value in {"best": 0.75, "loss": 0.25, "name": "x", "per": {"class": 2}}.items():
        sink.write(state("summary", key, value))
    sink.close()
    [session] = groups()[0].sessions
    assert metrics(session) == {"loss": 0.25, "summary/best": 0.75, "summary/per/class": 2.0}


@pytest.mark.parametrize(
    ("status", "shown"),
    [
        ("finished", "STATUS_SUCCESS"),
        ("failed", "STATUS_FAILURE"),
        ("killed", "STATUS_FAILURE"),
        ("running", "STATUS_UNKNOWN"),
    ],
)
def test_how_the_run_ended_is_how_the_session_did(
    sink: TensorBoardSink, status: str, shown: str, groups: Any
) -> None:
    sink.write(state("config", "lr", 0.1))
    sink.write(loss())
    sink.write(state("status", "state", status))
    sink.write(state("status", "heartbeat", 12.0))
    sink.close()
    sink.close()
    [session] = groups()[0].sessions
    assert api_pb2.Status.Name(session.status) == shown


def test_only_the_main_process_has_a_session(tmp_path: Path, groups: Any) -> None:
    for rank in (0, 1):
        sink = TensorBoardSink(tmp_path / "run", "run", rank)
        sink.write(state("config", "lr", 0.1, rank))
        sink.write(loss())
        sink.close()
    assert [session.name for group in groups() for session in group.sessions] == ["run"]


def test_a_run_without_config_has_no_session(sink: TensorBoardSink, groups: Any) -> None:
    sink.write(loss())
    sink.close()
    assert groups() == []
