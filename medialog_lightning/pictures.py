"""The arguments of `log_image` to a list of images: batches, and options given for each image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from medialog_core import Image
from medialog_core.arrays import describe, is_array
from medialog_core.errors import InvalidInput, MedialogError

BATCH_AXES = 4
CHANNELS = (1, 2, 3, 4)
_PARTS: dict[str, tuple[type[Any], ...]] = {"value_range": (int, float), "classes": (Mapping,)}
"""Options that are sequences themselves, and of what: `value_range=(0, 1)` is for all images."""


def to_images(key: str, images: Any, options: Mapping[str, Any]) -> Image | list[Image]:
    """Make what `log_image` logs.

    Args:
        key: For errors.
        images: A list, a batch or a single picture.
        options: `Image`'s arguments: a list, a tuple or an array of one axis has one for each
            picture, anything else is for all of them.

    Raises:
        InvalidInput: There is no picture, one that cannot be logged, or an option is a list of
            another length.
        WrongType: Something that is no picture.
    """
    items = split(images)
    if items is None:
        one = {name: _spread(key, name, value, 1)[0] for name, value in options.items()}
        return _image(images, one, f"log_image({key!r})")
    if not items:
        raise InvalidInput(
            f"log_image({key!r}): expected at least one image, got {describe(images)}"
        )
    columns = {name: _spread(key, name, value, len(items)) for name, value in options.items()}
    return [
        _image(
            item, {name: column[i] for name, column in columns.items()}, f"log_image({key!r})[{i}]"
        )
        for i, item in enumerate(items)
    ]


def split(images: Any) -> list[Any] | None:
    """Give the pictures of a list or of a batch, None for a single picture.

    An array of four axes is a batch; one of three is a batch NxHxW unless its first or last axis
    has the size of a channel axis (1 to 4): then it is one picture.
    """
    if isinstance(images, list | tuple):
        return list(images)
    if is_array(images) and _is_batch(tuple(images.shape)):
        return [images[i] for i in range(len(images))]
    return None


def _is_batch(shape: tuple[int, ...]) -> bool:
    if len(shape) == BATCH_AXES - 1:
        return shape[0] not in CHANNELS and shape[-1] not in CHANNELS
    return len(shape) == BATCH_AXES


def _image(item: Any, options: Mapping[str, Any], place: str) -> Image:
    if isinstance(item, Image) and not options:
        return item
    try:
        return Image(item, **options)
    except MedialogError as error:
        raise type(error)(f"{place}: {error}") from error


def _spread(key: str, name: str, value: Any, n: int) -> Sequence[Any]:
    if is_array(value) and len(value.shape) == 1 and name not in _PARTS:
        value = value.tolist()
    if not isinstance(value, list | tuple) or _is_one_value(name, value):
        return [value] * n
    if len(value) != n:
        raise InvalidInput(
            f"log_image({key!r}): expected {n} items for {name}, one for each image, but found {len(value)}"
        )
    return value


def _is_one_value(name: str, value: Sequence[Any]) -> bool:
    return len(value) > 0 and isinstance(value[0], _PARTS.get(name, ()))
