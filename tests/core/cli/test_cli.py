from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import medialog_core
from medialog_core.cli import main
from medialog_core.payload import Blob, Entry, Payload, Scalars, State
from medialog_core.schema import FORMAT, ImageMeta, RunFile, TextMeta
from medialog_core.store import compact as compacting
from medialog_core.store.layout import make_run
from medialog_core.store.writer import StoreWriter


def make(directory: Path, name: str = "first", created: float | None = None) -> Path:
    now = time.time()
    run = RunFile(FORMAT, f"id-{name}", name, "digits", created or now - 300)
    make_run(directory, run)
    writer = StoreWriter(directory, run.run, 0)
    writer.write(State("config", "lr", 0.1, now, 0))
    for step in range(3):
        meta = ImageMeta(width=32, height=24, channels=3, bit_depth=8, encoding="png")
        payload = Payload(meta, [Blob(lambda: bytes(2000), "image/png", "png")], f"예측 {step}")
        writer.write(Entry("val/pictures", step, None, now, 0, 0, payload))
        writer.write(Scalars({"loss": 1 / (step + 1)}, step, None, now, 0))
    writer.write(Scalars({"loss": float("nan")}, 3, None, now, 0))
    writer.write(State("status", "state", "finished", now, 0))
    writer.close()
    return directory


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MEDIALOG_DIR", str(tmp_path))
    return make(tmp_path / "digits" / "id-first")


def said(capsys: pytest.CaptureFixture[str]) -> list[list[str]]:
    """What was written, as words of lines."""
    return [line.split() for line in capsys.readouterr().out.splitlines()]


def data(capsys: pytest.CaptureFixture[str]) -> Any:
    return json.loads(capsys.readouterr().out)


def test_ls_lists_runs_the_newest_first(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(run.parent / "older", "older", time.time() - 7200)
    assert main(["ls"]) == 0
    header, first, second = said(capsys)
    assert header == [
        "NAME",
        "ID",
        "PROJECT",
        "STATUS",
        "CREATED",
        "STEPS",
        "MEDIA",
        "SCALARS",
        "SIZE",
    ]
    assert first[:-2] == [
        "first",
        "id-first",
        "digits",
        "finished",
        "5",
        "min",
        "ago",
        "4",
        "1",
        "1",
    ]
    assert second[:7] == ["older", "id-older", "digits", "finished", "2", "h", "ago"]


def test_ls_of_an_empty_folder_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", str(tmp_path)]) == 0
    assert capsys.readouterr().out == f"no runs in {tmp_path}\n"


def test_ls_as_json(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ls", str(run.parent), "--json"]) == 0
    [fact] = data(capsys)
    assert fact["path"] == str(run)
    assert (fact["media_keys"], fact["scalar_keys"], fact["last_step"]) == (1, 1, 3)


def test_ls_without_a_folder_finds_what_any_wrapper_wrote_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("MEDIALOG_DIR", raising=False)
    monkeypatch.chdir(tmp_path)
    for folder in ("medialog/digits/first", "logs/version_0", "lightning_logs/version_0"):
        make(tmp_path / folder, folder.partition("/")[0])
    assert main(["ls", "--json"]) == 0
    assert {fact["name"] for fact in data(capsys)} == {"medialog", "logs", "lightning_logs"}


@pytest.mark.parametrize("word", ["path", "parent", "id-first", "first"])
def test_show_finds_a_run_by_path_name_or_id(
    run: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    named = {"path": str(run), "parent": str(run.parent)}
    assert main(["show", named.get(word, word)]) == 0
    lines = said(capsys)
    assert lines[0] == ["first", "finished,", "created", "5", "min", "ago"]
    assert ["lr", "0.1"] in lines
    assert ["val/pictures", "image", "3", "3", "2", "6", "kB"] in lines
    assert ["loss", "4", "nan", "0.33333", "1"] in lines


def test_show_has_a_line_for_each_statistic_of_a_metric(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = medialog_core.init(dir=tmp_path)
    run.define_metric("loss", summary="min,last")
    run.log({"loss": 0.5, "acc": 0.25})
    run.finish()
    assert main(["show", str(run.dir)]) == 0
    lines = said(capsys)
    assert [
        line
        for line in lines
        if line[:1] in (["acc"], ["loss.last"], ["loss.min"]) and len(line) == 2
    ] == [["acc", "0.25"], ["loss.last", "0.5"], ["loss.min", "0.5"]]


def test_show_of_a_key_and_a_step(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(run), "--key", "val/pictures", "--step", "1"]) == 0
    assert said(capsys)[-1] == [
        "val/pictures",
        "1",
        "0",
        "0",
        "image",
        "32×24",
        "2",
        "kB",
        "예측",
        "1",
    ]
    assert main(["show", str(run), "--key", "loss"]) == 0
    assert said(capsys)[-1] == ["loss", "3", "0", "-", "nan"]
    assert main(["show", str(run), "--key", "nothing"]) == 0
    assert capsys.readouterr().out == "nothing was logged there\n"


def test_show_of_an_unknown_key_names_those_that_are_alike(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(run), "--key", "val/picture"]) == 0
    said = capsys.readouterr().out
    assert said == "nothing was logged there; keys that are alike: val/pictures\n"
    assert main(["show", str(run), "--key", "val/pictures", "--step", "9"]) == 0
    assert capsys.readouterr().out == "nothing was logged there\n"


def test_show_counts_a_picture_that_repeats_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = np.random.default_rng(0).integers(0, 255, (64, 64, 3), np.uint8)
    with medialog_core.init(dir=tmp_path, config={"optimizer": {"name": "adam"}}) as run:
        for _ in range(3):
            run.log({"same": medialog_core.Image(picture), "h": np.arange(99.0)})
    assert main(["show", str(run.dir), "--json"]) == 0
    by_key = {fact["key"]: fact for fact in data(capsys)["media"]}
    [row, *_] = medialog_core.open_run(run.dir).rows("same")
    assert row.file is not None
    assert (by_key["same"]["rows"], by_key["same"]["bytes"]) == (3, row.file.size)
    assert by_key["h"]["bytes"] > 3 * 100
    assert main(["show", str(run.dir)]) == 0
    assert ["optimizer.name", "adam"] in said(capsys)


def test_show_takes_the_name_that_it_says(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(run)]) == 0
    [named, _] = said(capsys)[1]
    assert named == "digits/id-first"
    assert main(["show", named]) == 0
    assert said(capsys)[1] == [named, str(run)]


def test_show_counts_settings_without_a_value(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = {"lr": 0.1, "fsdp": None, "nested": {"a": None, "b": 0}}
    with medialog_core.init(dir=tmp_path, config=config) as run:
        run.log({"loss": 1.0})
    assert main(["show", str(run.dir)]) == 0
    lines = said(capsys)
    at = lines.index(["CONFIG"])
    assert lines[at + 1 : at + 4] == [
        ["lr", "0.1"],
        ["nested.b", "0"],
        ["and", "2", "that", "are", "None", "(--json", "names", "them)"],
    ]
    assert main(["show", str(run.dir), "--json"]) == 0
    assert data(capsys)["config"] == config


@pytest.mark.parametrize("word", ["0", "-1", "x", "1.5"])
def test_demo_says_which_epochs_it_takes(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["demo", "lightning", "--epochs", word])
    assert capsys.readouterr().err.endswith(
        f"error: argument --epochs: expected a whole number of at least 1, got {word!r}\n"
    )


@pytest.mark.parametrize("command", ["", "ls", "show", "export", "compact", "gc", "doctor", "demo"])
def test_help_fits_into_80_columns(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        main([*command.split(), "--help"])
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80] == []


def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stdout be a terminal of 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)


def test_ls_fits_into_a_terminal_and_shows_ids_whole(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch)
    id_ = "20261127-111619-9b6d"
    medialog_core.init("examples", "resnet50-lr0.1-cosine", dir=tmp_path, id=id_).finish()
    assert main(["ls", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line for line in lines if len(line) > 80] == []
    assert id_ in lines[1]
    assert lines[0].split() == ["NAME", "ID", "PROJECT", "STATUS", "CREATED", "SIZE"]


def test_show_of_a_step_keeps_keys_whole_and_leaves_out_ranks_that_are_all_0(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch)
    keys = [f"gradients/encoder/{i}.weight" for i in range(3)]
    picture = medialog_core.Image(np.zeros((8, 8), np.uint8), caption="a caption " * 9)
    with medialog_core.init(dir=tmp_path) as run:
        run.log(dict.fromkeys(keys, picture))
    assert main(["show", str(run.dir), "--step", "0"]) == 0
    header, *lines = capsys.readouterr().out.splitlines()[1:]
    assert header.split() == ["MEDIA", "STEP", "KIND", "PIXELS", "SIZE", "CAPTION"]
    assert [line.split()[0] for line in lines] == keys
    assert max(map(len, lines)) <= 80


def test_show_as_json_keeps_nan(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", str(run), "--json"]) == 0
    assert data(capsys)["summary"] == {"loss": "NaN"}
    assert main(["show", str(run), "--step", "0", "--json"]) == 0
    found = data(capsys)
    assert found["media"][0]["caption"] == "예측 0"
    assert found["scalars"]["loss"][0]["value"] == 1.0


def test_compact_says_what_it_did(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compact", str(run)]) == 0
    out = capsys.readouterr().out.splitlines()
    assert re.fullmatch(r"first: 3 files, [\d.]+ k?B -> 3 files, [\d.]+ k?B", out[0])
    assert (
        out[1] == "3 files of JSON lines stay while somebody may use them; run it again in 15 min"
    )
    assert main(["compact", str(run), "--json"]) == 0
    assert data(capsys)["kept"] == {}


def test_ctrl_c_leaves_things_as_they_were(
    run: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(compacting, "closed_segments", interrupt)
    assert main(["compact", str(run)]) == 130
    assert "the same command goes on" in capsys.readouterr().err
    monkeypatch.undo()
    assert main(["compact", str(run)]) == 0


@pytest.fixture
def odd(run: Path) -> str:
    """A key of 300 characters under which a kind of a later version was logged."""

    class OddMeta(TextMeta, tag="odd_kind"):
        """A kind of a later version."""

    key = "gradients/" + "x" * 280 + "/the_weight"
    writer = StoreWriter(run, "id-first", 1)
    blob = Blob(lambda: bytes(500), "application/odd", "odd")
    writer.write(Entry(key, 0, None, 1.0, 1, 0, Payload(OddMeta(), [blob], "a caption " * 20)))
    writer.close()
    return key


def test_an_unknown_kind_is_shown_by_its_name(
    run: Path, odd: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", str(run)]) == 0
    assert [odd, "odd_kind", "1", "1", "0", "500", "B"] in said(capsys)
    assert main(["show", str(run), "--key", odd]) == 0
    assert said(capsys)[-1][:7] == [odd, "0", "1", "0", "odd_kind", "500", "B"]
    assert main(["ls", str(run)]) == 0
    assert said(capsys)[1][-4] == "2"


def test_long_keys_and_captions_fit_into_a_terminal(
    run: Path, odd: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow(monkeypatch)
    assert main(["show", str(run), "--key", odd]) == 0
    line = capsys.readouterr().out.splitlines()[-1]
    assert len(line) <= 80
    assert re.match(r"gradients/x+…x+/the_weight +0 ", line)
    assert line.endswith("  a cap…ion")


def test_export_and_gc(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    to = run.parent.parent / "out"
    assert (
        main(["export", str(run), "--to", str(to), "--key", "val/*", "loss", "--step", "1:"]) == 0
    )
    assert re.fullmatch(
        rf"first: 2 rows, 8 files written \([\d.]+ kB\): {to}\n", capsys.readouterr().out
    )
    assert (to / "val/pictures/000000002.png").read_bytes() == bytes(2000)
    command = [
        "export",
        str(run),
        "--to",
        str(to),
        "--key",
        "val/*",
        "--key",
        "loss",
        "--step",
        "1:",
    ]
    assert main([*command, "--json"]) == 0
    report = data(capsys)
    assert (report["run"], report["rows"], report["written"], report["failed"]) == (
        "id-first",
        2,
        2,
        {},
    )
    assert main(["gc", str(run)]) == 1
    assert "may be being written" in capsys.readouterr().err
    for path in run.rglob("*"):
        os.utime(path, (1.0, 1.0))
    (run / "media" / "0009-0123456789-00000.tar").write_bytes(bytes(10_000))
    os.utime(run / "media" / "0009-0123456789-00000.tar", (1.0, 1.0))
    assert main(["gc", str(run), "--dry-run"]) == 0
    assert "kB -> would be about" in capsys.readouterr().out
    assert main(["gc", str(run), "--json"]) == 0
    report = data(capsys)
    assert (report["removed"], report["dry_run"]) == (["media/0009-0123456789-00000.tar"], False)
    assert report["before"] - report["after"] == 10_000
    assert main(["gc", str(run)]) == 0
    assert capsys.readouterr().out.splitlines()[1] == "  nothing to do"


@pytest.mark.parametrize(
    ("word", "rows"), [("1", 1), (":2", 2), ("1:2", 1), ("2:", 1), (":", 3), ("-5:-1", 0)]
)
def test_steps_of_an_export(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str, rows: int
) -> None:
    to = tmp_path / "out"
    assert main(["export", str(run), "--to", str(to), f"--step={word}", "--json"]) == 0
    assert data(capsys)["rows"] == rows


@pytest.mark.parametrize("word", ["", "a", "1:b"])
def test_steps_that_are_none_are_refused(
    run: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["export", str(run), "--to", "out", "--step", word])
    message = f"argument --step: expected A:B, A:, :B or a number, got {word!r}"
    assert message in " ".join(capsys.readouterr().err.split())


def test_what_an_export_leaves_out_is_said_and_is_a_failure(
    run: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [pack] = (run / "media").iterdir()
    content = bytearray(pack.read_bytes())
    content[600] ^= 1
    pack.write_bytes(content)
    assert main(["export", str(run), "--to", str(tmp_path / "out")]) == 1
    out = capsys.readouterr().out
    assert "val/pictures/000000000.png is left out: media/" in out
    assert "are not those that were written" in out


def test_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])
    out = capsys.readouterr().out
    for command in ("ls", "show", "export", "compact", "gc", "doctor"):
        assert re.search(rf"^    {command} ", out, re.MULTILINE)


def test_doctor_of_a_sound_run(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(run)]) == 0
    assert capsys.readouterr().out.splitlines()[0] == f"{run}: all is well"


def test_doctor_of_a_folder_names_what_is_damaged(
    run: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    [pack] = (run / "media").iterdir()
    content = bytearray(pack.read_bytes())
    content[600] ^= 1
    pack.write_bytes(content)
    assert main(["doctor", str(run.parent), "--json"]) == 1
    [finding] = data(capsys)["runs"][str(run)]
    assert finding["level"] == "error"
    assert finding["where"] == f"media/{pack.name}"
    assert finding["what"] == "the 2000 bytes at 512 are not those that were written"
    assert main(["doctor"]) == 1
    assert said(capsys)[0][1:] == ["1", "error"]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "missing"], "no run 'missing' is here, only ['first']"),
        (["ls", "/missing"], "no such folder"),
        (["doctor", "missing"], "no run 'missing' is here"),
    ],
)
def test_a_failure_is_one_line_on_stderr(
    run: Path, capsys: pytest.CaptureFixture[str], words: list[str], message: str
) -> None:
    assert run.exists()
    assert main(words) == 1
    err = capsys.readouterr().err
    assert message in err
    assert err.count("\n") == 1


def test_of_several_runs_one_must_be_named(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(run.parent / "other", "other")
    assert main(["show", str(run.parent)]) == 1
    assert "2 runs are here; name one" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error(run: Path) -> None:
    command = [sys.executable, "-m", "medialog_core.cli", "show", str(run), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert process.stderr.read() == b""
        assert process.wait() == 0


def test_work_that_is_quick_says_nothing(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor", str(run)]) == 0
    assert capsys.readouterr().err == ""


def test_the_cli_needs_no_framework_and_no_media(run: Path) -> None:
    code = "import sys; from medialog_core.cli import main; main(['ls']); print('torch' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"MEDIALOG_DIR": str(run.parent)},
    )
    assert done.stdout.splitlines()[-1] == "False"


def test_unknown_kinds_are_a_note(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    class OddMeta(TextMeta, tag="odd"):
        """A kind of a later version."""

    writer = StoreWriter(run, "id-first", 1)
    writer.write(Entry("k", 0, None, 1.0, 1, 0, Payload(OddMeta())))
    writer.close()
    assert main(["doctor", str(run)]) == 0
    assert "kind 'odd' is not known to this version" in capsys.readouterr().out
