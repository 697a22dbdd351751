"""Metas of what is played: video and audio."""

from __future__ import annotations

from .metas import Conversion, Meta


class VideoMeta(Meta, tag="video", kw_only=True):
    """A video; what is None is unknown: of the user's own file, where nothing could read it.

    Attributes:
        width, height: Of the picture in pixels.
        padding: How many columns at the right and rows at the bottom the file has beyond it.
        channels: 1 (grey), 3 or 4 (with alpha).
        fps: Frames a second, on average.
        frames: How many.
        duration_secs: How long it plays.
        codec: Of the pictures, as FFmpeg calls it, e.g. `h264`.
        has_audio: Whether the file has sound, too.
        encoding: How the file came to be, e.g. `mp4 h264 lossy q90`, `webp lossless`, `file`.
        conversion: How numbers became pixels.
    """

    width: int | None = None
    height: int | None = None
    padding: tuple[int, int] = (0, 0)
    channels: int | None = None
    fps: float | None = None
    frames: int | None = None
    duration_secs: float | None = None
    codec: str | None = None
    has_audio: bool | None = None
    encoding: str
    conversion: Conversion | None = None


class AudioMeta(Meta, tag="audio", kw_only=True):
    """A sound."""
