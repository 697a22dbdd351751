"""What capture takes and how much it may cost: one frozen value, checked when it is made."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..arrays import describe
from ..errors import InvalidInput, WrongType

TASKS = (
    "classification",
    "multi-label",
    "binary",
    "segmentation",
    "binary segmentation",
    "detection",
    "image-to-image",
    "regression",
    "token classification",
    "causal language modeling",
    "masked language modeling",
    "sequence to sequence",
)
"""The tasks that are recognised; `roles={"task": ...}` states one of them."""

ROLES = ("input", "target", "prediction", "task", "ignore_index")

Role = int | str
SampleFn = Callable[[Any, Any], Any]
Denormalize = Literal["auto"] | tuple[Sequence[float], Sequence[float]] | None


@dataclass(frozen=True)
class Capture:
    """What is captured by itself during training.

    Attributes:
        grids: Take `train/inputs` and `val/inputs`, grids of the first inputs of a batch.
        gradients: Take `gradients/<parameter>` histograms and the norms `grad_norm/<parameter>`.
        predictions: Take `val/predictions`, the same samples at each validation.
        weights: Take `weights/<parameter>` histograms too.
        num_samples: How many inputs a grid shows and how many samples are followed, at least 1.
        every_n_steps: Distance in steps of two looks at grids and gradients; None is the
            framework's own logging interval.
        budget: Share of the training's time, above 0 up to 1, that looking may take. Looks that
            don't fit are put off and counted; what training computes never depends on it.
        class_labels: Names by class id, a list or a mapping; None takes what the data set or the
            weights say.
        denormalize: `(mean, std)` by channel that the inputs were normalised with, "auto" to find
            it in the data set's transforms, None to show the inputs as they are.
        roles: What is what, where it can't be told: `input` and `target` are places in the batch
            (index or name), `prediction` a place in what the step returns or the model puts out,
            `task` one of `TASKS`, `ignore_index` a class id that doesn't count.
        sample_fn: `sample_fn(batch, outputs)` gives the media of `val/predictions` from a
            validation's first batch and what its step returned, in place of recognition.
    """

    grids: bool = True
    gradients: bool = True
    predictions: bool = True
    weights: bool = False
    num_samples: int = 8
    every_n_steps: int | None = None
    budget: float = 0.02
    class_labels: Sequence[str] | Mapping[int, str] | None = None
    denormalize: Denormalize = "auto"
    roles: Mapping[str, Role] = field(default_factory=dict)
    sample_fn: SampleFn | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "roles", dict(self.roles or {}))
        for name in ("grids", "gradients", "predictions", "weights"):
            _check_bool(name, getattr(self, name))
        _check_count("num_samples", self.num_samples)
        if self.every_n_steps is not None:
            _check_count("every_n_steps", self.every_n_steps)
        _check_budget(self.budget)
        _check_roles(self.roles)
        _check_denormalize(self.denormalize)
        _check_labels(self.class_labels)
        if self.sample_fn is not None and not callable(self.sample_fn):
            raise WrongType(
                f"sample_fn: expected a function of (batch, outputs), got {describe(self.sample_fn)}"
            )

    @property
    def labels(self) -> dict[int, str]:
        """`class_labels` by id, empty where none were given."""
        given = self.class_labels or {}
        return dict(given) if isinstance(given, Mapping) else dict(enumerate(given))


def chosen_capture(given: bool | Capture) -> Capture | None:
    """Give what a wrapper's argument `capture` means: None captures nothing.

    Raises:
        WrongType: It is neither True, False nor a `Capture`.
    """
    if isinstance(given, bool):
        return Capture() if given else None
    if not isinstance(given, Capture):
        raise WrongType(f"capture: expected True, False or a Capture, got {describe(given)}")
    return given


def _check_bool(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise WrongType(f"{name}: expected True or False, got {describe(value)}")


def _check_count(name: str, value: object) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongType(f"{name}: expected a whole number, got {describe(value)}")
    if value < 1:
        raise InvalidInput(f"{name}: expected at least 1, got {value}")


def _check_budget(value: object) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise WrongType(
            f"budget: expected a share of the training's time such as 0.02, got {describe(value)}"
        )
    if not 0 < value <= 1:
        raise InvalidInput(f"budget: expected a share above 0 up to 1 (0.02 is 2 %), got {value}")


def _check_roles(roles: Mapping[str, Role]) -> None:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise InvalidInput(f"roles: expected names among {list(ROLES)}, got {unknown}")
    task = roles.get("task")
    if task is not None and task not in TASKS:
        raise InvalidInput(f"roles['task']: expected one of {list(TASKS)}, got {task!r}")
    if not isinstance(roles.get("ignore_index", 0), int):
        raise WrongType(
            f"roles['ignore_index']: expected a class id, got {describe(roles['ignore_index'])}"
        )


def _check_denormalize(value: object) -> None:
    if value is None or value == "auto":
        return
    if not isinstance(value, tuple | list) or len(value) != 2:  # noqa: PLR2004 - mean and std
        raise WrongType(f'denormalize: expected "auto", None or (mean, std), got {describe(value)}')
    mean, std = value
    if len(mean) != len(std) or not all(s > 0 for s in std):
        raise InvalidInput(
            f"denormalize: expected a mean and a std above 0 for each channel, got {mean!r} and {std!r}"
        )


def _check_labels(value: object) -> None:
    names = value.values() if isinstance(value, Mapping) else value
    if names is None:
        return
    if isinstance(names, str) or not hasattr(names, "__iter__"):
        raise WrongType(
            f"class_labels: expected a list of names or names by id, got {describe(value)}"
        )
    odd = [name for name in names if not isinstance(name, str)]
    if odd:
        raise WrongType(f"class_labels: expected names, got {describe(odd[0])}")
