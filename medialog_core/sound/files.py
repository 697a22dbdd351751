"""Any sound file: is it what its ending says, is it whole, what can be read of it."""

from __future__ import annotations

from collections.abc import Callable

from . import libraries, wav
from .facts import Sound

WAV, FLAC, MP3, OGG, MP4, AAC, AIFF = "WAV", "FLAC", "MP3", "Ogg", "MP4", "AAC", "AIFF"
KINDS = {
    "wav": WAV,
    "wave": WAV,
    "flac": FLAC,
    "mp3": MP3,
    "ogg": OGG,
    "oga": OGG,
    "opus": OGG,
    "m4a": MP4,
    "aac": AAC,
    "aiff": AIFF,
    "aif": AIFF,
    "aifc": AIFF,
}
CONTENT_TYPES = {
    WAV: "audio/wav",
    FLAC: "audio/flac",
    MP3: "audio/mpeg",
    OGG: "audio/ogg",
    MP4: "audio/mp4",
    AAC: "audio/aac",
    AIFF: "audio/aiff",
}
_ID3_HEADER, _STREAMINFO_END = 10, 42


def content_of(data: bytes) -> str | None:
    """Tell the kind of a file by how it begins; None if it is no sound of these kinds."""
    body = data[_tag_size(data) :]
    found = next((kind for kind, begins in _BEGINNINGS if begins(body)), None)
    if found is None and data[:3] == b"ID3":
        return MP3
    return found


def is_whole(data: bytes, kind: str) -> bool:
    """Say whether the header of a file of this kind is there to its end."""
    if kind == WAV:
        return data[:4] != b"RIFF" or wav.layout_of(data) is not None
    if kind == FLAC:
        return len(data) - _tag_size(data) > _STREAMINFO_END
    return True


def opened(data: bytes) -> Sound | None:
    """Give the sound of a file; None where nothing that is installed can read it."""
    return next((sound for reader in _READERS if (sound := reader(data)) is not None), None)


def has_library() -> bool:
    """Say whether anything beyond WAV can be read."""
    return libraries.soundfile() is not None or libraries.pyav() is not None


def _tag_size(data: bytes) -> int:
    """Give the size of the ID3 tag that some players put in front: its bytes have 7 bits each."""
    if data[:3] != b"ID3" or len(data) < _ID3_HEADER:
        return 0
    size = 0
    for byte in data[6:_ID3_HEADER]:
        size = size << 7 | byte & 127
    return _ID3_HEADER + size


def _is_wav(data: bytes) -> bool:
    return data[:4] in (b"RIFF", b"RIFX", b"RF64") and data[8:12] == b"WAVE"


def _is_aiff(data: bytes) -> bool:
    return data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC")


def _is_adts(data: bytes) -> bool:
    return len(data) > 1 and data[0] == 0xFF and data[1] & 0xF6 == 0xF0  # noqa: PLR2004


def _is_mp3(data: bytes) -> bool:
    """Look for the sync of a frame of layer III."""
    return len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2  # noqa: PLR2004


_BEGINNINGS: tuple[tuple[str, Callable[[bytes], bool]], ...] = (
    (WAV, _is_wav),
    (FLAC, lambda data: data[:4] == b"fLaC"),
    (OGG, lambda data: data[:4] == b"OggS"),
    (MP4, lambda data: data[4:8] == b"ftyp"),
    (AIFF, _is_aiff),
    (AAC, _is_adts),
    (MP3, _is_mp3),
)
_READERS = (wav.opened, libraries.by_soundfile, libraries.by_pyav)
