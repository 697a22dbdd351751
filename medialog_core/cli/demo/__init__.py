"""`medialog demo`: trains a small network with a framework's own code, and shows what was captured."""

from __future__ import annotations

import argparse
import os
import time
import warnings
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from ...codecs import decode
from ...errors import MissingExtra, StoreError
from ...store.project import find_runs
from ...store.reader import RunReader
from .. import contactsheet, text
from . import captured, kerasbackend, tissue

_PREDICTIONS = "val/predictions"
_ABOUT = """\
Trains a small network on scikit-image's picture of a stained tissue section,
for less than a minute on a laptop. The training is the framework's own, with
one argument for medialog; inputs, predictions over the truth and gradients
arrive by themselves."""


class _Framework(NamedTuple):
    """A framework: its name, what is to be installed for it, what a training says of medialog."""

    name: str
    packages: tuple[str, ...]
    says: str


_FRAMEWORKS = {
    "keras": _Framework(
        "Keras",
        ("keras",),
        "callbacks=[MediaCallback(log_dir, capture=Capture(class_labels=CLASSES))]",
    ),
    "huggingface": _Framework(
        "Hugging Face",
        ("transformers", "accelerate", "torch"),
        'TrainingArguments(..., report_to="medialog")',
    ),
    "lightning": _Framework(
        "Lightning", ("pytorch_lightning", "torch"), "Trainer(logger=MediaLogger(), ...)"
    ),
}


def add_to(commands: Any) -> None:
    """Add the command to the parser's."""
    command = commands.add_parser(
        "demo",
        help="train a small network, and show what is captured by itself",
        description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("framework", choices=tuple(_FRAMEWORKS))
    command.add_argument("--epochs", type=_epochs, default=20, metavar="N", help="default: 20")
    command.add_argument(
        "--out", type=_folder, default=Path("demo_out"), metavar="DIR", help="default: demo_out"
    )
    command.set_defaults(run_command=_run)


def _epochs(word: str) -> int:
    try:
        epochs = int(word)
    except ValueError:
        epochs = 0
    if epochs < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number of at least 1, got {word!r}")
    return epochs


def _folder(word: str) -> Path:
    folder = Path(word)
    if folder.exists() and not folder.is_dir():
        raise argparse.ArgumentTypeError(f"expected a folder, got the file {word!r}")
    return folder


def _run(args: argparse.Namespace) -> int:
    framework = _FRAMEWORKS[args.framework]
    if any(find_spec(package) is None for package in framework.packages):
        raise MissingExtra(f"the demo of {framework.name}", f"{args.framework},demo")
    backend = f" on {kerasbackend.choose()}" if args.framework == "keras" else ""
    title = f"{framework.name}{backend} learns what is nucleus and what is stain in tissue"
    data = tissue.load()
    text.say(text.bold(title))
    text.say_wrapped(f"what it says of medialog: {framework.says}", "  ")
    run = _trained(args.framework, data, args.out, args.epochs)
    captured.say(run)
    _look(run, title)
    return 0


def _trained(framework: str, data: tissue.Tissue, out: Path, epochs: int) -> RunReader:
    """Train, and give the run that is there since."""
    folder = out / framework
    before = set(find_runs(folder)) if folder.is_dir() else set()
    os.environ.pop("MEDIALOG_DIR", None)  # `--out` says where
    progress, began = text.Progress(), time.perf_counter()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of frameworks: medialog's own go through logging
        import_module(f"medialog_{framework}.demo").train(
            data, folder, epochs, lambda epoch: progress("  epoch", epoch, epochs)
        )
    progress.end()
    text.say(
        f"  {epochs} {'epoch' if epochs == 1 else 'epochs'} in {time.perf_counter() - began:.0f} s"
    )
    new = set(find_runs(folder)) - before
    if len(new) != 1:
        raise StoreError(f"{folder}: expected one new run, found {len(new)}")
    return RunReader(new.pop(), decode)


def _look(run: RunReader, title: str) -> None:
    """Draw the predictions, and say how to see more."""
    sheet = contactsheet.draw(run, _PREDICTIONS, title)
    if sheet is not None:
        path = run.path / "predictions.png"
        sheet.save(path)
        text.say(f"\nPredictions over the truth, by epoch:\n  {text.bold(str(path))}")
    text.say(
        f"\nMore of it:\n  medialog show {run.path}\n  medialog export {run.path} --to pictures"
    )
