"""What is known of a sound before its samples are read, and the way to them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

from numpy.typing import NDArray


class Facts(NamedTuple):
    """What a file's header says.

    Attributes:
        sample_rate: Frames a second.
        channels: How many samples a frame has.
        frames: How many there are; None where only decoding would tell.
        duration_secs: How long it lasts; an estimate where `frames` is None, or None.
        codec: `pcm`, `float`, `flac`, `mp3`, `vorbis`, `opus`, `aac`, or another's name.
        bit_depth: Of a sample; None of a lossy codec.
    """

    sample_rate: int
    channels: int
    frames: int | None
    duration_secs: float | None
    codec: str
    bit_depth: int | None = None

    @property
    def likely_frames(self) -> int:
        """How many frames there are, or are likely to be."""
        likely = (self.duration_secs or 0) * self.sample_rate
        return round(likely) if self.frames is None else self.frames


@dataclass(frozen=True)
class Sound:
    """A sound that can be read, any number of times.

    Attributes:
        facts: What is known of it.
        blocks: Gives its samples from the beginning, as arrays of N×C. Of a file that breaks off,
            or turns out broken, what can be decoded.
    """

    facts: Facts
    blocks: Callable[[], Iterator[NDArray[Any]]]
