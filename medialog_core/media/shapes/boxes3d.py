"""Boxes and vectors among points: checked where the caller stands, kept as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...arrays import describe, is_array, to_numpy
from ...checks import line, number
from ...errors import InvalidInput, WrongType
from ...geometry.rotation import rotation
from ...schema import Box3D, Colour, Point, Vector3D, to_number

Floats = NDArray[np.float64]
Shape = TypeVar("Shape", Box3D, Vector3D)

_SIGNS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float64)
"""Where the corners of a box are, in its own directions: x changes slowest."""
_STEPS = (_SIGNS + 1) / 2
_TRIPLES = np.array(list(combinations(range(1, 8), 3)))
_TOLERANCE = 1e-3
"""So much of its size a box's corners may be off."""
_BOX = "{'corners': 8×3, 'color': [r, g, b], 'label', 'score'}"
_VECTOR = "{'start': [x, y, z], 'end': [x, y, z], 'color': [r, g, b]}"


def box3d(
    *,
    center: Any,
    size: Any,
    orientation: Any,
    color: Any,
    label: str | None = None,
    score: float | None = None,
) -> dict[str, Any]:
    """Give a box for `Object3D`, from its middle, size and turn.

    Args:
        center: x, y, z of its middle.
        size: How long it is in its own x, y and z directions; not negative.
        orientation: The quaternion [r, x, y, z] that turns it; its length does not matter, its
            signs do. [1, 0, 0, 0] leaves it along the axes.
        color: [r, g, b], 0..255, or fractions of 1 if none is above 1.
        label: A line of text.
        score: A number, to filter boxes by.

    Returns:
        A dictionary with `corners` (8×3; x changes slowest: 000, 001, 010, ... 111), `color`,
        `label` and `score`.

    Raises:
        WrongType: A number or the label is of the wrong type.
        InvalidInput: A wrong length, not finite, a negative size or a quaternion of zero.
    """
    middle, lengths = _numbers(center, (3,), "box3d: center"), _numbers(size, (3,), "box3d: size")
    if (lengths < 0).any():
        raise InvalidInput(f"box3d: size: expected no negative length, got {lengths.tolist()}")
    try:
        turn = rotation(_numbers(orientation, (4,), "box3d: orientation"))
    except ValueError as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(
            f"box3d: orientation: {error}, got {describe(orientation)}; [1, 0, 0, 0] turns nothing"
        ) from None
    corners = middle + (_SIGNS * lengths / 2) @ turn.T
    given = {"corners": corners.tolist(), "color": color, "label": label, "score": score}
    _box(given, "box3d")
    return given


def checked_boxes(boxes: Any, field: str) -> tuple[Box3D, ...]:
    """Check boxes.

    Args:
        boxes: A list, or an array of objects, of dictionaries with `corners` and perhaps `color`,
            `label` and `score`; or of boxes that were read back; None is none.
        field: What to call it in an error.

    Returns:
        The boxes; corners that are those of a box in another order are put into ours.

    Raises:
        WrongType: Something is of the wrong type; the place of the box is named.
        InvalidInput: Unknown keys, wrong lengths, or not finite.
    """
    return _each(boxes, field, Box3D, _box)


def checked_vectors(vectors: Any, field: str) -> tuple[Vector3D, ...]:
    """Check vectors: dictionaries with `start`, `end` and perhaps `color`; else as `checked_boxes`."""
    return _each(vectors, field, Vector3D, _vector)


def _each(
    values: Any, field: str, type_: type[Shape], make: Callable[[Any, str], Shape]
) -> tuple[Shape, ...]:
    if values is None:
        return ()
    listed = values.tolist() if isinstance(values, np.ndarray) else values
    if not isinstance(listed, list | tuple):
        raise WrongType(f"{field}: expected a list of dictionaries, got {describe(values)}")
    return tuple(
        one if isinstance(one, type_) else make(one, f"{field}[{place}]")
        for place, one in enumerate(listed)
    )


def _box(value: Any, field: str) -> Box3D:
    _check_keys(value, field, _BOX, needed={"corners"}, other={"color", "label", "score"})
    score, label = value.get("score"), value.get("label")
    corners = _in_order(_numbers(value["corners"], (8, 3), f"{field}['corners']"))
    return Box3D(
        tuple(map(tuple, corners.tolist())),
        _color(value.get("color"), f"{field}['color']"),
        None if label is None else line(label, f"{field}['label']"),
        None if score is None else to_number(number(score, f"{field}['score']")),
    )


def _vector(value: Any, field: str) -> Vector3D:
    _check_keys(value, field, _VECTOR, needed={"start", "end"}, other={"color"})
    start, end = (_point(value[name], f"{field}[{name!r}]") for name in ("start", "end"))
    return Vector3D(start, end, _color(value.get("color"), f"{field}['color']"))


def _check_keys(value: Any, field: str, form: str, needed: set[str], other: set[str]) -> None:
    if not isinstance(value, Mapping):
        raise WrongType(f"{field}: expected {form}, got {describe(value)}")
    if not needed <= value.keys() <= needed | other:
        raise InvalidInput(f"{field}: expected {form}, got the keys {sorted(map(str, value))}")


def _point(value: Any, field: str) -> Point:
    x, y, z = _numbers(value, (3,), field).tolist()
    return x, y, z


def _color(value: Any, field: str) -> Colour | None:
    """Give a colour as 0..255; one that has nothing above 1 is in fractions."""
    if value is None:
        return None
    given = _numbers(value, (3,), field)
    scaled = given * 255 if given.max() <= 1 else given
    r, g, b = np.clip(np.floor(scaled + 0.5), 0, 255).astype(int).tolist()
    return r, g, b


def _numbers(value: Any, shape: tuple[int, ...], field: str) -> Floats:
    form = "×".join(map(str, shape)) if len(shape) > 1 else f"{shape[0]}"
    if not isinstance(value, list | tuple) and not is_array(value):
        raise WrongType(f"{field}: expected {form} numbers, got {describe(value)}")
    try:
        array = to_numpy(value, field)
    except InvalidInput:
        raise InvalidInput(f"{field}: expected {form} numbers, got {describe(value)}") from None
    if array.dtype.kind not in "iuf":
        raise WrongType(f"{field}: expected {form} real numbers, got {describe(value)}")
    if array.shape != shape:
        raise InvalidInput(f"{field}: expected {form} numbers, got shape {array.shape}")
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise InvalidInput(
            f"{field}: expected finite numbers, got {numbers.tolist()}; leave such ones out"
        )
    return numbers


def _in_order(corners: Floats) -> Floats:
    """Put the corners of a box into our order; those of anything else stay as they are."""
    close = _TOLERANCE * np.abs(corners - corners[0]).max()
    edges = corners[[4, 2, 1]] - corners[0]
    if np.abs(corners[0] + _STEPS @ edges - corners).max() <= close:
        return corners
    edges = corners[_TRIPLES] - corners[0]
    meant = corners[0] + _STEPS @ edges
    off = np.abs(meant[:, :, None] - corners).max(axis=-1)
    places = off.argmin(axis=-1)
    fits = (off.min(axis=-1) <= close).all(axis=-1) & (np.sort(places) == np.arange(8)).all(axis=-1)
    return corners[places[fits.argmax()]] if fits.any() else corners
