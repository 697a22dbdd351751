"""A video as TensorBoard shows it: an animated GIF among its images.

TensorBoard has no form for videos. Its image cards play GIFs; WebP it would serve as bytes of no
known type. A GIF is large, so only so many frames of so many pixels go into it; below it stands what
was left out. The store has all of it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import islice

import numpy as np
from PIL import Image

from ....drawing import sheet
from ....drawing.lettering import Lettering
from ....errors import InvalidInput, MissingExtra
from ....film import animated, files
from ....film.frames import Frames, Pixels, to_rgb
from ....payload import Blob, Payload
from ....schema import VideoMeta
from .pictures import LETTERS_ACROSS, SMALLEST_PX, Picture

MAX_FRAMES = 64
MAX_SIDE_PX = 256
MAX_READ = 1024
"""So many frames of a long file are decoded; those behind them are left out."""
_MIN_GIF_FPS, _MAX_GIF_FPS = 0.01, 50
_UNKNOWN_FPS = 4.0


def render(payload: Payload, meta: VideoMeta) -> Picture | None:
    """Give the GIF of a video; None where nothing here can read its file.

    Raises:
        InvalidInput: Its file cannot be decoded.
    """
    blob = payload.files[""]
    if meta.frames is None:
        with _decoding(blob):
            meta = files.probe(blob.data, blob.content_type)
    if meta.frames is None:
        return None
    fps = meta.fps or _UNKNOWN_FPS
    read = min(meta.frames, MAX_READ)
    every = max(1, math.ceil(read / MAX_FRAMES), math.ceil(fps / _MAX_GIF_FPS))
    try:
        with _decoding(blob):
            pictures = list(_chosen(blob, meta, every))
            if not pictures:
                raise ValueError("it has no frame that can be decoded")
    except MissingExtra:
        return None
    lines = [payload.caption or "", _left_out(meta, fps, read, every, pictures[0])]
    frames = _sheets(pictures, "\n".join(filter(None, lines)))
    rate = Fraction(max(fps / every, _MIN_GIF_FPS)).limit_denominator()
    return Picture(frames.width, frames.height, animated.gif(frames, rate))


@contextmanager
def _decoding(blob: Blob) -> Iterator[None]:
    """Name the file where a library fails: an OSError of theirs is none of the disk's."""
    try:
        yield
    except (*animated.ERRORS, IndexError) as error:
        raise InvalidInput(
            f"video: its bytes ({blob.content_type}) cannot be read: {error}"
        ) from error


def _chosen(blob: Blob, meta: VideoMeta, every: int) -> Iterator[Pixels]:
    frames = files.read(blob.data, blob.content_type, meta)
    for pixels in islice(frames, 0, MAX_READ, every):
        image = Image.fromarray(to_rgb(pixels))
        image.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
        yield np.asarray(image)


def _left_out(meta: VideoMeta, fps: float, read: int, every: int, shown: Pixels) -> str:
    """Say what the GIF lacks; empty where it lacks nothing."""
    total = meta.frames or 0
    parts = [
        f"1 frame in {every} of {total}" if every > 1 else "",
        f"the first {read / fps:.3g} s of {total / fps:.3g} s" if total > read else "",
        f"{meta.width} x {meta.height} made smaller" if shown.shape[1] != meta.width else "",
    ]
    return ", ".join(filter(None, parts))


def _sheets(pictures: list[Pixels], text: str) -> Frames:
    """Give the frames, each with the text below it where there is any."""
    height, width = pictures[0].shape[:2]
    if not text:
        return Frames(len(pictures), height, width, 3, pictures.__getitem__)
    panel = sheet.Panel(Image.fromarray(pictures[0]))
    letters = Lettering(max(SMALLEST_PX, round(max(width, height) / LETTERS_ACROSS)))
    drawn = np.asarray(sheet.arrange([panel], [], text, letters))

    def get(index: int) -> Pixels:
        whole = drawn.copy()
        whole[:height, :width] = pictures[index]
        return whole

    return Frames(len(pictures), drawn.shape[0], drawn.shape[1], 3, get)
