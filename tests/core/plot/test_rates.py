"""ROC and PR curves are scikit-learn's, point by point."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn import metrics

from medialog_core.plot.rates import Curve, at_recalls, pr, roc

RNG = np.random.default_rng(5)
Floats = NDArray[np.float64]

samples = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.75, 1.0])),
    min_size=1,
    max_size=40,
)


def arrays(rows: list[tuple[bool, float]]) -> tuple[NDArray[np.bool_], Floats]:
    return np.array([t for t, _ in rows]), np.array([s for _, s in rows])


def theirs(function: Any, positive: Any, scores: Any) -> tuple[Floats, Floats]:
    """Give scikit-learn's whole curve in ascending x."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a class that does not occur
        first, second, _ = function(positive, scores, drop_intermediate=False, pos_label=True)
    if function is metrics.precision_recall_curve:
        return second[::-1], first[::-1]
    return first, second


def assert_same_curve(curve: Curve, x: Floats, y: Floats) -> None:
    """Check that our points are some of theirs and that each of theirs is on our line."""
    place = 0
    for ours in zip(curve.x, curve.y, strict=True):
        while not np.allclose((x[place], y[place]), ours, rtol=1e-14, atol=0, equal_nan=True):
            place += 1
        place += 1
    if np.isnan(x).any() or np.isnan(y).any():
        return
    assert max(distance(curve, point) for point in zip(x, y, strict=True)) < 1e-12


def distance(curve: Curve, point: tuple[float, float]) -> float:
    """Give how far a point is from the nearest stretch of a curve."""
    points = np.column_stack((curve.x, curve.y))
    starts, along = points[:-1], np.diff(points, axis=0)
    lengths = np.maximum((along**2).sum(axis=1), 1e-300)
    share = np.clip(((np.array(point) - starts) * along).sum(axis=1) / lengths, 0, 1)
    return float(np.abs(starts + share[:, None] * along - point).max(axis=1).min())


@given(samples)
@settings(max_examples=150, deadline=None)
def test_roc_is_scikit_learns_with_ties_and_with_a_missing_class(
    rows: list[tuple[bool, float]],
) -> None:
    positive, scores = arrays(rows)
    curve = roc(positive, scores)
    assert_same_curve(curve, *theirs(metrics.roc_curve, positive, scores))
    if len(set(positive.tolist())) == 2:
        assert curve.area == pytest.approx(metrics.roc_auc_score(positive, scores), abs=1e-12)
    else:
        assert np.isnan(curve.area)


@given(samples)
@settings(max_examples=150, deadline=None)
def test_pr_is_scikit_learns_with_ties_and_with_a_missing_class(
    rows: list[tuple[bool, float]],
) -> None:
    positive, scores = arrays(rows)
    curve = pr(positive, scores)
    assert_same_curve(curve, *theirs(metrics.precision_recall_curve, positive, scores))
    if positive.any():
        expected = metrics.average_precision_score(positive, scores)
        assert curve.area == pytest.approx(expected, abs=1e-12)
    else:
        assert np.isnan(curve.area)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int64])
def test_many_samples_of_any_dtype(dtype: Any) -> None:
    positive = RNG.random(5_000) < 0.1
    scores = ((RNG.random(5_000) + positive * 0.3) * 1000).astype(dtype)
    for function, their in ((roc, metrics.roc_curve), (pr, metrics.precision_recall_curve)):
        curve = function(positive, scores)
        assert_same_curve(curve, *theirs(their, positive, scores))


def test_every_corner_is_a_corner() -> None:
    positive = RNG.random(3_000) < 0.5
    curve = roc(positive, RNG.random(3_000))
    turns = (
        np.diff(curve.x)[:-1] * np.diff(curve.y)[1:] - np.diff(curve.y)[:-1] * np.diff(curve.x)[1:]
    )
    assert (np.abs(turns) > 1e-12).all()
    assert len(curve.x) < 3_000


def test_a_perfect_ranking_has_three_points() -> None:
    positive = np.arange(10_000) >= 5_000
    curve = roc(positive, np.arange(10_000))
    assert (curve.x.tolist(), curve.y.tolist()) == ([0, 0, 1], [0, 1, 1])
    assert curve.area == 1


def test_infinite_scores_are_the_highest_and_the_lowest() -> None:
    curve = roc(np.array([True, False, True]), np.array([np.inf, -np.inf, 0.0]))
    assert curve.area == 1


def test_no_samples_have_no_curve() -> None:
    nothing = (np.zeros(0, bool), np.zeros(0))
    assert np.isnan(roc(*nothing).area)
    assert np.isnan(pr(*nothing).area)


def test_interpolated_precision_is_the_best_at_that_recall_or_beyond() -> None:
    positive = RNG.random(500) < 0.3
    curve = pr(positive, RNG.random(500) + positive * 0.2)
    points = at_recalls(curve, 21)
    assert np.array_equal(points.x, np.linspace(0, 1, 21))
    for recall, precision in zip(points.x, points.y, strict=True):
        assert precision == curve.y[curve.x >= recall].max()
