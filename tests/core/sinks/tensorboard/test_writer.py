"""The sink as TensorBoard's own readers see it."""

from __future__ import annotations

import math
import multiprocessing
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext
from tensorboard.data.provider import RunTagFilter

from medialog_core import Histogram, Image, Table, Text
from medialog_core.drawing import lettering
from medialog_core.errors import InvalidInput
from medialog_core.payload import Blob, Entry, Payload, Scalars
from medialog_core.schema import ImageMeta, TextMeta
from medialog_core.sinks.tensorboard import TensorBoardSink, protos
from medialog_core.testing import SinkTests


class TestTensorBoardAsASink(SinkTests):
    @pytest.fixture
    def sink(self, tmp_path: Path) -> TensorBoardSink:
        return TensorBoardSink(tmp_path, "run", 0)


def grey(value: int, side: int = 4) -> Image:
    return Image(np.full((side, side, 3), value, np.uint8))


def plugin(accumulator: Any, tag: str) -> str:
    return str(accumulator.SummaryMetadata(tag).plugin_data.plugin_name)


def text(accumulator: Any, tag: str) -> str:
    return b"".join(accumulator.Tensors(tag)[-1].tensor_proto.string_val).decode()


def test_golden_bytes_of_an_event_with_a_scalar() -> None:
    data = protos.event([protos.scalar("a", 1.0)], 2, 0.5)
    assert data.hex() == "09000000000000e03f" + "1002" + "2a0a0a080a0161150000803f"


def test_numbers_keep_step_and_time(sink: TensorBoardSink, read: Any) -> None:
    sink.write(Scalars({"loss": 0.5, "nan": math.nan}, 7, None, 123.25, 0))
    sink.flush()
    [loss], [nan] = read().Scalars("loss"), read().Scalars("nan")
    assert (loss.step, loss.wall_time, loss.value) == (7, 123.25, 0.5)
    assert math.isnan(nan.value)


def test_a_list_of_images_is_one_tag_with_indices(
    sink: TensorBoardSink, entries: Any, provider: Any, pixels: Any, tmp_path: Path
) -> None:
    for entry in entries("val", [grey(1), grey(2, side=6), grey(3)], step=5):
        sink.write(entry)
    sink.flush()
    server, ctx = provider(tmp_path), RequestContext()
    [run] = server.read_blob_sequences(
        ctx, experiment_id="", plugin_name="images", downsample=10, run_tag_filter=RunTagFilter()
    ).values()
    [datum] = run["val"]
    blobs = [server.read_blob(ctx, blob_key=value.blob_key) for value in datum.values]
    assert (datum.step, blobs[:2]) == (5, [b"4", b"4"])
    assert [pixels(data)[0, 0].tolist() for data in blobs[2:]] == [[1] * 3, [2] * 3, [3] * 3]


def images(accumulator: Any, tag: str) -> list[tuple[int, int]]:
    """Give (step, number of images) of each event."""
    return [(e.step, len(e.tensor_proto.string_val) - 2) for e in accumulator.Tensors(tag)]


def test_a_list_that_grows_during_a_flush_stays_one(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    first, *others = entries("val", [grey(1), grey(2), grey(3)])
    sink.write(first)
    sink.flush()
    for entry in others:
        sink.write(entry)
    sink.flush()
    assert images(read(), "val") == [(0, 3)]


def test_a_list_that_stays_incomplete_is_shown_as_it_is(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    sink.write(entries("val", [grey(1), grey(2)])[0])
    sink.flush()
    sink.flush()
    assert images(read(), "val") == [(0, 1)]


def test_an_incomplete_list_ends_where_another_begins(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    sink.write(entries("val", [grey(1), grey(2)])[0])
    sink.write(entries("val", [grey(1), grey(2)], ts=2.0)[0])
    sink.write(entries("val", grey(1), step=1)[0])
    sink.close()
    assert images(read(), "val") == [(0, 1), (0, 1), (1, 1)]


def test_a_broken_image_costs_nothing_but_itself(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    first, _, third = entries("val", [grey(1), grey(2), grey(3)])
    meta = ImageMeta(of=3, width=4, height=4, channels=3, bit_depth=8, encoding="file")
    broken = Payload(meta, [Blob(lambda: b"no image", "image/webp", "webp")])
    sink.write(first)
    with pytest.raises(InvalidInput, match=r"image: its bytes \(image/webp\) cannot be drawn"):
        sink.write(Entry("val", 0, None, 1.0, 0, 1, broken))
    sink.write(third)
    sink.close()
    assert images(read(), "val") == [(0, 2)]


def test_a_histogram_has_its_bins_and_says_what_has_none(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    sink.write(entries("grad", Histogram([0.0, 1.0, 1.0, math.nan], num_bins=2), step=3)[0])
    sink.flush()
    accumulator = read()
    [event] = accumulator.Tensors("grad")
    rows = np.frombuffer(event.tensor_proto.tensor_content).reshape(-1, 3)
    assert (event.step, rows.tolist()) == (3, [[0, 0.5, 1], [0.5, 1, 2]])
    assert plugin(accumulator, "grad") == "histograms"
    assert accumulator.SummaryMetadata("grad").summary_description.startswith(
        "Not in the bins: 1 NaN"
    )
    assert [event.value for event in accumulator.Scalars("grad/nonfinite")] == [1.0]


def test_a_list_of_histograms_becomes_numbered_tags(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    for entry in entries("h", [Histogram([1.0]), Histogram([2.0])]):
        sink.write(entry)
    sink.flush()
    assert sorted(read().Tags()["tensors"]) == ["h/0", "h/1"]


def test_a_list_of_texts_is_one_tag(sink: TensorBoardSink, entries: Any, read: Any) -> None:
    for entry in entries("t", [Text("one"), Text("two")]):
        sink.write(entry)
    sink.flush()
    [event] = read().Tensors("t")
    assert list(event.tensor_proto.string_val) == [b"one", b"two"]
    assert [dim.size for dim in event.tensor_proto.tensor_shape.dim] == [2]


def test_text_and_tables_are_for_the_text_tab(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    sink.write(entries("note", Text("hello"))[0])
    sink.write(entries("table", Table(columns=["a"], data=[[1]]))[0])
    sink.flush()
    accumulator = read()
    assert [plugin(accumulator, tag) for tag in ("note", "table")] == ["text", "text"]
    assert text(accumulator, "note") == "hello"
    assert text(accumulator, "table") == "| a |\n| --- |\n| 1 |"


def test_a_caption_that_no_font_can_draw_is_a_text_beside_its_picture(
    sink: TensorBoardSink, entries: Any, read: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lettering, "_system_fonts", lambda _size: ())
    lettering._font_for.cache_clear()
    pictures = [
        Image(np.zeros((9, 9), np.uint8), caption=text) for text in ("예측?", "ü → x", None)
    ]
    for key, values in (("val", pictures), ("plain", pictures[1:])):
        for entry in entries(key, values):
            sink.write(entry)
    sink.flush()
    accumulator = read()
    [event] = accumulator.Tensors("val/captions")
    assert [one.decode() for one in event.tensor_proto.string_val] == ["예측?", "", ""]
    assert "plain/captions" not in accumulator.Tags()["tensors"]
    lettering._font_for.cache_clear()


def test_media_of_the_summary_have_a_tag_of_their_own(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    sink.write(entries("best", grey(1), step=None)[0])
    sink.flush()
    assert images(read(), "summary/best") == [(0, 1)]


def test_an_unknown_kind_is_named(sink: TensorBoardSink, read: Any) -> None:
    class Odd(TextMeta, tag="hologram"):
        pass

    sink.write(
        Entry("k", 0, None, 1.0, 0, 0, Payload(Odd(), [Blob(lambda: b"", "model/x-odd", "odd")]))
    )
    sink.flush()
    assert text(read(), "k").startswith("A value of kind **hologram** (model/x&#45;odd).")


def test_a_key_used_for_two_kinds_keeps_both(
    sink: TensorBoardSink, entries: Any, read: Any
) -> None:
    sink.write(Scalars({"x": 1.0}, 0, None, 1.0, 0))
    sink.write(entries("x", grey(1))[0])
    sink.write(entries("x", Text("t"))[0])
    sink.write(Scalars({"x": 2.0}, 1, None, 1.0, 0))
    sink.flush()
    accumulator = read()
    assert [event.value for event in accumulator.Scalars("x")] == [1.0, 2.0]
    assert images(accumulator, "x/images") == [(0, 1)]
    assert text(accumulator, "x/text") == "t"


def test_two_ranks_of_one_run_are_both_seen(tmp_path: Path, entries: Any) -> None:
    sinks = [TensorBoardSink(tmp_path / "run", "run", rank) for rank in (0, 1)]
    for rank, sink in enumerate(sinks):
        sink.write(Scalars({"loss": float(rank)}, 0, None, 1.0, rank))
        sink.write(entries("val", grey(rank))[0])
        sink.flush()
    for rank, sink in enumerate(sinks):
        sink.write(Scalars({"loss": float(rank + 2)}, 1, None, 1.0, rank))
        sink.close()
    multiplexer = EventMultiplexer().AddRunsFromDirectory(str(tmp_path)).Reload()
    losses = {
        run: [e.value for e in multiplexer.Scalars(run, "loss")] for run in multiplexer.Runs()
    }
    assert losses == {"run": [0.0, 2.0], "run/rank1": [1.0, 3.0]}


def _log_in_child(sink: TensorBoardSink) -> None:
    sink.write(Scalars({"child": 1.0}, 0, None, 1.0, 0))
    sink.close()


@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_writes_its_own_file_and_none_of_its_parents(
    sink: TensorBoardSink, tmp_path: Path, read: Any
) -> None:
    sink.write(Scalars({"parent": 1.0}, 0, None, 1.0, 0))
    child = multiprocessing.get_context("fork").Process(target=_log_in_child, args=(sink,))
    child.start()
    child.join()
    sink.write(Scalars({"parent": 2.0}, 1, None, 1.0, 0))
    sink.close()
    assert child.exitcode == 0
    assert [event.value for event in read().Scalars("parent")] == [1.0, 2.0]
    assert read().Tags()["scalars"] == ["parent"]
    assert read(tmp_path / f"rank0-{child.pid}").Tags()["scalars"] == ["child"]


def test_a_run_closed_and_written_again_continues(sink: TensorBoardSink, read: Any) -> None:
    for step in range(2):
        sink.write(Scalars({"loss": 1.0}, step, None, 1.0, 0))
        sink.close()
    assert [event.step for event in read().Scalars("loss")] == [0, 1]


_PROBE = """
import sys
from pathlib import Path
from medialog_core.sinks.tensorboard import TensorBoardSink
from medialog_core.testing import text_entry
sink = TensorBoardSink(Path(sys.argv[1]) / "run", "run", 0)
sink.write(text_entry())
sink.close()
if "also" in sys.argv:
    import tensorflow
"""


def probe(tmp_path: Path, *arguments: str, path: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(
        [sys.executable, "-c", _PROBE, str(tmp_path), *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_tensorflow_is_never_imported_where_it_is_installed(tmp_path: Path) -> None:
    package = tmp_path / "site" / "tensorflow"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise SystemExit('tensorflow was imported')")
    assert probe(tmp_path, path=str(package.parent)).returncode == 0
    seen = probe(tmp_path, "also", path=str(package.parent))
    assert (seen.returncode, seen.stderr.strip()) == (1, "tensorflow was imported")


@pytest.mark.parametrize("package", ["tensorboard", "google_crc32c"])
def test_a_missing_package_is_named_with_the_command(tmp_path: Path, package: str) -> None:
    (tmp_path / f"{package}.py").write_text("raise ModuleNotFoundError(__name__)")
    failed = probe(tmp_path, path=str(tmp_path))
    assert re.search(r"MissingExtra: .*pip install 'medialog\[tensorboard\]'", failed.stderr)
