"""Metas of what is played: video and audio."""

from __future__ import annotations

from .metas import Meta


class VideoMeta(Meta, tag="video", kw_only=True):
    """A video."""


class AudioMeta(Meta, tag="audio", kw_only=True):
    """A sound."""
