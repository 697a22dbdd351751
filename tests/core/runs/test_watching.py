"""`watch` and `unwatch`: what a torch loop of one's own logs of gradients and weights."""

from __future__ import annotations

import gc
import logging
import math
import os
import re
import weakref
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch
import torch._dynamo.testing
from torch.optim import SGD, Adam

import medialog_core
from medialog_core import Histogram, Run, Text, open_run
from medialog_core.capture.torch import watch as torch_watch
from medialog_core.errors import InvalidInput, NotStarted, WrongType
from medialog_core.runs.opening import start
from medialog_core.runs.spec import RunSpec
from medialog_core.store.reader import RunReader
from medialog_core.testing import MemorySink


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    made = start(RunSpec(tmp_path / "r", "r", "r"))
    yield made
    made.finish(quiet=True)


def net(seed: int = 0) -> torch.nn.Sequential:
    torch.manual_seed(seed)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 2))


def batches(steps: int) -> Iterator[torch.Tensor]:
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        yield torch.randn(5, 3, generator=generator)


def train(
    model: torch.nn.Module, steps: int, optimizer: Any = None, forward: Any = None
) -> list[dict[str, torch.Tensor]]:
    """Train in a plain loop; give the gradients of each step, by the names of `model`."""
    optimizer = optimizer or SGD(model.parameters(), lr=0.1)
    kept = []
    for inputs in batches(steps):
        optimizer.zero_grad()
        (forward or model)(inputs).square().mean().backward()
        kept.append({n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})
        optimizer.step()
    return kept


def read(run: Run) -> RunReader:
    run.finish()
    return open_run(run.dir)


def steps_of(reader: RunReader, key: str) -> list[int]:
    return reader.steps(key)


def powers(values: torch.Tensor) -> dict[tuple[int, int], int]:
    """Count values by sign and binary exponent, one at a time."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for value in values.flatten().tolist():
        if math.isfinite(value) and value:
            counts[int(math.copysign(1, value)), math.frexp(value)[1] - 1] += 1
    return dict(counts)


def powers_in(histogram: Histogram) -> dict[tuple[int, int], int]:
    exponent = histogram.to_meta().exponent
    assert exponent is not None
    return {
        (sign, first + i): count
        for sign, (first, counts) in ((-1, exponent.neg), (1, exponent.pos))
        for i, count in enumerate(counts)
        if count
    }


def media(reader: RunReader, key: str) -> list[Any]:
    return [reader.load(row) for row in reader.rows(key)]


def check(reader: RunReader, kept: list[dict[str, torch.Tensor]], steps: list[int]) -> None:
    """Check that these gradients, and no others, stand at these steps."""
    names = set(kept[0])
    assert {k for k in reader.keys() if k.startswith("gradients/")} == {  # noqa: SIM118 - a method
        f"gradients/{name}" for name in names
    }
    for name in names:
        assert reader.steps(f"gradients/{name}") == steps
        for found, gradients in zip(media(reader, f"gradients/{name}"), kept, strict=True):
            assert powers_in(found) == powers(gradients[name])
        norms = [point.value for point in reader.scalars(f"gradients_norm/{name}")]
        assert norms == pytest.approx([float(g[name].norm()) for g in kept], rel=1e-5)
    total = [math.hypot(*(float(t.norm()) for t in g.values())) for g in kept]
    assert [p.value for p in reader.scalars("gradients_norm")] == pytest.approx(total, rel=1e-5)


def test_gradients_come_at_the_first_and_every_nth_step(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=3)
    optimizer = SGD(model.parameters(), lr=0.1)
    kept = []
    for inputs in batches(7):
        optimizer.zero_grad()
        model(inputs).square().mean().backward()
        kept.append({n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})
        optimizer.step()
        run.log({"loss": 1.0})
    reader = read(run)
    assert [point.step for point in reader.scalars("loss")] == list(range(7))
    check(reader, kept[::3], [0, 3, 6])


def test_they_stand_at_the_step_that_the_next_log_states(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    for step, inputs in enumerate(batches(3), start=10):
        optimizer.zero_grad()
        model(inputs).square().mean().backward()
        if step > 10:
            optimizer.step()
        run.log({"loss": 1.0}, step=step)
    reader = read(run)
    assert reader.steps("gradients/0.weight") == [11, 12]
    assert [point.step for point in reader.scalars("loss")] == [10, 11, 12]


def test_accumulated_gradients_are_seen_whole(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    for inputs in batches(4):
        model(inputs).square().mean().backward()
    whole = {n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None}
    optimizer.step()
    check(read(run), [whole], [0])


def test_a_gradient_scalers_scale_is_out_of_them(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    optimizer = Adam(model.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    [inputs] = batches(1)
    scaler.scale(model(inputs).square().mean()).backward()
    true = {n: p.grad / 1024 for n, p in model.named_parameters() if p.grad is not None}
    scaler.step(optimizer)
    check(read(run), [true], [0])


def test_an_optimizer_that_takes_the_scale_out_itself_is_understood(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    optimizer = Adam(model.parameters(), lr=0.1, fused=True)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    [inputs] = batches(1)
    scaler.scale(model(inputs).square().mean()).backward()
    true = {n: p.grad / 1024 for n, p in model.named_parameters() if p.grad is not None}
    scaler.step(optimizer)
    check(read(run), [true], [0])


def test_a_closure_is_looked_at_when_it_has_run(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    optimizer: Any = torch.optim.LBFGS(model.parameters(), lr=0.1, max_iter=3)
    [inputs] = batches(1)
    kept = []

    def closure() -> Any:
        optimizer.zero_grad()
        loss = model(inputs).square().mean()
        loss.backward()
        kept.append({n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})
        return loss

    optimizer.step(closure)
    check(read(run), kept[:1], [0])


@pytest.mark.parametrize(
    ("log", "areas"),
    [
        ("gradients", {"gradients"}),
        ("parameters", {"weights"}),
        ("all", {"gradients", "weights"}),
        (None, set()),
    ],
)
def test_what_is_asked_for_is_logged(run: Run, log: Any, areas: set[str]) -> None:
    model = net()
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    run.watch(model, log=log)
    train(model, 1)
    reader = read(run)
    keys = reader.keys()
    assert {key.partition("/")[0] for key in keys} == areas
    assert len(keys) == 4 * len(areas)
    if "weights" in areas:
        for name, weight in before.items():
            [histogram] = media(reader, f"weights/{name}")
            assert powers_in(histogram) == powers(weight)
        total = math.hypot(*(float(w.norm()) for w in before.values()))
        assert reader.scalars("weights_norm")[0].value == pytest.approx(total)


def test_watching_changes_no_weight() -> None:
    def trained(watched: bool) -> list[torch.Tensor]:
        run = Run(RunSpec(Path("nowhere"), "r", "r", sinks=(MemorySink(),)))
        model = net()
        if watched:
            run.watch(model, log="all", log_freq=1)
        train(model, 5, Adam(model.parameters(), lr=0.1))
        run.finish()
        return [p.detach() for p in model.parameters()]

    for with_it, without in zip(trained(True), trained(False), strict=True):
        assert torch.equal(with_it, without)


class Odd(torch.nn.Module):
    """Parameters of every kind, of which some have gradients."""

    def __init__(self) -> None:
        super().__init__()
        self.plain = torch.nn.Parameter(torch.tensor([1.0, -2.0]))
        self.bf16 = torch.nn.Parameter(torch.ones(3, dtype=torch.bfloat16))
        self.fp16 = torch.nn.Parameter(torch.ones(3, dtype=torch.float16))
        self.turning = torch.nn.Parameter(torch.tensor([3 + 4j]))
        self.words = torch.nn.Embedding(10, 2, sparse=True)
        self.frozen = torch.nn.Parameter(torch.ones(2), requires_grad=False)
        self.int8 = torch.nn.Parameter(torch.ones(4, dtype=torch.int8), requires_grad=False)
        self.quantised = torch.nn.Parameter(
            torch.quantize_per_tensor(torch.ones(5), 0.1, 0, torch.qint8), requires_grad=False
        )
        self.empty = torch.nn.Parameter(torch.empty(0))
        self.nowhere = torch.nn.Parameter(torch.ones(2, device="meta"))
        self.later = torch.nn.LazyLinear(2)
        self.unused = torch.nn.Parameter(torch.ones(1))

    def forward(self) -> Any:
        return (
            self.plain.sum() * 2
            + self.bf16.float().sum()
            + self.fp16.float().sum()
            + (self.turning * (1 - 2j)).real.sum()
            + self.words(torch.tensor([1, 1, 3])).sum()
            + self.empty.sum()
        )


@pytest.mark.filterwarnings("ignore::UserWarning")  # torch's, of lazy and of quantised tensors
def test_parameters_of_any_kind_are_survived(run: Run) -> None:
    model = Odd()
    run.watch(model, log="all", log_freq=1)
    trained = [model.plain, model.bf16, model.fp16, model.turning, model.empty, model.unused]
    optimizers = [SGD(trained, lr=0.1), torch.optim.SparseAdam(model.words.parameters())]
    model().backward()
    for optimizer in optimizers:
        optimizer.step()
    reader = read(run)
    assert reader.health.get("first_error") is None
    assert not [name for name in reader.health if name.startswith("capture_errors")]
    gradients = {k: h[0].moments.n for k in reader.keys() if (h := media(reader, k))}  # noqa: SIM118
    assert {k: n for k, n in gradients.items() if k.startswith("gradients/")} == {
        "gradients/plain": 2,
        "gradients/bf16": 3,
        "gradients/fp16": 3,
        "gradients/turning": 2,
        "gradients/words.weight": 4,
        "gradients/empty": 0,
    }
    assert {k.removeprefix("weights/") for k in gradients if k.startswith("weights/")} == {
        *("plain", "bf16", "fp16", "turning", "words.weight", "empty", "unused"),
        *("frozen", "int8", "quantised"),
    }
    assert gradients["weights/quantised"] == 5
    assert reader.scalars("weights_norm/turning")[0].value == 5.0


def test_nan_and_infinity_are_counted_and_end_nothing(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    optimizer = SGD(model.parameters(), lr=0.1)
    (model(torch.ones(1, 3)).sum() * math.nan).backward()
    optimizer.step()
    optimizer.zero_grad()
    for p in model.parameters():
        p.grad = torch.full_like(p, math.inf)
    optimizer.step()
    run.log({"x": 1.0})
    reader = read(run)
    [histogram] = media(reader, "gradients/2.bias")
    assert histogram.moments.pos_inf == 2
    norms = [point.value for point in reader.scalars("gradients_norm", history=True)]
    assert math.isnan(norms[0])
    assert norms[1] == math.inf


def test_of_several_optimizers_each_shows_its_own_parameters(run: Run) -> None:
    model = net()
    run.watch(model, log="all", log_freq=2)
    optimizers = [SGD(model[0].parameters(), lr=0.1), SGD(model[2].parameters(), lr=0.1)]
    elsewhere = SGD(net(5).parameters(), lr=0.1)
    for inputs in batches(3):
        model.zero_grad()
        model(inputs).square().mean().backward()
        for optimizer in [elsewhere, *optimizers]:
            optimizer.step()
        run.log({"loss": 1.0})
    reader = read(run)
    assert reader.steps("gradients/0.weight") == reader.steps("gradients/2.weight") == [0, 2]
    assert len(reader.rows("weights/2.weight", history=True)) == 2
    totals = [k for k in reader.scalar_keys() if k.startswith("gradients_norm/optimizer")]
    assert totals == ["gradients_norm/optimizer_0", "gradients_norm/optimizer_1"]
    assert "gradients_norm" not in reader.scalar_keys()


def test_several_models_have_numbers(run: Run) -> None:
    models = [net(), torch.nn.Linear(3, 2)]
    run.watch(models, log_freq=1)
    for model in models:
        train(model, 1)
    third = torch.nn.Linear(3, 1)
    run.watch(third, idx=7, log_freq=1)
    train(third, 1)
    reader = read(run)
    keys = {"gradients/0.weight", "gradients/graph_1/weight", "gradients/graph_7/bias"}
    assert keys <= set(reader.keys())
    totals = {"gradients_norm", "gradients_norm/graph_1", "gradients_norm/graph_7"}
    assert totals <= set(reader.scalar_keys())


def test_a_number_of_another_model_is_refused(run: Run) -> None:
    models = [net(), net()]
    run.watch(models[0], idx=3)
    with pytest.raises(InvalidInput, match="idx: 3 is another model's; leave idx out"):
        run.watch(models[1], idx=3)


def test_a_model_that_is_watched_again_is_watched_anew(run: Run) -> None:
    model = net()
    for _ in range(3):
        run.watch(model, log_freq=1000)
    run.watch(model, log="parameters", log_freq=2)
    optimizer = SGD(model.parameters(), lr=0.1)
    for inputs in batches(4):
        optimizer.zero_grad()
        model(inputs).square().mean().backward()
        optimizer.step()
        run.log({"loss": 1.0})
    reader = read(run)
    assert {key.partition("/")[0] for key in reader.keys()} == {"weights"}  # noqa: SIM118
    assert [row.step for row in reader.rows("weights/0.bias", history=True)] == [0, 2]


@pytest.mark.parametrize("given", [True, False])
def test_unwatching_ends_it(run: Run, given: bool, caplog: pytest.LogCaptureFixture) -> None:
    model, other = net(), net()
    run.watch([model, other], log_freq=1)
    train(model, 1)
    train(other, 1)
    run.unwatch([model] if given else None)
    run.log({"x": 1.0})
    train(model, 1)
    train(other, 1)
    run.log({"x": 1.0})
    reader = read(run)
    assert reader.steps("gradients/0.weight") == [0]
    assert reader.steps("gradients/graph_1/0.weight") == ([0, 1] if given else [0])
    assert caplog.records == []


def test_unwatching_what_is_not_watched_is_warned_of(run: Run) -> None:
    with pytest.warns(UserWarning, match="unwatch: this Sequential is not watched") as caught:
        run.unwatch(net())
    assert [Path(w.filename).name for w in caught] == [Path(__file__).name]


@pytest.mark.parametrize("in_place", [True, False])
def test_a_loop_without_an_optimizer_counts_backward_passes(run: Run, in_place: bool) -> None:
    model = net()
    run.watch(model, log_freq=2)
    kept = []
    for inputs in batches(5):
        model.zero_grad()
        model(inputs).square().mean().backward()
        kept.append({n: p.grad.clone() for n, p in model.named_parameters() if p.grad is not None})
        for p in model.parameters():
            assert p.grad is not None
            if in_place:
                p.data -= 0.1 * p.grad
            else:
                p.data = p.data - 0.1 * p.grad
        run.log({"loss": 1.0})
    check(read(run), [kept[1], kept[3]], [1, 3])


def test_accumulating_is_no_loop_without_an_optimizer(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    for inputs in batches(5):
        model(inputs).square().mean().backward()
    run.flush()
    assert open_run(run.dir).keys() == []
    SGD(model.parameters(), lr=0.1).step()
    assert len(read(run).keys()) == 4


def test_an_optimizer_that_comes_later_is_followed(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    for inputs in batches(3):
        model.zero_grad()
        model(inputs).square().mean().backward()
        for p in model.parameters():
            assert p.grad is not None
            p.data -= 0.1 * p.grad
        run.log({"loss": 1.0})
    optimizer = SGD(model.parameters(), lr=0.1)
    for inputs in batches(2):
        model(inputs).square().mean().backward()
        model(inputs).square().mean().backward()
        optimizer.step()
        run.log({"loss": 1.0})
    # The first backward pass of the fourth step is still one of a loop without optimizer.
    rows = read(run).rows("gradients/0.weight", history=True)
    assert [row.step for row in rows] == [1, 2, 3, 3, 3, 4]


def test_a_watch_that_saw_nothing_says_so(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "medialog"):
        run.watch(net(), log=None)
        kept = net()
        run.watch(kept)
        run.finish()
    assert [r.getMessage() for r in caplog.records] == [
        "run r: watch(Sequential) saw no optimizer step, and no backward pass after which weights moved"
    ]


def test_an_error_is_said_once_counted_and_turns_it_off(
    run: Run, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("a broken histogram")

    model = net()
    run.watch(model, log_freq=1)
    with monkeypatch.context() as patched, caplog.at_level(logging.WARNING, "medialog"):
        patched.setattr(torch_watch, "of_tensors", broken)
        train(model, 3)
    train(model, 1)
    [record] = caplog.records
    message = "capture of watch(Sequential) failed and is off for the rest of this run"
    assert message in record.getMessage()
    assert "a broken histogram" in record.getMessage()
    reader = read(run)
    assert reader.health["capture_errors/watch(Sequential)"] == 1
    assert reader.keys() == []


def test_a_finished_run_watches_no_more(run: Run) -> None:
    model = net()
    run.watch(model, log_freq=1)
    train(model, 1)
    run.finish()
    hooks = [p._post_accumulate_grad_hooks for p in model.parameters()]
    assert not any(hooks)
    train(model, 2)
    assert open_run(run.dir).steps("gradients/0.weight") == [0]
    with pytest.raises(InvalidInput, match="watch: run 'r' is finished"):
        run.watch(model)


def test_a_model_is_not_kept_alive(run: Run) -> None:
    model = net()
    ref = weakref.ref(model)
    run.watch(model, log_freq=1)
    train(model, 1)
    train(net(), 1)
    del model
    gc.collect()
    assert ref() is None
    train(net(), 1)
    assert read(run).steps("gradients/0.weight") == [0]


def test_a_number_is_not_given_again_when_its_model_is_gone(run: Run) -> None:
    run.watch(net(), log_freq=1)
    gc.collect()
    second = net()
    run.watch(second, log_freq=1)
    train(second, 1)
    assert "gradients/graph_1/0.weight" in read(run).keys()  # noqa: SIM118 - a method


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_child_trains_on(run: Run) -> None:
    torch.set_num_threads(1)
    model = net()
    run.watch(model, log_freq=1)
    train(model, 1)
    run.log({"x": 1.0})
    child = os.fork()
    if child == 0:
        train(model, 1)
        run.finish(quiet=True)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    train(model, 1)
    rows = read(run).rows("gradients/0.weight", history=True)
    assert [row.step for row in rows] == [0, 1, 1]
    assert len({row.id.rpartition("-")[0] for row in rows}) == 2


def test_a_compiled_model_is_compiled_no_more_often_and_trained_the_same(run: Run) -> None:
    def trained(watch: bool) -> tuple[list[torch.Tensor], int]:
        graphs = []

        def backend(graph: Any, _: Any) -> Any:
            graphs.append(graph)
            return graph.forward

        torch._dynamo.reset()
        model = net()
        compiled = torch.compile(model, backend=backend)
        if watch:
            run.watch(compiled, log="all", log_freq=2)
        train(model, 3, Adam(model.parameters(), lr=0.1), compiled)
        if watch:
            run.unwatch(compiled)
        train(model, 3, Adam(model.parameters(), lr=0.1), compiled)
        return [p.detach() for p in model.parameters()], len(graphs)

    watched, graphs = trained(True)
    plain, plain_graphs = trained(False)
    assert graphs == plain_graphs
    assert all(map(torch.equal, watched, plain))
    keys = read(run).keys()
    assert [k for k in keys if k.startswith("gradients")] == [
        "gradients/0.bias",
        "gradients/0.weight",
        "gradients/2.bias",
        "gradients/2.weight",
    ]


def test_a_compiled_step_is_left_alone_and_its_backward_passes_are_counted(run: Run) -> None:
    def trained(watch: bool) -> tuple[list[torch.Tensor], int]:
        torch._dynamo.reset()
        counter = torch._dynamo.testing.CompileCounter()
        model = net()
        if watch:
            run.watch(model, log_freq=1)
        optimizer = SGD(model.parameters(), lr=0.1)
        step = torch.compile(optimizer.step, backend=counter)
        for inputs in batches(4):
            optimizer.zero_grad()
            model(inputs).square().mean().backward()
            step()
            run.log({"x": 1.0})
        run.unwatch()
        return [p.detach() for p in model.parameters()], counter.frame_count

    watched, graphs = trained(True)
    plain, plain_graphs = trained(False)
    assert graphs == plain_graphs
    assert all(map(torch.equal, watched, plain))
    assert read(run).steps("gradients/0.weight") == [1, 2, 3]


def test_nothing_is_read_while_a_cuda_graph_is_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    class OnCuda:
        is_cuda = True

    parameters: Any = [("p", OnCuda())]
    for recording in (True, False):
        monkeypatch.setattr(torch.cuda, "is_current_stream_capturing", lambda: recording)  # noqa: B023
        assert torch_watch._is_capturing(parameters) == recording
    assert not torch_watch._is_capturing(list(net().named_parameters()))


def test_the_models_text_can_be_kept(run: Run) -> None:
    models = [net(), torch.nn.Linear(2, 1)]
    run.watch(models, log=None, log_graph=True)
    summary = read(run).summary
    assert summary == {f"graph_{i}": Text(str(model)) for i, model in enumerate(models)}


@pytest.mark.parametrize("given", ["model", [net(), 3], object, torch.relu])
def test_what_is_no_torch_model_is_named(run: Run, given: Any) -> None:
    message = "models: expected a torch.nn.Module or a list of them, got .*MediaCallback"
    for call in (run.watch, run.unwatch):
        with pytest.raises(WrongType, match=message):
            call(given)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (
            {"log": "grads"},
            InvalidInput,
            r"log: expected one of ('gradients', 'parameters', 'all', None), got 'grads'",
        ),
        ({"log_freq": 0}, InvalidInput, "log_freq: expected 1 or more, got 0"),
        ({"log_freq": "often"}, WrongType, "log_freq: expected a whole number, got str 'often'"),
        ({"idx": -1}, InvalidInput, "idx: expected 0 or more, got -1"),
    ],
)
def test_what_an_argument_cannot_be_is_said(
    run: Run, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=re.escape(message)):
        run.watch(net(), **arguments)


def test_a_disabled_run_checks_and_watches_nothing(tmp_path: Path) -> None:
    run = Run(RunSpec(tmp_path / "r", "r", "r", disabled=True))
    model = net()
    with pytest.raises(WrongType):
        run.watch("model")
    run.watch(model, log_freq=1, log_graph=True)
    assert not any(p._post_accumulate_grad_hooks for p in model.parameters())
    train(model, 2)
    run.unwatch(model)
    run.finish()
    assert list(tmp_path.iterdir()) == []


def test_the_active_run_watches(tmp_path: Path) -> None:
    model = net()
    for function in (medialog_core.watch, medialog_core.unwatch):
        with pytest.raises(NotStarted, match=f"{function.__name__} was used before init"):
            function(model)
    run = medialog_core.init(dir=tmp_path)
    medialog_core.watch(model, torch.nn.MSELoss(), "all", 1, 0, False)
    train(model, 1)
    medialog_core.unwatch(model)
    train(model, 1)
    medialog_core.finish()
    assert open_run(run.dir).steps("weights/0.weight") == [0]
