"""The two libraries that know more than WAV: soundfile (the extra `audio`), PyAV (`video`)."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .facts import Facts, Sound
from .forms import Form, from_8_bits

Array = NDArray[Any]

FLAC_MAX_RATE, FLAC_MAX_CHANNELS = 655_350, 8
_FLAC_EXACT_RATE, _FLAC_RATE_STEP = 65_535, 10
"""A frame's header has 16 bits for a rate; above them libFLAC takes tens of Hz alone."""
_DTYPES = {
    "PCM_S8": ("int16", 8),
    "PCM_U8": ("int16", 8),
    "PCM_16": ("int16", 16),
    "PCM_24": ("int32", 24),
    "PCM_32": ("int32", 32),
    "FLOAT": ("float32", 32),
    "DOUBLE": ("float64", 64),
}
_LOSSY = ("float32", None)
_FRAMES_A_READ = 4_096
"""Where a file is broken, a read fails as a whole: so much is lost of what could be decoded."""
_CODECS = (
    ("mp", "mp3"),
    ("float", "float"),
    ("double", "float"),
    ("pcm_f", "float"),
    ("pcm_alaw", "alaw"),
    ("pcm_mulaw", "ulaw"),
    ("pcm", "pcm"),
)
"""How libsndfile's and FFmpeg's names of a codec begin, and what it is called here."""


@lru_cache(1)
def soundfile() -> Any:
    """Give the module `soundfile`, or None where it, or the library below it, is missing."""
    try:
        import soundfile as module  # noqa: PLC0415 - an extra
    except (ImportError, OSError):
        return None
    return module


@lru_cache(1)
def pyav() -> Any:
    """Give the module `av`, or None."""
    try:
        import av as module  # noqa: PLC0415 - an extra
    except ImportError:
        return None
    return module


def fits_flac(rate: int, channels: int) -> bool:
    """Say whether libFLAC writes a sound of so many frames a second and channels."""
    is_rate = rate <= _FLAC_EXACT_RATE or rate % _FLAC_RATE_STEP == 0
    return is_rate and rate <= FLAC_MAX_RATE and channels <= FLAC_MAX_CHANNELS


def write_flac(blocks: Iterable[Array], form: Form, rate: int, channels: int) -> bytes:
    """Give a FLAC file of blocks of N×C; 16 or 24 bits, of what `fits_flac`."""
    file = io.BytesIO()
    subtype = f"PCM_{form.bits}"
    with soundfile().SoundFile(file, "w", rate, channels, subtype, format="FLAC") as opened:
        for block in blocks:
            opened.write(np.ascontiguousarray(block))
    return file.getvalue()


def by_soundfile(data: bytes) -> Sound | None:
    """Give the sound of a file that libsndfile knows."""
    module = soundfile()
    if module is None:
        return None
    try:
        info = module.info(io.BytesIO(data))
    except module.LibsndfileError:
        return None
    if not info.samplerate or not info.channels:
        return None
    dtype, bits = _DTYPES.get(info.subtype, _LOSSY)
    codec = "flac" if info.format == "FLAC" else _codec(info.subtype.lower())
    facts = Facts(info.samplerate, info.channels, info.frames, info.duration, codec, bits)
    return Sound(facts, lambda: _read_soundfile(data, dtype))


def by_pyav(data: bytes) -> Sound | None:
    """Give the first sound of a file that FFmpeg knows."""
    module = pyav()
    if module is None:
        return None
    try:
        with module.open(io.BytesIO(data)) as container:
            facts = _facts(container) if container.streams.audio else None
    except module.FFmpegError:
        return None
    return None if facts is None else Sound(facts, lambda: _read_pyav(data))


def _read_soundfile(data: bytes, dtype: str) -> Iterator[Array]:
    module = soundfile()
    with module.SoundFile(io.BytesIO(data)) as opened:
        while True:
            try:
                block = opened.read(_FRAMES_A_READ, dtype, always_2d=True)
            except module.LibsndfileError:
                return
            if not len(block):
                return
            yield block


def _facts(container: Any) -> Facts | None:
    stream = container.streams.audio[0]
    rate, channels = stream.codec_context.sample_rate, stream.codec_context.layout.nb_channels
    if not rate or not channels:
        return None
    secs, frames = _duration(container, stream), None
    if secs is None:
        frames = sum(len(block) for block in _decoded(container))
        secs = frames / rate
    return Facts(rate, channels, frames, secs, _codec(stream.codec_context.name))


def _codec(name: str) -> str:
    return next((codec for begin, codec in _CODECS if name.startswith(begin)), name)


def _duration(container: Any, stream: Any) -> float | None:
    if stream.duration:
        return float(stream.duration * stream.time_base)
    return container.duration / 1e6 if container.duration else None


def _read_pyav(data: bytes) -> Iterator[Array]:
    with pyav().open(io.BytesIO(data)) as container:
        yield from _decoded(container)


def _decoded(container: Any) -> Iterator[Array]:
    frames = container.decode(container.streams.audio[0])
    while True:
        try:
            frame = next(frames, None)
        except pyav().FFmpegError:
            return
        if frame is None:
            return
        yield _samples(frame)


def _samples(frame: Any) -> Array:
    array: Array = frame.to_ndarray()
    array = array.T if frame.format.is_planar else array.reshape(-1, frame.layout.nb_channels)
    return from_8_bits(array) if array.dtype == np.uint8 else array
