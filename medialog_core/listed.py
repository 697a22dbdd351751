"""The arguments of `log_image`, `log_video` and the like to media: batches, options for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .arrays import describe, is_array, to_scalar
from .errors import InvalidInput, MedialogError
from .media.clips.audio import Audio
from .media.clips.video import Video
from .media.documents.html import Html
from .media.images.image import Image
from .media.shapes.molecule import Molecule
from .media.shapes.object3d import Object3D

CHANNELS = (1, 2, 3, 4)
_IMAGE_BATCH_AXES = 4


@dataclass(frozen=True)
class Kind:
    """What a method logs.

    Attributes:
        media: The media type.
        is_batch: Tells by its shape whether an array holds several values along its first axis.
        parts: Options that are sequences themselves, and what tells their items:
            `value_range=(0, 1)` is for all.
    """

    media: type[Any]
    is_batch: Callable[[tuple[int, ...]], bool] = lambda _shape: False
    parts: Mapping[str, Callable[[Any], bool]] = field(default_factory=dict)

    @property
    def noun(self) -> str:
        """What one is called in an error."""
        return self.media.__name__.lower()


def _is_image_batch(shape: tuple[int, ...]) -> bool:
    if len(shape) == _IMAGE_BATCH_AXES - 1:
        return shape[0] not in CHANNELS and shape[-1] not in CHANNELS
    return len(shape) == _IMAGE_BATCH_AXES


def _is_mapping(item: Any) -> bool:
    return isinstance(item, Mapping)


def _axes(count: int) -> Callable[[tuple[int, ...]], bool]:
    return lambda shape: len(shape) == count


_RANGE: dict[str, Callable[[Any], bool]] = {"value_range": lambda end: to_scalar(end) is not None}
IMAGE = Kind(Image, _is_image_batch, {**_RANGE, "classes": _is_mapping})
VIDEO = Kind(Video, _axes(5), _RANGE)
AUDIO = Kind(Audio, _axes(3))
OBJECT3D = Kind(Object3D, _axes(3))
MOLECULE = Kind(Molecule)
HTML = Kind(Html)


def listed(method: str, key: str, kind: Kind, given: Any, options: Mapping[str, Any]) -> Any:
    """Make what a method logs: one value, or a list of them.

    Args:
        method: Its name, for errors.
        key: What is logged under, for errors.
        kind: What it logs.
        given: A list or a tuple of what `kind.media` takes, a batch, or a single one.
        options: Arguments of `kind.media`: a list, a tuple or an array of one axis has one for each
            value, anything else is for all of them.

    Raises:
        InvalidInput: There is no value, one that cannot be logged (it is named by its place), or an
            option is a list of another length.
        WrongType: Something that is no such value.
    """
    place = f"{method}({key!r})"
    items = split(kind, given)
    if items is None:
        one = {name: _spread(place, kind, name, value, 1)[0] for name, value in options.items()}
        return _made(kind, given, one, place)
    if not items:
        raise InvalidInput(f"{place}: expected at least one {kind.noun}, got {describe(given)}")
    columns = {
        name: _spread(place, kind, name, value, len(items)) for name, value in options.items()
    }
    return [
        _made(kind, item, {name: column[i] for name, column in columns.items()}, f"{place}[{i}]")
        for i, item in enumerate(items)
    ]


def split(kind: Kind, given: Any) -> list[Any] | None:
    """Give the values of a list or of a batch, None for a single one."""
    if isinstance(given, list | tuple):
        return list(given)
    if is_array(given) and kind.is_batch(tuple(given.shape)):
        return [given[i] for i in range(len(given))]
    return None


def _made(kind: Kind, item: Any, options: Mapping[str, Any], place: str) -> Any:
    if isinstance(item, kind.media) and not options:
        return item
    if isinstance(item, kind.media) and kind is not IMAGE:
        raise InvalidInput(
            f"{place}: {', '.join(options)}: expected no options of {kind.noun} values that are made already; "
            f"give them to {kind.media.__name__}(...)"
        )
    try:
        return kind.media(item, **options)
    except MedialogError as error:
        raise type(error)(f"{place}: {error}") from error


def _spread(place: str, kind: Kind, name: str, value: Any, n: int) -> Sequence[Any]:
    if is_array(value) and len(value.shape) == 1 and name not in kind.parts:
        value = value.tolist()
    if not isinstance(value, list | tuple) or _is_one_value(kind, name, value):
        return [value] * n
    if len(value) != n:
        raise InvalidInput(
            f"{place}: expected {n} items for {name}, one for each {kind.noun}, but found {len(value)}"
        )
    return value


def _is_one_value(kind: Kind, name: str, value: Sequence[Any]) -> bool:
    return len(value) > 0 and name in kind.parts and kind.parts[name](value[0])
