from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
import torch

from medialog_core import Markdown, Table, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.documents.text import INLINE_BYTES, Text
from medialog_core.payload import Blob, Payload
from medialog_core.schema import TextMeta
from medialog_core.testing import CodecTests, through_bytes


def encoded(text: Text) -> tuple[Payload, TextMeta]:
    [payload] = codecs.encode([text])
    assert isinstance(payload.meta, TextMeta)
    return payload, payload.meta


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Text]:
        return [
            Text("hello"),
            Text(""),
            Text("# Title", format="markdown", caption="a note"),
            Text("é🙂\n\t\0" * 5_000),
            Text("x" * (INLINE_BYTES + 1), format="markdown"),
        ]


@pytest.mark.parametrize(("length", "files"), [(INLINE_BYTES, 0), (INLINE_BYTES + 1, 1)])
def test_above_8_kib_it_is_a_file(length: int, files: int) -> None:
    payload, meta = encoded(Text("x" * length))
    assert files == len(payload.blobs)
    assert (meta.text is None) == bool(files)


def test_the_limit_counts_bytes_not_letters() -> None:
    payload, _ = encoded(Text("é" * (INLINE_BYTES // 2 + 1)))
    assert len(payload.blobs) == 1


@pytest.mark.parametrize(("format", "extension"), [("plain", "txt"), ("markdown", "md")])
def test_a_file_holds_the_text_as_utf8(format: Any, extension: str) -> None:
    payload, _ = encoded(Text("é" * INLINE_BYTES, format))
    [blob] = payload.blobs
    assert isinstance(blob, Blob)
    assert ("é" * INLINE_BYTES).encode() == blob.data
    assert extension == blob.extension


def test_a_repeat_has_the_same_digest() -> None:
    digests = []
    for data in ("x" * 9_000, "x" * 9_000, "y" * 9_000):
        payload, _ = encoded(Text(data))
        [blob] = payload.blobs
        assert isinstance(blob, Blob)
        digests.append(blob.digest)
    assert digests[0] == digests[1] != digests[2]


@pytest.mark.parametrize("data", [5, None, b"bytes", ["a"]])
def test_what_is_no_string_is_refused(data: Any) -> None:
    with pytest.raises(WrongType, match=r"Text: data: expected str, got .*pass str"):
        Text(data)


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(InvalidInput, match="format: expected 'plain' or 'markdown', got 'html'"):
        Text("x", format="html")  # type: ignore[arg-type]


def test_a_caption_is_a_string_or_a_number() -> None:
    assert Text("x", caption=3).caption == "3"  # type: ignore[arg-type]
    with pytest.raises(WrongType, match=r"Text: caption: expected a string, got list \['a'\]"):
        Text("x", caption=["a"])  # type: ignore[arg-type]


def test_a_lone_surrogate_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidInput, match=r"lone surrogate .* at 2"):
        Text("ab\ud800")


def test_it_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Text("x").data = "y"  # type: ignore[misc]


def test_markdown_is_a_text_that_says_so() -> None:
    text = Markdown("# Title", "a caption", sample_id=3)  # type: ignore[arg-type]
    assert text == Text("# Title", "markdown", "a caption", sample_id="3")
    _, meta = encoded(text)
    assert (meta.text, meta.format) == ("# Title", "markdown")


def test_a_caption_of_any_librarys_number_is_written_out() -> None:
    assert Markdown("x", torch.tensor(0.5)).caption == "0.5"  # type: ignore[arg-type]
    assert Text("x", caption=np.float32(0.5)).caption == "0.5"  # type: ignore[arg-type]


def test_a_string_of_numpys_becomes_a_string() -> None:
    assert type(Text(np.str_("a")).data) is str


def test_what_it_costs_counts_bytes_not_letters() -> None:
    letters = 10_000
    assert Text("x" * letters).nbytes >= letters
    assert Text("\N{GRINNING FACE}" * letters).nbytes >= 4 * letters


def test_a_very_long_text_comes_back_whole() -> None:
    text = Markdown("word \N{GRINNING FACE}\n" * 300_000)
    payload, _ = encoded(text)
    assert codecs.decode(through_bytes(payload)) == text


def test_in_a_table_a_long_one_stays_a_text() -> None:
    table = Table(columns=["t"], data=[[Markdown("x" * 9_000, "c")], [Text("short")]])
    [payload] = codecs.encode([table])
    assert codecs.decode(through_bytes(payload)) == table
