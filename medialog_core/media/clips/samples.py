"""A sound held as numbers: its one snapshot, and how it becomes samples and a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import is_torch, snapshot, to_numpy
from ...checks import whole
from ...errors import InvalidInput
from ...lazy import cached_property
from ...payload import Blob, digest_of
from ...schema import SampleConversion
from ...sound import forms, wav
from ...sound.facts import Facts, Sound
from . import pcm, soundlayout

Array = NDArray[Any]

_PREPARED: dict[str, Callable[[Array], Array]] = {
    "int8": forms.from_8_bits,
    "uint8": forms.from_8_bits,
    "float16": lambda block: block.astype(np.float32),
}


class Samples:
    """An array of N×C or C×N that nobody else writes to, and its rate.

    Args:
        data: An array or tensor of any library, or (nested) lists of numbers.
        rate: Frames a second.
        container: "flac" or "wav", where it is stated.
        layout: "NC" or "CN", where it is stated.

    Attributes:
        rate: Frames a second.
        frames: How many there are.
        channels: Samples a frame.

    Raises:
        WrongType: It is no array, or the rate is no whole number.
        InvalidInput: Wrong axes or type, no samples, or a rate or a size that no file holds.
    """

    def __init__(self, data: Any, rate: Any, container: Any, layout: str | None) -> None:
        array = to_numpy(data, "Audio: data_or_path")
        array, first = soundlayout.oriented(array, layout, torch=is_torch(data))
        self.rate = checked_rate(rate)
        self.frames, self.channels = map(int, array.shape[::-1] if first else array.shape)
        _check_size(self.rate, self.channels, self.frames)
        self._container = pcm.checked_container(container, self.rate, self.channels)
        self._array, self._channels_first = snapshot(array), first

    @property
    def secs(self) -> float:
        """How long it lasts, in seconds."""
        return self.frames / self.rate

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return self._array.nbytes

    @cached_property
    def survey(self) -> pcm.Survey:
        """What its numbers are like, and so what form they are written in."""
        return pcm.survey(self._raw_blocks(), self._array.dtype)

    @cached_property
    def form(self) -> forms.Form:
        """What its samples are written as."""
        return pcm.form_of(self.survey, self._array.dtype, self._container)

    @cached_property
    def container(self) -> str:
        """`flac` or `wav`."""
        return self._container or pcm.usual_container(self.form, self.rate, self.channels)

    @property
    def encoding(self) -> str:
        """What `AudioMeta` says of its file."""
        kind = " float" if self.form.floating else ""
        name = self._array.dtype.name
        alike = name == self.form.dtype.name and self.survey.bits <= self.form.bits
        origin = "" if alike else f", from {name}"
        return f"{self.container}{kind} {self.form.bits}-bit{origin}"

    @property
    def conversion(self) -> SampleConversion:
        """What `AudioMeta` says of how its numbers become samples."""
        survey = self.survey
        clipped = 0 if self.form.floating else survey.beyond
        return SampleConversion(self._array.dtype.name, survey.peak, clipped, survey.nonfinite)

    @property
    def blob(self) -> Blob:
        """Its file; the bytes are made when a sink asks for them."""
        content_type = f"audio/{self.container}"
        return Blob(self._write, content_type, self.container, digest=self._digest())

    @property
    def sound(self) -> Sound:
        """It, as it will be read from its file."""
        # Not cached: it refers back to the samples, which then only the garbage collector would free.
        codec = "flac" if self.container == "flac" else "float" if self.form.floating else "pcm"
        bits = self.form.bits
        facts = Facts(self.rate, self.channels, self.frames, self.secs, codec, bits)
        return Sound(facts, self._blocks)

    def readable(self) -> Sound:
        """Give it, as it will be read from its file."""
        return self.sound

    def _digest(self) -> bytes:
        array = self._array
        facts = (array.shape, array.dtype.str, self._channels_first, self.rate)
        return digest_of(array.data, "sound", *facts, self.container, self.form)

    def _write(self) -> bytes:
        write = pcm.WRITERS[self.container]
        return write(self._blocks(), self.form, self.rate, self.channels)

    def _blocks(self) -> Iterator[Array]:
        return (forms.quantized(block, self.form) for block in self._raw_blocks())

    def _raw_blocks(self) -> Iterator[Array]:
        array = self._array.T if self._channels_first else self._array
        step = forms.block_frames(self.channels)
        for first in range(0, len(array), step):
            block = array[first : first + step]
            yield _PREPARED.get(block.dtype.name, np.asarray)(block)

    def __repr__(self) -> str:
        return f"{self.frames}×{self.channels} {self._array.dtype.name}, {self.rate} Hz"


def checked_rate(rate: Any) -> int:
    """Give a sample rate as an int.

    Raises:
        WrongType: It is no whole number.
        InvalidInput: It is missing, or below 1.
    """
    if rate is None:
        raise InvalidInput(
            "Audio: sample_rate: needed for an array, in samples a second; "
            "pass e.g. Audio(x, sample_rate=16000)"
        )
    return whole(rate, "Audio: sample_rate", 1)


def _check_size(rate: int, channels: int, frames: int) -> None:
    """Refuse what the 32-bit numbers of WAV's header cannot say, with or without soundfile."""
    if rate * channels * 4 > wav.MAX_BYTES:
        raise InvalidInput(
            f"Audio: sample_rate: {rate:,} a second of {channels} channels is more than a file holds; "
            "log fewer channels, or state a lower rate"
        )
    if frames * channels * 4 > wav.MAX_BYTES:
        raise InvalidInput(
            f"Audio: data_or_path: {frames:,} frames of {channels} channels are more than a file of "
            "4 GiB holds; log them in parts"
        )
