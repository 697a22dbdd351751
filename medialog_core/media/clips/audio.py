"""Sounds: samples or a file, kept without loss and made ready to be seen and heard.

The constructor checks its arguments and takes one snapshot. Conversion, FLAC and the pictures of a
sound are made in `encode`, off the training thread.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidInput
from ...payload import Payload
from ...schema import AudioMeta
from .. import kept
from ..captioned import Captioned
from .recording import Recording, from_file
from .samples import Samples, checked_rate
from .soundviews import Views

Array = NDArray[Any]
Source = Samples | Recording
_OVERHEAD_BYTES = 500


class Audio(Captioned):
    """A sound, fixed when its constructor returns.

    Args:
        data_or_path: An array or tensor of any library, on any device, or (nested) lists of
            numbers: N samples, N×C or C×N; of two axes the shorter one is the channels. Floats
            have full scale 1, integers that of their type (int8, uint8, int16, int32). Or the
            path of a sound file, or an open one, whose bytes are kept: wav, flac, mp3, ogg, oga,
            opus, m4a, aac, aiff.
        sample_rate: Frames a second, at least 1; needed for an array. Of a file its own counts.
        caption: A line of text.
        layout: "NC" or "CN", to state which axis has the channels.
        format: Of an array "flac" or "wav"; by default FLAC where soundfile is installed, and WAV
            where it is not or where FLAC cannot hold it. Floats become 16 bits if that loses
            nothing, else 24, clipped at full scale; with "wav" they stay floats of 32 bits. Of a
            file its kind, where the name does not end with it.
        sample_id: Which sample of the data set it is, so that it can be followed over steps.

    Raises:
        WrongType: An argument is of a type that cannot be logged.
        InvalidInput: An argument is of the right type, but no sound, rate, layout or format.
        MissingExtra: `format="flac"` without soundfile.
        OSError: The file of a path cannot be read.
    """

    __slots__ = ("_source",)

    def __init__(
        self,
        data_or_path: Any,
        sample_rate: int | None = None,
        caption: str | None = None,
        *,
        layout: str | None = None,
        format: str | None = None,
        sample_id: str | int | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        if layout not in (None, "NC", "CN"):
            raise InvalidInput(f"Audio: layout: expected 'NC' or 'CN', got {layout!r}")
        self._source: Source = _source_of(data_or_path, sample_rate, layout, format)

    @property
    def sample_rate(self) -> int | None:
        """Frames a second; None of a file that nothing installed can read."""
        return self._source.rate

    @property
    def channels(self) -> int | None:
        """How many samples a frame has; None of a file that nothing installed can read."""
        return self._source.channels

    @property
    def frames(self) -> int | None:
        """How many frames it has; None where only decoding would tell."""
        return self._source.frames

    @property
    def duration_secs(self) -> float | None:
        """How long it lasts, in seconds; an estimate where `frames` is None, or None."""
        return self._source.secs

    @property
    def source(self) -> Source:
        """Its samples before conversion, or its file."""
        return self._source

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds, roughly: what it costs in the queue."""
        return self._source.nbytes + _OVERHEAD_BYTES

    def to_numpy(self) -> Array:
        """Give the samples after conversion, N×C, as their file has them.

        16 bits are int16 (8 bits too), 24 bits the upper 24 of int32, lossy files float32.

        Raises:
            MissingExtra: Nothing is installed that might read the file.
            InvalidInput: What is installed cannot read it.
        """
        blocks = list(self._source.readable().blocks())
        return np.concatenate(blocks) if blocks else np.zeros((0, self.channels or 1), np.float32)

    @classmethod
    def durations(cls, audio_list: Sequence[Audio]) -> list[float | None]:
        """Give how long each lasts, in seconds."""
        return [audio.duration_secs for audio in audio_list]

    @classmethod
    def sample_rates(cls, audio_list: Sequence[Audio]) -> list[int | None]:
        """Give the sample rate of each."""
        return [audio.sample_rate for audio in audio_list]

    @classmethod
    def captions(cls, audio_list: Sequence[Audio]) -> list[str] | Literal[False]:
        """Give the caption of each, "" where there is none; False where there is none at all."""
        found = [audio.caption for audio in audio_list]
        return [one or "" for one in found] if any(one is not None for one in found) else False

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Audio):
            return NotImplemented
        mine = (self._caption, self._sample_id, self.sample_rate)
        if mine != (other._caption, other._sample_id, other.sample_rate):
            return False
        ours, theirs = _content(self), _content(other)
        if ours.dtype != theirs.dtype:
            return False
        return np.array_equal(ours, theirs, equal_nan=ours.dtype.kind == "f")

    def __repr__(self) -> str:
        return f"Audio({self._source!r}{self._captioned()})"

    __hash__ = None  # type: ignore[assignment]


def encode(sounds: Sequence[Audio]) -> Iterator[Payload]:
    """Give a payload for each: its file, its envelope and its spectrogram."""
    return map(_payload, sounds)


def decode(payload: Payload) -> Audio:
    """Undo `encode`; the file is read when its samples are asked for."""
    source = Recording(payload.files[""], "the stored file", payload.meta_as(AudioMeta))
    return Audio(source, caption=payload.caption, sample_id=payload.sample_id)


def _payload(audio: Audio) -> Payload:
    source, sound, blob = audio.source, audio.source.sound, audio.source.blob
    meta = AudioMeta(
        encoding=source.encoding,
        sample_rate_hz=source.rate,
        channels=source.channels,
        frames=source.frames,
        duration_secs=source.secs,
        conversion=source.conversion,
    )
    blobs = [blob]
    if sound is not None:
        meta.codec, meta.bit_depth = sound.facts.codec, sound.facts.bit_depth
    if sound is not None and sound.facts.likely_frames:
        views = Views(sound)
        meta.waveform, meta.spectrogram = views.waveform, views.spectrogram
        blobs += views.blobs(blob.digest)
    return Payload(meta, blobs, audio.caption, audio.sample_id)


def _source_of(data: Any, rate: Any, layout: str | None, format: str | None) -> Source:
    if isinstance(data, Recording):
        return data
    if kept.is_file(data):
        return from_file(data, format, None if rate is None else checked_rate(rate))
    return Samples(data, rate, format, layout)


def _content(audio: Audio) -> Array:
    """Give what two sounds are compared by: samples, or bytes where nothing can read them."""
    if audio.source.sound is None:
        return np.frombuffer(audio.source.blob.data, np.uint8)
    return audio.to_numpy()
