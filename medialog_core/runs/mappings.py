"""`run.config` and `run.summary`: dictionaries whose changes are written, with attribute access."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from ..arrays import describe, is_array, to_numpy, to_scalar
from ..errors import WrongType
from ..schema import to_number

OnSet = Callable[[str, Any], None]


class Recorded(MutableMapping[str, Any]):
    """A dictionary that tells `on_set` of each new value; `d.key` is `d["key"]`. Its copies tell nobody."""

    def __init__(self, values: Mapping[str, Any], on_set: OnSet) -> None:
        object.__setattr__(self, "_values", dict(values))
        object.__setattr__(self, "_on_set", on_set)

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        name = _writable(str(key))
        self._on_set(name, value)
        self._values[name] = value

    def __delitem__(self, key: str) -> None:
        if key not in self._values:
            raise KeyError(key)
        self._on_set(key, None)
        del self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"no {name!r}; there is {sorted(self)}") from None

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __copy__(self) -> Recorded:
        return Recorded(self, _nobody)

    def __deepcopy__(self, memo: dict[int, Any]) -> Recorded:
        return Recorded(copy.deepcopy(dict(self), memo), _nobody)

    def __repr__(self) -> str:
        return repr(dict(self))

    def update(
        self,
        d: Any = (),
        /,
        allow_val_change: bool | None = None,  # noqa: ARG002 - W&B's; values may always change
        **kwargs: Any,
    ) -> None:
        """Take a mapping, a namespace (`argparse`'s) or pairs; `allow_val_change` has no effect.

        Raises:
            WrongType: It is none of these.
        """
        super().update(_items(d), **kwargs)

    def setdefaults(self, d: Any) -> None:
        """Take of a mapping, a namespace or pairs what is not there yet.

        Raises:
            WrongType: It is none of these.
        """
        super().update({key: value for key, value in _items(d).items() if key not in self})

    def as_dict(self) -> dict[str, Any]:
        """Give a dictionary of what there is now."""
        return dict(self)


class Summary(Recorded):
    """What the numbers came to (the last of each key, unless its metric asks for more), overlaid by what was set here."""

    def __init__(self, values: Mapping[str, Any], on_set: OnSet, last: Mapping[str, Any]) -> None:
        super().__init__(values, on_set)
        object.__setattr__(self, "_last", last)

    def __getitem__(self, key: str) -> Any:
        return self._values[key] if key in self._values else self._last[key]

    def __iter__(self) -> Iterator[str]:
        return iter({**self._last, **self._values})

    def __len__(self) -> int:
        return len({**self._last, **self._values})


def _nobody(_key: str, _value: Any) -> None:
    """Take a change of a copy, which is not written."""


def _items(given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping):
        return given
    try:
        return dict(vars(given) if hasattr(given, "__dict__") else given)
    except (TypeError, ValueError):
        raise WrongType(
            f"update: expected a dictionary, a namespace or pairs, got {describe(given)}"
        ) from None


def to_json(value: Any) -> Any:
    """Give `value` as JSON can hold it: numbers of any library, arrays as lists, the rest by `repr`.

    A dataclass's fields are a dictionary's items, at any depth.
    """
    if is_dataclass(value) and not isinstance(value, type):
        value = {field.name: getattr(value, field.name, None) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_writable(str(key)): to_json(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return [to_json(item) for item in sorted(value, key=repr)]
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    return _leaf(value)


def _leaf(value: Any) -> Any:
    if isinstance(value, str):
        return _writable(value)
    if value is None or isinstance(value, bool):
        return value
    scalar = to_scalar(value)
    if scalar is not None:
        return to_number(scalar)
    if is_array(value):
        return to_json(_elements(value))
    return _writable(str(value) if hasattr(value, "__fspath__") else repr(value))


def _elements(array: Any) -> Any:
    try:
        return to_numpy(array, "value").tolist()
    except WrongType:  # of texts, dates, records or objects
        found = np.asarray(array)
        return (found.astype(str) if found.dtype.kind in "mM" else found).tolist()


def _writable(text: str) -> str:
    """Give text as UTF-8 can hold it: a path of other bytes has lone surrogates."""
    return text.encode("utf-8", "backslashreplace").decode()
