"""A wrong argument is refused at the call, with the field, what came, and what is meant."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from medialog_core.capture import Capture
from medialog_core.errors import InvalidInput, WrongType
from medialog_keras import MediaCallback

X = np.zeros((4, 8, 8, 1), np.float32)

WRONG: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"log_dir": 3}, WrongType, "log_dir: expected a path, got int 3"),
    ({"log_dir": "s3://bucket"}, InvalidInput, "expected a local directory, got 's3://bucket'"),
    ({"histogram_freq": -1}, InvalidInput, "histogram_freq: expected at least 0, got -1"),
    ({"histogram_freq": 1.5}, WrongType, "histogram_freq: expected a whole number, got float 1.5"),
    (
        {"update_freq": "step"},
        WrongType,
        "update_freq: expected 'epoch', 'batch' or a whole number",
    ),
    ({"update_freq": 0}, InvalidInput, "update_freq: expected at least 1, got 0"),
    ({"samples": (X, X, X)}, InvalidInput, "samples: expected (x, y) or x, got a tuple of 3"),
    ({"samples": "x"}, WrongType, "samples: expected arrays with a row a sample, got str 'x'"),
    ({"samples": (X, X[:2])}, InvalidInput, "samples: expected one length above 0, got [2, 4]"),
    ({"samples": X[:0]}, InvalidInput, "samples: expected one length above 0, got [0]"),
    ({"capture": 3}, WrongType, "capture: expected True, False or a Capture, got int 3"),
    ({"sinks": ["stor"]}, InvalidInput, "stor"),
]


@pytest.mark.parametrize(("given", "error", "said"), WRONG)
def test_wrong_arguments_raise(given: Any, error: Any, said: str, tmp_path: Any) -> None:
    with pytest.raises(error) as caught:
        MediaCallback(**{"log_dir": tmp_path, **given})
    assert said in str(caught.value)


def test_nothing_is_made_before_a_training_begins(tmp_path: Any) -> None:
    MediaCallback(tmp_path / "logs", samples=X, capture=Capture(num_samples=2), update_freq=3)
    assert list(tmp_path.iterdir()) == []
