"""Masks: a class id for each pixel, stored as a PNG whose pixels' indices are the ids."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ... import png
from ...arrays import describe, snapshot, to_numpy
from ...checks import check_text
from ...errors import InvalidInput, WrongType
from ...payload import Blob, digest_of
from ..classes import checked_labels
from . import stored

Array = NDArray[Any]

IGNORED = 65_535
"""The one id a user may not use: what `Mask.with_ignored` makes of ids that stand for no class."""
ROLE = "mask:"
_MAX_ID = IGNORED - 1
_PALETTE_IDS = 256
_INDEX_MODES = ("1", "L", "P", "I;16", "I;16L", "I;16B", "I")
_KEYS = {"mask_data", "path", "class_labels"}


class Mask:
    """A mask set: ids 0..65534 of the image's size, and the names of the ids.

    `image.masks["predictions"]` is one. A class without a label is called `class_<id>` by whoever
    shows it; nothing is filled in here, because that would mean looking at every pixel.

    Attributes:
        class_labels: Ids, as strings, to names.
    """

    __slots__ = ("_ids", "class_labels")

    def __init__(
        self, ids: Callable[[], Array] | Array | None, class_labels: dict[str, str]
    ) -> None:
        self._ids = ids
        self.class_labels = class_labels

    @classmethod
    def with_ignored(
        cls,
        mask_data: Any,
        class_labels: Mapping[int, str] | None = None,
        *,
        ignore: Iterable[int] = (),
    ) -> Mask:
        """Make a mask of what training brings: negative ids mean "ignore this pixel".

        Args:
            mask_data: Whole numbers, H×W.
            class_labels: Ids to names.
            ignore: Further ids that stand for no class, e.g. 255.

        Returns:
            A mask in which all of these, and ids above 65534, are the id 65535 named `ignored`.
        """
        data = to_numpy(mask_data, "mask_data")
        bad = (data < 0) | (data > _MAX_ID) | np.isin(data, list(ignore))
        labels = checked_labels(class_labels, "class_labels")
        if not bad.any():
            return cls(_narrowed(data, "mask_data"), labels)
        ids = _narrowed(np.where(bad, 0, data), "mask_data").astype(np.uint16)
        ids[bad] = IGNORED
        return cls(ids, {**labels, str(IGNORED): "ignored"})

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return self._ids.nbytes if isinstance(self._ids, np.ndarray) else 0

    def to_numpy(self) -> Array | None:
        """Give the ids as H×W uint8 or uint16; None of a set that was logged empty."""
        return self._ids() if callable(self._ids) else self._ids

    def encode(self, name: str) -> Blob | None:
        """Give its file; the bytes are made when a sink asks for them."""
        ids = self.to_numpy()
        if ids is None:
            return None
        digest = digest_of(np.ascontiguousarray(ids).data, "mask", ids.shape, ids.dtype.str)
        return Blob(lambda: _to_png(ids), "image/png", "png", ROLE + name, digest)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Mask):
            return NotImplemented
        mine, theirs = self.to_numpy(), other.to_numpy()
        same = (mine is None) == (theirs is None) and np.array_equal(mine, theirs)  # type: ignore[arg-type]
        return same and self.class_labels == other.class_labels

    def __repr__(self) -> str:
        return f"Mask({len(self.class_labels)} class labels, {self.nbytes} bytes)"

    __hash__ = None  # type: ignore[assignment]


def decode(blob: Blob | None, class_labels: dict[str, str]) -> Mask:
    """Undo `Mask.encode`; the file is read when the ids are asked for."""
    return Mask(None if blob is None else lambda: _from_png(blob.data), class_labels)


def checked_masks(masks: Any, size: tuple[int, int]) -> dict[str, Mask]:
    """Check the `masks` argument of an image, and fix its content.

    Args:
        masks: Names of sets to `{"mask_data" or "path", "class_labels"}` or `Mask`; `{}` is legal.
        size: (height, width) of the image.

    Raises:
        WrongType: A dictionary, an array or a label is of the wrong type.
        InvalidInput: A mask of the wrong size, with ids outside 0..65534 or fractions.
    """
    if not isinstance(masks, Mapping):
        raise WrongType(
            f"masks: expected {{set name: {{'mask_data': ids, 'class_labels': names}}}}, got {describe(masks)}"
        )
    return {
        check_text(name, "masks: the name of a set"): _checked(value, f"masks[{name!r}]", size)
        for name, value in masks.items()
    }


def _checked(value: Any, field: str, size: tuple[int, int]) -> Mask:
    if isinstance(value, Mask):
        ids = value.to_numpy()
        if ids is not None:
            _sized(ids, field, size)
        return value
    if not isinstance(value, Mapping):
        raise WrongType(
            f"{field}: expected {{'mask_data': ids}} or {{'path': file}}, got {describe(value)}"
        )
    if not value.keys() <= _KEYS:
        raise InvalidInput(
            f"{field}: expected the keys {sorted(_KEYS)}, got {sorted(map(str, value))}"
        )
    labels = checked_labels(value.get("class_labels"), f"{field}['class_labels']")
    data, path = value.get("mask_data"), value.get("path")
    if (data is None) == (path is None):
        if data is None and not labels:
            return Mask(None, labels)
        raise InvalidInput(
            f"{field}: give either 'mask_data' or 'path', got the keys {sorted(value)}"
        )
    if path is not None:
        return Mask(_narrowed(_sized(_read(path, field), field, size), f"{field}['path']"), labels)
    ids = _from_pillow(data, field) if isinstance(data, PIL.Image.Image) else to_numpy(data, field)
    return Mask(_narrowed(_sized(ids, field, size), f"{field}['mask_data']"), labels)


def _sized(ids: Array, field: str, size: tuple[int, int]) -> Array:
    if ids.shape == size:
        return ids
    if ids.shape in ((1, *size), (*size, 1)):
        return ids.reshape(size)
    raise InvalidInput(
        f"{field}: a mask has its image's size, {size[0]}×{size[1]} (height×width), got shape {ids.shape}"
        + ("; take the class of each pixel first, e.g. logits.argmax(0)" if ids.ndim > 2 else "")  # noqa: PLR2004
    )


def _narrowed(ids: Array, field: str) -> Array:
    """Copy ids into the smallest of uint8 and uint16 that holds them all."""
    if ids.dtype == np.uint8:
        return snapshot(ids)
    if ids.dtype == np.bool_:
        return snapshot(ids.view(np.uint8))
    if ids.dtype.kind == "c":
        raise WrongType(f"{field}: class ids are whole numbers, got complex ones, {describe(ids)}")
    lo, hi = ids.min(), ids.max()
    if not (lo >= 0 and hi <= _MAX_ID):  # NaN, too, is in no range
        raise InvalidInput(_outside(lo, hi, field))
    narrow = snapshot(ids, np.uint8 if hi < _PALETTE_IDS else np.uint16)
    if ids.dtype.kind == "f" and not np.array_equal(narrow, ids):
        raise InvalidInput(
            f"{field}: class ids are whole numbers, got fractions (dtype {ids.dtype}); "
            "threshold scores first, e.g. (scores > 0.5)"
        )
    return narrow


def _outside(lo: Any, hi: Any, field: str) -> str:
    return (
        f"{field}: class ids are 0..{_MAX_ID}, got {lo}..{hi}; relabel them: "
        "np.unique(mask, return_inverse=True) numbers ids from 0, mask[mask < 0] = 0 clears negative ones"
    )


def _from_pillow(image: PIL.Image.Image, field: str) -> Array:
    if image.mode not in _INDEX_MODES:
        raise InvalidInput(
            f"{field}: a mask's pixels are class ids (mode L, P, 1 or I), got a Pillow image of mode {image.mode}"
        )
    return np.asarray(image)


def _read(path: str | os.PathLike[str], field: str) -> Array:
    if not isinstance(path, str | os.PathLike):
        raise WrongType(
            f"{field}['path']: expected the path of an image file, got {describe(path)}"
        )
    data = Path(path).read_bytes()
    try:
        with PIL.Image.open(io.BytesIO(data)) as image:
            return _from_pillow(image, field)
    except (OSError, SyntaxError) as error:
        raise InvalidInput(
            f"{field}: {path} is no image that can be read ({stored.reason(error)})"
        ) from None


def _to_png(ids: Array) -> bytes:
    if ids.dtype == np.uint8:
        return png.encode(ids, _PALETTE[: int(ids.max()) + 1])
    return png.encode(ids)


def _from_png(data: bytes) -> Array:
    wide = png.decode_16bit(data)
    return np.asarray(stored.open_image(data, "image/png")) if wide is None else wide


def _palette() -> NDArray[np.uint8]:
    """Colours that differ: the hue goes round by the golden ratio; 0 is black. They mean nothing."""
    hue = (np.arange(_PALETTE_IDS) * 0.618034) % 1 * 6
    wheel = np.abs((hue[:, None] + np.array([0, 4, 2])) % 6 - 3) - 1
    colours: NDArray[np.uint8] = (np.clip(wheel, 0, 1) * 200 + 40).astype(np.uint8)
    colours[0] = 0
    return colours


_PALETTE = _palette()
