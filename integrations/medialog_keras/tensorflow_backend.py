"""Keras on TensorFlow: a step is a graph that keeps its gradients to itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import keras
import tensorflow as tf

from medialog_core.errors import InvalidInput

from .backends import Apart, Compiling, Tensors, call, tensors_of, undrawn

_CHANGING = ("Assign", "Resource", "Scatter", "Rng", "PyFunc", "EagerPyFunc", "Print", "Write")
"""How operations begin that would leave something behind if a step were computed twice."""

_READING = ("ResourceGather",)


class TensorflowBackend:
    """Looks into a model on TensorFlow.

    Args:
        model: The model.
        apart: Leaves what is compiled out of the budget.
    """

    leaves_gradients = False
    builds_in_step = True

    def __init__(self, model: Any, apart: Apart) -> None:
        self._model = model
        self._compiling = Compiling(apart)
        options = {"autograph": False, "reduce_retracing": True, "jit_compile": model.jit_compile}
        self._step = tf.function(self._gradients_of_step, **options)
        forward = self._stateless_forward
        self._forward = forward if model.run_eagerly else tf.function(forward, **options)

    def gradients(self, args: tuple[Any, ...], batch: Any) -> Callable[[], Tensors]:  # noqa: ARG002
        """Give what computes the step once more, without keeping anything of it but its gradients."""
        plain = keras.tree.map_structure(_without_optional, batch)

        def probe() -> Tensors:
            with undrawn(), self._compiling.once("step", plain):
                step = self._step.get_concrete_function(plain)
                _refuse_changes(step.graph.as_graph_def())
                return dict(self._step(plain))

        return probe

    def weights(self, args: tuple[Any, ...]) -> Tensors:  # noqa: ARG002 - they are in the model
        """Give the trainable weights."""
        return {v.path: v.value for v in self._model.trainable_variables}

    def predict(self, x: Any) -> Any:
        """Predict in a scope that keeps no change of a variable."""
        tensors = tensors_of(x)
        with undrawn(), self._compiling.once("forward", tensors):
            return self._forward(tensors)

    def local(self, batch: Any) -> Any:
        """Give the first replica's part of the batch."""
        if self.alone():
            return batch
        results = self._model.distribute_strategy.experimental_local_results
        return tf.nest.map_structure(lambda leaf: results(leaf)[0], batch)

    def again(self, data: Any, batches: list[Any]) -> Any:
        """Give the batches as an iterator of the same kind and spec.

        For any other one Keras's function goes another way, whose graph is another: its sums may
        differ in their last digit.
        """
        if not isinstance(data, tf.data.Iterator):
            return iter(batches)
        try:
            return iter(_data_set(batches, data.element_spec))
        except Exception:  # noqa: BLE001 - the step goes on with its batches, whatever they are
            return iter(batches)

    def alone(self) -> bool:
        """Say whether there is no other replica."""
        return bool(self._model.distribute_strategy.num_replicas_in_sync == 1)

    def _stateless_forward(self, x: Any) -> Any:
        with keras.StatelessScope():
            return call(self._model, x)

    def _gradients_of_step(self, batch: Any) -> dict[str, Any]:
        """Run the model's own train step, with an optimizer that only notes what it is given."""
        optimizer = self._model.optimizer
        noted: dict[str, Any] = {}

        def note(gradients: Any, trainable: Any = None) -> None:
            scale = optimizer.scale_loss(1.0)
            variables = self._model.trainable_variables if trainable is None else trainable
            pairs = zip(variables, gradients, strict=True)
            noted.update((v.path, _values(g) / scale) for v, g in pairs if g is not None)

        vars(optimizer)["apply"] = note
        try:
            with keras.StatelessScope():
                self._model.train_step(batch)
        finally:
            del vars(optimizer)["apply"]
        return noted


def make(model: Any, apart: Apart) -> TensorflowBackend:
    """Give the back end for a model."""
    return TensorflowBackend(model, apart)


def _data_set(batches: list[Any], spec: Any) -> Any:
    """Give a data set of batches whose spec is one that they satisfy."""
    sets = [tf.data.Dataset.from_tensors(batch) for batch in batches]
    first, *others = (
        tf.data.experimental.from_variant(tf.data.experimental.to_variant(each), spec)
        for each in sets
    )
    for other in others:
        first = first.concatenate(other)
    return first


def _without_optional(leaf: Any) -> Any:
    """Give None for what stands for it in a data set, as Keras's own step does."""
    return None if isinstance(leaf, tf.experimental.Optional) else leaf


def _values(gradient: Any) -> Any:
    return gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient


def _refuse_changes(graph: Any) -> None:
    """Refuse a step that would change more than Keras's own variables, which are kept from it.

    Raises:
        InvalidInput: It has such operations.
    """
    found = sorted({op for op in _operations(graph) if _changes(op)})
    if found:
        raise InvalidInput(
            f"gradients: expected a train step that can be computed twice, but it has {found}: state of "
            "TensorFlow's own; keep it in keras.Variable, or set Capture(gradients=False)"
        )


def _changes(op: str) -> bool:
    return op.startswith(_CHANGING) and not op.startswith(_READING)


def _operations(graph: Any) -> Iterator[str]:
    yield from (node.op for node in graph.node)
    for function in graph.library.function:
        yield from (node.op for node in function.node_def)
