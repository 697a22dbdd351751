"""Draw what the demos of several frameworks captured of the same samples, a line for each framework.

medialog demo lightning
medialog demo keras
medialog demo huggingface
python -m examples.frameworks_sheet demo_out docs/frameworks.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

import PIL.Image

from medialog_core import Image, RunReader, open_project
from medialog_core.cli import cells
from medialog_core.cli.contactsheet import Line, Sheet

KEY = "val/predictions"
FRAMEWORKS = {"lightning": "Lightning", "keras": "Keras", "huggingface": "Hugging Face"}
COLOURS = 255


def draw(runs: dict[str, RunReader]) -> PIL.Image.Image:
    """Give the sheet of the last predictions of each run.

    Args:
        runs: By what stands left of them; all followed the same samples.
    """
    lasts = {name: _last(run) for name, run in runs.items()}
    samples = next(iter(lasts.values()))
    lines = [
        Line("input", "", {sample: cells.input_of(image) for sample, image in samples.items()}),
        Line("truth", "", {sample: cells.truth_of(image) for sample, image in samples.items()}),
    ]
    for name, images in lasts.items():
        step = f"step {runs[name].steps(KEY)[-1]}"
        shown = {sample: cells.prediction_of(image) for sample, image in images.items()}
        lines.append(Line(name, step, shown))
    widths = {sample: cells.fitted(image)[0].width for sample, image in samples.items()}
    sheet = Sheet(lines, widths).drawn("The same task in each framework", KEY)
    way = PIL.Image.Quantize.MAXCOVERAGE  # median cut would dull the legend's colours
    return sheet.quantize(COLOURS, way, kmeans=1, dither=PIL.Image.Dither.NONE)


def _last(run: RunReader) -> dict[str, Image]:
    rows = run.rows(KEY, run.steps(KEY)[-1])
    return {str(row.sample_id): run.load(row) for row in rows}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Draw the demos of several frameworks.")
    parser.add_argument("out", type=Path, help="the folder that the demos wrote")
    parser.add_argument("to", type=Path)
    options = parser.parse_args()
    newest = {
        name: open_project(options.out / folder).runs()[0] for folder, name in FRAMEWORKS.items()
    }
    draw(newest).save(options.to, optimize=True)
