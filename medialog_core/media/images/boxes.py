"""Boxes: checked where the caller stands, kept as data, drawn by whoever shows them."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any, Literal

from ...arrays import describe, is_array
from ...checks import check_text, number, whole
from ...errors import InvalidInput, WrongType
from ...schema import BoxMeta, BoxSetMeta, Number, Position, to_number
from ..classes import checked_labels

Corners = tuple[float, float, float, float]
Domain = Literal["fraction", "pixel"]
_DOMAINS: dict[Any, Domain] = {None: "fraction", "fraction": "fraction", "pixel": "pixel"}
_NOWHERE: Mapping[str, Any] = {}
_KEYS = frozenset(("position", "domain", "class_id", "box_caption", "scores"))
_CORNERS = ("minX", "maxX", "minY", "maxY")


def checked_boxes(boxes: Any, size: tuple[int, int]) -> dict[str, BoxSetMeta]:
    """Check the `boxes` argument of an image (S9).

    Args:
        boxes: Names of sets to `{"box_data": [...], "class_labels": {...}}`; `{}` is legal.
        size: (height, width) of the image, for boxes in pixels.

    Returns:
        The sets; a class id without a label is labelled `class_<id>`.

    Raises:
        WrongType: A dictionary, a number or a string is of the wrong type.
        InvalidInput: A box without a position, not finite, of negative size, wholly outside, or
            with an unknown domain or key.
    """
    if not isinstance(boxes, Mapping):
        raise WrongType(
            f"boxes: expected {{set name: {{'box_data': [...], 'class_labels': names}}}}, got {describe(boxes)}"
        )
    return {
        check_text(name, "boxes: the name of a set"): _box_set(value, f"boxes[{name!r}]", size)
        for name, value in boxes.items()
    }


def _box_set(value: Any, field: str, size: tuple[int, int]) -> BoxSetMeta:
    if isinstance(value, BoxSetMeta):
        return value
    if not isinstance(value, Mapping):
        raise WrongType(f"{field}: expected {{'box_data': [...]}}, got {describe(value)}")
    if not value.keys() <= {"box_data", "class_labels"}:
        raise InvalidInput(
            f"{field}: expected the keys 'box_data' and 'class_labels', got {sorted(map(str, value))}"
        )
    data = value.get("box_data", [])
    if not isinstance(data, list | tuple):
        raise WrongType(
            f"{field}['box_data']: expected a list of dictionaries, got {describe(data)}"
        )
    labels = checked_labels(value.get("class_labels"), f"{field}['class_labels']")
    parsed = [_box(box, f"{field}['box_data'][{place}]", size) for place, box in enumerate(data)]
    for box in parsed:
        if box.class_id is not None:
            labels.setdefault(str(box.class_id), f"class_{box.class_id}")
    return BoxSetMeta(parsed, labels)


def _box(box: Any, field: str, size: tuple[int, int]) -> BoxMeta:
    if not isinstance(box, Mapping):
        raise WrongType(f"{field}: expected a dictionary with a 'position', got {describe(box)}")
    if not box.keys() <= _KEYS:
        raise InvalidInput(
            f"{field}: expected the keys {sorted(_KEYS)}, got {sorted(map(str, box))}"
        )
    stated = box.get("domain")
    domain = _DOMAINS.get(stated) if stated is None or isinstance(stated, str) else None
    if domain is None:
        raise InvalidInput(
            f"{field}['domain']: expected 'pixel', or nothing for fractions of the image, "
            f"got {stated!r}"
        )
    position = box.get("position", _NOWHERE)
    middle = isinstance(position, Mapping) and "middle" in position
    corners = _from_middle(position, field) if middle else _from_corners(position, field)
    _check_place(corners, domain, field, size)
    class_id, caption = box.get("class_id"), box.get("box_caption")
    if caption is not None:
        caption = check_text(caption, f"{field}['box_caption']")
    return BoxMeta(
        Position(*corners),
        domain,
        class_id
        if class_id is None or type(class_id) is int
        else whole(class_id, f"{field}['class_id']"),
        caption,
        checked_scores(box.get("scores"), f"{field}['scores']"),
        "middle" if middle else "corners",
    )


def _from_corners(position: Any, field: str) -> Corners:
    if not isinstance(position, Mapping) or position.keys() != set(_CORNERS):
        raise InvalidInput(
            f"{field}['position']: expected {{'minX', 'maxX', 'minY', 'maxY'}} "
            f"or {{'middle': [x, y], 'width', 'height'}}, got {describe(position)}"
        )
    lo_x, hi_x, lo_y, hi_y = (_number(position[key], field, key) for key in _CORNERS)
    return lo_x, hi_x, lo_y, hi_y


def _from_middle(position: Mapping[str, Any], field: str) -> Corners:
    if position.keys() != {"middle", "width", "height"}:
        raise InvalidInput(
            f"{field}['position']: 'middle' goes with 'width' and 'height', got {describe(position)}"
        )
    middle = position["middle"]
    listed = isinstance(middle, list | tuple) and len(middle) == 2  # noqa: PLR2004
    if not listed and not (is_array(middle) and tuple(middle.shape) == (2,)):
        raise WrongType(f"{field}['position']['middle']: expected [x, y], got {describe(middle)}")
    x, y = _number(middle[0], field, "middle"), _number(middle[1], field, "middle")
    width, height = (
        _number(position["width"], field, "width"),
        _number(position["height"], field, "height"),
    )
    return x - width / 2, x + width / 2, y - height / 2, y + height / 2


def _number(value: Any, field: str, key: str) -> float:
    given = value if type(value) is float else number(value, f"{field}['position'][{key!r}]")
    if not isfinite(given):
        raise InvalidInput(
            f"{field}['position'][{key!r}]: expected a finite number, got {given}; leave such boxes out"
        )
    return float(given)


def _check_place(corners: Corners, domain: str, field: str, size: tuple[int, int]) -> None:
    lo_x, hi_x, lo_y, hi_y = corners
    if lo_x > hi_x or lo_y > hi_y:
        raise InvalidInput(
            f"{field}: negative size, minX..maxX is {lo_x}..{hi_x} and minY..maxY {lo_y}..{hi_y}"
        )
    height, width = size if domain == "pixel" else (1, 1)
    if hi_x < 0 or hi_y < 0 or lo_x > width or lo_y > height:
        where = f"the image of {width}×{height} pixels" if domain == "pixel" else "the image, 0..1"
        fix = "" if domain == "pixel" else "; pixels need 'domain': 'pixel'"
        raise InvalidInput(
            f"{field}: x {lo_x}..{hi_x}, y {lo_y}..{hi_y} is wholly outside {where}{fix}"
        )


def checked_scores(scores: Any, field: str) -> dict[str, Number]:
    """Check a dictionary of names to numbers.

    Raises:
        WrongType: A name is no string or a value no number.
    """
    if scores is None:
        return {}
    if not isinstance(scores, Mapping):
        raise WrongType(
            f"{field}: expected a dictionary of names to numbers, got {describe(scores)}"
        )
    return {
        check_text(name, f"{field}: the name of a score"): to_number(
            number(value, f"{field}[{name!r}]")
        )
        for name, value in scores.items()
    }
