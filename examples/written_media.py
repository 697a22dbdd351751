"""What `all_media` logs of texts, figures, tables and charts."""

from __future__ import annotations

import datetime as dt
from typing import Any

import medialog_core as medialog
from examples import real_media
from examples.digit_training import CLASSES, Seen

Media = dict[str, Any]


def documents(step: int, losses: list[float], seen: Seen) -> Media:
    """Give text, Markdown, a page of HTML, figures of Plotly and matplotlib."""
    page = real_media.page(step, seen.shares())
    worst = int(seen.shares().argmin())
    return {
        "texts/plain": f"epoch {step}: {len(seen.wrong)} of {len(seen.truth)} wrong",
        "texts/several": [f"digit {one}: {share:.1%}" for one, share in enumerate(seen.shares())],
        "texts/markdown": medialog.Markdown(
            f"## Epoch {step}\n\n- loss **{losses[-1]:.3f}**\n- worst digit: `{worst}`\n"
        ),
        "texts/html": medialog.Html(page),
        "figures/plotly": real_media.surface(),
        "figures/matplotlib": real_media.figure(losses),
    }


def tables(step: int, seen: Seen) -> Media:
    """Give tables: of media, joined, in parts."""
    samples = medialog.Table(["id", "digit"])
    guesses = medialog.Table(["id", "guess", "score", "right", "day"])
    day = dt.date(2026, 11, 1) + dt.timedelta(step)
    for place in range(12):
        samples.add_data(place, digit(seen, place))
        guess, score = int(seen.guess[place]), float(seen.probabilities[place].max())
        guesses.add_data(place, CLASSES[guess], score, guess == seen.truth[place], day)
    return {
        "tables/samples": samples,
        "tables/joined": medialog.JoinedTable(samples, guesses, "id"),
        "tables/parts": medialog.PartitionedTable([guesses, guesses]),
    }


def charts(losses: list[float], seen: Seen) -> Media:
    """Give one of each plot."""
    truth, probabilities = seen.truth, seen.probabilities
    epochs, plot = list(range(len(losses))), medialog.plot
    table = {"epoch": epochs, "loss": losses}
    shares = {"digit": CLASSES, "right": seen.shares()}
    best = {"best": probabilities.max(axis=1), "truth": truth}
    scaled = [losses, [loss / losses[0] for loss in losses]]
    return {
        "charts/line": plot.line(table, "epoch", "loss", title="Loss by epoch"),
        "charts/scatter": plot.scatter(best, "truth", "best", title="Confidence by digit"),
        "charts/bar": plot.bar(shares, "digit", "right", title="Share of each digit that is right"),
        "charts/histogram": plot.histogram(best, "best", title="Confidence"),
        "charts/series": plot.line_series(epochs, scaled, ["loss", "relative"], "Losses", "epoch"),
        "charts/roc": plot.roc_curve(truth, probabilities, CLASSES),
        "charts/pr": plot.pr_curve(truth, probabilities, CLASSES),
        "charts/confusion": plot.confusion_matrix(probabilities, truth, class_names=CLASSES),
    }


def digit(seen: Seen, place: int) -> medialog.Image:
    """Give the picture of a digit, with what it is and what the network says."""
    truth, guess = CLASSES[seen.truth[place]], CLASSES[seen.guess[place]]
    label = {"truth": truth, "prediction": guess, "score": seen.probabilities[place].max()}
    return medialog.Image(seen.pictures[place], label=label, sample_id=str(place))
