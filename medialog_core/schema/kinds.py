"""Every kind of meta that this version knows, and how a row's `meta` string is read."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from .clips import AudioMeta, VideoMeta
from .documents import ChartMeta, HtmlMeta, PlotlyMeta, TextMeta
from .metas import (
    HistogramMeta,
    ImageMeta,
    JoinedTableMeta,
    Meta,
    PartitionedTableMeta,
    TableMeta,
)
from .shapes import MoleculeMeta, Object3DMeta

KnownMeta = (
    AudioMeta
    | ChartMeta
    | HistogramMeta
    | HtmlMeta
    | ImageMeta
    | JoinedTableMeta
    | MoleculeMeta
    | Object3DMeta
    | PartitionedTableMeta
    | PlotlyMeta
    | TableMeta
    | TextMeta
    | VideoMeta
)
KINDS = frozenset(str(meta.__struct_config__.tag) for meta in KnownMeta.__args__)


class UnknownMeta(Meta, tag="unknown", kw_only=True):
    """A kind of a later version, kept as it came: `text` is the row's whole `meta` string."""

    text: str

    @property
    def kind(self) -> str:
        """The name of the kind, as the row's column has it."""
        return msgspec.json.decode(self.text, type=_Kind).kind

    def to_json(self) -> str:
        """Give the text it came as."""
        return self.text


class _Kind(Struct):
    kind: str
    of: int | None = None


def decode_meta(text: str) -> Meta:
    """Read a row's `meta` string; a kind that is not known here becomes an `UnknownMeta`.

    Raises:
        msgspec.MsgspecError: It is no JSON, has no `kind`, or not the shape of its kind.
    """
    head = msgspec.json.decode(text, type=_Kind)
    if head.kind in KINDS:
        known: Meta = msgspec.json.decode(text, type=KnownMeta)
        return known
    return UnknownMeta(of=head.of, text=text)
