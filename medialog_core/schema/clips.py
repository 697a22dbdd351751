"""Metas of what is played: video and audio."""

from __future__ import annotations

from msgspec import Struct

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


class SampleConversion(Struct, omit_defaults=True, frozen=True):
    """How numbers became samples.

    Attributes:
        dtype: What they were: `float32`, `int16` ...
        peak: The greatest magnitude before clipping; full scale is 1.
        clipped: How many were beyond full scale and became full scale.
        nonfinite: How many NaN and infinities became 0.
    """

    dtype: str
    peak: float
    clipped: int = 0
    nonfinite: int = 0


class WaveformMeta(Struct, frozen=True):
    """The file of role `peaks`: a column for every so many frames."""

    frames_per_column: int


class SpectrogramMeta(Struct, frozen=True):
    """The picture of role `spectrogram`, a column for every so many frames.

    Attributes:
        frames_per_column: Frames from one column to the next.
        window: Frames of the Hann window.
        min_hz, max_hz: Where the rows begin, below the last, and end, above the first.
        min_db, max_db: What grey 0 and 255 stand for; 0 dB is a sine of full scale.
    """

    frames_per_column: int
    window: int
    min_hz: float
    max_hz: float
    min_db: float
    max_db: float


class AudioMeta(Meta, tag="audio", kw_only=True):
    """A sound. What its file does not tell, or nothing installed could read, is absent.

    Attributes:
        encoding: How its file came to be: `flac 24-bit, from float32`, `wav 16-bit`, `file` ...
        codec: `pcm`, `float`, `flac`, `mp3`, `vorbis`, `opus`, `aac`, or another's name.
        sample_rate_hz: Frames a second.
        channels: Samples a frame.
        frames: How many there are.
        duration_secs: How long it lasts.
        bit_depth: Of a sample; absent of a lossy codec.
        conversion: How numbers became samples; absent of the user's own file.
        waveform: Of the file of role `peaks`.
        spectrogram: Of the picture of role `spectrogram`.
    """

    encoding: str
    codec: str | None = None
    sample_rate_hz: int | None = None
    channels: int | None = None
    frames: int | None = None
    duration_secs: float | None = None
    bit_depth: int | None = None
    conversion: SampleConversion | None = None
    waveform: WaveformMeta | None = None
    spectrogram: SpectrogramMeta | None = None
