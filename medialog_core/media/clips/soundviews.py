"""What a viewer draws of a sound before it loads it: its envelope and its spectrogram."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ... import png
from ...lazy import cached_property
from ...payload import Blob, digest_of
from ...schema import SpectrogramMeta, WaveformMeta
from ...sound import envelope, mel
from ...sound.facts import Sound
from ...sound.forms import as_float, regrouped

PEAKS, SPECTROGRAM = "peaks", "spectrogram"
PEAKS_TYPE = "application/vnd.medialog.peaks"


class Views:
    """Both of one sound, made in one pass over its samples when the first of them is asked for."""

    def __init__(self, sound: Sound) -> None:
        facts = sound.facts
        size = facts.likely_frames
        self._sound = sound
        self._envelope = envelope.Envelope(size, facts.channels)
        self._mel = mel.Spectrogram(facts.sample_rate, size, facts.channels)

    @property
    def waveform(self) -> WaveformMeta:
        """What `AudioMeta` says of the envelope."""
        return WaveformMeta(self._envelope.frames_per_column)

    @property
    def spectrogram(self) -> SpectrogramMeta:
        """What `AudioMeta` says of the spectrogram."""
        made = self._mel
        rate = self._sound.facts.sample_rate
        return SpectrogramMeta(
            made.frames_per_column, made.window, 0.0, rate / 2, mel.MIN_DB, mel.MAX_DB
        )

    def blobs(self, digest: bytes | None) -> list[Blob]:
        """Give the blobs of both; `digest` identifies the sound."""

        def blob(produce: Callable[[], bytes], content_type: str, ending: str, role: str) -> Blob:
            return Blob(produce, content_type, ending, role, digest and digest_of(digest, role))

        return [
            blob(lambda: self._made[0], PEAKS_TYPE, "peaks", PEAKS),
            blob(lambda: png.encode(self._made[1]), "image/png", "png", SPECTROGRAM),
        ]

    @cached_property
    def _made(self) -> tuple[bytes, NDArray[np.uint8]]:
        for block in regrouped(self._sound.blocks(), self._sound.facts.channels):
            samples = as_float(block)
            self._envelope.add(samples)
            self._mel.add(samples)
        return self._envelope.to_bytes(), self._mel.to_pixels()
