"""What MediaLogger does with what it is given."""

from __future__ import annotations

import gc
import logging
import threading
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import medialog_core
from medialog_core import Image, RunReader, open_run
from medialog_core.errors import InvalidInput, NotStarted, RunFailed, WrongType
from medialog_core.testing import MemorySink
from medialog_lightning import Capture, MediaLogger
from medialog_lightning.checkpoints import state_of

PICTURES = np.arange(2 * 4 * 5 * 3, dtype=np.uint8).reshape(2, 4, 5, 3)


def read(logger: MediaLogger) -> RunReader:
    logger.finalize("success")
    return open_run(logger.save_dir)


def images(logger: MediaLogger, key: str = "k") -> list[Image]:
    reader = read(logger)
    return [reader.load(row) for row in reader.rows(key)]


def test_nothing_is_made_before_something_is_logged(tmp_path: Path) -> None:
    MediaLogger(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_runs_lie_in_versions_below_the_name(tmp_path: Path) -> None:
    places = [MediaLogger(tmp_path, "digits").save_dir for _ in range(2)]
    assert places == [str(tmp_path / "digits/version_0"), str(tmp_path / "digits/version_1")]


def test_a_logger_is_true_and_no_collection(logger: MediaLogger) -> None:
    assert bool(logger) is True
    assert not hasattr(logger, "__iter__")
    assert not hasattr(logger, "__len__")


def test_metrics_lie_at_their_step_and_epoch(logger: MediaLogger) -> None:
    logger.log_metrics(metrics={"loss": 0.5, "epoch": 3}, step=7)
    [point] = read(logger).scalars("loss")
    assert (point.step, point.epoch, point.value) == (7, 3, 0.5)
    assert [p.value for p in read(logger).scalars("epoch")] == [3]


def test_pictures_lie_at_the_step_of_the_metrics(logger: MediaLogger) -> None:
    for step in (10, 30, 20):
        logger.log_metrics({"loss": 0.5}, step=step)
        logger.log_image("img", [PICTURES[0]], step=step)
    reader = read(logger)
    assert reader.steps("img") == sorted(p.step for p in reader.scalars("loss")) == [10, 20, 30]


def test_the_prefix_stands_before_numbers_and_media(tmp_path: Path) -> None:
    logger = MediaLogger(tmp_path, prefix="fold1", capture=False)
    logger.log_metrics({"loss": 1.0}, 0)
    logger.log_text("note", "hello", step=0)
    reader = read(logger)
    assert reader.scalar_keys() == ["fold1-loss"]
    assert reader.keys() == ["fold1-note"]


@dataclass
class Settings:
    lr: float
    inner: Namespace


@pytest.mark.parametrize(
    "params",
    [
        {"lr": 0.1, "inner": {"sizes": [1, 2]}},
        Namespace(lr=0.1, inner=Namespace(sizes=(1, 2))),
        Settings(0.1, Namespace(sizes=(1, 2))),
    ],
)
def test_hyperparameters_of_every_form_are_the_config(logger: MediaLogger, params: object) -> None:
    logger.log_hyperparams(params)
    assert read(logger).config == {"lr": 0.1, "inner": {"sizes": [1, 2]}}


def test_hyperparameters_that_json_lacks_are_kept_by_repr(logger: MediaLogger) -> None:
    logger.log_hyperparams(
        {"act": torch.nn.ReLU(), "path": Path("a/b"), "n": np.int64(3), "t": torch.tensor(0.5)}
    )
    assert read(logger).config == {"act": "ReLU()", "path": "a/b", "n": 3, "t": 0.5}


def test_hyperparameters_may_come_with_metrics(logger: MediaLogger) -> None:
    logger.log_hyperparams({"lr": 0.1}, {"hp/metric": 2.0})
    assert [(p.step, p.value) for p in read(logger).scalars("hp/metric")] == [(0, 2.0)]


def test_hyperparameters_are_no_list(logger: MediaLogger) -> None:
    with pytest.raises(
        WrongType,
        match=r"params: expected a dictionary, a namespace or a dataclass, got list \[1\]",
    ):
        logger.log_hyperparams([1])


@pytest.mark.parametrize(
    "batch",
    [
        PICTURES,
        list(PICTURES),
        tuple(PICTURES),
        torch.from_numpy(PICTURES.transpose(0, 3, 1, 2).copy()),
        [torch.from_numpy(p.transpose(2, 0, 1).copy()) for p in PICTURES],
        [Image(p) for p in PICTURES],
    ],
)
def test_images_come_as_lists_and_as_batches(logger: MediaLogger, batch: Any) -> None:
    logger.log_image("k", batch, step=1)
    assert [i.to_numpy().tolist() for i in images(logger)] == PICTURES.tolist()


def test_a_batch_of_grey_images_has_three_axes(logger: MediaLogger) -> None:
    logger.log_image("k", PICTURES[:, :, :, 0].repeat(2, axis=1).repeat(3, axis=0), step=1)
    assert [(i.width, i.height) for i in images(logger)] == [(5, 8)] * 6


def test_one_image_is_no_list(logger: MediaLogger) -> None:
    logger.log_image("k", PICTURES[0], step=1, caption="one")
    reader = read(logger)
    [row] = reader.rows("k")
    assert (row.caption, reader.payload(row).meta.of) == ("one", None)


def test_options_are_given_for_each_image(logger: MediaLogger) -> None:
    mask = np.ones((4, 5), np.uint8)
    box = {"position": {"minX": 0, "maxX": 1, "minY": 0, "maxY": 1}, "class_id": 1}
    logger.log_image(
        "k",
        PICTURES,
        step=1,
        caption=["a", "b"],
        sample_id=["s0", "s1"],
        masks=[{"predictions": {"mask_data": mask}}, None],
        boxes=[None, {"predictions": {"box_data": [box]}}],
        scores=[{"iou": 0.5}, None],
    )
    first, second = images(logger)
    assert [(i.caption, i.sample_id) for i in (first, second)] == [("a", "s0"), ("b", "s1")]
    assert (list(first.masks), list(second.masks)) == (["predictions"], [])
    assert (list(first.boxes), list(second.boxes)) == ([], ["predictions"])


def test_an_option_that_is_no_list_is_for_all(logger: MediaLogger) -> None:
    floats = [np.full((2, 2), value, np.float32) for value in (0.0, 5.0)]
    logger.log_image("k", floats, step=1, value_range=(0, 10), caption="same")
    first, second = images(logger)
    assert [int(i.to_numpy().max()) for i in (first, second)] == [0, 128]
    assert [i.caption for i in (first, second)] == ["same", "same"]


@pytest.mark.parametrize("captions", [["a"], ["a", "b", "c"], []])
def test_a_list_of_another_length_is_refused(logger: MediaLogger, captions: list[str]) -> None:
    message = rf"log_image\('k'\): expected 2 items for caption, one for each image, but found {len(captions)}"
    with pytest.raises(ValueError, match=message):
        logger.log_image("k", PICTURES, caption=captions)


def test_no_images_are_refused(logger: MediaLogger) -> None:
    with pytest.raises(
        InvalidInput, match=r"log_image\('k'\): expected at least one image, got list \[\]"
    ):
        logger.log_image("k", [])


def test_tables_texts_and_histograms_come_back(logger: MediaLogger) -> None:
    logger.log_table("t", columns=["a", "b"], data=[[1, "x"], [2, "y"]], step=0)
    logger.log_text("words", columns=["q"], data=[["why"]], step=0)
    logger.log_text("note", "# hello", step=0, format="markdown")
    logger.log_histogram("h", torch.arange(8.0, requires_grad=True), step=0, num_bins=4)
    reader = read(logger)
    values = {row.key: reader.load(row) for row in reader.rows()}
    assert [list(row) for _, row in values["t"].iterrows()] == [[1, "x"], [2, "y"]]
    assert values["words"].columns == ["q"]
    assert (values["note"].data, values["note"].format) == ("# hello", "markdown")
    assert list(values["h"].counts) == [2, 2, 2, 2]


def test_a_text_is_no_table_as_well(logger: MediaLogger) -> None:
    with pytest.raises(
        InvalidInput, match=r"log_text\('k'\): expected a text or a table, got both"
    ):
        logger.log_text("k", "hello", data=[["x"]])


def test_checkpoints_are_noted_below_the_run(
    logger: MediaLogger, fit: Callable[..., Any], pl: Any
) -> None:
    checkpoint = pl.callbacks.ModelCheckpoint(monitor="val_loss", save_last=True)
    fit(logger, callbacks=[checkpoint])
    [(key, noted)] = read(logger).state("checkpoint").items()
    assert key == checkpoint.state_key
    assert (noted["monitor"], noted["mode"], noted["last"]) == (
        "val_loss",
        "min",
        "checkpoints/last.ckpt",
    )
    assert (Path(logger.save_dir) / noted["best"]).is_file()
    assert noted["best_score"] == pytest.approx(float(checkpoint.best_model_score))


def test_a_checkpoint_elsewhere_keeps_its_path(tmp_path: Path) -> None:
    noted = state_of(Namespace(best_model_path="/elsewhere/a.ckpt", best_k_models={}), tmp_path)[1]
    assert (noted["best"], noted["last"]) == ("/elsewhere/a.ckpt", None)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("success", "finished"),
        ("finished", "finished"),
        ("failed", "failed"),
        ("aborted", "failed"),
    ],
)
def test_the_status_is_the_runs(logger: MediaLogger, told: str, kept: str) -> None:
    logger.log_metrics({"a": 1}, 0)
    logger.finalize(told)
    logger.finalize(told)
    assert open_run(logger.save_dir).status == kept


def test_what_is_logged_after_the_end_opens_the_run_again(logger: MediaLogger) -> None:
    for step, status in enumerate(("success", "failed", "success")):
        logger.log_metrics({"a": step}, step)
        logger.finalize(status)
    reader = open_run(logger.save_dir)
    assert [p.value for p in reader.scalars("a")] == [0, 1, 2]
    assert reader.status == "finished"


def test_a_run_that_is_logged_to_again_is_running(logger: MediaLogger) -> None:
    logger.log_metrics({"a": 1}, 0)
    logger.finalize("success")
    logger.log_metrics({"a": 2}, 1)
    logger.run.flush()
    assert open_run(logger.save_dir).status == "running"


def test_an_experiment_that_is_held_outlives_the_end(logger: MediaLogger) -> None:
    held = logger.experiment
    logger.finalize("success")
    held.log({"late": 1}, step=0)
    assert [p.value for p in read(logger).scalars("late")] == [1]


def test_finalizing_an_unused_logger_makes_nothing(tmp_path: Path) -> None:
    MediaLogger(tmp_path).finalize("success")
    assert list(tmp_path.iterdir()) == []


def test_what_the_run_takes_is_handed_on(tmp_path: Path) -> None:
    logger = MediaLogger(
        tmp_path,
        "n",
        config={"lr": 1},
        tags=["a"],
        notes="why",
        group="g",
        job_type="train",
        strict=True,
    )
    spec = logger.run.spec
    assert (spec.tags, spec.notes, spec.group, spec.job_type, spec.strict) == (
        ("a",),
        "why",
        "g",
        "train",
        True,
    )
    assert (spec.project, spec.name) == ("n", "version_0")
    assert read(logger).config == {"lr": 1}


def test_a_sink_of_ones_own_is_taken(tmp_path: Path) -> None:
    sink = MemorySink()
    logger = MediaLogger(tmp_path, sinks=(sink,))
    logger.log_metrics({"a": 1.0}, 0)
    logger.run.flush()
    assert sink.scalars("a") == [(0, 1.0)]


def test_strict_raises_what_could_not_be_written(tmp_path: Path) -> None:
    sink = MemorySink()
    logger = MediaLogger(tmp_path, sinks=(sink,), strict=True)
    sink.fail_with = OSError("full")
    logger.log_metrics({"a": 1.0}, 0)
    with pytest.raises(RunFailed):
        logger.run.flush()


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"on_full": "explode"}, InvalidInput, "on_full: expected one of"),
        ({"queue_bytes": 0}, InvalidInput, "queue_bytes: expected a positive number"),
        (
            {"capture": "yes"},
            WrongType,
            "capture: expected True, False or a Capture, got str 'yes'",
        ),
        ({"config": [1]}, WrongType, "expected a dictionary, a namespace or a dataclass"),
    ],
)
def test_an_odd_argument_is_refused_at_once(
    tmp_path: Path, options: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        MediaLogger(tmp_path, **options)


def test_capture_is_on_off_or_tuned(tmp_path: Path) -> None:
    tuned = Capture(num_samples=3)
    assert MediaLogger(tmp_path).capture == Capture()
    assert MediaLogger(tmp_path, capture=False).capture is None
    assert MediaLogger(tmp_path, capture=tuned).capture is tuned


def test_disabled_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEDIALOG_MODE", "disabled")
    logger = MediaLogger(tmp_path)
    logger.log_metrics({"a": 1}, 0)
    logger.log_image("k", PICTURES)
    logger.finalize("success")
    assert list(tmp_path.iterdir()) == []


def test_the_place_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MEDIALOG_SILENT")
    logger = MediaLogger(tmp_path, capture=False)
    for _ in range(2):
        logger.log_metrics({"a": 1}, 0)
        logger.finalize("failed")
    assert capsys.readouterr().err == f"medialog: run version_0 in {logger.save_dir}\n"


@pytest.mark.usefixtures("group")
def test_other_ranks_log_media_but_no_scalars(
    tmp_path: Path, as_rank: Callable[[int], None], pl: Any
) -> None:
    zero, one = (MediaLogger(tmp_path, capture=False) for _ in range(2))
    one._run.place._key = zero._run.place._key
    as_rank(0)
    zero.log_metrics({"loss": 1.0}, 0)
    as_rank(1)
    one.log_metrics({"loss": 2.0}, 0)
    one.log_hyperparams({"lr": 1})
    one.log_text("note", "from rank 1", step=0)
    one.experiment.log({"mine": 3.0}, step=0)
    assert isinstance(one.experiment, pl.loggers.logger.DummyExperiment)
    one.finalize("success")
    as_rank(0)
    reader = read(zero)
    assert [(p.value, p.rank) for p in reader.scalars("loss")] == [(1.0, 0)]
    assert [(p.value, p.rank) for p in reader.scalars("mine")] == [(3.0, 1)]
    assert [row.rank for row in reader.rows("note")] == [1]
    assert reader.config == {}


def test_a_rank_that_logs_too_early_is_told(
    tmp_path: Path, as_rank: Callable[[int], None], caplog: pytest.LogCaptureFixture
) -> None:
    as_rank(1)
    logger = MediaLogger(tmp_path, capture=False)
    with caplog.at_level(logging.WARNING, "medialog"):
        logger.log_image("k", PICTURES)
        logger.experiment.log({"a": 1})
    [record] = caplog.records
    assert "rank 1 logs before it knows where rank 0 has put the run" in record.message
    assert logger._run._too_early == 2
    with pytest.raises(NotStarted):
        _ = logger.run
    assert list(tmp_path.iterdir()) == []


def test_media_without_a_step_lie_at_the_trainers(
    logger: MediaLogger, net: Callable[..., Any], fit: Callable[..., Any]
) -> None:
    def on_train_batch_end(self: Any, *_: Any) -> None:
        self.logger.log_text("note", "x")
        medialog_core.log({"deep": 1.0})

    fit(logger, net(on_train_batch_end=on_train_batch_end), max_epochs=2, limit_train_batches=3)
    reader = read(logger)
    assert reader.steps("note") == [0, 1, 2, 3, 4, 5]
    assert [p.step for p in reader.scalars("deep")] == [0, 1, 2, 3, 4, 5]


def test_a_run_that_the_user_began_stays_the_active_one(
    logger: MediaLogger, fit: Callable[..., Any], tmp_path: Path
) -> None:
    mine = medialog_core.init(dir=tmp_path / "mine")
    fit(logger, limit_train_batches=1)
    assert medialog_core.run is mine


def test_the_first_of_two_loggers_is_the_active_run(
    tmp_path: Path, fit: Callable[..., Any]
) -> None:
    first, second = (MediaLogger(tmp_path, capture=False) for _ in range(2))
    fit([first, second], limit_train_batches=1)
    assert medialog_core.run is first.run
    assert [len(read(each).scalars("loss")) for each in (first, second)] == [1, 1]


def test_a_trainer_that_is_gone_is_not_followed(
    logger: MediaLogger, fit: Callable[..., Any]
) -> None:
    fit(logger, limit_train_batches=3)
    gc.collect()
    assert logger.run.step_source is None
    logger.log_text("after", "x")
    assert read(logger).steps("after") == [3]


def test_a_logger_that_is_collected_ends_its_run(tmp_path: Path) -> None:
    logger = MediaLogger(tmp_path, capture=False)
    run = logger.run
    del logger
    gc.collect()
    for thread in threading.enumerate():
        if thread.name == "medialog-finish":
            thread.join()
    assert run.finished


@pytest.mark.usefixtures("group")
def test_what_came_too_early_is_counted_once_the_run_is_known(
    tmp_path: Path, as_rank: Callable[[int], None]
) -> None:
    zero, one = (MediaLogger(tmp_path, capture=False) for _ in range(2))
    one._run.place._key = zero._run.place._key
    one._run.place._waited = True
    as_rank(1)
    one.log_image("k", PICTURES)
    as_rank(0)
    _ = zero.experiment
    as_rank(1)
    one.log_image("k", PICTURES)
    assert one.run.health["logged_too_early"] == 1
    one.finalize("failed")
    as_rank(0)
    zero.finalize("failed")


def test_an_epoch_may_be_a_tensor(logger: MediaLogger) -> None:
    logger.log_metrics({"loss": 1.0, "epoch": torch.tensor(2.0)}, 5)
    [point] = read(logger).scalars("loss")
    assert (point.step, point.epoch) == (5, 2.0)


@pytest.mark.parametrize("ids", [np.array([7, 8]), torch.tensor([7, 8])])
def test_an_array_has_an_option_for_each_image(logger: MediaLogger, ids: Any) -> None:
    logger.log_image("k", PICTURES, sample_id=ids, caption=np.array(["a", "b"]))
    assert [(i.sample_id, i.caption) for i in images(logger)] == [("7", "a"), ("8", "b")]


def test_a_picture_that_is_refused_is_named_by_its_place(logger: MediaLogger) -> None:
    with pytest.raises(
        InvalidInput, match=r"log_image\('k'\)\[1\]: Image: data_or_path: an image has 1, 3 or 4"
    ):
        logger.log_image("k", [PICTURES[0], np.zeros((6, 5, 7))])
    with pytest.raises(
        WrongType, match=r"log_image\('k'\): Image: data_or_path: expected an array"
    ):
        logger.log_image("k", None)


def test_nothing_is_no_text(logger: MediaLogger) -> None:
    with pytest.raises(InvalidInput, match="expected a text or a table, got neither"):
        logger.log_text("k")
