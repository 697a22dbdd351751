"""3-D objects: points with boxes and vectors, or the file of a mesh.

The constructor checks its arguments and takes one snapshot. What becomes of points (float32 around
an origin, colours of a byte) and what a file holds is found in `encode`, off the training thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import describe
from ...checks import value_range
from ...errors import InvalidInput, WrongType
from ...payload import Payload
from ...schema import Box3D, Object3DMeta, ShapesFile, Vector3D
from .. import kept
from ..captioned import Captioned
from ..classes import checked_labels
from . import modelfile, scenes
from .boxes3d import box3d
from .clouds import POINTS, Cloud, Points, StoredCloud, common_rule
from .modelfile import ModelFile
from .points import FORMS, checked

__all__ = ["Object3D", "box3d", "decode", "encode"]

Source = Cloud | StoredCloud | ModelFile
_OVERHEAD_BYTES = 500
_SHAPE_BYTES = 1500


class Object3D(Captioned):
    """A cloud of points, or the file of a mesh, fixed when its constructor returns.

    Args:
        data_or_path: N×3 (x, y, z), N×4 (x, y, z, category) or N×6 (x, y, z, red, green, blue)
            numbers as an array, a tensor or a list of rows, with any N, zero included; or
            `{"type": "lidar/beta", "points": ..., "boxes": [...], "vectors": [...]}`; or an obj,
            gltf, glb, stl, ply, babylon or pts.json file, as a path or open for reading. All but
            pts.json, which becomes points, is kept byte for byte.
        caption: A line of text.
        file_type: The ending of an open file that has no name.
        sample_id: Which sample of the data set it is, so that it can be followed over steps.
        color_range: (lo, hi): these colours become 0 and 255. Without it floats of which none is
            above 1 are fractions of 255, all other colours 0..255, decided once for a list; what
            is outside is clipped, and NaN becomes 0.
        class_labels: Names of the categories, `{id: name}`.

    A category is a whole number from 0 to 2**32 - 1. Points are stored as float32; float64 and
    whole numbers that lie far from zero for their extent (64 times), as coordinates on the earth
    do, around an origin of float64. Points that are not finite are dropped, and counted.

    Raises:
        WrongType: An argument is of a type that cannot be logged.
        InvalidInput: An argument is of the right type, but no points, box, vector or whole file.
        OSError: The file cannot be read.
    """

    __slots__ = ("_labels", "_shapes", "_source")

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        *,
        file_type: str | None = None,
        sample_id: str | int | None = None,
        color_range: Sequence[float] | None = None,
        class_labels: Mapping[int, str] | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        self._labels = checked_labels(class_labels, "Object3D: class_labels")
        self._shapes = ShapesFile()
        content: Any = data_or_path
        if kept.is_file(content) or (file_type is not None and isinstance(content, bytes)):
            content = modelfile.from_file(content, file_type, "Object3D: data_or_path")
        if isinstance(content, Mapping):
            content, self._shapes = scenes.parse(content, "Object3D")
        if not isinstance(content, ModelFile):
            limits = None if color_range is None else value_range(color_range)
            self._source: Source = Cloud(checked(content, "Object3D: points"), limits)
            return
        if self._labels or color_range is not None:
            raise InvalidInput(
                f"Object3D: 'color_range' and 'class_labels' are of points, not of a {content.file_type} file"
            )
        self._source = content

    @classmethod
    def from_numpy(cls, data: Any, *, caption: str | None = None, **options: Any) -> Object3D:
        """Make a cloud of an array, as the constructor does; `options` are its other keywords."""
        if kept.is_file(data) or isinstance(data, Mapping):
            raise WrongType(f"Object3D.from_numpy: data: expected {FORMS}, got {describe(data)}")
        return cls(data, caption, **options)

    @classmethod
    def from_point_cloud(
        cls,
        points: Any,
        boxes: Any = (),
        vectors: Any = None,
        point_cloud_type: str = scenes.LIDAR,
        *,
        caption: str | None = None,
        **options: Any,
    ) -> Object3D:
        """Make a cloud with boxes and vectors.

        Args:
            points: As for the constructor.
            boxes: Dictionaries with `corners` (8×3), and perhaps `color`, `label` and `score`;
                `box3d` makes them.
            vectors: Dictionaries with `start`, `end` and perhaps `color`.
            point_cloud_type: "lidar/beta", the only one.
            caption: A line of text.
            **options: The constructor's other keywords.

        Raises:
            WrongType: Something is of the wrong type; the place of a box or vector is named.
            InvalidInput: No points, or a box or vector with unknown keys, of a wrong length or
                not finite.
        """
        scene = {"type": point_cloud_type, "points": points, "boxes": boxes, "vectors": vectors}
        return cls(scene, caption, **options)

    @classmethod
    def from_file(
        cls,
        data_or_path: Any,
        file_type: str | None = None,
        *,
        caption: str | None = None,
        **options: Any,
    ) -> Object3D:
        """Keep a file, a path or open; `options` are the constructor's other keywords."""
        if not kept.is_file(data_or_path):
            raise WrongType(
                f"Object3D.from_file: expected a path or an open file, got {describe(data_or_path)}"
            )
        return cls(data_or_path, caption, file_type=file_type, **options)

    @property
    def file_type(self) -> str:
        """`points`, or the ending of the file that is kept."""
        return self._source.file_type

    @property
    def file(self) -> bytes | None:
        """The file that is kept, None of points."""
        return self._source.blob.data if isinstance(self._source, ModelFile) else None

    @property
    def points(self) -> NDArray[Any] | None:
        """N×3 places as they are stored, float32, or float64 around an origin.

        Of a mesh its vertices (float64); None of a file that cannot be read here.
        """
        return self._read().places

    @property
    def colors(self) -> NDArray[np.uint8] | None:
        """N×3 colours, if it has any.

        Floats decide by themselves here whether they are fractions; logged in a list, with the list.
        """
        return self._read().colors

    @property
    def categories(self) -> NDArray[Any] | None:
        """N categories, if it has any."""
        return self._read().categories

    @property
    def class_labels(self) -> Mapping[str, str]:
        """Names of the categories; ids are strings, as on the disk."""
        return dict(self._labels)

    @property
    def boxes(self) -> tuple[Box3D, ...]:
        """The boxes, with `corners`, `color`, `label` and `score`; colours are 0..255."""
        return self._shapes.boxes

    @property
    def vectors(self) -> tuple[Vector3D, ...]:
        """The vectors, with `start`, `end` and `color`."""
        return self._shapes.vectors

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        shapes = len(self.boxes) + len(self.vectors)
        return self._source.nbytes + shapes * _SHAPE_BYTES + _OVERHEAD_BYTES

    def to_numpy(self) -> NDArray[Any]:
        """Give N×3, N×4 or N×6 numbers, as the constructor takes them.

        Raises:
            InvalidInput: The vertices of its file cannot be read here.
        """
        found = self._read()
        if found.places is None:
            raise InvalidInput(f"Object3D: the points of this {self.file_type} file are not read")
        return np.column_stack([column for column in found if column is not None])

    @property
    def source(self) -> Source:
        """Its points or its file."""
        return self._source

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Object3D):
            return NotImplemented
        if self._facts() != other._facts():
            return False
        is_file = isinstance(self._source, ModelFile)  # whose bytes are among the facts
        return is_file or all(map(_same, self._read(), other._read()))

    def __repr__(self) -> str:
        what = f"{self.file_type} file"
        if not isinstance(self._source, ModelFile):
            what = f"{len(self._source):,} points"
        if self.boxes or self.vectors:
            what += f", {len(self.boxes)} boxes, {len(self.vectors)} vectors"
        return f"Object3D({what}{self._captioned()})"

    __hash__ = None  # type: ignore[assignment]

    def _read(self) -> Points:
        return self._source.read(common_rule([self._source.extent()]))

    def _facts(self) -> tuple[Any, ...]:
        return self._caption, self._sample_id, self.file_type, self.file, self._labels, self._shapes


def encode(objects: Sequence[Object3D]) -> Iterator[Payload]:
    """Encode objects logged under one key: float colours that state no range share one."""
    rule = common_rule(one.source.extent() for one in objects)
    return map(partial(_payload, rule=rule), objects)


def decode(payload: Payload) -> Object3D:
    """Undo `encode`; a file of points is read when they are asked for."""
    meta, file = payload.meta_as(Object3DMeta), payload.files.get("")
    value = Object3D.__new__(Object3D)
    Captioned.__init__(value, payload.caption, payload.sample_id)
    value._labels, value._shapes = meta.class_labels, scenes.decode(payload, meta)  # noqa: SLF001 (checked when it was logged)
    value._source = (  # noqa: SLF001
        StoredCloud(meta, file)
        if meta.file_type == POINTS or file is None
        else ModelFile(file, meta.file_type)
    )
    return value


def _payload(value: Object3D, rule: str) -> Payload:
    meta, files = value.source.encode(rule)
    meta, shapes = scenes.encode(ShapesFile(value.boxes, value.vectors), meta)
    meta.class_labels = dict(value.class_labels)
    return Payload(meta, [*files, *shapes], value.caption, value.sample_id)


def _same(mine: Any, theirs: Any) -> bool:
    if mine is None or theirs is None:
        return mine is theirs
    return np.array_equal(mine, theirs)
