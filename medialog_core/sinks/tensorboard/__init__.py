"""Event files that stock TensorBoard shows; needs the extra `tensorboard`, never TensorFlow."""

from __future__ import annotations

from .writer import TensorBoardSink

__all__ = ["TensorBoardSink"]
