"""What `define_metric` may be given, and the definition that it makes."""

from __future__ import annotations

from typing import Any

from ..arrays import describe
from ..checks import check_text
from ..errors import InvalidInput, WrongType
from ..schema import Goal, Metric
from ..store.definitions import NONE, STATISTICS

SUMMARY = (*STATISTICS, "copy", NONE)
"""The words of `define_metric(summary=)`; `copy` is W&B's old name for the last number itself."""
_GOALS: dict[str, Goal] = {"min": "min", "max": "max"}


def checked(
    before: Metric | None,
    name: str,
    step_metric: str | Metric | None,
    step_sync: bool | None,
    hidden: bool | None,
    summary: str | None,
    overwrite: bool | None,
    goal: str | None,
) -> Metric:
    """Give the definition that a call makes.

    Args:
        before: What was said of this name before, if anything.
        name: As `Run.define_metric` has it, like all that follow.
        step_metric: The x-axis.
        step_sync: Whether an earlier value of it will do.
        hidden: Whether it is shown only when asked.
        summary: Words.
        overwrite: Whether what was said before is forgotten.
        goal: Least or greatest.

    Raises:
        WrongType: An argument is of the wrong type.
        InvalidInput: It has a value that it cannot have.
    """
    answers = {"step_sync": step_sync, "hidden": hidden, "overwrite": overwrite}
    for field, value in answers.items():
        if not isinstance(value, bool | None):
            raise WrongType(
                f"define_metric: {field}: expected True, False or None, got {describe(value)}"
            )
    old = Metric(name) if before is None or overwrite else before
    axis = _axis(step_metric) or old.step_metric
    follows = old.step_sync if old.step_metric else axis is not None
    metric = Metric(
        checked_name(name),
        step_metric=axis,
        step_sync=follows if step_sync is None else step_sync,
        hidden=old.hidden if hidden is None else hidden,
        summary=_words(summary) or old.summary,
        goal=_goal(goal) or old.goal,
    )
    if "best" in metric.summary and metric.goal is None:
        raise InvalidInput(
            f"define_metric({name!r}): summary='best' needs goal='minimize' or goal='maximize'"
        )
    return metric


def checked_name(name: Any) -> str:
    """Give the name that a definition is of.

    Raises:
        WrongType: It is no string.
        InvalidInput: It is empty, or has a `*` elsewhere than at its end.
    """
    if not check_text(name, "define_metric: name"):
        raise InvalidInput("define_metric: name: expected a key, got an empty string")
    if "*" in name[:-1]:
        raise InvalidInput(
            f"define_metric: name: expected a key, or the beginning of keys and one * at its end, got {name!r}"
        )
    return str(name)


def _axis(step_metric: Any) -> str | None:
    if step_metric is None or isinstance(step_metric, Metric):
        return None if step_metric is None else step_metric.name
    return check_text(step_metric, "define_metric: step_metric")


def _words(summary: Any) -> tuple[str, ...]:
    if summary in (None, ""):
        return ()
    words = [
        word.strip().lower() for word in check_text(summary, "define_metric: summary").split(",")
    ]
    unknown = [word for word in words if word not in SUMMARY]
    if unknown:
        raise InvalidInput(
            f"define_metric: summary: expected words of {', '.join(SUMMARY)}, got {unknown[0]!r}"
        )
    return tuple(dict.fromkeys(words))


def _goal(goal: Any) -> Goal | None:
    if goal is None:
        return None
    short = check_text(goal, "define_metric: goal").lower()[:3]
    if short not in _GOALS:
        raise InvalidInput(f"define_metric: goal: expected 'minimize' or 'maximize', got {goal!r}")
    return _GOALS[short]
