"""What is not understood gets inputs, a table and a notice; what goes wrong in capture ends nothing."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import pytest
from keras import layers, ops

from medialog_core.capture import session
from medialog_core.media.tables.table import Table
from medialog_keras import following

from .trials import NAMES, classification, dense, digits

X, Y = digits()


def model_of(last: Any, loss: Any) -> Any:
    keras.utils.set_random_seed(2)
    model = keras.Sequential([keras.Input((8, 8, 1)), layers.Flatten(), *last])
    model.compile(loss=loss)
    return model


def any_loss(truth: Any, predicted: Any) -> Any:
    return ops.mean(predicted) + 0 * ops.mean(ops.cast(truth, "float32"))


ODD: dict[str, tuple[Any, Any, Any]] = {
    "fewer outputs than ids": ([layers.Dense(3)], any_loss, Y),
    "vectors of a loss that is not known": ([layers.Dense(5)], any_loss, np.eye(7)[Y % 7]),
    "labels between 0 and 1": (
        [layers.Dense(3, activation="sigmoid")],
        "binary_crossentropy",
        np.stack([Y, Y, Y], 1) / np.float32(12),
    ),
    "maps of another size": (
        [layers.Dense(48), layers.Reshape((4, 4, 3), name="maps")],
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        np.zeros((12, 4, 4), np.int64),
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_outputs_give_a_table_and_one_notice(
    case: str, evaluate: Any, caplog: pytest.LogCaptureFixture
) -> None:
    last, loss, y = ODD[case]
    result = evaluate(model_of(last, loss), X, y, tuned={"class_labels": NAMES})
    [table] = result.values("test/predictions")
    assert isinstance(table, Table)
    assert table.columns == ["sample", "input", "output", "target"]
    assert np.array_equal(
        table.get_column("input")[1].to_numpy(), np.floor(X[1, ..., 0] * 255 + 0.5)
    )
    assert "test/inputs" in result.run.keys()  # noqa: SIM118
    said = [r.message for r in caplog.records if "no overlay on test/predictions" in r.message]
    assert len(said) == 1


def test_outputs_without_a_row_a_sample_give_inputs_and_a_notice(
    evaluate: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following.Following, "_predict", lambda *_: np.zeros(3))
    result = evaluate(classification().model(), X, Y)
    [table] = result.values("test/predictions")
    assert table.get_column("output") == [None] * 5
    assert result.health["capture_unsure/test"] == 1


class Training(keras.Sequential):  # type: ignore[misc]
    """Can't be called by itself in inference mode."""

    def call(self, x: Any, training: Any = None) -> Any:
        if not getattr(self, "testing", True):
            raise ValueError("planted")
        return super().call(x, training=training)


def test_a_model_that_cant_predict_says_so_once(
    evaluate: Any, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ValueError("It was\n\n\x1b[1mplanted.\x1b[0m\n\nArguments received by call():\n  x")

    model = classification().model()
    made = following.Following.__init__

    def init(self: Any, watch: Any, backend: Any, *rest: Any, **more: Any) -> None:
        monkeypatch.setattr(backend, "predict", broken)
        made(self, watch, backend, *rest, **more)

    monkeypatch.setattr(following.Following, "__init__", init)
    result = evaluate(model, X, Y)
    assert result.run.keys() == ["test/inputs"]
    assert result.health["capture_forward"] == 1
    assert "no test/predictions: the followed samples can't be given to the model" in caplog.text
    assert "ValueError: It was planted. Capture(sample_fn=...) shows" in caplog.text


def test_an_error_of_capture_is_said_once_and_turns_that_one_off(
    train: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError("planted")

    monkeypatch.setattr(session, "grid_of", broken)
    result = train(classification().model(), X, Y, tuned={"gradients": True})
    assert "train/inputs" not in result.run.keys()  # noqa: SIM118
    assert any(key.startswith("gradients/") for key in result.run.keys())  # noqa: SIM118
    assert result.health["capture_errors/train/inputs"] == 1
    said = [r.message for r in caplog.records if "capture of train/inputs failed" in r.message]
    assert len(said) == 1
    assert "ZeroDivisionError: planted" in said[0]


def test_sample_fn_makes_the_media_itself(evaluate: Any) -> None:
    def words(batch: Any, outputs: Any) -> str:
        return f"{len(batch[1])} samples, first {int(np.asarray(outputs)[0].argmax())}"

    model = classification().model()
    result = evaluate(model, X, Y, tuned={"sample_fn": words})
    first = int(np.asarray(model.predict(X[:3], verbose=0))[0].argmax())
    [text] = result.values("test/predictions")
    assert text.data == f"3 samples, first {first}"


def test_a_loss_of_ones_own_leaves_the_task_to_what_is_seen(evaluate: Any) -> None:
    model = model_of(
        dense(10), lambda y, p: keras.losses.sparse_categorical_crossentropy(y, p, True)
    )
    result = evaluate(model, X, Y)
    logits = np.asarray(model.predict(X, verbose=0))
    shown = [image.notes.label.prediction for image in result.values("test/predictions")]
    assert shown == [str(row.argmax()) for row in logits[:5]]


def test_numbers_of_half_precision_are_shown_as_they_are(evaluate: Any) -> None:
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        model = model_of(
            [layers.Dense(10, activation="softmax")], "sparse_categorical_crossentropy"
        )
    finally:
        keras.config.set_dtype_policy("float32")
    result = evaluate(model, X, Y)
    likely = np.asarray(model.predict(X[:5], verbose=0)).astype(np.float32)
    shown = [image.notes.label.score for image in result.values("test/predictions")]
    assert shown == pytest.approx(likely.max(1).tolist(), rel=2e-2)
