"""The name "medialog" is there, whichever is imported first, and an import is never broken by it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

import medialog_huggingface

from .conftest import by_name

UTILS = "transformers.integrations.integration_utils"
BEFORE = "import medialog_huggingface"
SAY = f"""
from {UTILS} import INTEGRATION_TO_CALLBACK as table, get_reporting_integration_callbacks as find
from medialog_huggingface import MediaCallback
assert find(["medialog"]) == [MediaCallback], table
print("ok")
"""


def said(code: str, **environment: str) -> tuple[str, str]:
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"PYTHONPATH": path} | environment,
    )
    return done.stdout.strip(), done.stderr


@pytest.mark.parametrize(
    "code",
    [
        f"{BEFORE}\nfrom transformers import Trainer\n{SAY}",
        f"from transformers import Trainer\n{BEFORE}\n{SAY}",
        f"import transformers\n{BEFORE}\nfrom transformers import TrainingArguments\n{SAY}",
        f"{BEFORE}\nimport importlib.util as u\nu.find_spec('{UTILS}')\n{SAY}",
        f"from medialog_huggingface.callback import MediaCallback\n{SAY}",
    ],
    ids=["before", "after", "in between", "asked for, then imported", "by its callback"],
)
def test_report_to_finds_it(code: str) -> None:
    out, err = said(code)
    assert out == "ok", err


def test_importing_it_loads_neither_library() -> None:
    names = "('torch', 'transformers', 'accelerate')"
    code = f"{BEFORE}\nimport sys\nprint([m for m in {names} if m in sys.modules])"
    assert said(code)[0] == "[]"


def test_the_finder_goes_when_it_has_done_its_work() -> None:
    code = (
        f"{BEFORE}\nimport sys, accelerate.tracking, {UTILS}\n"
        "print([type(f) for f in sys.meta_path if type(f).__module__.startswith('medialog')])"
    )
    out, err = said(code)
    assert out == "[]", err


def test_importing_it_twice_waits_once() -> None:
    code = (
        f"{BEFORE}\nimport sys\nmedialog_huggingface.registering.register()\n"
        "print(sum(type(f).__module__.startswith('medialog') for f in sys.meta_path))"
    )
    assert said(code)[0] == "1"


def test_another_callback_of_that_name_stays() -> None:
    code = (
        f"from {UTILS} import INTEGRATION_TO_CALLBACK as table\n"
        f"table['medialog'] = int\n{BEFORE}\nprint(table['medialog'])"
    )
    assert said(code)[0] == "<class 'int'>"


def test_all_does_not_mean_it() -> None:
    code = f"{BEFORE}\nfrom {UTILS} import get_available_reporting_integrations as all\nprint('medialog' in all())"
    assert said(code)[0] == "False"


@by_name
def test_accelerate_knows_it() -> None:
    code = (
        f"{BEFORE}\nfrom accelerate import Accelerator\n"
        "print(Accelerator(log_with='medialog', project_dir='x', cpu=True).log_with)"
    )
    out, err = said(code)
    assert out == "['medialog']", err


@by_name
@pytest.mark.parametrize(
    "code",
    [
        f"{BEFORE}\nimport accelerate.tracking as t",
        f"import accelerate.tracking as t\n{BEFORE}",
        "import accelerate.tracking as t\nfrom medialog_huggingface import MediaTracker",
        "from medialog_huggingface import MediaTracker\nimport accelerate.tracking as t",
    ],
    ids=["before", "after", "after, by its tracker", "by its tracker"],
)
def test_accelerate_is_told_once(code: str) -> None:
    noted = "import warnings\nwarnings.simplefilter('ignore')\n"
    loud = "warnings.filterwarnings('error', message='A tracker with the name')\n"
    out, err = said(f"{noted}{loud}{code}\nprint(t.LOGGER_TYPE_TO_CLASS['medialog'].__name__)")
    assert (out, err) == ("MediaTracker", "")


@by_name
def test_another_tracker_of_that_name_stays() -> None:
    code = (
        "import accelerate.tracking as t\n"
        f"t.LOGGER_TYPE_TO_CLASS['medialog'] = int\n{BEFORE}\n"
        "print(t.LOGGER_TYPE_TO_CLASS['medialog'])"
    )
    assert said(code)[0] == "<class 'int'>"


def test_a_finder_of_the_old_kind_is_passed_over() -> None:
    old = "type('Old', (), {'find_module': lambda *a: None})()"
    code = (
        f"import sys\nsys.meta_path.insert(0, {old})\n{BEFORE}\nimport {UTILS} as utils\n"
        "print(utils.INTEGRATION_TO_CALLBACK['medialog'].__name__)"
    )
    out, err = said(code)
    assert out == "MediaCallback", err


def test_a_fault_of_ours_breaks_no_import() -> None:
    code = (
        f"{BEFORE}\nimport sys\nsys.modules['medialog_huggingface.callback'] = None\n"
        f"import {UTILS}\nprint('imported')"
    )
    out, err = said(code)
    assert out == "imported"
    assert "'medialog' can't be registered with transformers" in err


def test_a_name_that_is_not_there_is_refused() -> None:
    with pytest.raises(AttributeError, match=r"has no attribute 'Media'; it has \['Capture'"):
        medialog_huggingface.Media  # noqa: B018 - the look-up is what is tried
