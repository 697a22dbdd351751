"""Images: pixels or a file, with masks, boxes and what else is known of them.

The constructor checks its arguments and takes one snapshot. Conversion to pixels, PNG and digests
are made in `encode`, off the training thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from ...payload import Payload
from ...schema import BoxSetMeta, ImageMeta, Label, MaskMeta
from ..captioned import Captioned
from ..classes import Classes
from . import conversion, detections, formats, notes
from . import masks as mask_sets
from .grid import make_grid
from .layout import in_memory_order
from .masks import Mask
from .notes import Notes
from .pixels import DEFAULT, Encoded, Pixels, checked_options
from .sources import source_of
from .stored import Stored

Array = NDArray[Any]
_OVERHEAD_BYTES = 500
_BOX_BYTES = 400


class Image(Captioned):
    """An image, fixed when its constructor returns.

    Args:
        data_or_path: An array or tensor of any library, on any device; a PIL image; the path of an image
            file, whose bytes are kept; a matplotlib figure or axes; nested lists of numbers; or
            another Image, whose overlays, caption and notes are taken over where none are given.
            H×W is grey; three axes are H×W×C or C×H×W with 1 (grey), 3 (RGB) or 4 (RGBA)
            channels: where both readings fit, a torch tensor is C×H×W, any other array H×W×C.
            A batch of four axes becomes one picture, laid out as `grid` does.
        mode: A Pillow mode to convert the pixels to, e.g. "L".
        caption: A line of text.
        grouping: A number for those who lay out groups of images; only kept.
        classes: `Classes`, or its list of `{"id", "name"}`.
        boxes: `{set name: {"box_data": [{"position": ..., "class_id", "domain", "box_caption",
            "scores"}], "class_labels": {id: name}}}`; a position is `{"minX", "maxX", "minY",
            "maxY"}` or `{"middle": [x, y], "width", "height"}`, in fractions of the image or, with
            `"domain": "pixel"`, in pixels. A box may stand partly outside.
        masks: `{set name: {"mask_data": H×W ids or "path": file, "class_labels": {id: name}}}` with
            ids 0..65534, or `{set name: Mask}`.
        file_type: "png" (default), "jpg", "jpeg", "webp" or "bmp". The second, third and fourth
            are lossy; jpg and bmp hold no alpha, so that white shows through there.
        normalize: False cuts floats off to 0..255 instead of finding their range.
        value_range: (lo, hi): these become 0 and 255. Without it floats within [0, 1] or [-1, 1]
            are stretched and all others clipped, decided once for a list; NaN becomes 0.
        layout: "CHW" or "HWC", to state which axis has the channels.
        sample_id: Which sample of the data set it is, so that it can be followed over steps.
        scores: Numbers of this sample, e.g. its loss.
        label: Its class: `{"truth", "prediction", "score"}`.
        quality: 1..100 of a lossy file; 90 by default.
        lossless: True writes WebP without loss.

    Raises:
        WrongType: An argument is of a type that cannot be logged.
        InvalidInput: An argument is of the right type, but no image, mask, box or option.
        OSError: The file of a path cannot be read.
    """

    __slots__ = ("_notes", "_source")

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Classes | Sequence[Mapping[str, Any]] | None = None,
        boxes: Mapping[str, Any] | None = None,
        masks: Mapping[str, Any] | None = None,
        file_type: str | None = None,
        *,
        normalize: bool = True,
        value_range: Sequence[float] | None = None,
        layout: str | None = None,
        sample_id: str | int | None = None,
        scores: Mapping[str, float] | None = None,
        label: Label | Mapping[str, Any] | None = None,
        quality: int | None = None,
        lossless: bool | None = None,
    ) -> None:
        plain = mode is None and file_type is None and value_range is None and layout is None
        plain = plain and normalize and quality is None and lossless is None
        options = DEFAULT
        if not plain:
            encoding = formats.encoding(file_type, quality, lossless)
            options = checked_options(mode, encoding, normalize, value_range, layout)
        before: tuple[str | None, str | None, Notes] = (None, None, notes.EMPTY)
        data = data_or_path
        if isinstance(data, Image):
            before = (data.caption, data.sample_id, data.notes)
            data = data.source if plain else data.to_numpy()
        self._source: Pixels | Stored = source_of(data, options)
        super().__init__(
            before[0] if caption is None else caption, before[1] if sample_id is None else sample_id
        )
        self._notes = before[2]
        noted = classes is not None or boxes is not None or masks is not None
        if noted or scores is not None or label is not None or grouping is not None:
            given = notes.Given(classes, boxes, masks, scores, label, grouping)
            self._notes = notes.checked(given, (self.height, self.width), self._notes)

    @classmethod
    def grid(
        cls,
        batch: Any,
        nrow: int = 8,
        padding: int = 2,
        normalize: bool = False,
        value_range: tuple[float, float] | None = None,
        scale_each: bool = False,
        pad_value: float = 0.0,
        *,
        layout: str | None = None,
        **options: Any,
    ) -> Image:
        """Lay a batch out side by side: `make_grid` has the arguments and their meaning.

        The finished grid becomes pixels like any image: floats within [0, 1] or [-1, 1] are
        stretched, all others clipped. `options` are `caption` and the other keywords of `Image`.

        Raises:
            InvalidInput: No images, or images of different sizes.
        """
        grid = make_grid(
            batch, nrow, padding, normalize, value_range, scale_each, pad_value, layout=layout
        )
        array, first = in_memory_order(grid, channels_first=True)
        return cls(Pixels(array, channels_first=first), **options)

    @classmethod
    def from_detections(
        cls,
        image: Any,
        pred: Any = None,
        target: Any = None,
        class_labels: Mapping[int, str] | None = None,
        *,
        box_format: str = "xyxy",
        **options: Any,
    ) -> Image:
        """Make an image with what a detector found and what is true, in pixels.

        Args:
            image: As for `Image`.
            pred: The set `predictions`: a dictionary as torchvision's detectors give it (`boxes`
                N×4, `labels`, `scores`, `masks` N×1×H×W or N×H×W), or COCO's list of annotations
                (`bbox`, `category_id`, `score`), whose boxes are always x, y, width, height.
            target: The set `ground_truth`, likewise.
            class_labels: Class ids to names.
            box_format: "xyxy", "xywh" or "cxcywh", of `boxes` that are no `BoundingBoxes`.
            **options: `caption`, `sample_id` and the other keywords of `Image`.

        Raises:
            InvalidInput: Lengths differ, or a box is not finite, of negative size or outside.
        """
        sets = {"predictions": pred, "ground_truth": target}
        overlays = detections.overlays(sets, class_labels, box_format)
        return cls(image, boxes=overlays.boxes, masks=overlays.masks, **options)

    @property
    def width(self) -> int:
        """Width in pixels."""
        return self._source.width

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self._source.height

    @property
    def source(self) -> Pixels | Stored:
        """Its pixels before conversion, or its file."""
        return self._source

    @property
    def notes(self) -> Notes:
        """Classes, scores, label and grouping, as checked."""
        return self._notes

    @property
    def masks(self) -> Mapping[str, Mask]:
        """The mask sets by name."""
        return MappingProxyType(self._notes.masks)

    @property
    def boxes(self) -> Mapping[str, BoxSetMeta]:
        """The box sets by name."""
        return MappingProxyType(self._notes.boxes)

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds, roughly: what it costs in the queue."""
        held = self._source.nbytes + _OVERHEAD_BYTES
        if self._notes is not notes.EMPTY:
            held += sum(mask.nbytes for mask in self._notes.masks.values())
            held += sum(len(boxes.box_data) for boxes in self._notes.boxes.values()) * _BOX_BYTES
        return held

    def to_numpy(self) -> Array:
        """Give the pixels after conversion: H×W or H×W×C, uint8 or uint16.

        A float image decides its range by itself here; logged in a list, with the list.
        """
        return self._source.to_numpy(_common_rule([self]))

    def to_pil(self) -> PIL.Image.Image:
        """Give the pixels as a Pillow image; 16-bit RGB, which Pillow lacks, as 8 bits."""
        return formats.to_pillow(self.to_numpy())

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Image):
            return NotImplemented
        mine = (self._caption, self._sample_id, self._notes)
        if mine != (other._caption, other._sample_id, other._notes):
            return False
        ours, theirs = self.to_numpy(), other.to_numpy()
        return ours.dtype == theirs.dtype and np.array_equal(ours, theirs)

    def __repr__(self) -> str:
        return f"Image({self.width}×{self.height}{self._captioned()})"

    __hash__ = None  # type: ignore[assignment]


def encode(images: Sequence[Image]) -> Iterator[Payload]:
    """Encode images logged under one key: float images that state no range share one."""
    rule = _common_rule(images)
    return map(partial(_payload, rule=rule), images)


def decode(payload: Payload) -> Image:
    """Undo `encode`; files are read when their pixels are asked for."""
    meta, files = payload.meta_as(ImageMeta), payload.files
    encoded = Encoded(files[""], meta.channels, meta.bit_depth, meta.encoding, meta.conversion)
    masks = {
        name: mask_sets.decode(files.get(mask_sets.ROLE + name), mask.class_labels)
        for name, mask in meta.masks.items()
    }
    image = Image(
        Stored(encoded, meta.width, meta.height),
        caption=payload.caption,
        sample_id=payload.sample_id,
    )
    image._notes = Notes(  # noqa: SLF001 (checked when it was logged)
        meta.classes, meta.boxes, masks, meta.scores, meta.label, meta.grouping
    )
    return image


def _payload(image: Image, rule: str) -> Payload:
    encoded, extra = image.source.encode(rule), image.notes
    meta = ImageMeta(
        width=image.width,
        height=image.height,
        channels=encoded.channels,
        bit_depth=encoded.bit_depth,
        encoding=encoded.encoding,
        conversion=encoded.conversion,
        masks={name: MaskMeta(mask.class_labels) for name, mask in extra.masks.items()},
        boxes=extra.boxes,
        label=extra.label,
        scores=extra.scores,
        grouping=extra.grouping,
        classes=extra.classes,
    )
    files = (mask.encode(name) for name, mask in extra.masks.items())
    blobs = [encoded.blob, *(file for file in files if file is not None)]
    return Payload(meta, blobs, image.caption, image.sample_id)


def _common_rule(images: Iterable[Image]) -> str:
    extents = (image.source.extent() for image in images)
    return conversion.decide(one for one in extents if one is not None)
