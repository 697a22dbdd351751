"""A sound held as the bytes of a file: the user's own, or one read back from a store."""

from __future__ import annotations

from typing import Any

from ...errors import InvalidInput, MissingExtra
from ...lazy import cached_property
from ...payload import Blob
from ...schema import AudioMeta, SampleConversion
from ...sound import files
from ...sound.facts import Sound
from .. import kept

_FIELD = "Audio: data_or_path"


class Recording:
    """A file's bytes, kept exactly; what they hold is found out when somebody asks.

    Args:
        blob: The bytes.
        name: What to call it in an error.
        known: What is known of it without reading it; what is None is looked up there.
    """

    def __init__(self, blob: Blob, name: str, known: AudioMeta) -> None:
        self.blob, self.name = blob, name
        self._known = known

    @property
    def nbytes(self) -> int:
        """Bytes of memory it holds."""
        return len(self.blob.data)

    @cached_property
    def sound(self) -> Sound | None:
        """What can be read of it; None where nothing that is installed can."""
        return files.opened(self.blob.data)

    @property
    def encoding(self) -> str:
        """How it came to be."""
        return self._known.encoding

    @property
    def conversion(self) -> SampleConversion | None:
        """How numbers became its samples; None of a user's own file."""
        return self._known.conversion

    @property
    def rate(self) -> int | None:
        """Frames a second: what the file says, else what was stated."""
        return self._facts.sample_rate_hz

    @property
    def channels(self) -> int | None:
        """How many samples a frame has."""
        return self._facts.channels

    @property
    def frames(self) -> int | None:
        """How many frames it has."""
        return self._facts.frames

    @property
    def secs(self) -> float | None:
        """How long it lasts, in seconds."""
        return self._facts.duration_secs

    @cached_property
    def _facts(self) -> AudioMeta:
        if self._known.channels is not None or self.sound is None:
            return self._known
        facts = self.sound.facts
        return AudioMeta(
            encoding=self.encoding,
            sample_rate_hz=facts.sample_rate,
            channels=facts.channels,
            frames=facts.frames,
            duration_secs=facts.duration_secs,
        )

    def readable(self) -> Sound:
        """Give what can be read of it.

        Raises:
            MissingExtra: Nothing is installed that might read it.
            InvalidInput: What is installed cannot.
        """
        if self.sound is not None:
            return self.sound
        if not files.has_library():
            raise MissingExtra(f"Audio: reading {self.name}", "audio")
        raise InvalidInput(f"{_FIELD}: neither soundfile nor PyAV can read {self.name}")

    def __repr__(self) -> str:
        return f"{self.name!r}, {self.nbytes:,} bytes"


def from_file(source: Any, format: str | None, rate: int | None) -> Recording:
    """Keep a file's bytes; its ending and the beginning of its content are checked.

    Raises:
        WrongType: Neither a path nor an open file.
        InvalidInput: Another ending, other content than its ending says, or a header cut short.
        OSError: It cannot be read.
    """
    if format is not None and str(format).lower().lstrip(".") not in files.KINDS:
        raise InvalidInput(
            f"Audio: format: expected one of {', '.join(files.KINDS)}, got {format!r}"
        )
    file = kept.read(source, tuple(files.KINDS), _FIELD, file_type=format, option="format")
    kind, found = files.KINDS[file.extension], files.content_of(file.data)
    if found is None:
        raise InvalidInput(
            f"{_FIELD}: {file.name} should hold {kind} and holds no sound that is known: "
            f"it begins with {file.data[:12]!r}"
        )
    if found != kind:
        ending = next(name for name, its_kind in files.KINDS.items() if its_kind == found)
        raise InvalidInput(
            f"{_FIELD}: {file.name} should hold {kind} and holds {found}; pass format={ending!r}"
        )
    if not files.is_whole(file.data, kind):
        raise InvalidInput(f"{_FIELD}: {file.name} is cut short: its header has no end")
    blob = file.blob(files.CONTENT_TYPES[kind])
    return Recording(blob, file.name, AudioMeta(encoding="file", sample_rate_hz=rate))
