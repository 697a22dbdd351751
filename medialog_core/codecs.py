"""The one visible table of media: value type -> kind, encode, decode.

A codec encodes what was logged under one key at once, because a list of float images shares one
range. `encode` gives an iterator: each payload can be written before the next one is made. It is a
`map` and no generator, for that goes on where one value could not be encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .arrays import describe
from .errors import InvalidInput, WrongType
from .media.clips import audio, video
from .media.documents import chart, html, plotly, text
from .media.histograms import histogram
from .media.images import image
from .media.shapes import molecule, object3d
from .media.tables import joined, partitioned, table
from .payload import Payload


@dataclass(frozen=True)
class Codec:
    """How one type of value becomes payloads and comes back."""

    kind: str
    type: type[Any]
    encode: Callable[[Sequence[Any]], Iterable[Payload]]
    decode: Callable[[Payload], Any]


def encode(values: Sequence[Any]) -> Iterable[Payload]:
    """Encode values of one type, logged under one key."""
    return find(type(values[0])).encode(values)


def decode(payload: Payload) -> Any:
    """Give the media value back.

    Raises:
        InvalidInput: Its kind is not in the table.
    """
    kind = payload.meta.kind
    if kind not in _BY_KIND:
        raise InvalidInput(
            f"kind: {kind!r} is not one that this version decodes: {sorted(_BY_KIND)}"
        )
    return _BY_KIND[kind].decode(payload)


def find(type_: type[Any]) -> Codec:
    """Give the codec of a type, or of the first of its bases that has one.

    Raises:
        WrongType: There is none.
    """
    for base in type_.__mro__:
        if base in _BY_TYPE:
            return _BY_TYPE[base]
    raise WrongType(f"expected a media value, got {describe(type_)}")


TABLE: tuple[Codec, ...] = (
    Codec("image", image.Image, image.encode, image.decode),
    Codec("video", video.Video, video.encode, video.decode),
    Codec("audio", audio.Audio, audio.encode, audio.decode),
    Codec("histogram", histogram.Histogram, histogram.encode, histogram.decode),
    Codec("object3d", object3d.Object3D, object3d.encode, object3d.decode),
    Codec("molecule", molecule.Molecule, molecule.encode, molecule.decode),
    Codec("text", text.Text, text.encode, text.decode),
    Codec("html", html.Html, html.encode, html.decode),
    Codec("plotly", plotly.Plotly, plotly.encode, plotly.decode),
    Codec("chart", chart.Chart, chart.encode, chart.decode),
    Codec(
        "table",
        table.Table,
        lambda tables: table.encode(tables, encode),
        lambda p: table.decode(p, decode),
    ),
    Codec(
        "joined_table",
        joined.JoinedTable,
        lambda tables: joined.encode(tables, encode),
        lambda p: joined.decode(p, decode),
    ),
    Codec(
        "partitioned_table",
        partitioned.PartitionedTable,
        lambda tables: partitioned.encode(tables, encode),
        lambda p: partitioned.decode(p, decode),
    ),
)
_BY_TYPE = {codec.type: codec for codec in TABLE}
_BY_KIND = {codec.kind: codec for codec in TABLE}
