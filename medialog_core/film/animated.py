"""GIF, animated WebP and animated PNG through Pillow.

Pillow makes one frame of several equal ones and adds up their times: what is shown when stays right.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import PIL.Image

from ..schema import VideoMeta
from .frames import Frames, Pixels, to_pillow, to_rgb

ERRORS = (OSError, SyntaxError, ValueError, EOFError, PIL.Image.DecompressionBombError)
"""What Pillow raises of a broken file."""
_SHORTEST_MS, _INSTEAD_MS = 10, 100
"""What asks for less than the one is shown by browsers for the other."""
_LONGEST_GIF_MS = 655_350
"""So long a frame of a GIF can be shown: 16 bits of 10 ms."""
_CODECS = {"GIF": "gif", "WEBP": "webp", "PNG": "apng"}
_SAMPLED_FRAMES, _SAMPLED_PIXELS = 16, 2**20


class Film(PIL.Image.Image):
    """Frames as Pillow's writers want them, an image with several; it holds one at a time."""

    def __init__(self, count: int, get: Callable[[int], PIL.Image.Image]) -> None:
        super().__init__()
        self.n_frames = count
        self._get = get
        self.seek(0)

    def seek(self, frame: int) -> None:
        """Become the frame of this index."""
        if frame >= self.n_frames:
            raise EOFError("no more frames")
        image = self._get(frame)
        self._index = frame
        self.im, self.palette = image.im, image.palette
        self._mode, self._size = image.mode, image.size

    def tell(self) -> int:
        """Give the index of the frame that it is."""
        return self._index


def webp(frames: Frames, fps: Fraction, quality: int | None) -> bytes:
    """Encode frames; a quality of None is lossless, colours below full transparency included."""
    durations = _durations_ms(frames.count, fps, 1)
    if quality is None and frames.channels == 4:  # noqa: PLR2004
        return _exact_webp(frames, durations)
    how = {"lossless": True, "quality": 0} if quality is None else {"quality": quality}
    film = Film(frames.count, lambda index: to_pillow(frames.get(index)))
    return _saved(film, "WEBP", durations, method=0, **how)


def gif(frames: Frames, fps: Fraction) -> bytes:
    """Encode frames with one palette for all of them, or in exact greys."""
    durations = _durations_ms(frames.count, fps, 10)
    if frames.channels == 1:
        return _gif(lambda index: to_pillow(frames.get(index)), durations)
    palette = _palette(frames)
    colours = palette.getpalette()
    return _gif(lambda index: _coloured(frames.get(index), palette), durations, palette=colours)


def read(data: bytes, channels: int, count: int | None, fps: float | None) -> Iterator[Pixels]:
    """Decode `count` frames, or all, to H×W×C, at `fps` where equal ones became one."""
    with PIL.Image.open(io.BytesIO(data)) as image:
        stored = getattr(image, "n_frames", 1)
        decoded = _decoded(image, min(stored, count or stored), channels)
        if not count or not fps or count <= stored:
            yield from (pixels for pixels, _ in decoded)
        else:
            yield from _each(decoded, count, 1000 / fps)


def first(data: bytes, extension: str) -> None:
    """Decode the first frame.

    Raises:
        ValueError: There is none, or it is of another format; says why.
    """
    form = next(form for form, name in _CODECS.items() if name == extension)
    try:
        with PIL.Image.open(io.BytesIO(data), formats=[form]) as image:
            image.load()
    except ERRORS as error:
        unknown = isinstance(error, PIL.UnidentifiedImageError)
        raise ValueError(f"no {extension} that Pillow knows" if unknown else str(error)) from None


def probe(data: bytes) -> VideoMeta:
    """Give what a file holds; what lies behind a fault is left out."""
    with PIL.Image.open(io.BytesIO(data)) as image:
        durations, alpha = [], False
        for index in range(getattr(image, "n_frames", 1)):
            try:
                image.seek(index)
                image.load()
            except ERRORS:
                break
            durations.append(_shown_ms(image))
            alpha = alpha or image.has_transparency_data
        secs = sum(durations) / 1000
        return VideoMeta(
            width=image.width,
            height=image.height,
            channels=4 if alpha else 3,
            fps=len(durations) / secs if secs else None,
            frames=len(durations),
            duration_secs=secs or None,
            codec=_CODECS[str(image.format)],
            has_audio=False,
            encoding="file",
        )


def _gif(get: Callable[[int], PIL.Image.Image], durations: list[int], **how: Any) -> bytes:
    """Join parts that Pillow saves one by one, so that no frame that it adds up is too long."""
    whole = b""
    for part in _parts(durations):
        film = Film(len(part), partial(lambda part, index: get(part[index]), part))
        shown = durations[part.start : part.stop]
        loop = None if whole else 0
        data = _saved(film, "GIF", shown, optimize=False, loop=loop, **how)
        whole += data[_gif_head_bytes(data) if whole else 0 : -1]
    return whole + b";"


def _parts(durations: list[int]) -> Iterator[range]:
    """Give runs of frames that last no longer than one frame of a GIF can."""
    first = total = 0
    for index, duration in enumerate(durations):
        if total + duration > _LONGEST_GIF_MS:
            yield range(first, index)
            first, total = index, 0
        total += duration
    yield range(first, len(durations))


def _gif_head_bytes(data: bytes) -> int:
    """Give where the frames begin: behind the screen's size and the colours, of which all parts have the same."""
    flags = data[10]
    return 13 + (3 << (flags % 8 + 1) if flags & 128 else 0)


def _saved(film: Film, form: str, durations: list[int], loop: int | None = 0, **how: Any) -> bytes:
    file = io.BytesIO()
    film.save(file, form, save_all=True, duration=durations, loop=loop, **how)
    return file.getvalue()


def _durations_ms(count: int, fps: Fraction, unit_ms: int) -> list[int]:
    """Give how long each frame is shown, rounded so that none drifts from its time."""
    ends = [round(index * 1000 / fps / unit_ms) * unit_ms for index in range(count + 1)]
    return [end - start for start, end in pairwise(ends)]


def _palette(frames: Frames) -> PIL.Image.Image:
    """Give a picture that has 256 colours, those that fit some pixels of some frames best.

    All of them differ: for each that came twice, Pillow would search in Python, frame by frame.
    """
    count = min(frames.count, _SAMPLED_FRAMES)
    step = max(1, round((count * frames.height * frames.width / _SAMPLED_PIXELS) ** 0.5))
    chosen = np.linspace(0, frames.count - 1, count).astype(int)
    some = [to_rgb(frames.get(index))[::step, ::step] for index in chosen]
    best = PIL.Image.fromarray(np.concatenate(some)).quantize(256, PIL.Image.Quantize.FASTOCTREE)
    colours = np.array(best.getpalette(), np.uint8).reshape(-1, 3).tolist()
    greys = ((shade, shade, shade) for shade in range(256))
    distinct = list(dict.fromkeys([*map(tuple, colours), *greys]))[:256]
    palette = PIL.Image.new("P", (1, 1))
    palette.putpalette([value for colour in distinct for value in colour])
    return palette


def _coloured(pixels: Pixels, palette: PIL.Image.Image) -> PIL.Image.Image:
    image = PIL.Image.fromarray(to_rgb(pixels))
    return image.quantize(palette=palette, dither=PIL.Image.Dither.NONE)


def _decoded(image: Any, count: int, channels: int) -> Iterator[tuple[Pixels, float]]:
    mode = "RGBA" if channels == 4 else "RGB"  # noqa: PLR2004
    for index in range(count):
        image.seek(index)
        yield np.asarray(image.convert(mode))[:, :, :channels], _shown_ms(image)


def _each(decoded: Iterator[tuple[Pixels, float]], count: int, every_ms: float) -> Iterator[Pixels]:
    """Give what is shown in the middle of each of `count` frames; the last one stays."""
    pixels, ends_ms = next(decoded)
    for index in range(count):
        while ends_ms < (index + 0.5) * every_ms and (following := next(decoded, None)):
            pixels, duration_ms = following
            ends_ms += duration_ms
        yield pixels


def _shown_ms(image: Any) -> float:
    asked = float(image.info.get("duration") or 0)
    return asked if asked > _SHORTEST_MS else _INSTEAD_MS


def _exact_webp(frames: Frames, durations: list[int]) -> bytes:
    """Put still pictures together: Pillow's own animations drop the colours of what is transparent."""
    size = (frames.width - 1).to_bytes(3, "little") + (frames.height - 1).to_bytes(3, "little")
    chunks = [_chunk(b"VP8X", b"\x12\0\0\0" + size), _chunk(b"ANIM", bytes(6))]
    for pixels, duration_ms in zip(frames, durations, strict=True):
        file = io.BytesIO()
        how: dict[str, Any] = {"lossless": True, "exact": True, "quality": 0, "method": 0}
        PIL.Image.fromarray(pixels).save(file, "WEBP", **how)
        place = bytes(6) + size + duration_ms.to_bytes(3, "little") + b"\x02"
        chunks.append(_chunk(b"ANMF", place + file.getvalue()[12:]))
    return _chunk(b"RIFF", b"WEBP" + b"".join(chunks))


def _chunk(name: bytes, content: bytes) -> bytes:
    return name + len(content).to_bytes(4, "little") + content + bytes(len(content) % 2)
