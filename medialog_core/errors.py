"""What can go wrong, as one tree.

MedialogError
├── InvalidInput (ValueError)     a value of the right type that cannot be logged
├── WrongType (TypeError)         a value of a type that cannot be logged
├── NotStarted (RuntimeError)     log() before init()
│   └── NoActiveRun (AttributeError)  `medialog_core.config` before init()
├── MissingExtra (ImportError)    an optional package is needed; the message has the pip command
├── StoreError (OSError)          a run directory that cannot be made, read or written
└── RunFailed (RuntimeError)      raised by finish() or, with strict=True, at once

The first three are programming mistakes and raise at the caller's line. Failures of the
environment never end a training run: they are warned of once, counted in `run.health` and raised
by `finish()` as `RunFailed`.
"""

from __future__ import annotations


class MedialogError(Exception):
    """The root of everything medialog raises on purpose."""


class InvalidInput(MedialogError, ValueError):
    """A value of the right type that cannot be logged: names the field, what came and the fix."""


class WrongType(MedialogError, TypeError):
    """A value of a type that cannot be logged: names the field, what came and the fix."""


class NotStarted(MedialogError, RuntimeError):
    """`log` or `finish` was called before `init`."""


class NoActiveRun(NotStarted, AttributeError):
    """What is the active run's was asked of the module before `init`; `hasattr` says that it isn't there."""


class MissingExtra(MedialogError, ImportError):
    """An optional package is missing."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs an extra that is not installed: pip install 'medialog[{extra}]'"
        )


class StoreError(MedialogError, OSError):
    """A run directory that cannot be made, read or written."""


class RunFailed(MedialogError, RuntimeError):
    """Something logged did not reach the disk; the first failure is the cause."""
