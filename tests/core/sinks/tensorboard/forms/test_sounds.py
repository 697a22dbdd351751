"""Sounds as TensorBoard's own audio plugin serves them."""

from __future__ import annotations

import io
import json
import sys
import wave
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray
from tensorboard.compat.proto.types_pb2 import DT_STRING
from tensorboard.plugins.audio import metadata
from tensorboard.plugins.audio.audio_plugin import AudioPlugin
from tensorboard.plugins.base_plugin import TBContext
from werkzeug.test import Client

from medialog_core import Audio
from medialog_core.sinks.tensorboard import TensorBoardSink, summaries
from medialog_core.sound import libraries
from tests.sounds import chord, speech, stereo

Served = Callable[[str], list[tuple[int, list[bytes]]]]
RATE = 8_000
SAMPLES = np.rint(speech(RATE, 0.2) * 32_000).astype(np.int16)


@pytest.fixture
def served(tmp_path: Path, provider: Any) -> Served:
    """Give (step, its sounds) of a tag, as the plugin serves them to its page."""

    def serve(tag: str) -> list[tuple[int, list[bytes]]]:
        plugin = AudioPlugin(TBContext(data_provider=provider(tmp_path), logdir=str(tmp_path)))
        apps = {path: Client(app) for path, app in plugin.get_plugin_apps().items()}
        [(run, tags)] = json.loads(apps["/tags"].get("/").data).items()
        found: dict[int, list[bytes]] = {}
        for sample in range(tags[tag]["samples"]):
            query = {"run": run, "tag": tag, "sample": str(sample)}
            for one in json.loads(apps["/audio"].get("/", query_string=query).data):
                assert one["contentType"] == "audio/wav"
                sound = apps["/individualAudio"].get("/", query_string=one["query"])
                assert sound.headers["Content-Type"] == "audio/wav"
                found.setdefault(one["step"], []).append(sound.data)
        return sorted(found.items())

    return serve


def write(sink: TensorBoardSink, entries: Any, sounds: Any, **place: Any) -> None:
    for entry in entries("speech", sounds, **place):
        sink.write(entry)
    sink.flush()


def read(data: bytes) -> tuple[int, NDArray[np.int16]]:
    with wave.open(io.BytesIO(data)) as opened:
        assert opened.getsampwidth() == 2
        raw = np.frombuffer(opened.readframes(opened.getnframes()), "<i2")
        return opened.getframerate(), raw.reshape(-1, opened.getnchannels())


def test_one_sound_is_served_as_wav(sink: TensorBoardSink, entries: Any, served: Served) -> None:
    write(sink, entries, Audio(SAMPLES, RATE), step=3)
    [(step, [data])] = served("speech")
    rate, samples = read(data)
    assert (step, rate) == (3, RATE)
    np.testing.assert_array_equal(samples[:, 0], SAMPLES)


def test_a_list_stands_under_one_tag_at_every_step(
    sink: TensorBoardSink, entries: Any, served: Served
) -> None:
    both = stereo(chord(44_100, 0.1, 220), chord(44_100, 0.1, 330))
    for step in (0, 1):
        write(sink, entries, [Audio(SAMPLES + step, RATE), Audio(both, 44_100)], step=step)
    for step, (first, second) in served("speech"):
        np.testing.assert_array_equal(read(first)[1][:, 0], SAMPLES + step)
        rate, samples = read(second)
        assert rate == 44_100
        np.testing.assert_allclose(samples / 32_768, both, atol=2**-15)


def test_the_label_is_the_caption_and_is_shown_as_a_text_too(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    sounds = [Audio(SAMPLES, RATE, "a *b*"), Audio(SAMPLES, RATE)]
    write(sink, entries, sounds)
    accumulator = read()
    [event] = accumulator.Tensors("speech/captions")
    assert list(event.tensor_proto.string_val) == [b"a &#42;b&#42;", b""]
    [path] = sink._directory.glob("events*")
    assert b"a *b*" in path.read_bytes()


def test_sounds_without_captions_have_no_texts(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    write(sink, entries, [Audio(SAMPLES, RATE), Audio(SAMPLES, RATE)])
    assert read().Tags()["tensors"] == ["speech"]


def test_the_tensor_has_the_form_that_the_plugin_documents(entries: Any) -> None:
    shown = [summaries.show(entry.payload) for entry in entries("k", [Audio(SAMPLES, RATE, "c")])]
    [value] = summaries.values("k", shown)
    assert [dim.size for dim in value.tensor.tensor_shape.dim] == [1, 2]
    assert value.tensor.dtype == DT_STRING
    assert value.tensor.string_val[1] == b"c"
    assert value.metadata.plugin_data.plugin_name == metadata.PLUGIN_NAME
    content = metadata.parse_plugin_metadata(value.metadata.plugin_data.content)
    assert content.encoding == metadata.Encoding.Value("WAV")


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_24", "FLOAT"])
def test_a_wav_file_that_browsers_play_is_handed_over_as_it_is(
    sink: TensorBoardSink, entries: Any, served: Served, subtype: str
) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, SAMPLES, RATE, format="WAV", subtype=subtype)
    buffer.seek(0)
    write(sink, entries, Audio(buffer, format="wav"))
    assert served("speech") == [(0, [buffer.getvalue()])]


@pytest.mark.parametrize(
    ("form", "subtype"), [("WAV", "DOUBLE"), ("WAV", "ULAW"), ("AIFF", "PCM_24"), ("MP3", None)]
)
def test_any_other_file_becomes_wav_of_16_bits(
    sink: TensorBoardSink, entries: Any, served: Served, form: str, subtype: str | None
) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, SAMPLES / 32_768, RATE, format=form, subtype=subtype)
    buffer.seek(0)
    write(sink, entries, Audio(buffer, format=form.lower()))
    [(_, [data])] = served("speech")
    buffer.seek(0)
    expected, _ = soundfile.read(buffer, dtype="float64")
    np.testing.assert_allclose(read(data)[1][:, 0] / 32_768, expected, atol=2**-15)


def test_what_nothing_can_read_is_handed_over_as_it_is(
    sink: TensorBoardSink, entries: Any, served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = io.BytesIO()
    soundfile.write(buffer, SAMPLES, RATE, format="MP3")
    buffer.seek(0)
    monkeypatch.setattr(libraries, "soundfile", lambda: None)
    monkeypatch.setattr(libraries, "pyav", lambda: None)
    write(sink, entries, Audio(buffer, format="mp3"))
    assert served("speech") == [(0, [buffer.getvalue()])]


def test_no_tensorflow_is_loaded() -> None:
    assert "tensorflow" not in sys.modules
