"""`report_to="medialog"`, in all the ways in which a Trainer is told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import transformers
import yaml
from transformers import HfArgumentParser, Seq2SeqTrainer, Seq2SeqTrainingArguments

import medialog_core
from medialog_core.capture import Capture
from medialog_huggingface import MediaCallback

from .conftest import ALWAYS, arguments, finished
from .trials import TRIALS

OPTIONS: dict[str, Any] = {"eval_strategy": "no", "max_steps": 2, "run_name": "told"}


def alone(directory: Path) -> Any:
    return arguments(directory, **OPTIONS, report_to="medialog")


def listed(directory: Path) -> Any:
    return arguments(directory, **OPTIONS, report_to=["medialog", "tensorboard"])


def parsed(directory: Path) -> Any:
    given = "--use_cpu --eval_strategy no --max_steps 2 --run_name told --disable_tqdm true"
    words = ["--output_dir", str(directory), *given.split(), "--save_strategy", "no"]
    words += ["--remove_unused_columns", "false", "--report_to", "medialog"]
    [args] = HfArgumentParser(transformers.TrainingArguments).parse_args_into_dataclasses(words)
    return args


def from_yaml(directory: Path) -> Any:
    own = {"output_dir": str(directory), "report_to": "medialog", "use_cpu": True}
    own |= {"save_strategy": "no", "disable_tqdm": True, "remove_unused_columns": False}
    directory.mkdir()
    path = directory / "training.yaml"
    path.write_text(yaml.safe_dump({**OPTIONS, **own}))
    [args] = HfArgumentParser(transformers.TrainingArguments).parse_yaml_file(str(path))
    return args


def trained(args: Any, callbacks: Any = None, kind: Any = transformers.Trainer) -> Any:
    trial = TRIALS["classification"]()
    trainer = kind(
        trial.model(),
        args,
        data_collator=trial.collate,
        train_dataset=trial.data,
        eval_dataset=trial.data,
        callbacks=callbacks,
    )
    trainer.train()
    return trainer


def ours(trainer: Any) -> list[Any]:
    return [c for c in trainer.callback_handler.callbacks if isinstance(c, MediaCallback)]


@pytest.mark.parametrize("told", [alone, listed, parsed, from_yaml])
def test_it_is_all_it_takes(told: Callable[[Path], Any], tmp_path: Path) -> None:
    trainer = trained(told(tmp_path / "out"))
    [callback] = ours(trainer)
    result = finished(trainer, callback)
    assert result.directory == tmp_path / "out/medialog/told"
    assert result.run.steps("train/inputs")[0] == 1
    assert result.run.steps("gradients/classifier.weight")[0] == 1
    assert result.run.status == "finished"


def test_an_explicit_callback_wins(tmp_path: Path) -> None:
    explicit = MediaCallback(Capture(**ALWAYS, gradients=False), log_dir=tmp_path / "mine")
    trainer = trained(alone(tmp_path / "out"), [explicit])
    assert len(ours(trainer)) == 2
    assert not (tmp_path / "out/medialog").exists()
    keys = finished(trainer, explicit).run.keys()
    assert keys == ["train/inputs"]


def test_a_class_is_a_callback_too(tmp_path: Path) -> None:
    trainer = trained(arguments(tmp_path / "out", **OPTIONS), [MediaCallback])
    assert finished(trainer, *ours(trainer)).run.steps("train/inputs")[0] == 1


def test_a_sequence_to_sequence_trainer_is_a_trainer(tmp_path: Path) -> None:
    args = arguments(
        tmp_path / "out", **OPTIONS, report_to="medialog", arguments=Seq2SeqTrainingArguments
    )
    trained(args, kind=Seq2SeqTrainer)
    assert medialog_core.open_run(tmp_path / "out/medialog/told").steps("train/inputs")[0] == 1
