from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core import Html, Table, codecs
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.payload import Blob, Payload
from medialog_core.schema import HtmlMeta
from medialog_core.testing import CodecTests, through_bytes

LATIN = "<meta charset='ISO-8859-1'><p>caf\xe9".encode("latin-1")


def encoded(page: Html) -> tuple[Payload, HtmlMeta, Blob]:
    [payload] = codecs.encode([page])
    [blob] = payload.blobs
    assert isinstance(payload.meta, HtmlMeta)
    assert isinstance(blob, Blob)
    return payload, payload.meta, blob


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Html]:
        return [
            Html("<b>é🙂</b>", caption="a page", sample_id=7),
            Html(""),
            Html("<p>", inject=False),
            Html(LATIN),
            Html("<meta charset=latin-1>é"),
            Html("<p>é".encode("utf-16")),
            Html(b"\xff no text"),
        ]


@pytest.mark.parametrize("inject", [True, False])
def test_nothing_is_put_into_a_page(inject: bool) -> None:
    page = "<!doctype html><html><head></head><body><a href='x'>y</a></body></html>"
    _, meta, blob = encoded(Html(page, inject))
    assert blob.data == page.encode()
    assert meta.inject is inject


@settings(max_examples=30, deadline=None)
@given(st.text().filter(lambda text: not text.lower().endswith(".html")))
def test_any_text_comes_back(text: str) -> None:
    page = Html(text)
    assert page.data == text.encode()
    assert Html(text, data_is_not_path=True) == page


@pytest.mark.parametrize("as_path", [str, Path], ids=["str", "Path"])
def test_a_path_keeps_the_bytes(tmp_path: Path, as_path: Any) -> None:
    path = tmp_path / "report.html"
    path.write_bytes(LATIN + b"\r\n")
    page = Html(as_path(path))
    path.unlink()
    assert page.data == LATIN + b"\r\n"
    assert page.html == "<meta charset='ISO-8859-1'><p>café\r\n"


def test_a_string_is_a_path_only_if_it_ends_like_one(tmp_path: Path) -> None:
    path = tmp_path / "page.htm"
    path.write_text("<p>")
    assert Html(str(path)).html == str(path)
    assert Html(path).html == "<p>"
    (tmp_path / "a.html").write_text("<i>")
    name = str(tmp_path / "a.html")
    assert Html(name, data_is_not_path=True).html == name


@pytest.mark.parametrize(
    "text", ["<p>see index.html", "two lines\nend with a.html", "x" * 5000 + ".html", "a.html "]
)
def test_a_text_that_ends_like_a_path_is_no_path(text: str) -> None:
    assert Html(text).html == text


@pytest.mark.parametrize("path", ["missing.html", Path("missing.html"), Path("missing")])
def test_a_missing_file_is_said_and_not_shown_as_its_name(path: Any) -> None:
    with pytest.raises(FileNotFoundError, match=r"no such file: 'missing.*data_is_not_path=True"):
        Html(path)


def test_a_file_of_another_ending_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(InvalidInput, match=r"Html: data: expected a file of html, htm, xhtml, got"):
        Html(tmp_path / "a.txt")


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").touch()
    with pytest.raises(InvalidInput, match=r"a.html is empty"):
        Html(tmp_path / "a.html")


@pytest.mark.parametrize("opened", [io.StringIO("<p>é"), io.BytesIO("<p>é".encode())])
def test_an_open_file_is_read_and_stays_where_it_is(opened: Any) -> None:
    assert Html(opened).html == "<p>é"
    assert opened.tell() == 0


@pytest.mark.parametrize(
    ("data", "charset"),
    [
        (LATIN, "iso-8859-1"),
        (b'<META http-equiv="x" content="text/html; charset=Shift_JIS">', "shift_jis"),
        ("<p>é".encode(), "utf-8"),
        (b"<p>\xe9", "windows-1252"),
        ("<p>é".encode("utf-8-sig"), "utf-8"),
        ("<p>é".encode("utf-16"), "utf-16le"),
        (b"<meta charset=utf-16><p>", "utf-8"),
        (b" " * 2000 + LATIN, "windows-1252"),
        ("<meta charset=latin-1>é", "utf-8"),
    ],
)
def test_how_its_bytes_are_to_be_read_is_told(data: Any, charset: str) -> None:
    page = Html(data)
    _, meta, blob = encoded(page)
    assert (page.charset, meta.charset) == (charset, charset)
    assert blob.content_type == f"text/html; charset={charset}"


def test_a_charset_that_python_lacks_is_no_error() -> None:
    page = Html(b"<meta charset=x-user-defined>\xe9")
    assert page.html == "<meta charset=x-user-defined>\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize("charset", ["idna", "punycode", "undefined"])
def test_a_codec_of_pythons_that_cannot_read_a_page_is_no_error(charset: str) -> None:
    head = f"<meta charset={charset}>"
    assert Html(head.encode() + b"\xe9").html == head + "\N{REPLACEMENT CHARACTER}"


def test_the_same_bytes_read_otherwise_are_another_page() -> None:
    text, raw = "<meta charset=latin-1>é", "<meta charset=latin-1>é".encode()
    assert Html(text) != Html(raw)
    assert encoded(Html(text))[2].digest != encoded(Html(raw))[2].digest


@pytest.mark.parametrize("data", ["a\ud800", io.StringIO("a\ud800")])
def test_lone_surrogates_are_refused(data: Any) -> None:
    with pytest.raises(InvalidInput, match=r"Html: data: has a lone surrogate .* at 1"):
        Html(data)


def test_what_a_notebook_shows_as_html_is_html() -> None:
    style: Any = pd.DataFrame({"loss": [0.5]}).style.set_uuid("a")
    assert "<table" in Html(style).html
    assert Html(style).html == style._repr_html_()


class Empty:
    def _repr_html_(self) -> None:
        return None


@pytest.mark.parametrize("value", [3, None, object(), ["<p>"], Empty(), Empty])
def test_another_type_is_refused(value: Any) -> None:
    with pytest.raises(
        WrongType, match=r"Html: data: expected HTML .* or an object with _repr_html_, got"
    ):
        Html(value)


def test_a_plotly_figure_is_better_logged_as_one() -> None:
    with pytest.raises(WrongType, match=r"loads a script from afar; log Plotly\(figure\)"):
        Html(plotly.graph_objects.Figure())


def test_a_list_keeps_its_captions() -> None:
    pages = [Html("a"), Html("b", caption="two"), Html("c", caption=3)]  # type: ignore[arg-type]
    assert [payload.caption for payload in codecs.encode(pages)] == [None, "two", "3"]


def test_in_a_table_it_stays_a_page() -> None:
    table = Table(columns=["page"], data=[[Html("<p>")], [pd.DataFrame({"a": [1]}).style], [None]])
    [payload] = codecs.encode([table])
    back = codecs.decode(through_bytes(payload))
    assert back == table
    assert [type(row[0]) for row in back.data] == [Html, Html, type(None)]


def test_its_repr_is_short() -> None:
    assert repr(Html("x" * 5000)) == "Html(5,000 bytes)"
