"""Videos: frames or a file.

The constructor checks its arguments and takes one snapshot. Conversion, encoding and what is to be
known of a file are made in `encode`, off the training thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ...arrays import describe, is_array
from ...checks import number, value_range, whole
from ...errors import InvalidInput, WrongType
from ...film.encoding import MAX_FPS, MIN_FPS, encoding
from ...payload import Payload
from ...schema import VideoMeta
from .. import kept
from ..captioned import Captioned
from ..images import conversion
from . import footage
from .clip import Clip, Options, from_numbers
from .footage import Footage

_DEFAULT_FPS = 4.0
_OVERHEAD_BYTES = 500
_STATED_FOR_A_FILE = "a file is kept as it is; give its frames instead, Video(path).to_numpy()"


class Video(Captioned):
    """A video, fixed when its constructor returns.

    Args:
        data_or_path: A file, whose bytes are kept: a path or an open file of gif, mp4, m4v, mov,
            webm, mkv, ogg, ogv, webp or apng, which browsers play (they play no avi). Or frames: an
            array or tensor of any library, T×C×H×W, T×H×W×C or T×H×W (grey) with 1, 3 or 4
            channels, T×C×H×W where both fit; B×T×C×H×W or B×T×H×W×C, whose videos are laid out
            side by side as `make_grid` does; or a list of frames: arrays, PIL images or `Image`s.
        caption: A line of text.
        fps: Frames a second, 0.01 to 1000, of frames; 4 by default. A file has its own, and a
            stated one is ignored with a warning, as scripts for W&B state it.
        format: "mp4" (default; H.264), "webm" (VP9), "webp" or "gif", of frames; without PyAV (the
            extra `video`) the default is "webp". Of an open file without a name, what it is. mp4,
            webm and gif have no alpha, so that white shows through there; the sides of an mp4 are
            even, so that a last column or row is repeated, which `meta.padding` tells.
        layout: "THW", "TCHW", "THWC", "BTCHW" or "BTHWC", to state which axis is which.
        value_range: (lo, hi): these become 0 and 255. Without it floats within [0, 1] or [-1, 1]
            are stretched and all others clipped, decided once for all frames of all videos of a
            list; NaN becomes 0. uint8 is kept, uint16 is divided by 257.
        normalize: False cuts floats off to 0..255 instead of finding their range.
        lossless: True keeps every pixel: "webp" (default then) or, without alpha, "webm".
        quality: 1..100 of a lossy file; 90 by default.
        sample_id: Which sample of the data set it is, so that it can be followed over steps.

    Raises:
        WrongType: An argument is of a type that cannot be logged.
        InvalidInput: An argument is of the right type, but no video or option; a file is broken.
        MissingExtra: The format that is stated needs the extra `video`.
        OSError: The file of a path cannot be read.
    """

    __slots__ = ("_source",)

    def __init__(
        self,
        data_or_path: Any,
        caption: str | None = None,
        fps: float | None = None,
        format: str | None = None,
        *,
        layout: str | None = None,
        value_range: Sequence[float] | None = None,
        normalize: bool = True,
        lossless: bool = False,
        quality: int | None = None,
        sample_id: str | int | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        stated = _Stated(layout, value_range, normalize, quality)
        rate = None if fps is None else _checked_fps(fps)
        if isinstance(data_or_path, Footage):
            self._source: Clip | Footage = data_or_path
        elif kept.is_file(data_or_path):
            self._source = _from_file(data_or_path, rate, format, stated)
        else:
            self._source = _from_frames(data_or_path, rate, format, stated, lossless=bool(lossless))

    @property
    def fps(self) -> float | None:
        """Frames a second, on average; None of a file that nothing here can read."""
        return self._source.fps

    @property
    def source(self) -> Clip | Footage:
        """Its numbers before conversion, or its file."""
        return self._source

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds, roughly: what it costs in the queue."""
        return self._source.nbytes + _OVERHEAD_BYTES

    def to_numpy(self) -> NDArray[np.uint8]:
        """Give the frames as T×H×W×C: after conversion, or decoded from the file.

        Float frames decide their range by themselves here; logged in a list, with the list.

        Raises:
            MissingExtra: A file needs the extra `video`.
            InvalidInput: A file cannot be decoded to its end.
        """
        return self._source.to_numpy(_common_rule([self]))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Video):
            return NotImplemented
        if (self._caption, self._sample_id) != (other._caption, other._sample_id):
            return False
        ours, theirs = self._source, other._source
        if isinstance(ours, Footage) and isinstance(theirs, Footage) and ours.has_bytes_of(theirs):
            return True
        return ours.fps == theirs.fps and np.array_equal(self.to_numpy(), other.to_numpy())

    def __repr__(self) -> str:
        return f"Video({self._source!r}{self._captioned()})"

    __hash__ = None  # type: ignore[assignment]


def encode(videos: Sequence[Video]) -> Iterator[Payload]:
    """Encode videos logged under one key: floats that state no range share one."""
    rule = _common_rule(videos)
    return map(partial(_payload, rule=rule), videos)


def decode(payload: Payload) -> Video:
    """Undo `encode`; the file is read when its frames are asked for."""
    source = footage.from_blob(payload.files[""], payload.meta_as(VideoMeta))
    return Video(source, payload.caption, sample_id=payload.sample_id)


def _payload(video: Video, rule: str) -> Payload:
    blob, meta = video.source.encode(rule)
    return Payload(meta, [blob], video.caption, video.sample_id)


class _Stated(NamedTuple):
    """What is only for frames, as it came."""

    layout: str | None
    value_range: Sequence[float] | None
    normalize: bool
    quality: int | None


_NOTHING = _Stated(None, None, True, None)


def _from_file(source: Any, fps: float | None, format: str | None, stated: _Stated) -> Footage:
    for name, given, default in zip(_Stated._fields, stated, _NOTHING, strict=True):
        if given != default:
            raise InvalidInput(f"Video: {name}: {_STATED_FOR_A_FILE}")
    if fps is not None:
        footage.warn_of_fps(fps, source)
    return footage.from_file(source, format)


def _from_frames(
    data: Any, fps: float | None, format: str | None, stated: _Stated, *, lossless: bool
) -> Clip:
    if not (is_array(data) or isinstance(data, list | tuple)):
        raise WrongType(
            "Video: data_or_path: expected a path, an open file, an array T×C×H×W or T×H×W×C, or a list of frames, "
            f"got {describe(data)}"
        )
    quality = None if stated.quality is None else whole(stated.quality, "Video: quality", 1, 100)
    how = encoding(format, quality, lossless=lossless)
    rate = _DEFAULT_FPS if fps is None else fps
    if rate > how.format.max_fps:
        raise InvalidInput(
            f"Video: fps: browsers show at most {how.format.max_fps} frames a second of a {how.format.name}, "
            f"got {rate:g}; use format='mp4' or a lower fps"
        )
    span = None if stated.value_range is None else value_range(stated.value_range)
    return from_numbers(data, stated.layout, Options(rate, how, bool(stated.normalize), span))


def _checked_fps(fps: Any) -> float:
    given = number(fps, "Video: fps")
    if not MIN_FPS <= given <= MAX_FPS:
        raise InvalidInput(
            f"Video: fps: expected {MIN_FPS} to {MAX_FPS} frames a second, got {given:g}"
        )
    return float(given)


def _common_rule(videos: Iterable[Video]) -> str:
    extents = (video.source.extent() for video in videos)
    return conversion.decide(one for one in extents if one is not None)
