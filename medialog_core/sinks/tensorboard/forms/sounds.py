"""A sound as the audio plugin plays it: WAV, of 16 bits as TensorFlow writes it.

A WAV file of integers or 32-bit floats is taken as it is, and so is a file that nothing installed can
read: browsers go by the content, whatever TensorBoard calls it.
"""

from __future__ import annotations

from ....payload import Payload
from ....sound import files, wav
from ....sound.forms import S16, quantized

_NOT_PLAYED_BITS = 64


def render(payload: Payload) -> bytes:
    """Give what TensorBoard plays of a sound."""
    own = payload.files[""]
    sound = wav.opened(own.data)
    if sound is not None and sound.facts.bit_depth != _NOT_PLAYED_BITS:
        return own.data
    sound = sound or files.opened(own.data)
    if sound is None:
        return own.data
    samples = (quantized(block, S16) for block in sound.blocks())
    return wav.write(samples, S16, sound.facts.sample_rate, sound.facts.channels)
