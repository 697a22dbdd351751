"""Files of meshes and clouds, kept as they are; and `pts.json`, which becomes points."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from typing import Any

from ...arrays import describe
from ...errors import InvalidInput, WrongType
from ...geometry.model import Model, Unusable, from_json
from ...payload import Blob
from ...schema import Object3DMeta
from .. import kept
from .clouds import Points

PTS_JSON = "pts.json"


class ModelFile:
    """A file of a mesh or a cloud.

    Args:
        blob: Its bytes.
        file_type: Its ending.
    """

    def __init__(self, blob: Blob, file_type: str) -> None:
        self.blob = blob
        self.file_type = file_type

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return len(self.blob.data)

    def extent(self) -> None:
        """Nothing is left to decide."""

    def encode(self, _rule: str) -> tuple[Object3DMeta, list[Blob]]:
        """Give the file as it is, and what it holds as far as it can be read."""
        from ...geometry import files  # noqa: PLC0415 - the readers of all formats, for files only

        references = files.FORMATS[self.file_type].references(self.blob.data)
        meta = Object3DMeta(file_type=self.file_type, references=references)
        model = self.model()
        if model is not None:
            meta.points = len(model.vertices)
            meta.faces = None if model.faces is None else len(model.faces)
            meta.bounds = files.bounds(model)
        return meta, [self.blob]

    def model(self) -> Model | None:
        """Read its vertices and faces; None where that takes more than a simple reader."""
        from ...geometry import files  # noqa: PLC0415

        return files.read(self.file_type, self.blob.data)

    def read(self, _rule: str) -> Points:
        """Give its vertices and their colours, if they can be read."""
        model = self.model()
        return (
            Points(None, None, None)
            if model is None
            else Points(model.vertices, model.colors, None)
        )


def from_file(
    source: Any, file_type: str | None, field: str
) -> ModelFile | Mapping[str, Any] | list[Any]:
    """Read and check a file; give the content of a `pts.json`, which is no file of a mesh.

    Raises:
        WrongType: Neither a path nor an open file.
        InvalidInput: An ending that is not known, or a broken file.
        OSError: It cannot be read.
    """
    from ...geometry import files  # noqa: PLC0415

    if file_type is not None and not isinstance(file_type, str):
        raise WrongType(f"{field}: file_type: expected a string, got {describe(file_type)}")
    file = kept.read(source, (*files.FORMATS, PTS_JSON), field, file_type=file_type)
    try:
        if file.extension == PTS_JSON:
            return _points(file.data)
        files.check(file.extension, file.data)
    except Unusable as error:
        raise InvalidInput(
            f"{field}: {file.name} is no {file.extension} that can be read: {error}"
        ) from None
    blob = file.blob(files.FORMATS[file.extension].content_type)
    return ModelFile(blob, file.extension)


def _points(data: bytes) -> Mapping[str, Any] | list[Any]:
    content: Mapping[str, Any] | list[Any]
    try:
        content = from_json(data, dict | list)
    except Unusable:
        with contextlib.suppress(
            ValueError
        ):  # W&B writes NaN, which is no JSON but which this reads
            return json.loads(data)  # type: ignore[no-any-return]
        raise
    return content
