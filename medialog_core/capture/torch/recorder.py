"""Seeing predictions pass by in one batch of an eager torch model, without touching them.

Forward hooks on the root and two levels of its children see what modules put out; a
`TorchFunctionMode` sees what the loss functions are given. Both are on for one batch only and keep
copies of the leading rows. Never used where anything is compiled: a hook costs a recompilation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.nn import functional
from torch.nn.modules.loss import _Loss
from torch.overrides import TorchFunctionMode

from ..batch import Batch
from ..tasks.evidence import Evidence, Source
from .rows import Rows, leading, parts_of, to_numpy_rows

LOSSES: Mapping[Callable[..., Any], str] = {
    function: function.__name__
    for function in (
        functional.cross_entropy,
        functional.nll_loss,
        functional.binary_cross_entropy,
        functional.binary_cross_entropy_with_logits,
        functional.mse_loss,
        functional.l1_loss,
        functional.smooth_l1_loss,
        functional.huber_loss,
    )
}
_NO_INDEX = -100
"""torch's default `ignore_index`, which is negative and so never a class."""


class Recorder:
    """Records one batch: `start` before the step, `stop` after it, also after an exception.

    Args:
        root: The model.
        batch: The batch as the step gets it, to tell a step's own call from a model's.
        parts: The batch taken apart.
        count: How many leading samples are followed.
    """

    def __init__(self, root: torch.nn.Module, batch: Any, parts: Batch, count: int) -> None:
        self._errors: list[Exception] = []
        self._spy = _LossSpy(parts.size, count, self._errors)
        self._calls = _Calls(root, batch, parts, count, self._errors)

    def start(self) -> None:
        """Begin to watch."""
        self._calls.start()
        self._spy.__enter__()  # type: ignore[no-untyped-call]

    def stop(self) -> list[Evidence]:
        """End watching and give what was seen: losses, then calls.

        Raises:
            Exception: Recording itself went wrong, which the step was not told.
        """
        self._calls.stop()
        self._spy.__exit__(None, None, None)  # type: ignore[no-untyped-call]
        if self._errors:
            raise self._errors[0]
        return [*self._spy.evidence(), *self._calls.evidence()]


class _LossSpy(TorchFunctionMode):
    """Keeps the leading rows of what each loss function was given."""

    def __init__(self, size: int, count: int, errors: list[Exception]) -> None:
        super().__init__()
        self._size = size
        self._count = count
        self._errors = errors
        self._seen: list[tuple[str, Rows, Rows, int | None]] = []

    def __torch_function__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        if func in LOSSES:
            with _unseen(self._errors):
                self._note(LOSSES[func], args, kwargs)
        return func(*args, **kwargs)

    def _note(self, loss: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        given = dict(zip(("input", "target"), args, strict=False)) | kwargs
        prediction, target = given.get("input"), given.get("target")
        if all(
            isinstance(t, torch.Tensor) and t.dim() and len(t) == self._size
            for t in (prediction, target)
        ):
            ignore = kwargs.get("ignore_index", _NO_INDEX)
            rows = (leading(prediction, self._count), leading(target, self._count))
            self._seen.append((loss, *rows, None if ignore == _NO_INDEX else ignore))

    def evidence(self) -> Iterator[Evidence]:
        """Give what was seen; a loss called twice on different predictions stays two."""
        for number, (loss, prediction, target, ignore) in enumerate(self._seen):
            rows = to_numpy_rows(prediction)
            yield Evidence(
                "loss", loss, rows, to_numpy_rows(target), ignore, on_inputs=False, order=number
            )


class _Calls:
    """Keeps the leading rows of what the outermost modules put out."""

    def __init__(
        self, root: torch.nn.Module, batch: Any, parts: Batch, count: int, errors: list[Exception]
    ) -> None:
        self._errors = errors
        self._modules = dict(_two_levels(root))
        self._inputs = parts.inputs
        self._no_model_takes = [batch, *parts.targets.values()] if batch is not parts.inputs else []
        self._size = parts.size
        self._count = count
        self._depth = 0
        self._handles: list[Any] = []
        self._seen: list[tuple[str, dict[Any, Rows], bool]] = []

    def start(self) -> None:
        for path, module in self._modules.items():
            self._handles.append(module.register_forward_pre_hook(self._enter, with_kwargs=True))
            leave = self._leaving(path)
            self._handles.append(
                module.register_forward_hook(leave, with_kwargs=True, always_call=True)
            )

    def stop(self) -> None:
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _enter(self, _: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        with _unseen(self._errors):
            self._depth += self._is_model([*args, *kwargs.values()])

    def _leaving(self, path: str) -> Callable[..., None]:
        def leave(_: Any, args: tuple[Any, ...], kwargs: dict[str, Any], output: Any) -> None:
            with _unseen(self._errors):
                self._left(path, [*args, *kwargs.values()], output)

        return leave

    def _left(self, path: str, given: Sequence[Any], output: Any) -> None:
        if not self._is_model(given):
            return
        self._depth -= 1
        if self._depth == 0:
            on_inputs = any(self._is_inputs(value) for value in given)
            self._seen.append((path, parts_of(output, self._size, self._count), on_inputs))

    def _is_model(self, given: Sequence[Any]) -> bool:
        """Tell a model's call from a step's, a loss's or a metric's, which are given the target."""
        return not any(value is other for value in given for other in self._no_model_takes)

    def _is_inputs(self, value: Any) -> bool:
        if value is self._inputs:
            return True
        lists = isinstance(value, list | tuple) and isinstance(self._inputs, list | tuple)
        return (
            lists
            and len(value) == len(self._inputs)
            and all(a is b for a, b in zip(value, self._inputs, strict=True))
        )

    def evidence(self) -> Iterator[Evidence]:
        """Give the last call as a prediction, and earlier ones that were given the inputs as parts.

        Of several calls of the last module the one on the batch's own inputs counts, if there is
        just one.
        """
        seen = [call for call in self._seen if call[1]]
        last = _last_of(seen)
        for call in seen:
            path, parts, given = call
            if call is last or given:
                for place, rows in parts.items():
                    source: Source = "call" if call is last else "part"
                    yield Evidence(source, place, to_numpy_rows(rows), on_inputs=given, module=path)


@contextmanager
def _unseen(errors: list[Exception]) -> Iterator[None]:
    """Keep an error of ours from the step that we are in the middle of."""
    try:
        yield
    except Exception as error:  # noqa: BLE001
        errors.append(error)


def _last_of(seen: Sequence[tuple[str, dict[Any, Rows], bool]]) -> Any:
    """Give the call that is the prediction; none where the last module was called in several ways."""
    if not seen:
        return None
    alike = [call for call in seen if call[0] == seen[-1][0]]
    if len(alike) == 1:
        return alike[0]
    given = [call for call in alike if call[2]]
    return given[0] if len(given) == 1 else None


def _two_levels(root: torch.nn.Module) -> Iterator[tuple[str, torch.nn.Module]]:
    """Give root, children and grandchildren by path; losses, which may answer by sample, are no models."""
    paths = {"": root, **dict(root.named_children())}
    for name, child in root.named_children():
        paths |= {f"{name}.{inner}": module for inner, module in child.named_children()}
    return ((path, module) for path, module in paths.items() if not isinstance(module, _Loss))
