"""Names that code written for W&B may ask for and that medialog has not: what to do instead."""

from __future__ import annotations

from types import MappingProxyType

FILES = "files stay where they are: put them into the run's folder, `run.dir`, and note them in `run.config`"
_SERVER = "nothing is sent anywhere, so there is no server, account or address"
_NOTHING = "nothing is to be set up: leave the line out"
_INNER = "these are W&B's inner modules; an id, for one, is any text: `uuid.uuid4().hex`"
_CALLBACKS = "there are medialog_lightning, medialog_keras, medialog_huggingface; elsewhere log in a callback of your own"
_EVENTS = (
    "event files of others are not read; `init(sinks=['store', 'tensorboard'])` writes its own"
)

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
                "ArtifactTTL",
            ),
            FILES,
        ),
        **dict.fromkeys(("get_url", "get_project_url", "Api", "apis"), _SERVER),
        **dict.fromkeys(("setup", "teardown", "require"), _NOTHING),
        **dict.fromkeys(("termlog", "termwarn", "termerror"), "use print or logging"),
        "sklearn": "`plot` has roc_curve, pr_curve and confusion_matrix",
        **dict.fromkeys(
            ("sweep", "agent", "controller"), "it starts no trainings: give each a run of its own"
        ),
        "Graph": "`watch(model, log_graph=True)` keeps a model's text",
        "join": "call `finish()`",
        **dict.fromkeys(("CommError", "UsageError"), "catch `Error`, the root of what it raises"),
        **dict.fromkeys(("util", "sdk", "env"), _INNER),
        **dict.fromkeys(("integration", "xgboost", "lightgbm", "catboost"), _CALLBACKS),
        "keras": "`medialog_keras` has MediaCallback",
        **dict.fromkeys(("tensorboard", "tensorflow"), _EVENTS),
        "gym": "log the frames, `Video(frames, fps=30)`",
        "EvalTable": "log a `Table`",
        "attach": "pass the run itself to the other process: there it is a handle",
        **dict.fromkeys(("settings", "config_static"), "a run has name, id, project, dir, config"),
        **dict.fromkeys(("display", "to_html", "status"), "`medialog show` prints a run"),
    }
)
"""Name to what to do instead."""


def missing(owner: str, name: str) -> AttributeError:
    """Give the error for a name that `owner` has not."""
    why = f": medialog has none; {ABSENT[name]}" if name in ABSENT else ""
    return AttributeError(f"{owner} has no attribute {name!r}{why}", name=name)
