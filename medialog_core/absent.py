"""Names that code written for W&B may ask for and that medialog has not: what to do instead."""

from __future__ import annotations

from types import MappingProxyType

FILES = "files stay where they are: put them into the run's folder, `run.dir`, and note them in `run.config`"
_SERVER = "nothing is sent anywhere, so there is no server, account or address"
_NOTHING = "nothing is to be set up: leave the line out"

ABSENT = MappingProxyType(
    {
        **dict.fromkeys(
            (
                "Artifact",
                "log_artifact",
                "use_artifact",
                "link_artifact",
                "upsert_artifact",
                "finish_artifact",
                "use_model",
                "link_model",
                "restore",
            ),
            FILES,
        ),
        **dict.fromkeys(("get_url", "project_url", "sweep_url", "Api"), _SERVER),
        **dict.fromkeys(("setup", "teardown", "require"), _NOTHING),
        **dict.fromkeys(("termlog", "termwarn", "termerror"), "use print or logging"),
        "sklearn": "`plot` has roc_curve, pr_curve and confusion_matrix",
        **dict.fromkeys(
            ("sweep", "agent", "controller"), "it starts no trainings: give each a run of its own"
        ),
        "Graph": "`watch(model, log_graph=True)` keeps a model's text",
        "join": "call `finish()`",
    }
)
"""Name to what to do instead."""


def missing(owner: str, name: str) -> AttributeError:
    """Give the error for a name that `owner` has not."""
    why = f": medialog has none; {ABSENT[name]}" if name in ABSENT else ""
    return AttributeError(f"{owner} has no attribute {name!r}{why}", name=name)
