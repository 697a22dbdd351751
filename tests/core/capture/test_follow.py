"""The same samples through all validations, from the batches or by another forward."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest

from medialog_core.capture.batch import Batch, split
from medialog_core.capture.follow import Follower
from medialog_core.capture.samples import digest_of, sample_id
from medialog_core.capture.tasks.evidence import LOSS_TARGET, Evidence, Unsure

RNG = np.random.default_rng(0)
X = RNG.normal(size=(10, 1, 4, 4)).astype(np.float32)
Y = np.arange(10) % 3


def model(inputs: Any) -> Any:
    return np.asarray(inputs).reshape(len(inputs), -1)[:, :3]


def batches(order: Any = range(10)) -> Sequence[Batch]:
    chosen = np.array(order)
    return [split((X[chosen[i : i + 4]], Y[chosen[i : i + 4]]), {}) for i in range(0, 10, 4)]


def follower(position: Callable[[int], int] | None = lambda i: i, num_samples: int = 6) -> Follower:
    return Follower(2, num_samples, {}, position)


def forward(_: Any, samples: Any) -> list[Evidence]:
    return [Evidence("forward", 0, list(model([s.input for s in samples])), module="")]


def nothing(*_: Any) -> list[Evidence]:
    return []


def validate(
    following: Follower, loader: Sequence[Batch], again: Any = nothing, **more: Any
) -> Any:
    following.begin()
    for i, batch in enumerate(loader):
        leading = following.look(i, batch, lambda _: None) if following.wants(i) else None
        if leading is not None:
            rows = list(model(batch.inputs))[: len(leading.samples)]
            following.see(leading, [Evidence("call", 0, rows, module="", **more)])
    return following.predictions(again)


def shown(found: Any) -> Any:
    return np.stack(found[0].rows)


def test_samples_of_several_batches_are_put_together() -> None:
    following = follower()
    found = validate(following, batches())
    assert [s.id for s in following.samples] == [f"2/{i}" for i in range(6)]
    assert np.array_equal(shown(found), model(X[:6]))
    assert [int(s.targets[1]) for s in following.samples] == Y[:6].tolist()


def test_a_loader_with_fewer_samples_gives_all_it_has() -> None:
    following = follower(num_samples=50)
    assert np.array_equal(shown(validate(following, batches())), model(X))
    assert np.array_equal(shown(validate(following, batches())), model(X))


def test_later_validations_need_no_forward_in_a_fixed_order() -> None:
    following = follower()
    validate(following, batches())
    assert not following.wants(2)
    assert np.array_equal(shown(validate(following, batches())), model(X[:6]))


def test_samples_that_moved_are_predicted_again() -> None:
    following = follower(None)
    first = validate(following, batches([5, 3, 1, 0, 2, 4, 6, 7, 8, 9]))
    ids = [s.id for s in following.samples]
    later = validate(following, batches(), forward)
    assert np.array_equal(shown(later), shown(first))
    assert later[0].source == "forward"
    assert (
        [s.id for s in following.samples]
        == ids
        == [sample_id(2, None, digest_of(X[i])) for i in (5, 3, 1, 0, 2, 4)]
    )


def test_samples_that_changed_in_a_fixed_order_are_predicted_again() -> None:
    following = follower()
    validate(following, batches(), on_inputs=True)
    later = validate(following, batches([1, 0, 2, 3, 4, 5, 6, 7, 8, 9]), forward)
    assert np.array_equal(shown(later), model(X[:6]))


def test_a_forward_that_gives_something_else_is_not_taken() -> None:
    following = follower(None)
    wrong = lambda *_: [Evidence("forward", 0, list(-model(X[:6])), module="")]  # noqa: E731
    validate(following, batches(), wrong, on_inputs=False)
    assert isinstance(validate(following, batches(), wrong), Unsure)


def test_without_a_forward_nothing_old_is_shown() -> None:
    following = follower(None)
    validate(following, batches())
    assert isinstance(validate(following, batches()), Unsure)


def test_a_target_that_only_the_loss_had_is_pinned() -> None:
    following = follower(None, num_samples=4)
    following.begin()
    leading = following.look(0, batches()[0], lambda _: None)
    assert leading is not None
    own = [np.array([1, 2, 3], np.float32)] * 4
    following.see(leading, [Evidence("loss", "mse_loss", list(model(X[:4])), own)])
    found = following.predictions(nothing)
    assert not isinstance(found, Unsure)
    assert found[1].target == LOSS_TARGET
    assert all(np.array_equal(s.targets[LOSS_TARGET], [1, 2, 3]) for s in following.samples)


def test_a_digest_tells_shape_dtype_and_content() -> None:
    same, *others = X[0], X[0].reshape(4, 4), X[0].astype(np.float64), X[1]
    assert digest_of(same.copy()) == digest_of(X[0][:, ::-1][:, ::-1])
    assert len({digest_of(each) for each in (same, *others)}) == 4
    assert len(digest_of(same)) == 12


@pytest.mark.parametrize("inputs", [["a cat", "a dog"], [{"ids": 1}, {"ids": 2}]])
def test_inputs_that_are_no_arrays_are_followed_too(inputs: Any) -> None:
    following = follower(num_samples=2)
    for _ in range(2):
        following.begin()
        leading = following.look(0, Batch(inputs, {1: Y[:2]}), lambda _: None)
        assert leading is not None
        assert len({s.digest for s in leading.samples}) == 2
