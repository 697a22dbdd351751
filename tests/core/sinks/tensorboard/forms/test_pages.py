"""HTML in TensorBoard's text tab: what its own sanitiser makes of it."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tensorboard.plugin_util import markdown_to_safe_html

from medialog_core import Html, codecs
from medialog_core.sinks.tensorboard import summaries
from medialog_core.sinks.tensorboard.forms import pages
from tests.core.sinks.tensorboard.conftest import characters


def rendered(page: str | bytes, caption: str | None = None) -> str:
    """Give the HTML that TensorBoard's text tab shows."""
    [payload] = codecs.encode([Html(page, caption=caption)])
    shown = summaries.show(payload)
    assert shown.plugin == "text"
    assert shown.item is not None
    return characters(markdown_to_safe_html(shown.item))


def visible(page: str) -> str:
    """Give what a reader sees of it."""
    return html.unescape(re.sub(r"<[^>]+>", "", page.replace("<br>", "\n"))).replace("\xa0", " ")


def body(page: str | bytes) -> str:
    """Give what stands in the quotation that a page is shown in."""
    found = re.fullmatch(r"(?s)<blockquote>(.*)</blockquote>\s*(.*)", rendered(page))
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    ("page", "shown"),
    [
        ("<h1>Title</h1><p>a <b>bold</b> <i>word</i></p>", "<h1>Title</h1><p>a <strong>bold</strong> <em>word</em></p>"),
        ("<ul><li>a<li>b</ul>", "<ul><li>a</li><li>b</li></ul>"),
        ("<p>a<p>b", "<p>a</p><p>b</p>"),
        ("<div>a</div><div>b</div>c", "a<br>b<br>c"),
        ("<div><div><section>a</section></div></div>b", "a<br>b"),
        ("a<br/>b<hr>", "a<br>b<hr>"),
        ("<span style='color:red' onclick='x()'>a</span>", "a"),
        ("<pre>\nx = 1\n  y</pre>", "<pre>x = 1<br>\xa0\xa0y</pre>"),
        ("a\n\n\n   b", "a b"),
        ("</b></p>a", "a"),
        ("<b>a", "<strong>a</strong>"),
        ("<blockquote>a</blockquote></blockquote>b", "<blockquote>a</blockquote>b"),
        ("<svg/>a", "a"),
        ("a < b > c <a href='x", "a &lt; b &gt; c "),
        ("a<!-- never closed", "a"),
        ("a<![if x]>b<?x y?>", "ab"),
    ],
)  # fmt: skip
def test_tags_become_those_that_tensorboard_knows(page: str, shown: str) -> None:
    assert body(page) == shown


def test_a_table_is_a_table() -> None:
    page = "<table><thead><tr><th>k<th>v</thead><tbody><tr><td>a<td>1<tr><td>b<td>2</table>"
    assert body(page) == (
        "<table><thead><tr><th>k</th><th>v</th></tr></thead>"
        "<tbody><tr><td>a</td><td>1</td></tr><tr><td>b</td><td>2</td></tr></tbody></table>"
    )


@pytest.mark.parametrize(
    "text",
    ["*a* _b_ `c`", "1. x", "# y", "a &lt; b &amp; c", "[l](http://x)", "&#42;", "x | y\n-|-"],
)
def test_text_is_no_markdown(text: str) -> None:
    assert visible(rendered(text)) == " ".join(html.unescape(text).split())


def test_what_cannot_be_shown_is_counted_and_said_where_it_is() -> None:
    page = rendered(
        "<style>b{}</style><script>document.write('</div>')</script><script src='http://x'></script>"
        "<!-- no --><svg><text>no</text></svg><img src='http://x/y.png' alt='a cat'><iframe>no</iframe>end"
    )
    assert visible(page).split("\n")[0] == "[a cat]end"
    assert (
        "Not shown here: styles (1), scripts (2), drawings (1), pictures (1), frames (1). "
        'The store has the whole page: sinks=("store", ...).' in visible(page)
    )
    assert "http://x" not in page


def test_a_plain_page_has_no_such_note() -> None:
    assert visible(rendered("<p>all of it</p>")) == "all of it"


def test_links_lead_where_they_led_but_for_scripts() -> None:
    page = body(
        "<a href='https://x.y/?a=1&amp;b=2'>one</a> <a href='javascript:alert(1)'>two</a> <a>three</a>"
    )
    assert [html.unescape(href) for href in re.findall(r'href="(.*?)"', page)] == [
        "https://x.y/?a=1&b=2"
    ]
    assert visible(page) == "one two three"


def test_a_page_stands_under_its_caption() -> None:
    assert rendered("<p>x</p>", "a *caption*").startswith("<p><strong>a *caption*</strong></p>")


def test_it_is_read_by_its_charset() -> None:
    assert body("<meta charset=latin-1><p>é".encode("latin-1")) == "<p>é</p>"


def test_a_long_page_says_how_much_is_missing() -> None:
    page = "<p>" + "word " * (pages.MAX_CHARACTERS // 5) + "<script>" + "x" * 500_000 + "</script>"
    shown = visible(rendered(page))
    assert shown.count("word") >= pages.MAX_CHARACTERS // 5 - 1
    assert "scripts (1), more characters (3)" in shown


@settings(max_examples=60, deadline=None)
@example(["<!", "[CDATA[", "<![if x]>"])
@example(["<a>", "<p>", "</a>", "<pre>", "</b>", "<svg>"])
@given(
    st.lists(
        st.sampled_from(
            [
                "<b>",
                "</b>",
                "<p>",
                "</p>",
                "<div>",
                "</div>",
                "<table>",
                "<tr>",
                "<td>",
                "</table>",
                "<ul>",
                "<li>",
                "</ul>",
                "<pre>",
                "</pre>",
                "<a>",
                "</a>",
                "<svg>",
                "</svg>",
                "<br>",
                "<x-y>",
                "</x-y>",
                "<!",
                "<![",
                "<?",
                "?>",
                "<!--",
                "-->",
                "</",
                "<",
                "&",
                "&lt;",
                "text",
                "*",
                "#",
                "</blockquote>",
                "<script>",
                "<title>",
            ]
        )
    )
)
def test_no_tag_is_ever_shown_as_text(parts: list[str]) -> None:
    shown = visible(body(" ".join(parts)) if parts else "")
    assert not re.search(
        r"</?(b|p|div|table|tr|td|ul|li|pre|a|svg|br|x-y|blockquote|strong)>", shown
    )
