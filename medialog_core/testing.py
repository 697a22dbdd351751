"""What our own tests use, shipped for those who write a sink or a media type.

`MemorySink` collects records; `SinkTests` and `CodecTests` are contracts: subclass one, give its
fixtures, and pytest runs what must hold of every sink and every codec.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
import pytest

from . import codecs
from .payload import Blob, Entry, LinkedBlob, Payload, Record, Scalars, Sink, State
from .schema import File, KnownMeta, TextMeta

T = TypeVar("T")


class MemorySink:
    """Keeps every record it was given; `fail_with` makes its next flush fail."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.flushes = 0
        self.closed = False
        self.lost = 0
        self.fail_with: OSError | None = None

    def write(self, record: Record) -> None:
        self.records.append(record)

    def flush(self) -> None:
        self.flushes += 1
        if self.fail_with is not None:
            error, self.fail_with = self.fail_with, None
            raise error

    def close(self) -> None:
        self.closed = True

    def entries(self, key: str | None = None) -> list[Entry]:
        """Give the media that were written, of one key or of all."""
        return [r for r in self.records if isinstance(r, Entry) and key in (None, r.key)]

    def scalars(self, key: str) -> list[tuple[int, float]]:
        """Give (step, value) of one key, in the order written."""
        return [
            (r.step, r.values[key])
            for r in self.records
            if isinstance(r, Scalars) and key in r.values
        ]

    def state(self) -> dict[tuple[str, str], Any]:
        """Give the latest value of each (area, key)."""
        return {(r.area, r.key): r.value for r in self.records if isinstance(r, State)}


def through_bytes(payload: Payload) -> Payload:
    """Give `payload` as a reader would: meta from JSON, blobs from bytes, links by their place."""
    files: dict[str, bytes] = {}

    def place(blob: Blob | LinkedBlob) -> File:
        data = (
            blob.render([place(link) for link in blob.links])
            if isinstance(blob, LinkedBlob)
            else blob.data
        )
        uri = f"memory/{len(files)}.{blob.extension}"
        files[uri] = data
        return File(uri=uri, size=len(data), content_type=blob.content_type, checksum="")

    def read(blob: Blob | LinkedBlob) -> Blob:
        file = place(blob)
        return Blob(lambda: files[file.uri], file.content_type, blob.extension, blob.role)

    meta = msgspec.json.decode(msgspec.json.encode(payload.meta), type=KnownMeta)
    blobs = [read(blob) for blob in payload.blobs]
    return Payload(
        meta, blobs, payload.caption, payload.sample_id, fetch=lambda file: files[file.uri]
    )


def back(value: T) -> T:
    """Give a media value as a reader would: encoded, through bytes, decoded."""
    [payload] = codecs.encode([value])
    decoded = codecs.decode(through_bytes(payload))
    assert isinstance(decoded, type(value))
    return decoded


class CodecTests:
    """What holds of every codec. Give `values`: some values of the type, the odd ones too."""

    @pytest.fixture
    def values(self) -> Sequence[Any]:
        raise NotImplementedError

    def test_a_value_comes_back_equal(self, values: Sequence[Any]) -> None:
        for value in values:
            assert back(value) == value

    def test_a_list_comes_back_in_order(self, values: Sequence[Any]) -> None:
        payloads = list(codecs.encode(values))
        assert [codecs.decode(through_bytes(p)) for p in payloads] == list(values)

    def test_the_kind_is_in_the_meta(self, values: Sequence[Any]) -> None:
        [payload] = codecs.encode([values[0]])
        kind = msgspec.json.decode(msgspec.json.encode(payload.meta))["kind"]
        assert kind == codecs.find(type(values[0])).kind

    def test_encoding_twice_gives_the_same_bytes(self, values: Sequence[Any]) -> None:
        def blobs() -> list[bytes]:
            [payload] = codecs.encode([values[0]])
            return [b.data for b in payload.blobs if isinstance(b, Blob)]

        assert blobs() == blobs()

    def test_the_cost_in_the_queue_is_known(self, values: Sequence[Any]) -> None:
        assert all(value.nbytes > 0 for value in values)


def text_entry(
    text: str = "hello", *, key: str = "note", step: int | None = 0, rank: int = 0
) -> Entry:
    """Give a small entry to write into a sink."""
    return Entry(key, step, None, 1.0, rank, 0, Payload(TextMeta(text=text)))


class SinkTests:
    """What holds of every sink. Give `sink`: a fresh one."""

    @pytest.fixture
    def sink(self) -> Sink:
        raise NotImplementedError

    def test_it_takes_every_kind_of_record(self, sink: Sink) -> None:
        sink.write(text_entry())
        sink.write(Scalars({"loss": 0.5, "bad": float("nan")}, 0, None, 1.0, 0))
        sink.write(State("config", "lr", 0.1, 1.0, 0))
        sink.flush()
        sink.close()

    def test_any_key_is_legal(self, sink: Sink) -> None:
        for key in ("a/b", "a:b", "../x", "x" * 300, "🙂", " ", "a\tb"):
            sink.write(text_entry(key=key))
            sink.write(Scalars({key: 1.0}, 0, None, 1.0, 0))
        sink.close()

    def test_an_unknown_kind_of_media_is_no_error(self, sink: Sink) -> None:
        sink.write(
            Entry(
                "k",
                0,
                None,
                1.0,
                0,
                0,
                Payload(_OddMeta(), [Blob(lambda: b"odd", "application/odd", "odd")]),
            )
        )
        sink.close()

    def test_closing_twice_is_harmless(self, sink: Sink) -> None:
        sink.write(text_entry())
        sink.close()
        sink.close()

    def test_flushing_with_nothing_written_is_harmless(self, sink: Sink) -> None:
        sink.flush()
        sink.close()


class _OddMeta(TextMeta, tag="odd"):
    """A kind that no sink knows."""
