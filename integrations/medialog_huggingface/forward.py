"""A forward hook on the model that copies the leading rows of the few calls that are looked at.

It lies on the model from the beginning of a training to its end, and is excluded from compilation:
nothing is added to what was compiled. A copy or a pickle of the model carries a function that does
nothing in its place.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from medialog_core.capture.options import Role
from medialog_core.capture.torch.rows import (
    Rows,
    Shared,
    has_rows,
    leading,
    native_rows,
    parts_of,
)

_OF_GENERATION = ("past_key_values", "encoder_outputs")
"""What `generate` gives the model beside the batch."""
_OF_THE_TRAINER = ("num_items_in_batch",)


@dataclass(frozen=True)
class Call:
    """One call of the model.

    Attributes:
        size: Samples in its batch.
        rows: By keyword, the leading rows of what has one a sample.
        shared: By keyword, what holds for all of its samples.
        parts: By place, the leading rows of what it put out.
        whole: The keywords and the output as they were, where they are wanted.
    """

    size: int
    rows: Mapping[str, Rows]
    shared: Mapping[str, Any]
    parts: Mapping[Role, Rows]
    whole: tuple[Any, Any] | None = None

    def native(self, leave_out: tuple[str, ...]) -> Callable[[int], dict[str, Any]]:
        """Give a function that gives one sample's keywords, but some, for another call."""
        rows = {
            name: native_rows(value) for name, value in self.rows.items() if name not in leave_out
        }
        shared = {name: Shared(value) for name, value in self.shared.items()}
        return lambda i: {**{name: row(i) for name, row in rows.items()}, **shared}


Seen = Callable[[Any, tuple[Any, ...], dict[str, Any], Any], None]


class Hook:
    """A forward hook, of which a copy and a pickle do nothing.

    Args:
        seen: Called with module, arguments, keywords and output after each call of the model.
    """

    def __init__(self, seen: Seen) -> None:
        self._seen = seen
        self._handle: Any = None

    def attach(self, model: torch.nn.Module) -> None:
        """Lie on a model, and on no other any more."""
        self.remove()
        self._handle = model.register_forward_hook(self, with_kwargs=True)

    def remove(self) -> None:
        """Take it off."""
        if self._handle is not None:
            self._handle.remove()
        self._handle = None

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def __call__(
        self, module: Any, args: tuple[Any, ...], keywords: dict[str, Any], output: Any
    ) -> None:
        """Be called by the model."""
        self._seen(module, args, keywords, output)

    def __reduce__(self) -> tuple[Any, ...]:
        return _nothing_done, ()


def call_of(
    module: Any,
    args: tuple[Any, ...],
    keywords: Mapping[str, Any],
    output: Any,
    *,
    main: str | None,
    count: int,
    whole: bool = False,
) -> Call | None:
    """Copy the leading rows of a call; None of one that is a step of `generate`.

    Args:
        module: The model.
        args: Positional arguments, which are told by the names of its `forward`.
        keywords: Keyword arguments.
        output: What it put out; None leaves it.
        main: The keyword whose length is the batch's; the first that has one where it is absent.
        count: How many rows.
        whole: Keep the keywords and the output themselves, too.
    """
    given = {**_named(module, args), **keywords}
    if any(given.get(name) is not None for name in _OF_GENERATION):
        return None
    size = _size(given, main)
    if not size:
        return None
    known = {name: v for name, v in given.items() if v is not None and name not in _OF_THE_TRAINER}
    return Call(
        size,
        {name: leading(v, count) for name, v in known.items() if has_rows(v, size)},
        {name: v for name, v in known.items() if not has_rows(v, size)},
        {} if output is None else parts_of(output, size, count),
        (known, output) if whole else None,
    )


def _named(module: Any, args: tuple[Any, ...]) -> dict[str, Any]:
    names = list(inspect.signature(module.forward).parameters) if args else []
    return dict(zip(names, args, strict=False))


def _size(given: Mapping[str, Any], main: str | None) -> int:
    first = [given[main]] if main is not None and main in given else list(given.values())
    sized = (v for v in first if isinstance(v, list) or (isinstance(v, torch.Tensor) and v.dim()))
    return next((len(value) for value in sized), 0)


def _nothing_done() -> Callable[..., None]:
    return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    """Stand in a copied model for the hook of its original."""
