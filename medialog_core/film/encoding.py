"""The files that frames can become, and what each of them holds.

| format | holds | frames a second | side |
|---|---|---|---|
| mp4 | H.264, 4:2:0 (needs PyAV) | 1000 | 16384 |
| webm | VP9, 4:2:0, or lossless RGB (needs PyAV) | 1000 | 16384 |
| webp | lossy 4:2:0, or lossless, with alpha | 90 | 16383 |
| gif | 256 colours | 50 | 65535 |

Browsers show a frame of a GIF or WebP for a tenth of a second where it asks for 10 ms or less: hence
their limits. 4:2:0 holds colours at half the size, which alone costs photographs down to 36 dB (PSNR);
the default quality, 90, has 35 dB and more on them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from ..errors import InvalidInput, MissingExtra
from . import animated, libav
from .frames import Frames

MIN_FPS, MAX_FPS = 0.01, 1000
_QUALITY = 90


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes:
        max_side, max_fps: What browsers show of it.
        alpha: Whether it has transparency.
        codec: What PyAV encodes its pictures with; empty where Pillow writes it.
    """

    name: str
    content_type: str
    max_side: int
    max_fps: int
    alpha: bool = False
    codec: str = ""


FORMATS = {
    "mp4": Format("mp4", "video/mp4", 16_384, MAX_FPS, codec="h264"),
    "webm": Format("webm", "video/webm", 16_384, MAX_FPS, codec="vp9"),
    "gif": Format("gif", "image/gif", 65_535, 50),
    "webp": Format("webp", "image/webp", 16_383, 90, alpha=True),
}
"""What `format=` may be for frames."""
_LOSSLESS = ("webp", "webm")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How frames become a file; where the file has no alpha, white shows."""

    format: Format
    quality: int | None = None
    lossless: bool = False

    def describe(self, channels: int) -> str:
        """Say what is done, for `VideoMeta.encoding`."""
        text = f"{self.format.name} {self.format.codec}".rstrip()
        flattened = channels != self.channels(channels)
        return f"{text} {self._loss()}{', alpha over white' if flattened else ''}"

    def channels(self, channels: int) -> int:
        """Give how many of `channels` the file keeps."""
        return 3 if channels == 4 and not self.format.alpha else channels  # noqa: PLR2004

    def padding(self, height: int, width: int) -> tuple[int, int]:
        """Give how many columns at the right and rows at the bottom the file has beyond these."""
        return (width % 2, height % 2) if self.format.name == "mp4" else (0, 0)

    def write(self, frames: Frames, fps: float) -> bytes:
        """Give the file.

        Raises:
            MissingExtra: It needs PyAV, which is not there.
        """
        rate = Fraction(fps).limit_denominator(1001)
        return _WRITE[self.format.name](frames, rate, self)

    @property
    def lossy_quality(self) -> int | None:
        """The quality that is stated or the default one; None where nothing is lost."""
        return None if self.lossless else self.quality or _QUALITY

    def _loss(self) -> str:
        if self.format.name == "gif":
            return "256 colours"
        return "lossless" if self.lossless else f"lossy q{self.lossy_quality}"


def encoding(format: str | None, quality: int | None, *, lossless: bool) -> Encoding:
    """Check and join the three arguments; without a format it is mp4, or webp without PyAV.

    Raises:
        InvalidInput: An unknown format, or a quality or losslessness that it lacks.
        MissingExtra: A stated format needs PyAV.
    """
    if format is None:
        name = "mp4" if libav.is_there() and not lossless else "webp"
    else:
        name = str(format).lower().lstrip(".")
    form = FORMATS.get(name)
    if form is None:
        raise InvalidInput(
            f"Video: format: frames become one of {', '.join(FORMATS)}, got {format!r}"
        )
    if form.codec and not libav.is_there():
        raise MissingExtra(f"Video: format={name!r}", "video")
    if lossless and (name not in _LOSSLESS or quality is not None):
        raise InvalidInput(
            "Video: lossless=True goes with format='webp' (the default then) or 'webm', and without a quality"
        )
    if quality is not None and name == "gif":
        raise InvalidInput("Video: quality: a gif has none; it is for 'mp4', 'webm' and 'webp'")
    return Encoding(form, quality, lossless)


def _mp4(frames: Frames, fps: Fraction, encoding: Encoding) -> bytes:
    codec = libav.h264(encoding.lossy_quality or _QUALITY, fps)
    return libav.write(frames, fps, codec, encoding.padding(frames.height, frames.width))


def _webm(frames: Frames, fps: Fraction, encoding: Encoding) -> bytes:
    return libav.write(frames, fps, libav.vp9(encoding.lossy_quality))


def _webp(frames: Frames, fps: Fraction, encoding: Encoding) -> bytes:
    return animated.webp(frames, fps, encoding.lossy_quality)


def _gif(frames: Frames, fps: Fraction, _encoding: Encoding) -> bytes:
    return animated.gif(frames, fps)


_WRITE: dict[str, Callable[[Frames, Fraction, Encoding], bytes]] = {
    "mp4": _mp4,
    "webm": _webm,
    "webp": _webp,
    "gif": _gif,
}
