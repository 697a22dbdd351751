"""What is not understood gets no overlay, and what goes wrong in capture ends nothing."""

from __future__ import annotations

import pickle
from typing import Any

import pytest
import torch
from torch import overrides
from torch.nn import functional

import medialog_core
from medialog_core.capture import Capture, session
from medialog_core.media.tables.table import Table
from medialog_lightning.callback import MediaCallback, MediaCallbackMixin, auto_callback
from medialog_lightning.logger import MediaLogger

from_here = pytest.mark.parametrize("pl", ["pytorch_lightning"], indirect=True)


def modes() -> list[Any]:
    """Give torch's function modes that are on."""
    stack: list[Any] = overrides._get_current_function_mode_stack()  # type: ignore[no-untyped-call]
    return stack


def flat(outputs: Any) -> Any:
    """Make a validation step that shows capture these outputs and no loss, and nothing that fits."""
    return lambda self, batch, _: outputs(self.net(batch[0]), batch[1])


ODD: dict[str, Any] = {
    "too few classes": lambda logits, _: {"preds": logits[:, :3]},
    "predictions that differ": lambda logits, _: {"preds": logits, "logits": -logits},
    "floats for ids": lambda _, y: {"preds": y.float()},
    "another number of rows": lambda logits, _: {"preds": logits[:1], "logits": logits[:, :2]},
}


@from_here
@pytest.mark.parametrize("name", ODD)
def test_odd_outputs_give_no_overlay(name: str, trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["classification"]()
    module = module_of(trial, validation_step=flat(ODD[name]))
    result = train(trial, module, max_epochs=1, gradient_clip_val=0)
    assert all(isinstance(shown, Table) for shown in result.images())


@from_here
def test_more_ids_than_classes_give_a_table_and_one_notice(
    trials: Any, train: Any, module_of: Any, caplog: pytest.LogCaptureFixture
) -> None:
    trial = trials["classification"]()
    module = module_of(
        trial, validation_step=lambda self, batch, _: {"preds": self.net(batch[0])[:, :3]}
    )
    result = train(trial, module)
    table = result.images()[-1]
    assert isinstance(table, Table)
    assert table.columns == ["sample", "input", "output", "target"]
    assert result.health["capture_unsure/val"] == 2
    said = [
        record.message
        for record in caplog.records
        if "no overlay on val/predictions" in record.message
    ]
    assert len(said) == 1
    assert "Capture(roles=" in said[0]


@from_here
def test_roles_pin_what_is_meant(trials: Any, train: Any, module_of: Any) -> None:
    trial = trials["classification"]()
    module = module_of(
        trial,
        validation_step=lambda self, batch, _: {
            "mine": self.net(batch[0]),
            "preds": -self.net(batch[0]),
        },
    )
    result = train(trial, module, tuned={"roles": {"prediction": "mine", "task": "classification"}})
    result.module.eval()
    for image, x in zip(result.images(), trial.data.inputs, strict=False):
        chosen = int(result.module.net(x[None]).argmax())
        assert image.notes.label.prediction == trial.data.classes[chosen]


@from_here
def test_sample_fn_makes_the_media_itself(trials: Any, train: Any, module_of: Any) -> None:
    def words(batch: Any, outputs: Any) -> str:
        return f"{len(batch[0])} samples, first {int(outputs['preds'][0].argmax())}"

    trial = trials["classification"]()
    module = module_of(trial, validation_step=lambda self, batch, _: {"preds": self.net(batch[0])})
    result = train(trial, module, tuned={"sample_fn": words})
    first = int(result.module.net(trial.data.inputs[:1]).argmax())
    assert [text.data for text in result.images()] == [f"3 samples, first {first}"]


@from_here
def test_named_outputs_win_over_what_the_loss_was_given(
    trials: Any, train: Any, module_of: Any
) -> None:
    def step(self: Any, batch: Any, _: int) -> Any:
        logits = self.net(batch[0])
        functional.cross_entropy(-logits, batch[1])
        return {"logits": logits}

    trial = trials["classification"]()
    result = train(trial, module_of(trial, validation_step=step))
    chosen = [int(k) for k in result.module.net(trial.data.inputs[:5]).argmax(1)]
    assert [image.notes.label.prediction for image in result.images()] == [
        trial.data.classes[k] for k in chosen
    ]


@from_here
def test_a_flipped_copy_is_not_drawn_over_the_picture(
    trials: Any, train: Any, module_of: Any, checked: Any
) -> None:
    trial = trials["segmentation"]()
    module = module_of(
        trial, validation_step=lambda self, batch, _: self.net(batch[0].flip(-1)).sum()
    )
    checked(trial, train(trial, module))


@from_here
def test_an_error_of_capture_is_said_once_and_turns_that_one_off(
    trials: Any, train: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(session, "grid_of", broken)
    result = train(trials["classification"](), tuned={"num_samples": 5})
    assert "train/inputs" not in result.run.keys()  # noqa: SIM118 - a method
    assert "gradients/net.1.weight" in result.run.keys()  # noqa: SIM118
    assert result.health["capture_errors/train/inputs"] == 1
    said = [r.message for r in caplog.records if "capture of train/inputs failed" in r.message]
    assert len(said) == 1
    assert "ZeroDivisionError: planted" in said[0]


@from_here
@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_hooks_and_spy_are_off_after_an_exception_in_the_step(
    error: type[BaseException], trials: Any, train: Any, module_of: Any
) -> None:
    def step(self: Any, batch: Any, _: int) -> None:
        self.net(batch[0])
        if not self.trainer.sanity_checking:
            assert len(modes()) == 1
            raise error("planted")

    trial = trials["classification"]()
    module = module_of(trial, validation_step=step)
    with pytest.raises((error, SystemExit)):
        train(trial, module)
    assert modes() == []
    assert not any(m._forward_hooks or m._forward_pre_hooks for m in module.modules())


@from_here
def test_nothing_is_attached_between_batches(trials: Any, train: Any, module_of: Any) -> None:
    def after(self: Any, *_: Any) -> None:
        assert modes() == []
        assert not any(m._forward_hooks or m._forward_pre_hooks for m in self.modules())
        self.looked = True

    trial = trials["classification"]()
    module = module_of(trial, on_train_batch_end=after, on_validation_epoch_end=after)
    assert train(trial, module).module.looked


def test_fast_dev_run_captures_nothing(trials: Any, train: Any) -> None:
    result = train(trials["classification"](), fast_dev_run=True)
    assert result.run.keys() == []
    assert result.run.scalar_keys() == []


def test_an_explicit_callback_wins(trials: Any, train: Any) -> None:
    mine = MediaCallback(Capture(budget=1.0, num_samples=2))
    result = train(trials["classification"](), callbacks=[mine])
    assert len(result.images()) == 2
    assert len(result.run.rows("val/predictions")) == 4


def test_callbacks_are_picklable_and_leave_nothing_in_checkpoints(trials: Any, train: Any) -> None:
    result = train(trials["classification"]())
    [auto] = [each for each in result.trainer.callbacks if isinstance(each, MediaCallbackMixin)]
    again = pickle.loads(pickle.dumps(auto))  # noqa: S301 - our own
    assert type(again) is type(auto)
    assert again.auto
    mine = pickle.loads(pickle.dumps(MediaCallback(Capture(num_samples=3))))  # noqa: S301
    assert mine._capture.num_samples == 3
    saved = torch.load(result.trainer.checkpoint_callback.best_model_path, weights_only=False)
    assert not any("Media" in name for name in saved["callbacks"])


def test_an_auto_callback_is_of_the_namespace_that_asked(pl: Any) -> None:
    made = auto_callback(pl.__name__)
    assert isinstance(made, pl.Callback)
    assert isinstance(made, MediaCallbackMixin)


@from_here
def test_several_validation_loaders_are_kept_apart(
    trials: Any, module_of: Any, tmp_path: Any, pl: Any
) -> None:
    trial = trials["classification"]()

    def step(self: Any, batch: Any, _: int, dataloader_idx: int = 0) -> None:
        self.log(f"loss{dataloader_idx}", trial.loss(self(batch[0]), batch[1]))

    module = module_of(
        trial, validation_step=step, val_dataloader=lambda _: [trial.loader(), trial.loader()]
    )
    logger = MediaLogger(tmp_path, capture=Capture(budget=1.0, num_samples=2))
    trainer = pl.Trainer(
        logger=logger,
        max_epochs=1,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    trainer.fit(module, trial.loader())
    logger.finalize("success")
    run = medialog_core.open_run(logger.save_dir)
    for i in range(2):
        rows = run.rows(f"val/dataloader_idx_{i}/predictions")
        assert [row.sample_id for row in rows] == [f"{i}/0", f"{i}/1"]


@from_here
def test_texts_give_a_table_of_outputs(
    trials: Any, module_of: Any, tmp_path: Any, pl: Any, caplog: pytest.LogCaptureFixture
) -> None:
    words = ["a cat", "a dog", "a fox"]
    loader: Any = torch.utils.data.DataLoader([(word, i) for i, word in enumerate(words)], 3)  # type: ignore[arg-type]

    def step(self: Any, batch: Any, _: int) -> Any:
        lengths = torch.tensor([[float(len(word)), 1.0] for word in batch[0]])
        return functional.mse_loss(self.net[1].weight[:1, :2] * lengths, lengths)

    logger = MediaLogger(tmp_path, capture=Capture(budget=1.0))
    trainer = pl.Trainer(
        logger=logger,
        max_epochs=1,
        accelerator="cpu",
        enable_progress_bar=False,
        enable_model_summary=False,
    )
    module = module_of(trials["classification"](), training_step=step, validation_step=step)
    trainer.fit(module, loader, loader)
    logger.finalize("success")
    run = medialog_core.open_run(logger.save_dir)
    [row] = run.rows("val/predictions")
    assert run.load(row).get_column("truth") == ["5, 1"] * 3
    assert not any("failed" in record.message for record in caplog.records)
