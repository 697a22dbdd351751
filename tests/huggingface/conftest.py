"""What the Hugging Face tests share: small models on each task, trained with a Trainer, and their runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from accelerate import tracking

import medialog_core
from medialog_core import current
from medialog_core.capture import Capture
from medialog_huggingface.callback import MediaCallback

from .trial import BATCH, SAMPLES, Trial
from .trials import TRIALS

ALWAYS: dict[str, Any] = {"budget": 1.0, "num_samples": SAMPLES}
"""Capture that never puts a look off, so that no test depends on the clock."""

NOISE = (
    "'pin_memory' argument is set as true but no accelerator is found",
    "Using the model-agnostic default",
    "The `srun` command is available",
)
"""Advice on other machines than ours."""

COMPILING = ("ACCELERATE_DYNAMO_BACKEND", "ACCELERATE_DYNAMO_MODE")
"""Where arguments with `torch_compile` tell accelerate, and with it all later trainings."""

by_name = pytest.mark.skipif(
    not hasattr(tracking, "register_tracker_class"), reason="accelerate before 1.15"
)
"""For what has accelerate make a tracker by its name."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            for message in NOISE:
                item.add_marker(pytest.mark.filterwarnings(f"ignore:.*{message}"))


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Leave no active run to the next test, print nothing, and ask no one for a model."""
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    monkeypatch.delenv("MEDIALOG_DIR", raising=False)
    for name in COMPILING:
        monkeypatch.setenv(name, "set")  # so that what a Trainer leaves there is taken away
        monkeypatch.delenv(name)
    transformers.logging.set_verbosity_error()
    yield
    run = current.active()
    if run is not None:
        run.finish(quiet=True)
    current.activate(None)


@pytest.fixture(params=list(TRIALS))
def trial(request: pytest.FixtureRequest) -> Trial:
    """Each task in turn."""
    return TRIALS[request.param]()


@dataclass
class Result:
    """A finished training."""

    trainer: Any
    directory: Path
    health: dict[str, Any]
    run: Any = field(init=False)

    def __post_init__(self) -> None:
        self.run = medialog_core.open_run(self.directory)

    @property
    def model(self) -> Any:
        """The trained model."""
        return self.trainer.model

    def loaded(self, key: str = "val/predictions", step: int | None = None) -> list[Any]:
        """Give the values of a key at a step, the last one by default."""
        rows = self.run.rows(key, step=self.run.steps(key)[-1] if step is None else step)
        return [self.run.load(row) for row in rows]


def arguments(directory: Path, **options: Any) -> Any:
    """Make quiet arguments of a training of 4 steps with 2 evaluations."""
    own: dict[str, Any] = {
        "output_dir": str(directory),
        "report_to": "none",
        "max_steps": 4,
        "logging_steps": 1,
        "eval_strategy": "steps",
        "eval_steps": 2,
        "save_strategy": "no",
        "per_device_train_batch_size": BATCH,
        "per_device_eval_batch_size": BATCH,
        "learning_rate": 1e-3,
        "disable_tqdm": True,
        "use_cpu": True,
        "remove_unused_columns": False,
    }
    kind = options.pop("arguments", transformers.TrainingArguments)
    return kind(**{**own, **options})


def finished(trainer: Any, callback: MediaCallback) -> Result:
    """Finish a callback's run, and read it."""
    lazy = callback._run
    assert lazy is not None
    run = lazy.get()
    run.flush()
    health = dict(run.health)
    run.finish()
    return Result(trainer, run.dir, health)


def made(trial: Trial, directory: Path, callback: Any, **options: Any) -> Any:
    """Make a Trainer for a trial; `trainer` are further arguments of its own."""
    more = options.pop("trainer", {})
    also = options.pop("also", [])
    kind = options.pop("kind", transformers.Trainer)
    torch.manual_seed(3)
    own = {
        "model": trial.model(),
        "args": arguments(directory, **{**trial.options, **options}),
        "data_collator": trial.collate,
        "train_dataset": trial.data,
        "eval_dataset": trial.data,
        "processing_class": trial.processor,
        "callbacks": [*([] if callback is None else [callback]), *also],
    }
    return kind(**{**own, **more})


Train = Callable[..., Result]


@pytest.fixture
def train(tmp_path: Path) -> Train:
    """Train a trial with a MediaCallback, and read its run back."""

    def trained(trial: Trial, *, tuned: Any = None, **options: Any) -> Result:
        callback = MediaCallback(Capture(**{**ALWAYS, **(tuned or {})}))
        trainer = made(trial, tmp_path / "out", callback, **options)
        trainer.train()
        return finished(trainer, callback)

    return trained


@pytest.fixture
def trainer_of(tmp_path: Path) -> Callable[..., tuple[Any, MediaCallback]]:
    """Make a Trainer with a MediaCallback that has not trained yet."""

    def of(trial: Trial, *, tuned: Any = None, **options: Any) -> tuple[Any, MediaCallback]:
        callback = MediaCallback(Capture(**{**ALWAYS, **(tuned or {})}))
        return made(trial, tmp_path / "out", callback, **options), callback

    return of


def predicted(model: Any, trial: Trial, i: int) -> Any:
    """Give the model's own output for sample i, in the batch in which an evaluation has it."""
    model.eval()
    first = i - i % BATCH
    end = min(first + BATCH, len(trial.data))
    batch = trial.collate([trial.data[k] for k in range(first, end)])
    with torch.no_grad():
        whole = model(**{k: v for k, v in batch.items() if k != "labels" or trial.needs_labels})
    place = slice(i - first, i - first + 1)
    rows = {k: v[place] for k, v in whole.items() if isinstance(v, torch.Tensor) and v.dim()}
    return type(whole)(**rows)


def check_predictions(trial: Trial, result: Result) -> None:
    """Compare the last evaluation's images with the data set and the trained model."""
    images = result.loaded()
    assert [image.sample_id for image in images] == [f"0/{i}" for i in range(SAMPLES)]
    for i, image in enumerate(images):
        trial.check(image, trial, i, predicted(result.model, trial, i))
