"""The callback: Keras's hooks, handed on to a `ModelWatch`, and the numbers and config of a run.

It must not define `on_train_batch_end` or `on_test_batch_end`: Keras ends its asynchronous dispatch
where a callback has one. What happens in a batch is seen by standing around the model's functions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import keras

from medialog_core.capture.histograms import of_tensors
from medialog_core.capture.options import Capture, chosen_capture
from medialog_core.payload import Sink
from medialog_core.runs.run import Run

from . import arguments, caller
from .arguments import UpdateFreq
from .caller import Source
from .description import config_of, learning_rates, numbers
from .following import PREDICT, Following
from .recording import Recording
from .watch import ModelWatch
from .wrapping import original, put_on, take_off

TRAIN, TEST, PREDICTING = "train_function", "test_function", "predict_function"


class MediaCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Logs a training with its pictures: inputs, predictions over truth, gradients, weights.

    `model.fit(..., callbacks=[MediaCallback()])` takes, on the torch, jax and tensorflow back ends,
    from arrays, `validation_split`, PyDataset, generators, tf.data and DataLoader:

    - the numbers of each epoch under Keras's names (`loss`, `val_loss`, `accuracy`, ...) and
      `learning_rate`; with `update_freq` those of batches too, as `batch_loss`, ...;
    - `train/inputs` and `val/inputs`, grids of a batch's first inputs as they are fed;
    - `val/predictions`, the same samples of the validation data after each validation; of several
      outputs `val/predictions/<output>`. Without validation data there are none, unless `samples`
      are given;
    - `gradients/<variable>`, histograms, with norms under `gradients_norm/<variable>`: unscaled and
      before clipping. On torch they are those of the step; on jax and tensorflow that step is
      computed once more for them, from the same batch, weights and random numbers. With gradient
      accumulation they are one batch's;
    - config: model, optimizer, loss, batch size, epochs.

    `evaluate(..., callbacks=[...])` by itself logs `test_loss`, ..., `test/inputs` and
    `test/predictions`; `predict(...)` `predict/inputs` and a table `predict/predictions`. All fits,
    evaluations and predictions of one callback go to one run, whose steps count trained batches.

    Ranks of torch.distributed write to one run; those above 0 log media only.

    Args:
        log_dir: Parent of all runs, a local directory: the run is `<log_dir>/version_N` with the
            next free N. Where it is a run's own directory, that run is resumed.
        histogram_freq: Log `weights/<variable>` histograms every so many epochs, as Keras's
            TensorBoard callback does; 0 is never.
        update_freq: `epoch`, `batch`, or after how many executions of the train function numbers of
            batches are logged.
        samples: Samples to follow in place of the validation's first: `(x, y)`, or `x` alone, as
            nested as the model takes them.
        sinks: `store`, `tensorboard`, both, or objects that satisfy `medialog_core.payload.Sink`.
        capture: True for what `Capture()` says (looks at inputs and gradients every 50 steps, on jax
            and tensorflow every 100), a `Capture` to tune it, False for numbers and config only.

    Raises:
        InvalidInput: An argument has a value that it cannot have.
        WrongType: An argument is of the wrong type.
    """

    def __init__(
        self,
        log_dir: str | os.PathLike[str] = "logs",
        *,
        histogram_freq: int = 0,
        update_freq: UpdateFreq = "epoch",
        samples: Any = None,
        sinks: Sequence[str | Sink] = ("store",),
        capture: bool | Capture = True,
    ) -> None:
        super().__init__()
        self.capture = chosen_capture(capture)
        self._samples = arguments.samples_of(samples)
        self._weights_every = arguments.epochs_between(histogram_freq)
        self._numbers_every = arguments.batches_between(update_freq)
        self._recording = Recording(log_dir, sinks, self.capture or Capture())
        self._session = self._recording.session
        self._watch: ModelWatch | None = None
        self._following: Following | None = None
        self._begun: tuple[str, int] | None = None
        self._fitting = self._validated = self._unbuilt = False
        self._epoch: int | None = None

    @property
    def run(self) -> Run:
        """This rank's run, opened at first use.

        Raises:
            NotStarted: On a rank above 0, before rank 0 has decided where the run lies.
        """
        return self._recording.runs.get()

    @property
    def step(self) -> int:
        """How many batches were trained."""
        return self._recording.steps.done

    # --- what Keras calls -------------------------------------------------------------------------

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Take what each fit, evaluation or prediction begins with; one before may have failed."""
        super().set_params(params)
        self._fitting = False
        self._begun = None

    def on_train_begin(self, logs: Any = None) -> None:  # noqa: ARG002 - Keras's signature
        """Open the run, and stand around the train function."""
        self._recording.open(self)
        source = self._source()
        watch = self._model_watch()
        if watch is not None:
            watch.begin(source, original(self._model, TRAIN))
        self._describe(self.params or {}, source.batch_size)
        put_on(self._model, TRAIN, self)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Begin to count an epoch's batches."""
        self._epoch = epoch
        self._validated = False
        self._recording.steps.epoch()

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Expect a training step."""
        self._fitting = True
        self._recording.steps.begin(batch)
        self._begun = TRAIN, batch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Log the epoch's numbers, and weights."""
        rates: dict[str, float] = {}
        with self._session.looking("learning_rate"), self._session.budget.apart():
            rates = learning_rates(self._model)
        self._session.log({**rates, **numbers(logs)}, self.step, epoch)
        self._describe_built()
        if self._weights_every and epoch % self._weights_every == 0:
            with self._session.looking("weights"):
                weights = ((v.path, v.value) for v in self._model.weights)
                self._session.log(of_tensors("weights", weights), self.step, epoch)
        watch = self._model_watch()
        if self._samples is not None and not self._validated and watch is not None:
            watch.validation.begin(Source())
            watch.validation.end(self.step, epoch)

    def on_train_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """Write all out."""
        take_off(self._model, TRAIN, self)
        self._fitting = False
        self._recording.end()

    def on_test_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Begin a validation, or an evaluation by itself."""
        if not self._fitting:
            self._begin_alone()
        self._validated = True
        self._follow(TEST, None if self._fitting else "test")

    def on_test_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Expect a step."""
        self._begun = TEST, batch

    def on_test_end(self, logs: Any = None) -> None:
        """Show the predictions."""
        self._unfollow(TEST)
        if not self._fitting:
            self._describe_built()
            self._session.log(numbers(logs, "test_"), self.step, self._epoch)
            self._recording.end()

    def on_predict_begin(self, logs: Any = None) -> None:  # noqa: ARG002
        """Begin a prediction."""
        self._begin_alone()
        self._follow(PREDICTING, PREDICT)

    def on_predict_batch_begin(self, batch: int, logs: Any = None) -> None:  # noqa: ARG002
        """Expect a step."""
        self._begun = PREDICTING, batch

    def on_predict_end(self, logs: Any = None) -> None:  # noqa: ARG002
        """Show inputs and outputs."""
        self._unfollow(PREDICTING)
        self._describe_built()
        self._recording.end()

    # --- what a wrapped function calls ------------------------------------------------------------

    def call_function(self, name: str, function: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        """Make a step of the model's, and look at it.

        Args:
            name: Which function of the model's it is.
            function: The function.
            args: What Keras calls it with.
        """
        begun, self._begun = self._begun, None
        if begun is None or begun[0] != name:
            return function(*args)
        if name == TRAIN:
            return self._train_step(function, args, begun[1])
        if self._following is not None and self._following.wants(begun[1]):
            args, batches = self._following.taken(args)
            for i, batch in enumerate(batches):
                self._following.batch(begun[1] + i, batch, self.step, self._epoch)
        return function(*args)

    def failed(self) -> None:
        """Note that a step has raised: no hook of Keras's follows."""
        for name in (TRAIN, TEST, PREDICTING):
            take_off(self._model, name, self)
        self._recording.runs.end("failed")

    # --- inside -----------------------------------------------------------------------------------

    def _train_step(self, function: Callable[..., Any], args: tuple[Any, ...], batch: int) -> Any:
        steps, watch = self._recording.steps, self._model_watch()
        if watch is None:
            result = function(*args)
        else:
            result = watch.train_step(function, args, steps.now, self._epoch)
            if watch.batch_size and not self._recording.has("batch_size"):
                self._recording.configure({"batch_size": watch.batch_size})
        steps.ran(batch, self._model.steps_per_execution, (self.params or {}).get("steps"))
        if self._numbers_every and steps.executions % self._numbers_every == 0:
            logs = result[0] if isinstance(result, tuple) else result  # jax gives its state too
            self._session.log(numbers(logs, "batch_"), steps.now, self._epoch)
        return result

    def _begin_alone(self) -> None:
        """Open the run for what is no training; where one was, the run is described by that."""
        self._recording.open(self)
        if not self._recording.has("model"):
            self._describe({}, self._source().batch_size)

    def _describe(self, params: Mapping[str, Any], batch_size: int | None) -> None:
        with self._session.looking("config"):
            self._unbuilt = not (self._model.built and self._model.weights)
            self._recording.configure(config_of(self._model, params, batch_size))

    def _describe_built(self) -> None:
        """Describe a model again, once, whose parts its first steps built."""
        if self._unbuilt:
            self._describe({}, None)
            self._unbuilt = False  # one that never calls itself is never built

    def _follow(self, name: str, stage: str | None) -> None:
        """Begin to follow samples: of the validation where no other stage is named."""
        watch = self._model_watch()
        if watch is None:
            return
        source = self._source()
        self._following = watch.validation if stage is None else watch.another(stage)
        self._following.begin(source)
        put_on(self._model, name, self)

    def _unfollow(self, name: str) -> None:
        take_off(self._model, name, self)
        following, self._following = self._following, None
        if following is not None:
            following.end(self.step, self._epoch)

    def _source(self) -> Source:
        with self._session.looking("the data's order and names"):
            return caller.source()
        return Source()

    def _model_watch(self) -> ModelWatch | None:
        """Give the watch on the model, anew where it is another or has another loss."""
        if self.capture is None or not self._session.active("the model"):
            return None
        if self._watch is None or not self._watch.is_of(self._model):
            with self._session.looking("the model"):
                self._watch = ModelWatch(self._session, self._model, self._samples)
        return self._watch if self._session.active("the model") else None
