"""One model's training as capture sees it, on whichever back end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from medialog_core.capture.batch import Batch
from medialog_core.capture.datasets import DatasetFacts
from medialog_core.capture.session import Session
from medialog_core.capture.watch import Tensors, Watch
from medialog_core.errors import InvalidInput

from . import caller
from .backends import backend_of, taken
from .batches import Samples, leading, shown, size_of
from .caller import Source
from .description import with_range
from .following import Following

EVERY = 50
"""Steps between two looks at inputs and gradients; Keras has no logging interval of its own."""
EVERY_TWICE_COMPUTED = 100
"""The same where a look costs a step: two in a hundred would be all that capture may take."""


class ModelWatch:
    """Looks at a model while it is trained, validated, tested, and while it predicts.

    Args:
        session: Options, runs and budget.
        model: A compiled model.
        given: Samples to follow; None takes the first of the validation's.

    Attributes:
        batch_size: Samples in the first batch that was looked at.
        validation: Follows samples through the validations.
    """

    def __init__(self, session: Session, model: Any, given: Samples | None) -> None:
        self._session = session
        self._options = session.options
        self._model = model
        self._loss = getattr(model, "loss", None)
        self._backend = backend_of(model, session.budget.apart)
        every = EVERY if self._backend.leaves_gradients else EVERY_TWICE_COMPUTED
        self._watch = Watch(session, self._options.every_n_steps or every)
        self._facts = DatasetFacts()
        self._function: Any = None
        self._first = True
        self.batch_size: int | None = None
        self.validation = Following(self._watch, self._backend, model, "val", given)

    def is_of(self, model: Any) -> bool:
        """Say whether it is this model's, compiled with the same loss."""
        return self._model is model and self._loss is getattr(model, "loss", None)

    def begin(self, source: Source, function: Any) -> None:
        """Begin a fit: read what its data set says.

        Args:
            source: Its data.
            function: The train function as Keras made it. It is another one where the model was
                compiled again, and what was traced before knows nothing of that.
        """
        with self._session.looking("class names"):
            self._facts = caller.facts(source.data)
        if self._function not in (None, function):
            self._backend = backend_of(self._model, self._session.budget.apart)
            self._watch.tensors_again()
        self._function = function

    def another(self, stage: str) -> Following:
        """Give what follows the samples of one evaluation or prediction by itself."""
        watch = Watch(self._session, 1)
        return Following(watch, self._backend, self._model, stage)

    def train_step(
        self,
        function: Callable[..., Any],
        args: tuple[Any, ...],
        step: int,
        epoch: float | None,
    ) -> Any:
        """Call the train function, and look at the step if a look is due."""
        first, self._first = self._first, False
        # what is put off stays due; parts of a model that never calls itself are built by then
        unbuilt = first and self._backend.builds_in_step and not self._model.built
        tensors_due = self._watch.tensors_due(step) and not unbuilt
        if not (tensors_due or self._watch.inputs_due(step)):
            return function(*args)
        args, batches = taken(args, self._model.steps_per_execution, self._backend)
        self.batch_size = self.batch_size or size_of(batches[0])
        self._watch.inputs(step, epoch, lambda: self._inputs(batches[0]))
        if not tensors_due:
            return function(*args)
        tensors = self._tensors(args, batches[0])
        if not self._backend.leaves_gradients:
            self._watch.tensors(step, epoch, tensors)
        result = function(*args)
        if self._backend.leaves_gradients:
            self._watch.tensors(step, epoch, tensors)
        return result

    def _inputs(self, batch: Any) -> tuple[Batch, DatasetFacts]:
        samples = leading(self._backend.local(batch), self._options.num_samples)
        inputs, layout = shown(samples, self._options.roles)
        pictures = inputs.inputs
        facts = self._facts if layout is None else with_range(self._facts, self._model, pictures)
        return inputs, facts

    def _tensors(self, args: tuple[Any, ...], batch: Any) -> Callable[[], Tensors]:
        """Prepare a look at gradients and weights, both as the step meets them."""
        with self._session.looking("gradients/0"):
            weights = self._backend.weights(args) if self._options.weights else {}
            gradients = self._gradients(args, batch) if self._options.gradients else dict
            return lambda: {"gradients": gradients().items(), "weights": weights.items()}
        return dict

    def _gradients(self, args: tuple[Any, ...], batch: Any) -> Callable[[], Any]:
        if not self._backend.alone():
            raise InvalidInput(
                "gradients: expected a model that one device of this process holds by itself"
            )
        tell = self._backend.gradients(args, batch)

        def told() -> Any:
            found = tell()
            if not found:
                raise InvalidInput("gradients: the train step gave none to the model's optimizer")
            return found

        return told
