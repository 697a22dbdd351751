"""The bytes of any sound file to a sound that can be read."""

from __future__ import annotations

from . import libraries, wav
from .facts import Sound

_READERS = (wav.opened, libraries.by_soundfile, libraries.by_pyav)


def opened(data: bytes) -> Sound | None:
    """Give the sound of a file; None where nothing that is installed can read it."""
    return next((sound for reader in _READERS if (sound := reader(data)) is not None), None)


def has_library() -> bool:
    """Say whether anything beyond WAV can be read."""
    return libraries.soundfile() is not None or libraries.pyav() is not None
