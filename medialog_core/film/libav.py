"""H.264 and VP9 through PyAV, which brings FFmpeg's libraries along; every video that they read.

Pixels are tagged as what they are: sRGB, in BT.601's luma and chroma of limited range. Players that
mind the tags, and those that always take BT.601 for small pictures, then show the same colours.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from fractions import Fraction
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from ..errors import MissingExtra
from ..schema import VideoMeta
from .frames import Frames, Pixels, to_rgb

_BT709_PRIMARIES, _SRGB_CURVE, _BT601_MATRIX, _LIMITED = 1, 13, 6, 1
_KEYFRAME_EVERY = "60"
"""So that a viewer finds any frame quickly."""


class Codec(NamedTuple):
    """An encoder, the container its packets go to, and how pixels enter it."""

    name: str
    container: str
    pixel_format: str
    options: dict[str, str]


def h264(quality: int, fps: Fraction) -> Codec:
    """Give H.264 in mp4, as every browser plays it, of a quality from 1 to 100.

    Tuned to be near the pixels, not to please the eye: +0.3 dB at the same size. x264 takes more from
    frames that are shown for a shorter time; what it takes is given back, so that a quality is
    the same at every rate. Its bytes may differ from one time to the next: where a processor has
    AVX-512, its look-ahead does not always come to the same result.
    """
    shorter = 2.4 * math.log2(min(max(float(fps), 1), 100) / 4)
    crf = min(max(63 - quality / 2 - shorter, 1), 51)
    options = {"crf": f"{crf:.2f}", "preset": "fast", "tune": "psnr", "g": _KEYFRAME_EVERY}
    return Codec("libx264", "mp4", "yuv420p", options)


def vp9(quality: int | None) -> Codec:
    """Give VP9 in WebM, of a quality from 1 to 100; None is lossless, in RGB."""
    options = {"deadline": "realtime", "cpu-used": "6", "g": _KEYFRAME_EVERY}
    if quality is None:
        return Codec("libvpx-vp9", "webm", "gbrp", options | {"lossless": "1"})
    crf = min(max(round((100 - quality) * 0.8), 1), 63)
    return Codec("libvpx-vp9", "webm", "yuv420p", options | {"crf": str(crf), "b": "0"})


def is_there() -> bool:
    """Say whether PyAV is installed, without its import."""
    return find_spec("av") is not None


def load(feature: str) -> Any:
    """Import PyAV.

    Raises:
        MissingExtra: It is not installed.
    """
    try:
        import av  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtra(feature, "video") from error
    return av


def write(frames: Frames, fps: Fraction, codec: Codec, padding: tuple[int, int] = (0, 0)) -> bytes:
    """Encode frames.

    Args:
        frames: What is shown.
        fps: Frames a second.
        codec: Into what.
        padding: Columns at the right and rows at the bottom to be added: the last ones, repeated.

    Raises:
        MissingExtra: PyAV is not installed.
    """
    av = load("encoding a video")
    file = io.BytesIO()
    # The index goes to the front, for which the muxer reads again what it has written.
    muxing = {"movflags": "+faststart", "fflags": "+bitexact"}
    with av.open(
        file,
        "w",
        format=codec.container,
        container_options=muxing,
        io_open=lambda *_: io.BytesIO(file.getvalue()),
    ) as output:
        stream = output.add_stream(codec.name, rate=fps)
        stream.width, stream.height = frames.width + padding[0], frames.height + padding[1]
        _configure(stream, codec)
        for picture in _pictures(av, frames, fps, codec, padding):
            output.mux(stream.encode(picture))
        output.mux(stream.encode())
    return file.getvalue()


def read(data: bytes, channels: int) -> Iterator[Pixels]:
    """Decode the frames of a file to H×W×C, with 1, 3 or 4 channels.

    Raises:
        MissingExtra: PyAV is not installed.
        ValueError: The file is broken; says why.
    """
    av = load("reading this video")
    form = "rgba" if channels == 4 else "rgb24"  # noqa: PLR2004
    try:
        with av.open(io.BytesIO(data)) as container:
            for frame in container.decode(video=0):
                yield frame.to_ndarray(format=form)[:, :, :channels]
    except av.FFmpegError as error:
        raise ValueError(error.strerror or "cannot be decoded") from error


def first(data: bytes) -> None:
    """Decode the first frame.

    Raises:
        ValueError: There is none; says why.
    """
    av = load("reading this video")
    try:
        with av.open(io.BytesIO(data)) as container:
            container.streams.video[0].codec_context.thread_count = 1
            next(container.decode(video=0))
    except IndexError:
        raise ValueError("it has no pictures") from None
    except StopIteration:
        raise ValueError("its first frame cannot be decoded") from None
    except av.FFmpegError as error:
        raise ValueError(error.strerror or "cannot be decoded") from None


def probe(data: bytes) -> VideoMeta:
    """Give what a file holds, without decoding it."""
    av = load("reading this video")
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        packets, end = _packets(av, container, stream)
        frames = stream.frames or packets
        length = stream.duration or end
        secs = float(length * stream.time_base) if length else None
        rate = stream.average_rate or (frames / secs if secs else None)
        codec = stream.codec_context.codec
        return VideoMeta(
            width=stream.width,
            height=stream.height,
            channels=_channels(stream.codec_context.format),
            fps=float(rate) if rate else None,
            frames=frames,
            duration_secs=secs,
            codec=getattr(codec, "canonical_name", codec.name),  # PyAV 14 has only the latter
            has_audio=bool(container.streams.audio),
            encoding="file",
        )


def _configure(stream: Any, codec: Codec) -> None:
    stream.pix_fmt, stream.options = codec.pixel_format, codec.options
    context = stream.codec_context
    context.thread_count = 1  # training has the other cores
    if codec.pixel_format == "yuv420p":
        context.color_primaries, context.color_trc = _BT709_PRIMARIES, _SRGB_CURVE
        context.colorspace, context.color_range = _BT601_MATRIX, _LIMITED


def _pictures(
    av: Any, frames: Frames, fps: Fraction, codec: Codec, padding: tuple[int, int]
) -> Iterator[Any]:
    across, down = padding
    # Averaging the colours of four pixels comes closest to the source (measured: +0.2 dB).
    how = {"format": codec.pixel_format, "interpolation": "AREA"}
    if codec.pixel_format == "yuv420p":
        how["dst_colorspace"] = "ITU601"
    for index, pixels in enumerate(frames):
        rgb = to_rgb(pixels)
        if across or down:
            rgb = np.pad(rgb, ((0, down), (0, across), (0, 0)), mode="edge")
        picture = av.VideoFrame.from_ndarray(rgb, format="rgb24").reformat(**how)
        picture.pts, picture.time_base = index, 1 / fps
        yield picture


def _packets(av: Any, container: Any, stream: Any) -> tuple[int, int]:
    """Count the packets and give when the last one ends; what lies behind a fault is left out."""
    count = end = 0
    try:
        for packet in container.demux(stream):
            if packet.pts is not None:
                count += 1
                end = max(end, packet.pts + (packet.duration or 0))
    except av.FFmpegError:
        pass
    return count, end


def _channels(form: Any) -> int:
    if form is None or form.has_palette:
        return 3
    if any(component.is_alpha for component in form.components):
        return 4
    return 1 if len(form.components) == 1 else 3
