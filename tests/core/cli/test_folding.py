"""Many tensors as one line, and nothing else."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

import medialog_core
from medialog_core.cli import main
from medialog_core.cli.folding import MANY, MEDIA, SCALARS, folded, without_tensors


def media(key: str, rows: int = 1, last: int | None = 0) -> dict[str, object]:
    return {
        "key": key,
        "kind": "histogram",
        "steps": rows,
        "rows": rows,
        "last_step": last,
        "bytes": 10,
    }


def test_many_tensors_of_an_area_are_one_line() -> None:
    facts = [media(f"gradients/{i}", i + 1, i or None) for i in range(MANY + 1)]
    [line] = folded(facts, MEDIA)
    assert line == {
        "key": "gradients/* (9 keys)",
        "kind": "histogram",
        "steps": 9,
        "rows": 45,
        "last_step": 8,
        "bytes": 90,
    }


def test_few_tensors_and_all_other_keys_stay_themselves() -> None:
    few = [media(f"weights/{i}") for i in range(MANY)]
    others = [media(f"val/{i}") for i in range(MANY + 1)]
    assert folded([*few, *others], MEDIA) == [*few, *others]


def test_an_areas_bounds_leave_out_what_is_no_number() -> None:
    values = [math.nan, *map(float, range(MANY))]
    facts = [
        {"key": f"gradients_norm/{i}", "points": 2, "last": v, "min": v, "max": v}
        for i, v in enumerate(values)
    ]
    [line] = folded(facts, SCALARS)
    assert (line["points"], line["last"], line["min"], line["max"]) == (18, None, 0.0, 7.0)


def test_the_norm_of_all_is_no_tensor() -> None:
    values = {"gradients_norm": 1.0, "gradients_norm/a": 2.0, "loss": 3.0}
    assert without_tensors(values) == {"gradients_norm": 1.0, "loss": 3.0}


def test_show_folds_them_and_lists_them_when_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = medialog_core.init(dir=tmp_path)
    names = [f"layer{i}" for i in range(MANY + 1)]
    run.log({f"gradients/{name}": medialog_core.Histogram(np.arange(4)) for name in names})
    run.log({"loss": 1.0, **{f"gradients_norm/{name}": 1.0 for name in names}})
    run.finish()
    capsys.readouterr()
    assert main(["show", str(run.dir)]) == 0
    out = capsys.readouterr().out
    assert "layer3" not in out
    assert "gradients/* (9 keys)" in out
    assert "gradients_norm/* (9 keys)" in out
    assert out.endswith("of tensors: --all lists each, --key shows one\n")
    assert main(["show", str(run.dir), "--all"]) == 0
    out = capsys.readouterr().out
    assert [name for name in names if f"gradients/{name}" not in out] == []
    assert "--all" not in out
