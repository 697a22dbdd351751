"""What is known of a video's file."""

from __future__ import annotations

from typing import NamedTuple


class Facts(NamedTuple):
    """What a file is found to hold; None is unknown.

    Attributes:
        width, height: In pixels, as stored: neither a rotation nor an aspect ratio is applied.
        channels: 1, 3 or 4.
        fps: Frames a second, on average.
        frames: How many.
        duration_secs: How long it plays.
        codec: Of its pictures, as FFmpeg calls it.
        has_audio: Whether it has sound, too.
    """

    width: int | None = None
    height: int | None = None
    channels: int | None = None
    fps: float | None = None
    frames: int | None = None
    duration_secs: float | None = None
    codec: str | None = None
    has_audio: bool | None = None
