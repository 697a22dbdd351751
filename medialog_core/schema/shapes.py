"""Metas of what is turned in the hand: 3-D objects and molecules."""

from __future__ import annotations

from .metas import Meta


class Object3DMeta(Meta, tag="object3d", kw_only=True):
    """Points, boxes and vectors, or the file of a mesh."""


class MoleculeMeta(Meta, tag="molecule", kw_only=True):
    """The file of a molecule."""
