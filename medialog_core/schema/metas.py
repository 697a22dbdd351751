"""Metas: what a row's `meta` string holds of images, histograms and tables; their common base."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import Struct

from .numbers import Number


class Meta(Struct, tag_field="kind", omit_defaults=True):
    """What every kind has: `of` is the length of the list this value was logged in."""

    of: int | None = None

    @property
    def kind(self) -> str:
        """The name of the kind, as the row's column has it."""
        return str(self.__struct_config__.tag)

    def to_json(self) -> str:
        """Give it as a row's `meta` string."""
        return msgspec.json.encode(self).decode()


class Conversion(Struct, omit_defaults=True, frozen=True):
    """How numbers became pixels.

    Attributes:
        rule: `unit` ([0, 1] times 255), `symmetric` ([-1, 1] to [0, 255]), `clip`, `value_range`
            ([lo, hi] to [0, 255]), `cast` (`normalize=False`) or `bool` (0 and 255).
        lo, hi: The range that was decided or stated.
        nonfinite: How many NaN and infinities became 0.
    """

    rule: str
    lo: float | None = None
    hi: float | None = None
    nonfinite: int = 0


class MaskMeta(Struct, omit_defaults=True):
    """A mask set; its picture is the `extra` file of role `mask:<set>`."""

    class_labels: dict[str, str] = {}


class Position(Struct, frozen=True, rename="camel"):
    """A box in its own domain."""

    min_x: float = msgspec.field(name="minX")
    max_x: float = msgspec.field(name="maxX")
    min_y: float = msgspec.field(name="minY")
    max_y: float = msgspec.field(name="maxY")


class BoxMeta(Struct, omit_defaults=True):
    """One box; `form` remembers that it came as middle, width and height."""

    position: Position
    domain: Literal["fraction", "pixel"]
    class_id: int | None = None
    box_caption: str | None = None
    scores: dict[str, Number] = {}
    form: Literal["corners", "middle"] = "corners"


class BoxSetMeta(Struct, omit_defaults=True):
    """A box set."""

    box_data: list[BoxMeta]
    class_labels: dict[str, str] = {}


class Label(Struct, omit_defaults=True):
    """A classification: what is true, what was predicted, how sure."""

    truth: str | None = None
    prediction: str | None = None
    score: Number | None = None


class ImageMeta(Meta, tag="image", kw_only=True):
    """An image. `encoding` says how its file came to be, e.g. `png`, `jpeg lossy`, `file`."""

    width: int
    height: int
    channels: int
    bit_depth: int
    encoding: str
    conversion: Conversion | None = None
    masks: dict[str, MaskMeta] = {}
    boxes: dict[str, BoxSetMeta] = {}
    label: Label | None = None
    scores: dict[str, Number] = {}
    grouping: int | None = None
    classes: dict[str, str] = {}


class ExponentBins(Struct, omit_defaults=True):
    """Powers of two by sign: `[first, counts]` counts magnitudes in [2^(first+i), 2^(first+i+1))."""

    neg: tuple[int, list[int]] = (0, [])
    zero: int = 0
    pos: tuple[int, list[int]] = (0, [])


class HistogramMeta(Meta, tag="histogram"):
    """A histogram: bins as one of `edges`, `linear` [lo, hi, n] or `exponent`.

    `n` counts finite values; `nan`, `pos_inf` and `neg_inf` stand apart. With `total`, only a sample
    of that many values was counted. Powers of two hold their counts themselves, not in `counts`.
    """

    edges: list[Number] | None = None
    linear: tuple[Number, Number, int] | None = None
    exponent: ExponentBins | None = None
    counts: list[Number] = []
    density: bool = False
    nan: int = 0
    pos_inf: int = 0
    neg_inf: int = 0
    n: int = 0
    min: Number | None = None
    max: Number | None = None
    sum: Number | None = None
    sum_squares: Number | None = None
    total: int | None = None


class ColumnMeta(Struct, omit_defaults=True):
    """A column of a table.

    `type` is `number`, `boolean`, `string`, `date`, `datetime`, a media kind (`image`), lists of one
    (`image[]`), `json`, `nested` (lists and dictionaries with media inside), `null` (nothing but empty
    cells), or `any` (mixed: each cell is a `TypedCell`). With `classes`, id to name, every cell is
    one of the ids.
    """

    name: str
    type: str
    optional: bool = True
    classes: dict[str, str] = {}


class TableMeta(Meta, tag="table", kw_only=True):
    """A table; its cells are its file, `application/vnd.medialog.table+json`.

    With `increment` it is a part of a growing table: these `nrows` rows come after those that were
    logged under the same key before. `increment` counts, from 0, how often the table itself was
    logged there, `first_row` how many of its rows had been.
    """

    columns: list[ColumnMeta]
    nrows: int
    increment: int | None = None
    first_row: int | None = None


class TableShape(Struct, omit_defaults=True):
    """Columns and number of rows of a table that is a part of something."""

    columns: list[ColumnMeta]
    nrows: int


class JoinedTableMeta(Meta, tag="joined_table", kw_only=True):
    """Two tables that belong together: rows whose cells in the columns `join_key` are equal.

    The tables are the `extra` files of role `table1` and `table2`; without `table2` the first is
    joined with itself.
    """

    join_key: tuple[str, str]
    table1: TableShape
    table2: TableShape | None = None


class PartitionedTableMeta(Meta, tag="partitioned_table", kw_only=True):
    """A table in parts of equal columns, one below the other; `parts` are their numbers of rows.

    The parts are the `extra` files of role `part:0`, `part:1` and so on. A part in which all cells
    of a column are empty may call its type `null`.
    """

    columns: list[ColumnMeta]
    parts: list[int]
