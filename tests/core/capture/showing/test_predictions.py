"""Pictures of predictions: what stands beside what."""

from __future__ import annotations

import numpy as np

from medialog_core.capture.samples import Sample
from medialog_core.capture.showing.pixels import Look
from medialog_core.capture.showing.predictions import pictures_of
from medialog_core.capture.tasks.evidence import Evidence, Reading

UNIT = Look((0.0, 1.0))
PADDING = 2


def test_an_input_stands_as_large_beside_what_was_made_larger_of_it() -> None:
    rng = np.random.default_rng(0)
    small, output, truth = rng.random((3, 6, 8)), rng.random((3, 12, 16)), rng.random((3, 12, 16))
    evidence = Evidence("call", "reconstruction", [output])
    reading = Reading("image-to-image", "labels", None, None, None)
    sample = Sample("0/0", small, "", {"labels": truth})

    [image], _ = pictures_of([sample], (evidence, reading), {}, UNIT)

    grid = image.to_numpy()
    panels = [grid[PADDING : PADDING + 12, left : left + 16] for left in (2, 20, 38)]
    shown = [np.moveaxis(np.floor(x * 255 + 0.5), 0, -1) for x in (small, output, truth)]
    assert np.array_equal(panels[0][::2, ::2], shown[0])
    assert np.array_equal(panels[0][1::2, 1::2], shown[0])
    assert np.array_equal(panels[1], shown[1])
    assert np.array_equal(panels[2], shown[2])
