"""How runs end: exits, exceptions, signals, forks and workers, each in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from medialog_core import RunReader, open_run
from medialog_core.runs import lifecycle

PREAMBLE = """
import os, sys, time
import numpy as np
import medialog_core as ml

def image(value):
    return ml.Image(np.full((16, 16), value, np.uint8))
"""


def script(tmp_path: Path, body: str) -> list[str]:
    path = tmp_path / "script.py"
    path.write_text(PREAMBLE + textwrap.dedent(body))
    return [sys.executable, str(path)]


def play(tmp_path: Path, body: str, expected_code: int = 0) -> str:
    done = subprocess.run(
        script(tmp_path, body),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == expected_code, done.stderr
    return done.stderr


def reader(tmp_path: Path, run: str = "r") -> RunReader:
    return open_run(tmp_path / "medialog/default" / run)


def values(tmp_path: Path, key: str = "x") -> list[int]:
    found = reader(tmp_path)
    return [int(found.load(row).to_numpy()[0, 0]) for row in found.rows(key)]


def test_an_exit_without_finish_loses_nothing(tmp_path: Path) -> None:
    play(tmp_path, "run = ml.init(id='r')\nfor i in range(50): run.log({'x': image(i)})")
    assert values(tmp_path) == list(range(50))
    assert reader(tmp_path).status == "finished"


def test_an_exception_makes_the_run_failed(tmp_path: Path) -> None:
    play(tmp_path, "ml.init(id='r').log({'x': image(1)})\nraise SystemError('boom')", 1)
    assert values(tmp_path) == [1]
    assert reader(tmp_path).status == "failed"


def test_sigterm_drains_then_ends_as_it_would(tmp_path: Path) -> None:
    body = """
    run = ml.init(id='r')
    for i in range(20): run.log({'x': image(i)})
    print('ready', flush=True)
    time.sleep(60)
    """
    with subprocess.Popen(
        script(tmp_path, body), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == -signal.SIGTERM
    assert values(tmp_path) == list(range(20))
    assert reader(tmp_path).status == "killed"


def test_a_sigterm_handler_that_was_there_is_called_after(tmp_path: Path) -> None:
    body = """
    import signal
    signal.signal(signal.SIGTERM, lambda *_: (print('mine', flush=True), sys.exit(7)))
    run = ml.init(id='r')
    run.log({'x': image(1)})
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(60)
    """
    play(tmp_path, body, 7)
    assert values(tmp_path) == [1]


def test_finishing_gives_the_signal_back(tmp_path: Path) -> None:
    play(
        tmp_path,
        """
        import signal
        before = signal.getsignal(signal.SIGTERM)
        ml.init().finish()
        assert signal.getsignal(signal.SIGTERM) is before
        """,
    )


def test_a_child_of_fork_writes_files_of_its_own_and_ends_nothing(tmp_path: Path) -> None:
    body = """
    run = ml.init(id='r')
    for i in range(20): run.log({'x': image(i)}, step=i)
    if os.fork() == 0:
        for i in range(20, 40): run.log({'x': image(i)}, step=i)
        sys.exit()
    os.wait()
    for i in range(40, 60): run.log({'x': image(i)}, step=i)
    """
    play(tmp_path, body)
    assert values(tmp_path) == list(range(60))
    assert reader(tmp_path).status == "finished"
    assert len(list((tmp_path / "medialog/default/r/items").glob("*.jsonl"))) == 2


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_multiprocessing_log_whatever_their_start(tmp_path: Path, method: str) -> None:
    body = f"""
    import multiprocessing

    def work(run, first):
        for i in range(first, first + 5): run.log({{'x': image(i)}}, step=i)

    if __name__ == '__main__':
        context = multiprocessing.get_context('{method}')
        run = ml.init(id='r')
        children = [context.Process(target=work, args=(run, 10 * n)) for n in (1, 2)]
        for child in children: child.start()
        for child in children: child.join()
        assert [child.exitcode for child in children] == [0, 0]
        run.log({{'x': image(0)}}, step=0)
    """
    play(tmp_path, body)
    assert values(tmp_path) == [0, *range(10, 15), *range(20, 25)]
    assert reader(tmp_path).status == "finished"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_data_loader_workers_log(tmp_path: Path, method: str) -> None:
    body = f"""
    import torch

    class Data(torch.utils.data.Dataset):
        def __init__(self, run): self.run = run
        def __len__(self): return 8
        def __getitem__(self, i):
            self.run.log({{'x': image(i)}}, step=i)
            return i

    if __name__ == '__main__':
        run = ml.init(id='r')
        loader = torch.utils.data.DataLoader(Data(run), num_workers=2, multiprocessing_context='{method}')
        assert sorted(int(i) for i in loader) == list(range(8))
    """
    play(tmp_path, body)
    assert values(tmp_path) == list(range(8))


def test_a_fork_while_the_parent_encodes_hangs_nothing(tmp_path: Path) -> None:
    body = """
    run = ml.init(id='r')
    for i in range(30):
        run.log({'big': ml.Image(np.random.default_rng(i).integers(0, 255, (400, 400, 3), dtype=np.uint8))}, step=i)
        if i % 3 == 0 and os.fork() == 0:
            run.log({'x': image(i)}, step=i)
            sys.exit()
    for _ in range(10): os.wait()
    """
    play(tmp_path, body)
    assert values(tmp_path) == list(range(0, 30, 3))
    assert len(reader(tmp_path).rows("big")) == 30


def test_a_fork_while_the_background_imports_leaves_the_child_able_to(tmp_path: Path) -> None:
    module = "import sys, time; sys.began.set(); time.sleep(0.5); whole = True"
    (tmp_path / "slow_module.py").write_text(module)
    body = f"""
    import signal, threading
    from medialog_core.media.documents import text

    sys.path.insert(0, {str(tmp_path)!r})
    sys.began, encode = threading.Event(), text._payload

    def importing(value):
        import slow_module
        return encode(value)

    text._payload = importing
    run = ml.init(id='r')
    run.log({{'t': ml.Text('a')}})
    sys.began.wait()
    if os.fork() == 0:
        signal.alarm(20)
        import slow_module
        assert slow_module.whole
        run.log({{'t': ml.Text('b')}})
        sys.exit()
    assert os.wait()[1] == 0
    """
    play(tmp_path, body)
    found = reader(tmp_path)
    assert sorted(found.load(row).data for row in found.rows("t")) == ["a", "b"]


def test_a_notebook_cell_that_runs_twice_makes_two_whole_runs(tmp_path: Path) -> None:
    body = """
    cell = "run = ml.init(); run.log({'x': image(1)})"
    exec(cell); first = run.dir
    exec(cell); second = run.dir
    ml.finish()
    assert first != second
    assert [ml.open_run(d).status for d in (first, second)] == ['finished'] * 2
    """
    assert "is finished, because init() was called again" in play(tmp_path, body)


def test_a_childs_own_run_is_not_said_to_finish_its_parents(tmp_path: Path) -> None:
    body = """
    run = ml.init(id='r')
    if os.fork() == 0:
        ml.init(id='child').finish()
        os._exit(0)
    assert os.wait()[1] == 0
    run.log({'x': image(1)})
    """
    said = play(tmp_path, body)
    assert "medialog: run child" in said
    assert "is finished" not in said
    assert values(tmp_path) == [1]


def test_silence_can_be_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "medialog: run" in play(tmp_path, "ml.init()")
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    assert play(tmp_path, "ml.init()") == ""


def test_a_slow_end_says_how_much_is_left(tmp_path: Path) -> None:
    body = """
    class Slow:
        lost = 0
        def write(self, record): time.sleep(0.3)
        def flush(self): pass
        def close(self): pass

    run = ml.init(sinks=[Slow()])
    for i in range(10): run.log({'x': 1.0})
    run.finish()
    """
    assert "items left" in play(tmp_path, body)


class Stuck:
    """A worker that never ends, by a clock of its own."""

    alive, queued_bytes = True, 0

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waits: list[float] = []
        clock = SimpleNamespace(monotonic=lambda: sum(self.waits))
        monkeypatch.setattr(lifecycle, "time", clock)

    def close(self, timeout_secs: float) -> int:
        self.waits.append(timeout_secs)
        if len(self.waits) == 8:
            self.alive = False
        return 1


@pytest.mark.parametrize(
    ("within_secs", "waits"), [(None, [2, 4, 8, 16, 30, 30, 30, 30]), (10, [2, 4, 4]), (1, [1])]
)
def test_how_much_is_left_is_said_ever_less_often(
    within_secs: float | None, waits: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MEDIALOG_SILENT", "1")
    worker = Stuck(monkeypatch)
    assert lifecycle.drain(cast("Any", worker), within_secs) == 1
    assert worker.waits == waits


SLOW_SINK = """
class Slow:
    lost = 0
    def write(self, record):
        time.sleep(0.05)
        if hasattr(record, 'values'): print(int(record.values['x']), flush=True)
    def flush(self): pass
    def close(self): pass
"""


def test_sigterm_while_the_run_ends_loses_nothing(tmp_path: Path) -> None:
    body = f"""{SLOW_SINK}
run = ml.init(sinks=[Slow()])
for i in range(40): run.log({{'x': i}})
print('ready', flush=True)
run.finish()
"""
    with subprocess.Popen(
        script(tmp_path, body), cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        said = iter(process.stdout)
        before = list(iter(said.__next__, "ready\n"))
        process.send_signal(signal.SIGTERM)
        after = list(said)
        assert process.wait(60) == -signal.SIGTERM
    assert [int(line) for line in before + after] == list(range(40))


def test_a_handler_that_goes_on_may_go_on_logging(tmp_path: Path) -> None:
    body = """
    import signal
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
    run = ml.init(id='r')
    run.log({'x': image(1)})
    os.kill(os.getpid(), signal.SIGTERM)
    assert asked == [1]
    assert [int(ml.open_run(run.dir).load(r).to_numpy()[0, 0]) for r in ml.open_run(run.dir).rows('x')] == [1]
    run.log({'x': image(2)})
    """
    play(tmp_path, body)
    assert values(tmp_path) == [1, 2]
    assert reader(tmp_path).status == "killed"


def test_a_handler_that_calls_ours_decides_whether_the_process_ends(tmp_path: Path) -> None:
    # Lightning's does so; it ends the training at the next batch.
    body = """
    import signal
    run = ml.init(id='r')
    ours = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *args: ours(*args))
    os.kill(os.getpid(), signal.SIGTERM)
    run.log({'x': image(1)})
    run.finish()
    """
    play(tmp_path, body)
    assert values(tmp_path) == [1]
    assert reader(tmp_path).status == "finished"


def test_sigterm_ends_every_run_of_the_process(tmp_path: Path) -> None:
    body = """
    runs = [ml.init(id=str(i), reinit='create_new') for i in range(3)]
    for run in runs: run.log({'x': image(1)})
    os.kill(os.getpid(), 15)
    """
    play(tmp_path, body, -signal.SIGTERM)
    assert [reader(tmp_path, str(i)).status for i in range(3)] == ["killed"] * 3


def test_a_forked_pool_that_is_terminated_has_written_what_its_workers_logged(
    tmp_path: Path,
) -> None:
    body = """
    import multiprocessing

    def work(i): run.log({'x': image(i)}, step=i)

    run = ml.init(id='r')
    with multiprocessing.get_context('fork').Pool(2) as pool:
        pool.map(work, range(8), chunksize=1)
    """
    play(tmp_path, body)
    assert values(tmp_path) == list(range(8))


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_pool_that_is_terminated_has_written_what_its_workers_logged(
    tmp_path: Path, method: str
) -> None:
    body = f"""
    import multiprocessing

    def work(i):
        task_run, i = i
        task_run.log({{'x': image(i)}}, step=i)

    if __name__ == '__main__':
        run = ml.init(id='r')
        with multiprocessing.get_context('{method}').Pool(2) as pool:
            pool.map(work, [(run, i) for i in range(8)], chunksize=1)
    """
    play(tmp_path, body)
    assert values(tmp_path) == list(range(8))


def test_a_run_that_nobody_holds_is_drained_at_exit(tmp_path: Path) -> None:
    body = """
    import gc
    ml.init(id='r', reinit='create_new').log({'x': image(1)})
    gc.collect()
    """
    play(tmp_path, body)
    assert values(tmp_path) == [1]
    assert reader(tmp_path).status == "finished"


def test_a_finished_run_is_held_by_nothing(tmp_path: Path) -> None:
    body = """
    import gc, weakref
    run = ml.init(id='r')
    ref = weakref.ref(run)
    ml.init(id='other').finish()
    del run
    gc.collect()
    assert ref() is None
    """
    play(tmp_path, body)


def test_what_a_child_drops_is_counted_in_the_runs_health(tmp_path: Path) -> None:
    body = """
    run = ml.init(id='r')
    run.log({'none': None})
    if os.fork() == 0:
        assert run.health.get('skipped_none') is None
        run.log({'none': None, 'x': image(1)})
        sys.exit()
    os.wait()
    """
    play(tmp_path, body)
    assert reader(tmp_path).health["skipped_none"] == 2


def test_a_closed_stderr_keeps_nobody_from_logging(tmp_path: Path) -> None:
    play(tmp_path, "sys.stderr.close()\nml.init(id='r').log({'x': image(1)})")
    assert values(tmp_path) == [1]


def test_a_command_line_of_any_bytes_is_noted(tmp_path: Path) -> None:
    play(tmp_path, "sys.argv.append('caf\\udce9')\nml.init(id='r').log({'x': image(1)})")
    assert reader(tmp_path).info.launch["argv"][-1] == "caf\\udce9"


def test_control_c_while_the_run_ends_loses_nothing(tmp_path: Path) -> None:
    body = f"""{SLOW_SINK}
import _thread, threading
run = ml.init(sinks=[Slow()])
for i in range(40): run.log({{'x': i}})
threading.Timer(0.5, _thread.interrupt_main).start()
try:
    run.finish()
except KeyboardInterrupt:
    print('interrupted', flush=True)
"""
    done = subprocess.run(
        script(tmp_path, body), cwd=tmp_path, capture_output=True, text=True, timeout=60, check=True
    )
    said = done.stdout.splitlines()
    assert "interrupted" in said
    assert [int(line) for line in said if line != "interrupted"] == list(range(40))


def test_a_worker_of_a_pool_has_one_handle_however_many_tasks_bring_one(tmp_path: Path) -> None:
    body = """
    import multiprocessing, threading

    def work(task):
        task_run, i = task
        task_run.log({'x': image(i)}, step=i)
        return threading.active_count()

    if __name__ == '__main__':
        run = ml.init(id='r')
        with multiprocessing.get_context('spawn').Pool(1) as pool:
            counts = pool.map(work, [(run, i) for i in range(20)], chunksize=1)
        assert max(counts) == 2, counts
    """
    play(tmp_path, body)
    assert values(tmp_path) == list(range(20))
    assert len(list((tmp_path / "medialog/default/r/items").glob("*.jsonl"))) == 1
