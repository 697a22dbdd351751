"""The one table of forms: a kind of media and what TensorBoard shows of it.

A form that is bytes (a picture, a text) can stand in a list under one tag; a histogram cannot, and
a list of them becomes `tag/0`, `tag/1`, ...
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ...payload import Payload
from ...schema import HistogramMeta, ImageMeta, Meta, TableMeta, TextMeta, VideoMeta
from . import films, histograms, markdown, pictures, protos
from .shown import Shown


def show(payload: Payload) -> Shown:
    """Give what TensorBoard shows of a payload, of any kind."""
    return FORMS.get(type(payload.meta), _unknown)(payload, payload.meta)


def value(tag: str, shown: Sequence[Shown]) -> protos.Value:
    """Give the summary value of one `Shown`, or of a list of them."""
    first = shown[0]
    if first.item is None:
        return protos.bins(tag, first.bins, first.note)
    items = [*first.head, *(one.item for one in shown if one.item is not None)]
    return protos.strings(tag, first.plugin, items, rank=0 if len(items) == 1 else 1)


def _image(payload: Payload, meta: ImageMeta) -> Shown:
    return _shown_picture(pictures.render(payload, meta))


def _video(payload: Payload, meta: VideoMeta) -> Shown:
    picture = films.render(payload, meta)
    return _unknown(payload, meta) if picture is None else _shown_picture(picture)


def _shown_picture(picture: pictures.Picture) -> Shown:
    head = (str(picture.width).encode(), str(picture.height).encode())
    return Shown("images", head, picture.data)


def _histogram(_payload: Payload, meta: HistogramMeta) -> Shown:
    left_out = histograms.nonfinite(meta)
    scalars = {"nonfinite": float(left_out)} if left_out else {}
    return Shown(
        "histograms", bins=histograms.rows(meta), note=histograms.describe(meta), scalars=scalars
    )


def _table(payload: Payload, meta: TableMeta) -> Shown:
    return Shown("text", item=markdown.data_table(payload, meta).encode())


def _text(payload: Payload, meta: TextMeta) -> Shown:
    return Shown("text", item=markdown.text(payload, meta).encode())


def _unknown(payload: Payload, _meta: Meta) -> Shown:
    return Shown("text", item=markdown.unknown(payload).encode())


FORMS: dict[type[Meta], Callable[[Payload, Any], Shown]] = {
    ImageMeta: _image,
    VideoMeta: _video,
    HistogramMeta: _histogram,
    TableMeta: _table,
    TextMeta: _text,
}
