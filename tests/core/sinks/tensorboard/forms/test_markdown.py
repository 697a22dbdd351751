"""Text, rendered by TensorBoard's own Markdown."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tensorboard.plugin_util import markdown_to_safe_html

from medialog_core import Text, codecs
from medialog_core.payload import Payload
from medialog_core.sinks.tensorboard import summaries
from medialog_core.sinks.tensorboard.forms import markdown
from tests.core.sinks.tensorboard.conftest import characters


def encoded(value: Text) -> Payload:
    [payload] = codecs.encode([value])
    return payload


def rendered(value: Text) -> str:
    """Give the HTML that TensorBoard's text tab shows."""
    shown = summaries.show(encoded(value))
    assert shown.item is not None
    return characters(markdown_to_safe_html(shown.item))


def visible(page: str) -> str:
    """Give what a reader sees of HTML: line breaks, and no tags."""
    without_tags = re.sub(r"<[^>]+>", "", page.replace("\n", "").replace("<br>", "\n"))
    return html.unescape(without_tags)


@pytest.mark.parametrize(
    "text",
    [
        "*stars* and _lines_",
        "# no heading",
        "1. no list\n2. none",
        "<b>no tag</b> &amp; no entity",
        "a | b\n--- | ---\n1 | 2",
        "    no code",
        "```\nno fence\n```",
        "no\n\nparagraph",
        "title\n=====",
        "[no](link) ![no](picture) <https://no.link>",
        "two  spaces",
        "back\\slash",
    ],
)
def test_plain_text_looks_as_it_was_typed(text: str) -> None:
    page = rendered(Text(text))
    assert visible(page).replace("\xa0", " ") == text
    assert set(re.findall(r"</?(\w+)", page)) <= {"p", "br"}


@given(text=st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1))
@settings(max_examples=50, deadline=None)
def test_any_printable_text_looks_as_it_was_typed(text: str) -> None:
    assert visible(rendered(Text(text))) == text


def test_markdown_is_rendered_under_its_caption() -> None:
    page = rendered(Text("- a **b**", format="markdown", caption="*Title*"))
    assert "<strong>*Title*</strong>" in page
    assert "<li>a <strong>b</strong></li>" in page


def test_a_long_text_is_read_from_its_file() -> None:
    assert visible(rendered(Text("word " * 5000))).replace("\xa0", " ").split() == ["word"] * 5000


@pytest.mark.parametrize("format", ["plain", "markdown"])
def test_a_very_long_text_says_how_much_is_missing_and_where_it_is(format: Any) -> None:
    page = visible(rendered(Text("x" * (markdown.MAX_CHARACTERS + 1_234), format)))
    assert page.count("x") == markdown.MAX_CHARACTERS
    assert (
        '1,234 more characters are not shown here. The store has them: sinks=("store", ...).'
        in page
    )
