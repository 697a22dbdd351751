"""Names of classes: `Classes`, and the label maps of masks and boxes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..arrays import describe
from ..checks import check_text, whole
from ..errors import InvalidInput, WrongType


class Classes:
    """The classes that an image's masks and boxes speak of.

    Args:
        class_set: Dictionaries with `id` (a whole number or a string) and `name` (a string).

    Raises:
        WrongType: It is no list of dictionaries, or an id or a name is of the wrong type.
        InvalidInput: `id` or `name` is missing, or an id comes twice.
    """

    __slots__ = ("names",)

    def __init__(self, class_set: Iterable[Mapping[str, Any]]) -> None:
        if isinstance(class_set, str | Mapping) or not isinstance(class_set, Iterable):
            raise WrongType(
                f"class_set: expected a list of {{'id', 'name'}}, got {describe(class_set)}; "
                "of {id: name} make [{'id': id, 'name': name} for id, name in names.items()]"
            )
        self.names: dict[str, str] = {}
        for place, one in enumerate(class_set):
            self._add(one, f"class_set[{place}]")

    def _add(self, one: Any, field: str) -> None:
        if not isinstance(one, Mapping):
            raise WrongType(
                f"{field}: expected a dictionary with 'id' and 'name', got {describe(one)}"
            )
        if "id" not in one or "name" not in one:
            raise InvalidInput(f"{field}: 'id' and 'name' are needed, got the keys {sorted(one)}")
        id_ = one["id"] if isinstance(one["id"], str) else str(whole(one["id"], f"{field}['id']"))
        if id_ in self.names:
            raise InvalidInput(f"{field}: id {id_} comes twice")
        self.names[id_] = check_text(one["name"], f"{field}['name']")

    def get_type(self) -> Classes:
        """Give what `Table(dtype=)` and `Table.cast` take: these classes' ids, and nothing else."""
        return self

    def __eq__(self, other: object) -> bool:
        return self.names == other.names if isinstance(other, Classes) else NotImplemented

    def __repr__(self) -> str:
        return f"Classes({self.names})"

    __hash__ = None  # type: ignore[assignment]


def label_of(labels: Mapping[str, str], class_id: int) -> str:
    """Give the name of a class; one without a label is called `class_<id>`."""
    return labels.get(str(class_id)) or f"class_{class_id}"


def checked_labels(labels: Any, field: str) -> dict[str, str]:
    """Give a map of ids to names with its ids as strings, as JSON has them.

    Args:
        labels: Ids (whole numbers of any library, or their digits) to names; None is no labels.
        field: What to call it in an error.

    Raises:
        WrongType: It is no such dictionary.
        InvalidInput: A name that no file can hold.
    """
    if labels is None:
        return {}
    if not isinstance(labels, Mapping):
        raise WrongType(
            f"{field}: expected a dictionary of ids to names, got {describe(labels)}; "
            "of a list of names dict(enumerate(names)) makes one"
        )
    for id_, name in labels.items():
        if type(id_) is not int:
            break
        if type(name) is not str or not name.isascii():
            break
    else:
        return {str(id_): name for id_, name in labels.items()}
    return {
        _key(id_, field): str(check_text(name, f"{field}[{id_!r}]")) for id_, name in labels.items()
    }


def _key(id_: Any, field: str) -> str:
    if isinstance(id_, str) and id_.lstrip("-").isdecimal():
        return str(int(id_))
    return str(whole(id_, f"{field}: its key"))
