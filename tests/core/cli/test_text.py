from __future__ import annotations

import sys
import time

import pytest

from medialog_core.cli import text


@pytest.mark.parametrize(
    ("nbytes", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1 kB"),
        (1_234_567, "1.23 MB"),
        (999_999, "1 MB"),
        (5 * 10**15, "5000 TB"),
    ],
)
def test_sizes_have_three_digits(nbytes: int, expected: str) -> None:
    assert text.size(nbytes) == expected


@pytest.mark.parametrize(
    ("secs", "expected"),
    [
        (0.2, "just now"),
        (59, "59 s ago"),
        (300, "5 min ago"),
        (7200, "2 h ago"),
        (10**6, "12 d ago"),
    ],
)
def test_times_are_relative(secs: float, expected: str) -> None:
    assert text.ago(time.time() - secs) == expected


def test_columns_stand_below_each_other_whatever_the_letters() -> None:
    found = text.table(("KEY", "N"), [("예측", "1"), ("a\nb\x1b", "20")], frozenset("N"))
    assert found.splitlines() == ["KEY        N", "예측       1", "a\\nb\\x1b  20"]


class Terminal:
    """A stream that says it is a terminal."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> None:
        self.written.append(text)

    def flush(self) -> None: ...


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (("x" * 100, "1"), "x" * 13 + "…" + "x" * 13 + "  1"),
        (("gradients/encoder/layer_12.weight", "1"), "gradients/enc…yer_12.weight  1"),
        (("k" * 300, "c" * 200), "kkkkkkk…kkkkkk  ccccccc…cccccc"),
        (("예" * 30, "1"), "예예예예예예예…예예예예예예  1"),
        (("short", "1"), "short  1"),
    ],
)
def test_a_table_fits_into_the_terminal(
    monkeypatch: pytest.MonkeyPatch, row: tuple[str, str], expected: str
) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", "30")
    monkeypatch.setenv("NO_COLOR", "1")
    found = text.table(("KEY", "N"), [row])
    assert found.splitlines()[1] == expected


def test_elsewhere_nothing_is_cut() -> None:
    assert text.table(("KEY", "N"), [("x" * 300, "1")]).splitlines()[1] == "x" * 300 + "  1"


def test_words_fit_into_the_terminal_and_are_one_line_elsewhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text.say_wrapped("one two-three four five", "  ")
    assert capsys.readouterr().out == "  one two-three four five\n"
    written: list[str] = []
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setattr(text, "say", written.append)
    monkeypatch.setenv("COLUMNS", "12")
    text.say_wrapped("one two-three four five", "  ")
    assert written == ["  one\n  two-three\n  four five"]


def test_progress_is_one_line_that_goes_away(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    progress = text.Progress()
    progress("too soon", 0, 9)
    progress._next = 0.0
    progress("sealing", 1, 9)
    progress.end()
    assert terminal.written == ["\r\x1b[Ksealing  1 of 9", "\r\x1b[K"]
