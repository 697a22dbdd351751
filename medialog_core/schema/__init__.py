"""Every JSON shape on disk and on the wire, and nothing else (format 1; the text is docs/format.md)."""

from .clips import AudioMeta, VideoMeta
from .documents import ChartMeta, HtmlMeta, PlotlyMeta, TextMeta
from .kinds import KINDS, KnownMeta, UnknownMeta, decode_meta
from .metas import (
    BoxMeta,
    BoxSetMeta,
    ColumnMeta,
    Conversion,
    ExponentBins,
    HistogramMeta,
    ImageMeta,
    JoinedTableMeta,
    Label,
    MaskMeta,
    Meta,
    PartitionedTableMeta,
    Position,
    TableMeta,
)
from .metrics import Goal, Metric
from .numbers import Number, from_number, to_number
from .rows import FORMAT, Area, Extra, File, Row, RunFile, ScalarRow, StateRow
from .shapes import MoleculeMeta, Object3DMeta
from .tables import Cell, TableFile, TypedCell

__all__ = [
    "FORMAT",
    "KINDS",
    "Area",
    "AudioMeta",
    "BoxMeta",
    "BoxSetMeta",
    "Cell",
    "ChartMeta",
    "ColumnMeta",
    "Conversion",
    "ExponentBins",
    "Extra",
    "File",
    "Goal",
    "HistogramMeta",
    "HtmlMeta",
    "ImageMeta",
    "JoinedTableMeta",
    "KnownMeta",
    "Label",
    "MaskMeta",
    "Meta",
    "Metric",
    "MoleculeMeta",
    "Number",
    "Object3DMeta",
    "PartitionedTableMeta",
    "PlotlyMeta",
    "Position",
    "Row",
    "RunFile",
    "ScalarRow",
    "StateRow",
    "TableFile",
    "TableMeta",
    "TextMeta",
    "TypedCell",
    "UnknownMeta",
    "VideoMeta",
    "decode_meta",
    "from_number",
    "to_number",
]
