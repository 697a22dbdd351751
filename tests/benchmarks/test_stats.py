from __future__ import annotations

import pytest

from benchmarks.__main__ import main
from benchmarks.report import section
from benchmarks.runner import Outcome
from benchmarks.stats import Spread, absolute, ratio
from benchmarks.workloads import WORKLOADS


def outcomes(**caller_ms: tuple[float, ...]) -> list[Outcome]:
    return [
        Outcome("images224", label, round_, {"caller_ms": value})
        for label, values in caller_ms.items()
        for round_, value in enumerate(values)
    ]


def test_a_spread_is_median_and_range() -> None:
    found = absolute(outcomes(medialog=(3.0, 1.0, 2.0)), "medialog", "caller_ms")
    assert found == Spread(2.0, 1.0, 3.0)


def test_ratios_are_formed_within_a_round() -> None:
    found = ratio(
        outcomes(medialog=(1.0, 10.0, 4.0), copy=(2.0, 20.0, 4.0)), "medialog", "copy", "caller_ms"
    )
    assert found == Spread(0.5, 0.5, 1.0)


def test_a_round_in_which_one_failed_has_no_ratio() -> None:
    half = [
        *outcomes(medialog=(1.0, 9.0), copy=(2.0,)),
        Outcome("images224", "copy", 1, {}, "broken"),
    ]
    assert ratio(half, "medialog", "copy", "caller_ms") == Spread(0.5, 0.5, 0.5)
    assert ratio(half, "medialog", "pillow", "caller_ms") is None


def test_a_goal_is_judged_by_the_median() -> None:
    text = section(WORKLOADS["images224"], outcomes(medialog=(0.5, 0.6, 9.0)))
    [line] = [
        line for line in text.splitlines() if line.startswith("medialog  ") and "caller" in line
    ]
    assert line.split()[-3:] == ["0.6", "[0.5-9]", "reached"]


def test_a_missed_goal_is_said_and_one_without_figures_too() -> None:
    text = section(WORKLOADS["images224"], outcomes(medialog=(1.5,)))
    assert text.count("MISSED") == 1
    assert "not measured" in text


def test_ratios_to_the_floor_and_to_peers_are_shown() -> None:
    text = section(WORKLOADS["images224"], outcomes(medialog=(1.0,), copy=(0.5,), pillow=(100.0,)))
    assert "medialog / copy (floor)" in text
    assert "medialog / pillow" in text


def test_an_unknown_workload_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "nothing"])
    assert "nothing: no such workload" in capsys.readouterr().err
