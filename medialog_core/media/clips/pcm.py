"""Numbers to samples: the one documented rule.

| numbers | become |
|---|---|
| int8, uint8, int16 | 16 bits, without loss |
| int32 | 16, 24 or 32 bits: as few as hold its lower bits, without loss; 24, rounded, with `format="flac"` |
| floats that all are k / 32768 | 16 bits, without loss |
| other floats | 24 bits, rounded: an error of at most 6e-8, 144 dB below full scale |
| any floats with `format="wav"` | float32, beyond full scale too |

What is beyond full scale is clipped, but for the last, and counted; NaN and infinities become 0 and
are counted. The container is FLAC where soundfile is installed and the form is of 16 or 24 bits,
which is all it writes there, with at most 8 channels and 655,350 Hz, and above 65,535 Hz whole tens of
them; else WAV.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...errors import InvalidInput, MissingExtra
from ...sound import libraries, wav
from ...sound.forms import F32, S16, S24, S32, Form, full_scale

Array = NDArray[Any]

WRITERS: dict[str, Callable[[Iterable[Array], Form, int, int], bytes]] = {
    "flac": libraries.write_flac,
    "wav": wav.write,
}


@dataclass(frozen=True)
class Survey:
    """What a sound's numbers are like.

    Attributes:
        peak: The greatest finite magnitude, full scale is 1.
        beyond: How many are beyond full scale.
        nonfinite: How many are NaN or infinite.
        bits: How many bits hold all of them exactly; of floats 16, or 24 for "more".
    """

    peak: float
    beyond: int
    nonfinite: int
    bits: int


def checked_container(container: Any, rate: int, channels: int) -> str | None:
    """Give the container that was stated.

    Raises:
        InvalidInput: It is unknown, or FLAC and does not hold such a sound.
        MissingExtra: It is FLAC, and soundfile is missing.
    """
    if container is None:
        return None
    name = container.lower().lstrip(".") if isinstance(container, str) else container
    if name not in WRITERS:
        raise InvalidInput(
            f"Audio: format: expected 'flac' or 'wav' for an array, got {container!r}"
        )
    if name == "flac" and not libraries.fits_flac(rate, channels):
        raise InvalidInput(
            f"Audio: format: FLAC holds at most {libraries.FLAC_MAX_CHANNELS} channels and "
            f"{libraries.FLAC_MAX_RATE:,} Hz, above 65,535 Hz whole tens, got {channels} and {rate:,} Hz; "
            "pass format='wav'"
        )
    if name == "flac" and libraries.soundfile() is None:
        raise MissingExtra("Audio: format='flac'", "audio")
    return str(name)


def usual_container(form: Form, rate: int, channels: int) -> str:
    """Give the container of a sound of which none was stated."""
    compact = form in (S16, S24) and libraries.fits_flac(rate, channels)
    return "flac" if compact and libraries.soundfile() is not None else "wav"


def form_of(survey: Survey, dtype: np.dtype[Any], container: str | None) -> Form:
    """Give the form that a sound is written in; `dtype` is what its numbers came as."""
    if dtype.kind == "f" and container == "wav":
        return F32
    form = {16: S16, 24: S24, 32: S32}[survey.bits]
    return S24 if form is S32 and container == "flac" else form


def survey(blocks: Iterable[Array], dtype: np.dtype[Any]) -> Survey:
    """Look at all numbers of a sound once."""
    look = _look_at_floats if dtype.kind == "f" else _look_at_integers
    found = [look(block) for block in blocks]
    return Survey(
        max(one.peak for one in found),
        sum(one.beyond for one in found),
        sum(one.nonfinite for one in found),
        max(one.bits for one in found),
    )


def _look_at_integers(block: Array) -> Survey:
    peak = max(-int(block.min()), int(block.max())) / full_scale(block.dtype)
    if block.dtype == np.int16:
        return Survey(peak, 0, 0, 16)
    used = int(np.bitwise_or.reduce(block, axis=None))
    return Survey(peak, 0, 0, 32 if used & 0xFF else 24 if used & 0xFF00 else 16)


def _look_at_floats(block: Array) -> Survey:
    sizes = np.abs(block)
    peak, nonfinite = float(sizes.max()), 0
    if not np.isfinite(peak):
        finite = np.isfinite(block)
        nonfinite = block.size - int(np.count_nonzero(finite))
        block = np.where(finite, block, 0)
        sizes = np.abs(block)
        peak = float(sizes.max())
    beyond = int(np.count_nonzero(sizes > 1)) if peak > 1 else 0
    return Survey(peak, beyond, nonfinite, 16 if peak <= 1 and _are_16_bits(block) else 24)


def _are_16_bits(block: Array) -> bool:
    """Say whether all are k / 32768; a block that begins otherwise is not read to its end."""
    for part in (block[:64], block):
        steps = part * part.dtype.type(full_scale(S16.dtype))
        if steps.max() >= full_scale(S16.dtype) or (np.rint(steps) != steps).any():
            return False
    return True
