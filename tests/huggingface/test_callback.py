"""The callback's run: where it lies, what it is told, and when it begins and ends."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import transformers
from transformers import TrainerCallback
from transformers.utils import is_torch_greater_or_equal

import medialog_core
from medialog_core.capture import Capture
from medialog_core.errors import InvalidInput, WrongType
from medialog_huggingface.callback import MediaCallback

from .conftest import ALWAYS, finished, made
from .trials import TRIALS

CAPTURE = Capture(**ALWAYS)


def runs_in(directory: Path) -> list[str]:
    return sorted(entry.name for entry in directory.iterdir())


@pytest.fixture
def training(tmp_path: Path) -> Any:
    """Train classification with a callback, and give both; `train` are arguments of `Trainer.train`."""

    def trained(callback: Any, *, train: Any = None, **options: Any) -> Any:
        trainer = made(TRIALS["classification"](), tmp_path / "out", callback, **options)
        trainer.train(**(train or {}))
        return trainer

    return trained


# --- where it lies --------------------------------------------------------------------------------


def test_it_lies_under_the_output_directory_by_its_name(training: Any, tmp_path: Path) -> None:
    callback = MediaCallback(CAPTURE)
    trainer = training(callback, run_name="first try")
    result = finished(trainer, callback)
    assert result.directory == tmp_path / "out/medialog/first try"
    assert result.run.status == "finished"


@pytest.mark.parametrize("name", [None, "the output directory"])
def test_without_a_name_it_is_the_next_version(name: Any, training: Any, tmp_path: Path) -> None:
    given = str(tmp_path / "out") if name else None
    for _ in range(2):
        training(MediaCallback(CAPTURE), run_name=given)
    assert runs_in(tmp_path / "out/medialog") == ["version_0", "version_1"]


def test_a_name_with_slashes_leads_to_no_other_folder(training: Any, tmp_path: Path) -> None:
    training(MediaCallback(CAPTURE), run_name="../vit/base")
    [folder] = runs_in(tmp_path / "out/medialog")
    assert "/" not in folder
    assert not (tmp_path / "out/vit").exists()


def test_another_training_of_the_same_name_is_another_run(training: Any, tmp_path: Path) -> None:
    for _ in range(3):
        training(MediaCallback(CAPTURE), run_name="a")
    assert runs_in(tmp_path / "out/medialog") == ["a", "a_2", "a_3"]


def test_a_second_training_of_one_trainer_is_another_run(training: Any, tmp_path: Path) -> None:
    callback = MediaCallback(CAPTURE)
    trainer = training(callback)
    trainer.train()
    assert runs_in(tmp_path / "out/medialog") == ["version_0", "version_1"]
    first = medialog_core.open_run(tmp_path / "out/medialog/version_0")
    assert first.status == "finished"
    assert first.steps("val/predictions") == [2, 4]
    assert finished(trainer, callback).run.steps("val/predictions") == [2, 4]


def test_the_log_directory_is_as_given(training: Any, tmp_path: Path) -> None:
    training(MediaCallback(CAPTURE, log_dir=tmp_path / "elsewhere"), run_name="b")
    assert runs_in(tmp_path / "elsewhere") == ["b"]
    assert not (tmp_path / "out/medialog").exists()


def test_the_environment_says_where_projects_lie(
    training: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIALOG_DIR", str(tmp_path / "all"))
    monkeypatch.setenv("MEDIALOG_PROJECT", "digits")
    training(MediaCallback(CAPTURE), run_name="c")
    assert medialog_core.open_run(tmp_path / "all/digits/c").described.project == "digits"


def test_nothing_is_written_where_it_is_disabled(
    training: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIALOG_MODE", "disabled")
    trainer = training(MediaCallback(CAPTURE))
    assert trainer.state.global_step == 4
    assert not (tmp_path / "out/medialog").exists()


# --- what it holds --------------------------------------------------------------------------------


def test_scalars_have_the_names_that_hugging_face_gives_them(training: Any) -> None:
    callback = MediaCallback(False)
    trainer = training(callback)
    result = finished(trainer, callback)
    history = trainer.state.log_history
    for key, name in (
        ("loss", "train/loss"),
        ("learning_rate", "train/learning_rate"),
        ("grad_norm", "train/grad_norm"),
        ("eval_loss", "eval/loss"),
        ("train_runtime", "train/train_runtime"),
    ):
        logged = {point.step: point.value for point in result.run.scalars(name)}
        expected = {each["step"]: float(each[key]) for each in history if key in each}
        assert logged == pytest.approx(expected)
        assert len(expected) > 0
    epochs = {point.step: point.epoch for point in result.run.scalars("train/loss")}
    assert epochs == {each["step"]: each["epoch"] for each in history if "loss" in each}
    assert result.run.keys() == []


def test_the_config_is_the_models_and_the_trainings(training: Any) -> None:
    callback = MediaCallback(CAPTURE, config={"mine": 1}, tags=["x"], notes="n", group="g")
    trainer = training(callback, learning_rate=0.25)
    run = finished(trainer, callback).run
    config = run.config
    assert (config["learning_rate"], config["hidden_size"], config["mine"]) == (0.25, 16, 1)
    assert config["model/num_parameters"] == trainer.model.num_parameters()
    assert (list(run.described.tags), run.described.notes, run.described.group) == (["x"], "n", "g")


def test_secrets_stay_out_of_the_config(training: Any) -> None:
    callback = MediaCallback(False)
    trainer = training(callback, hub_token="a-secret")  # noqa: S106 - none
    assert "a-secret" not in repr(finished(trainer, callback).run.config)


def test_what_cannot_be_logged_ends_nothing(tmp_path: Path) -> None:
    class Odd(TrainerCallback):  # type: ignore[misc]  # transformers is not looked into
        def on_step_end(self, *_: Any, **__: Any) -> None:
            trainers[0].log({"odd": object(), "said": "words", "fine": 1.0})

    trainers: list[Any] = []
    callback = MediaCallback(False)
    trainer = made(TRIALS["classification"](), tmp_path / "out", callback, also=[Odd()])
    trainers.append(trainer)
    trainer.train()
    result = finished(trainer, callback)
    assert [point.value for point in result.run.scalars("train/fine")] == [1.0] * 4
    assert [value.data for value in result.loaded("train/said", 1)] == ["words"]
    assert result.health["not_logged/train/odd"] == 4


def test_what_a_user_logs_goes_to_the_same_run_at_the_trainers_step(training: Any) -> None:
    def metrics(_: Any) -> dict[str, float]:
        medialog_core.log({"mine": 1.0})
        return {"accuracy": 0.5}

    callback = MediaCallback(False)
    trainer = training(callback, trainer={"compute_metrics": metrics})
    run = finished(trainer, callback).run
    assert [point.step for point in run.scalars("mine")] == [2, 4]
    assert [point.value for point in run.scalars("eval/accuracy")] == [0.5, 0.5]


# --- when it begins and ends ----------------------------------------------------------------------


@pytest.mark.skipif(
    not is_torch_greater_or_equal("2.6"), reason="transformers resumes nothing before torch 2.6"
)
@pytest.mark.parametrize("name", [None, "d"])
def test_a_training_that_is_resumed_goes_on_in_its_run(
    name: Any, training: Any, tmp_path: Path
) -> None:
    saving = {"save_strategy": "steps", "save_steps": 2, "run_name": name}
    training(MediaCallback(CAPTURE), **saving, max_steps=2)
    callback = MediaCallback(CAPTURE)
    checkpoint = str(tmp_path / "out/checkpoint-2")
    trainer = training(callback, train={"resume_from_checkpoint": checkpoint}, **saving)
    result = finished(trainer, callback)
    assert runs_in(tmp_path / "out/medialog") == [name or "version_0"]
    assert result.run.steps("val/predictions") == [2, 4]
    assert result.run.steps("train/inputs") == [1, 2, 3, 4]
    ids = [[i.sample_id for i in result.loaded(step=step)] for step in (2, 4)]
    assert ids[0] == ids[1]


def test_a_training_that_fails_leaves_what_it_had(tmp_path: Path) -> None:
    script = Path(__file__).with_name("train_and_fail.py")
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert "RuntimeError: planted" in done.stderr
    run = medialog_core.open_run(tmp_path / "medialog/version_0")
    assert run.status == "failed"
    assert run.steps("val/predictions") == [2]
    assert run.steps("train/inputs") == [1, 2]


def test_each_trial_of_a_search_is_a_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("transformers.integrations.hp_params", dict)  # no back end is installed
    callback = MediaCallback(CAPTURE)
    trainer = made(
        TRIALS["classification"](),
        tmp_path / "out",
        callback,
        run_name="search",
        trainer={"model": None, "model_init": TRIALS["classification"]().model},
    )
    trainer.hp_name = lambda trial: f"trial{trial['number']}"
    for number in range(2):
        trainer._trial = {"number": number}
        trainer.train(trial=trainer._trial)
    assert runs_in(tmp_path / "out/medialog") == ["search-trial0", "search-trial1"]
    for name in runs_in(tmp_path / "out/medialog"):
        run = medialog_core.open_run(tmp_path / "out/medialog" / name)
        assert run.steps("val/predictions") == [2, 4]


# --- several callbacks ----------------------------------------------------------------------------


def test_the_last_of_several_acts_alone(
    training: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    first, last = MediaCallback(log_dir=tmp_path / "first"), MediaCallback(CAPTURE)
    trainer = training(first, also=[last])
    assert not (tmp_path / "first").exists()
    assert finished(trainer, last).run.steps("val/predictions") == [2, 4]
    assert caplog.text.count("several of medialog's callbacks") == 1


def test_another_trainer_of_the_same_model_takes_nothing_away(
    training: Any, tmp_path: Path
) -> None:
    class Meanwhile(TrainerCallback):  # type: ignore[misc]  # transformers is not looked into
        def on_step_end(self, *_: Any, model: Any, **__: Any) -> None:
            args = transformers.TrainingArguments(
                tmp_path / "other", report_to="none", use_cpu=True
            )
            transformers.Trainer(model, args, callbacks=[MediaCallback(CAPTURE)])

    callback = MediaCallback(CAPTURE)
    trainer = training(callback, also=[Meanwhile()])
    assert finished(trainer, callback).run.steps("val/predictions") == [2, 4]
    assert not (tmp_path / "other/medialog").exists()


def test_a_callback_that_is_added_later_acts(tmp_path: Path) -> None:
    trainer = made(TRIALS["classification"](), tmp_path / "out", None)
    callback = MediaCallback(CAPTURE)
    trainer.add_callback(callback)
    trainer.train()
    assert finished(trainer, callback).run.steps("val/predictions") == [2, 4]


# --- wrong arguments ------------------------------------------------------------------------------


def test_wrong_arguments_are_refused_where_they_are_given() -> None:
    with pytest.raises(
        WrongType, match="capture: expected True, False or a Capture, got str 'all'"
    ):
        MediaCallback("all")  # type: ignore[arg-type]
    with pytest.raises(WrongType, match="log_dir: expected a path or None, got int 3"):
        MediaCallback(log_dir=3)  # type: ignore[arg-type]
    with pytest.raises(InvalidInput, match="sinks"):
        MediaCallback(sinks=["paper"])
    with pytest.raises(WrongType, match="tags"):
        MediaCallback(tags=[1])  # type: ignore[list-item]


def test_without_transformers_it_says_what_to_install(tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['transformers'] = None\n"
        "try: import medialog_huggingface.callback\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.strip() == (
        "MediaCallback needs an extra that is not installed: pip install 'medialog[huggingface]'"
    )
