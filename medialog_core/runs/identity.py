"""What a run is called and what else its script may ask of it, in W&B's vocabulary."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import InvalidInput
from ..schema import Area
from .arguments import tags_of
from .spec import RunSpec


class RunIdentity:
    """A `Run`'s names. `name`, `tags` and `notes` can be set while it is open."""

    spec: RunSpec
    _finished: bool
    _resumed: bool
    _first_step: int

    def state(self, area: Area, key: str, value: Any) -> None:
        """Record a fact of the run itself."""
        raise NotImplementedError

    @property
    def id(self) -> str:
        """The run's identifier, unique in its project."""
        return self.spec.id

    @property
    def name(self) -> str:
        """The run's name for people; its folder keeps the id."""
        return self.spec.name

    @name.setter
    def name(self, name: str | None) -> None:
        self._say("name", name)

    @property
    def notes(self) -> str | None:
        """A text about it."""
        return self.spec.notes

    @notes.setter
    def notes(self, notes: str | None) -> None:
        self._say("notes", notes)

    @property
    def tags(self) -> tuple[str, ...]:
        """Words to find it by."""
        return self.spec.tags

    @tags.setter
    def tags(self, tags: Iterable[str] | None) -> None:
        self._say("tags", tags_of(tags))

    @property
    def project(self) -> str:
        """The project's name."""
        return self.spec.project

    @property
    def group(self) -> str | None:
        """What it belongs to."""
        return self.spec.group

    @property
    def job_type(self) -> str | None:
        """What it does, e.g. `train`."""
        return self.spec.job_type

    @property
    def dir(self) -> Path:
        """The run's directory."""
        return self.spec.directory

    @property
    def start_time(self) -> float:
        """Unix time in seconds of its beginning, the same when it is resumed."""
        return self.spec.created

    @property
    def resumed(self) -> bool:
        """Whether it goes on with what was there."""
        return self._resumed

    @property
    def starting_step(self) -> int:
        """The step of the first `log` without one; above 0 of a run that was resumed."""
        return self._first_step

    @property
    def offline(self) -> bool:
        """True: nothing is ever sent."""
        return True

    @property
    def disabled(self) -> bool:
        """Whether it checks arguments and does nothing else."""
        return self.spec.disabled

    @property
    def url(self) -> None:
        """None, as of W&B's runs offline: `dir` is where it is."""
        return

    @property
    def project_url(self) -> None:
        """None, as `url`."""
        return

    @property
    def sweep_id(self) -> None:
        """None: no run is part of a sweep."""
        return

    @property
    def sweep_url(self) -> None:
        """None, as `url`."""
        return

    @property
    def path(self) -> str:
        """The project and the id, `project/id`, by which the command line knows it, too."""
        return f"{self.project}/{self.id}"

    @property
    def entity(self) -> str:
        """Empty, as of W&B's runs offline: there are no accounts."""
        return ""

    def __copy__(self) -> RunIdentity:
        return self

    def __deepcopy__(self, _memo: dict[int, Any]) -> RunIdentity:
        return self  # a copy of a model that holds its run is no other process

    def _say(self, field: str, value: Any) -> None:
        self._check_open(field)
        if field == "name" and value is None:
            value = self.id
        self.spec = replace(self.spec, **{field: value})
        self.state("run", field, getattr(self.spec, field))

    def _check_open(self, what: str) -> None:
        if self._finished:
            raise InvalidInput(f"{what}: run {self.id!r} is finished; call init() for a new one")
