"""Train two small networks with `Trainer(logger=MediaLogger())` only, and show what was captured.

make demo
"""

from __future__ import annotations

import argparse
import logging
import time
import warnings
from collections import Counter
from pathlib import Path

from examples import contact_sheet, digits, tissue
from medialog_core import open_run
from medialog_lightning import MediaLogger

SINKS = ("store", "tensorboard")


def main() -> None:
    """Train, then say what was captured and where."""
    parser = argparse.ArgumentParser(
        description="Train two small networks and show what medialog captured."
    )
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--out", type=Path, default=Path("demo_out"))
    options = parser.parse_args()
    logging.getLogger("pytorch_lightning.utilities.rank_zero").setLevel(logging.WARNING)
    warnings.filterwarnings("ignore", message=".*does not have many workers.*")
    warnings.filterwarnings("ignore", message=".*LeafSpec.*")
    runs = [train(options.out, name, options.epochs) for name in ("tissue", "digits")]
    for run in runs:
        report(run)
    print("\nLook at it in TensorBoard:\n  " + command(options.out))


def train(out: Path, name: str, epochs: int) -> Path:
    """Train one of the networks; give its run directory."""
    print(f"\n=== {name}: Trainer(logger=MediaLogger()), {epochs} epochs ===", flush=True)
    logger = MediaLogger(out, name, sinks=SINKS)
    began = time.perf_counter()
    (tissue if name == "tissue" else digits).train(logger, epochs=epochs)
    print(f"{name}: trained in {time.perf_counter() - began:.0f} s")
    return Path(logger.log_dir)


def report(run: Path) -> None:
    """Say what a run holds, and draw its predictions by epoch."""
    reader = open_run(run)
    kinds = Counter(row.kind for row in reader.rows())
    print(f"\nCaptured without a line of code, in {run}")
    print(
        "  " + ", ".join(f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in sorted(kinds.items()))
    )
    for key in (key for key in reader.keys() if not key.startswith("gradients/")):  # noqa: SIM118 - not a dict
        print(f"  {key:24} at steps {_listed(reader.steps(key))}")
    gradients = [key for key in reader.keys() if key.startswith("gradients/")]  # noqa: SIM118 - not a dict
    if gradients:
        print(
            f"  gradients/...            {len(gradients)} parameters, at steps {_listed(reader.steps(gradients[0]))}"
        )
    sheet = run / "predictions.png"
    contact_sheet.draw(reader, "val/predictions").save(sheet)
    print(f"  predictions over truth by epoch: {sheet}")


def command(out: Path) -> str:
    """Give the line that starts TensorBoard on the runs, with every image of a tag shown."""
    return f".venv/bin/tensorboard --logdir {out} --samples_per_plugin images=1000"


def _listed(steps: list[int]) -> str:
    shown = ", ".join(map(str, steps[:8]))
    return shown if len(steps) <= 8 else f"{shown}, ... {steps[-1]}"


if __name__ == "__main__":
    main()
