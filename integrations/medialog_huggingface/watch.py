"""The trainings and evaluations of one Trainer, handed to capture's own watch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from medialog_core.capture.options import Capture
from medialog_core.capture.session import Destination, Session
from medialog_core.capture.torch.gradients import gradients_of, local_values, named_parameters
from medialog_core.capture.watch import INPUTS, Tensors, Watch

from . import trainers
from .answers import batch_of
from .evaluation import Evaluation
from .event import Event
from .forward import Call, Hook, call_of
from .showing import Showing


class TrainerWatch:
    """Looks at a Trainer from its first event on.

    Args:
        event: The event.
        run: Where what is captured goes.
        capture: What to capture.
    """

    def __init__(self, event: Event, run: Destination, capture: Capture) -> None:
        self._options = capture
        self._session = Session(capture, [run])
        self._watch = Watch(self._session, capture.every_n_steps or trainers.logging_steps(event))
        self._showing = Showing(self._watch)
        self._hook = Hook(self._called)
        self._main = event.known.input
        self._wants_inputs = False
        self._inputs: Call | None = None
        self._evaluations: list[Evaluation] = []  # one within another stands behind it

    def train_begin(self, event: Event) -> None:
        """Lie in wait for the batches of a training."""
        if trainers.may_hook(event.args):
            self._hook.attach(event.model)
        else:
            said = "several GPUs in one process (DataParallel): there is no grid of training inputs"
            self._session.notice("capture_data_parallel", said)

    def step_begin(self, event: Event) -> None:
        """Look at the inputs of the step that begins, if they are due."""
        self._evaluations.clear()
        self._wants_inputs = self._watch.inputs_due(event.state.global_step + 1)

    def step_end(self, event: Event) -> None:
        """Log the inputs of the step that ended, if they were looked at."""
        self._wants_inputs = False
        call, self._inputs = self._inputs, None
        if call is not None:
            rows, roles = call.rows, self._options.roles
            self._watch.inputs(
                *event.place,
                lambda: (batch_of(rows, event.known, roles), event.shown(event.train_loader)),
            )

    def optimizer_step(self, event: Event) -> None:
        """Look at the gradients, clipped already, under the step that the Trainer will call this one."""
        step = event.state.global_step
        if not self._watch.tensors_due(step):
            return
        if not trainers.has_gradients(event.args):
            said = "DeepSpeed uses the gradients up before they can be seen: there are no histograms of them"
            self._session.notice("capture_deepspeed", said)
        elif event.state.is_world_process_zero or trainers.is_sharded(event.model):
            self._watch.tensors(step + 1, None, lambda: _tensors(event), count=step)

    def prediction_step(self, event: Event) -> None:
        """End a prediction step, maybe the first of an evaluation within another or after one that failed."""
        if not self._evaluations or not self._evaluations[-1].is_of(event.eval_loader):
            self._evaluations.append(self._begun())
        self._evaluations[-1].stepped(event.eval_loader)

    def evaluated(self, event: Event, metrics: Mapping[str, Any]) -> None:
        """Log inputs and predictions of an evaluation that has ended."""
        evaluation = self._evaluations.pop() if self._evaluations else self._begun()
        if evaluation.loader is not None:  # the event's is that of an evaluation within this one
            event = replace(event, eval_loader=evaluation.loader)
        if self._watch.looking_at_validation:
            with self._watch.validating():
                self._showing.show(event, evaluation.calls, trainers.stage_of(metrics))

    def train_end(self) -> None:
        """Take the hook off, and write down what looking has cost."""
        self._hook.remove()
        self._wants_inputs = False
        self._watch.end()

    def _begun(self) -> Evaluation:
        self._watch.validation_begin()
        return Evaluation(self._options.num_samples)

    def _called(self, module: Any, args: Any, keywords: Any, output: Any) -> None:
        if module.training:
            self._trained(module, args, keywords)
        elif not self._showing.forwards:
            self._predicted(module, args, keywords, output)

    def _trained(self, module: Any, args: Any, keywords: Any) -> None:
        wanted, self._wants_inputs = self._wants_inputs, False
        if wanted:
            with self._session.looking(INPUTS):
                count = self._options.num_samples
                self._inputs = call_of(module, args, keywords, None, main=self._main, count=count)

    def _predicted(self, module: Any, args: Any, keywords: Any, output: Any) -> None:
        if not self._evaluations:
            self._evaluations.append(self._begun())
        evaluation, count = self._evaluations[-1], self._options.num_samples
        if evaluation.wants and self._watch.looking_at_validation:
            whole = self._options.sample_fn is not None and not evaluation.calls
            with self._watch.validating():
                evaluation.saw(
                    call_of(
                        module, args, keywords, output, main=self._main, count=count, whole=whole
                    )
                )


def _tensors(event: Event) -> Tensors:
    parameters = list(named_parameters(event.model))
    gradients = gradients_of(parameters, trainers.gradient_scale(event.optimizer))
    weights = ((name, local_values(p)) for name, p in parameters)
    return {"gradients": gradients.items(), "weights": weights}
