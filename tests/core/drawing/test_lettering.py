"""Lines that fit, and characters that the font lacks."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medialog_core.drawing import lettering
from medialog_core.drawing.lettering import Lettering

LETTERS = Lettering(14)
ASCII = st.characters(min_codepoint=33, max_codepoint=126)


@given(words=st.lists(st.text(ASCII, min_size=1, max_size=40), min_size=1, max_size=12))
@settings(max_examples=50, deadline=None)
def test_lines_fit_and_nothing_is_left_out(words: list[str]) -> None:
    lines = LETTERS.wrapped(" ".join(words), 120)
    assert all(LETTERS.width(line) <= 120 for line in lines)
    assert "".join(lines).replace(" ", "") == "".join(words)


def test_line_breaks_are_kept() -> None:
    assert LETTERS.wrapped("a\n\nb c", 500) == ["a", "", "b c"]


def test_a_width_below_one_letter_still_ends() -> None:
    assert LETTERS.wrapped("ab", 1) == ["a", "b"]


@pytest.mark.parametrize(
    ("text", "spelled"),
    [
        ("é→ü", "e->u"),
        ("≥ 5 µm × 2", ">= 5 um x 2"),
        ("日本", "??"),
        ("예측", "??"),
        ("plain", "plain"),
    ],
)
def test_what_no_font_has_is_spelled(
    text: str, spelled: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lettering, "_system_fonts", lambda _: ())
    lettering._font_for.cache_clear()
    _, shown = lettering._font_for(text, 14)
    lettering._font_for.cache_clear()
    assert shown == spelled


@pytest.mark.parametrize("text", ["\r\xa0", "a\nü", "\x1c", "ü\u2029b", "\t", "\x85ü"])
def test_what_breaks_a_line_is_drawn_as_a_space(text: str) -> None:
    spaced = "".join(" " if c in "\r\n\x1c\u2029\t\x85" else c for c in text)
    assert Lettering(14).width(text) == Lettering(14).width(spaced)
