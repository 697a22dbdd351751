"""What a run does beside logging, in W&B's vocabulary: metrics, and models that are watched."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from ..absent import FILES, missing
from ..media.documents.text import Text
from ..schema import Metric
from . import watching
from .defining import checked, checked_name
from .health import logger
from .identity import RunIdentity
from .metrics import Numbers


class RunMethods(RunIdentity):
    """A `Run`'s `define_metric`, `watch` and `unwatch`, and what is taken without effect."""

    summary: Any
    _numbers: Numbers
    _watches: watching.Watches

    def warn_once(self, topic: str, message: str) -> None:
        """Say `message` the first time for this topic; count it every time."""
        raise NotImplementedError

    def define_metric(
        self,
        name: str,
        step_metric: str | Metric | None = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        overwrite: bool | None = None,
        *,
        goal: str | None = None,
    ) -> Metric:
        """Say what a key's x-axis is, for numbers and media alike, and what its summary holds.

        `RunReader.x_values` gives where things stand on it. TensorBoard shows all at their step.

        Args:
            name: The key, or the beginning of keys and `*`: `val/*`. A key's own definition wins
                over a glob's, the longest glob over others.
            step_metric: The key whose numbers are the x-axis, in place of the step.
            step_sync: Whether a value that was logged without one takes the axis' latest, that of
                the highest step below; True where `step_metric` is given.
            hidden: Whether a viewer shows it only when asked.
            summary: Words of `min`, `max`, `mean`, `best` (with `goal`), `first`, `last`, separated
                by commas: `run.summary[key]` is then an object of them, over all that was logged,
                NaN left out where there is anything else. `none` keeps the key out of the summary;
                `copy` changes nothing.
            overwrite: True forgets what was said of this name before; otherwise what is not given
                stays.
            goal: `minimize` or `maximize`, for `best`.

        Returns:
            The definition as it now is.

        Raises:
            WrongType: An argument of the wrong type.
            InvalidInput: One that it cannot have, or the run is finished.
        """
        self._check_open("define_metric")
        known = self._numbers.metrics.get(checked_name(name))
        metric = checked(known, name, step_metric, step_sync, hidden, summary, overwrite, goal)
        if metric != known:
            self.state("metric", metric.name, msgspec.to_builtins(metric))
            self._numbers.define(metric)
        return metric

    def watch(
        self,
        models: Any,
        criterion: Any = None,  # noqa: ARG002 - W&B's
        log: Literal["gradients", "parameters", "all"] | None = "gradients",
        log_freq: int = 1000,
        idx: int | None = None,
        log_graph: bool = False,
    ) -> None:
        """Log histograms and norms of torch models' gradients and weights, in a loop of one's own.

        `gradients/<parameter>` and `weights/<parameter>` come at the first and every `log_freq`-th
        step of an optimizer that holds parameters of the model, as it is given them: accumulated,
        unscaled, clipped. They stand at the run's current step, that of the `log` that follows.
        Where weights move although no optimizer of torch steps (written out by hand, or compiled),
        each backward pass counts as a step, from the second on.

        Args:
            models: A `torch.nn.Module`, or a list or tuple of them; held weakly. One that is
                watched already is watched anew.
            criterion: Not needed; W&B's.
            log: `gradients`, `parameters`, `all`, or None for nothing.
            log_freq: Distance in steps, at least 1.
            idx: Number of the first model, by default its own or the next of this run. From 1 on
                names begin with it: `gradients/graph_1/<parameter>`.
            log_graph: Keep the text of each model in the summary, as `graph_<number>`.

        Raises:
            WrongType: Something is no torch model.
            InvalidInput: Another argument has a value that it cannot have, or the run is finished.
        """
        self._check_open("watch")
        given = watching.models_of(models, "watch")
        watching.check(log, log_freq, idx)
        for place, model in enumerate([] if self.spec.disabled else given):
            wanted = None if idx is None else int(idx) + place
            number = self._watches.add(model, wanted, log, int(log_freq))
            if log_graph:
                self.summary[f"graph_{number}"] = Text(str(model))

    def unwatch(self, models: Any = None) -> None:
        """Stop watching models: these, or all.

        Args:
            models: A model or a list of them; one that is not watched is warned of.

        Raises:
            WrongType: Something is no torch model.
        """
        if models is None:
            self._watches.close()
            return
        given = watching.models_of(models, "unwatch")
        for model in [] if self.spec.disabled else given:
            self._watches.remove(model)

    def save(self, *_: Any, **__: Any) -> list[str]:
        """W&B's, which sends files away: here they stay where they are, which is said once.

        Returns:
            No files.
        """
        self._in_vain("save", FILES)
        return []

    def log_code(self, *_: Any, **__: Any) -> None:
        """W&B's, as `save`."""
        self._in_vain("log_code", FILES)

    def log_model(self, *_: Any, **__: Any) -> None:
        """W&B's, as `save`."""
        self._in_vain("log_model", FILES)

    def alert(self, title: str, text: str, *_: Any, **__: Any) -> None:
        """W&B's, which sends a message: here it is a warning on the console, each time."""
        logger.warning("run %s: %s: %s", self.id, title, text)

    def mark_preempting(self) -> None:
        """W&B's; without effect: a run that was killed is whole, and resumed by its id."""

    def _in_vain(self, what: str, why: str) -> None:
        self.warn_once(f"ignored_{what}", f"{what}() does nothing: {why}")

    if not TYPE_CHECKING:  # a checker knows what there is

        def __getattr__(self, name: str) -> Any:
            raise missing(f"{type(self).__name__!r} object", name)
