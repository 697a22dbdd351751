"""What is captured is what the data set holds and what the model predicts."""

from __future__ import annotations

from typing import Any

from .conftest import check_predictions


def test_predictions_are_the_models_on_the_data_sets_inputs(trial: Any, train: Any) -> None:
    result = train(trial)
    check_predictions(trial, result)
    assert not [key for key in result.health if key.startswith("capture_")]
