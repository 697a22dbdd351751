"""Events and summary values as protos: the one module that imports the `tensorboard` package.

Only its generated protos are imported. `tensorboard.compat.tf` and whatever touches it would import
TensorFlow where that is installed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from ...errors import MissingExtra
from .shown import Mesh

try:
    from tensorboard.compat.proto.event_pb2 import Event, SourceMetadata
    from tensorboard.compat.proto.summary_pb2 import Summary, SummaryMetadata
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto
    from tensorboard.compat.proto.types_pb2 import (
        DT_DOUBLE,
        DT_FLOAT,
        DT_INT32,
        DT_STRING,
        DT_UINT8,
    )
    from tensorboard.plugins.audio.plugin_data_pb2 import AudioPluginData
    from tensorboard.plugins.hparams.plugin_data_pb2 import (
        HParamsPluginData,
        SessionEndInfo,
        SessionStartInfo,
    )
    from tensorboard.plugins.mesh.plugin_data_pb2 import MeshPluginData
except ImportError as error:
    raise MissingExtra("the TensorBoard sink", "tensorboard") from error

Value: TypeAlias = Any
"""A `Summary.Value`; generated protos have no types."""
HParam: TypeAlias = bool | float | str

STATUSES = {"finished": 1, "failed": 2, "killed": 2}
"""The run's status as the hparams plugin's `Status` enum."""


def version_event(wall_time: float) -> bytes:
    """Give the event that every file begins with."""
    source = SourceMetadata(writer="medialog")
    return _serialized(
        Event(wall_time=wall_time, file_version="brain.Event:2", source_metadata=source)
    )


def event(values: Sequence[Value], step: int, wall_time: float) -> bytes:
    """Give the event that holds `values`, serialised."""
    return _serialized(Event(wall_time=wall_time, step=step, summary=Summary(value=values)))


def scalar(tag: str, number: float) -> Value:
    """Give a number; TensorBoard keeps 32 bits of it."""
    return Summary.Value(tag=tag, simple_value=number)


def strings(tag: str, plugin: str, items: Sequence[bytes], *, rank: int = 1) -> Value:
    """Give strings (texts or encoded images) for a plugin, as a vector or, of rank 0, a single one."""
    shape = _shape(len(items)) if rank else _shape()
    tensor = TensorProto(dtype=DT_STRING, tensor_shape=shape, string_val=items)
    return Summary.Value(tag=tag, tensor=tensor, metadata=_metadata(plugin))


def sounds(tag: str, items: Sequence[tuple[bytes, bytes]]) -> Value:
    """Give k sounds, each a WAV file and its label, as the k×2 strings of the audio plugin."""
    strings = [part for item in items for part in item]
    tensor = TensorProto(dtype=DT_STRING, tensor_shape=_shape(len(items), 2), string_val=strings)
    data = AudioPluginData(encoding=AudioPluginData.WAV)
    metadata = _metadata("audio", content=data.SerializeToString())
    return Summary.Value(tag=tag, tensor=tensor, metadata=metadata)


def bins(tag: str, rows: NDArray[np.float64], description: str) -> Value:
    """Give a histogram of k rows (left edge, right edge, count)."""
    content = np.ascontiguousarray(rows, "<f8").tobytes()
    tensor = TensorProto(dtype=DT_DOUBLE, tensor_shape=_shape(*rows.shape), tensor_content=content)
    return Summary.Value(tag=tag, tensor=tensor, metadata=_metadata("histograms", description))


def mesh(tag: str, shown: Mesh) -> list[Value]:
    """Give a mesh or a cloud as the three tensors that the mesh plugin puts together again.

    A cloud, too, has faces, none: what parts there are, the plugin asks only a tag's first event.
    """
    config = msgspec.json.encode(shown.config).decode()
    components = sum(1 << type_ for type_, *_ in _PARTS.values())
    values = []
    arrays: tuple[NDArray[Any], ...] = (shown.vertices, shown.faces, shown.colors)
    for array, (name, (type_, dtype, kind)) in zip(arrays, _PARTS.items(), strict=True):
        shape = (1, *array.shape)
        tensor = TensorProto(
            dtype=dtype,
            tensor_shape=_shape(*shape),
            tensor_content=np.ascontiguousarray(array, kind).tobytes(),
        )
        data = MeshPluginData(
            name=tag, content_type=type_, components=components, shape=shape, json_config=config
        )
        metadata = _metadata("mesh", content=data.SerializeToString())
        values.append(Summary.Value(tag=f"{tag}_{name}", tensor=tensor, metadata=metadata))
    return values


_PARTS = {
    "VERTEX": (MeshPluginData.VERTEX, DT_FLOAT, "<f4"),
    "FACE": (MeshPluginData.FACE, DT_INT32, "<i4"),
    "COLOR": (MeshPluginData.COLOR, DT_UINT8, "u1"),
}
"""The parts of a mesh: the plugin's number of each, and its type in the event file and in NumPy."""


def session_start(run: str, hparams: Mapping[str, HParam], start_secs: float) -> Value:
    """Give what the hparams plugin begins a session with; `run` names its group of one."""
    info = SessionStartInfo(group_name=run, start_time_secs=start_secs)
    for name, hparam in hparams.items():
        setattr(info.hparams[name], _FIELDS[type(hparam)], hparam)
    return _session("_hparams_/session_start_info", HParamsPluginData(session_start_info=info))


def session_end(status: str, end_secs: float) -> Value:
    """Give what the hparams plugin ends a session with."""
    info = SessionEndInfo(status=STATUSES[status], end_time_secs=end_secs)
    return _session("_hparams_/session_end_info", HParamsPluginData(session_end_info=info))


_FIELDS = {bool: "bool_value", int: "number_value", float: "number_value", str: "string_value"}


def _session(tag: str, data: Any) -> Value:
    empty = TensorProto(dtype=DT_FLOAT, tensor_shape=_shape(0))
    metadata = _metadata("hparams", content=data.SerializeToString())
    return Summary.Value(tag=tag, tensor=empty, metadata=metadata)


def _metadata(plugin: str, description: str = "", content: bytes = b"") -> Any:
    data = SummaryMetadata.PluginData(plugin_name=plugin, content=content)
    return SummaryMetadata(plugin_data=data, summary_description=description)


def _shape(*sizes: int) -> Any:
    return TensorShapeProto(dim=[TensorShapeProto.Dim(size=size) for size in sizes])


def _serialized(message: Any) -> bytes:
    data: bytes = message.SerializeToString()
    return data
