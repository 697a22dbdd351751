"""The one table of forms: a kind of media and what TensorBoard shows of it.

A form that is bytes (a picture, a text) can stand in a list under one tag; a histogram and a
mesh cannot, and a list of them becomes `tag/0`, `tag/1`, ...
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...drawing.lettering import is_readable
from ...payload import Payload
from ...schema import (
    AudioMeta,
    ChartMeta,
    HistogramMeta,
    HtmlMeta,
    ImageMeta,
    JoinedTableMeta,
    Meta,
    MoleculeMeta,
    Object3DMeta,
    PartitionedTableMeta,
    PlotlyMeta,
    TableMeta,
    TextMeta,
    VideoMeta,
)
from . import protos
from .forms import (
    cells,
    charts,
    films,
    histograms,
    markdown,
    molecules,
    objects,
    pages,
    pictures,
    plots,
    sounds,
    tables,
)
from .shown import Shown

_AUDIO = "audio"
_Form = Callable[[Payload, Any], Shown]


def show(payload: Payload) -> Shown:
    """Give what TensorBoard shows of a payload, of any kind."""
    return FORMS.get(type(payload.meta), _unknown)(payload, payload.meta)


def values(tag: str, shown: Sequence[Shown]) -> list[protos.Value]:
    """Give the summary values of one `Shown`, or of a list of them."""
    first = shown[0]
    if first.plugin == "mesh":
        return [] if first.mesh is None else protos.mesh(tag, first.mesh)
    if first.item is None:
        return [protos.bins(tag, first.bins, first.note)]
    if first.plugin == _AUDIO:
        return [protos.sounds(tag, [(one.item or b"", one.label.encode()) for one in shown])]
    items = [*first.head, *(one.item for one in shown if one.item is not None)]
    return [protos.strings(tag, first.plugin, items, rank=0 if len(items) == 1 else 1)]


def texts(shown: Sequence[Shown]) -> dict[str, list[bytes]]:
    """Give the texts that stand beside a list, by name: one for each value, empty where it has none."""
    names = dict.fromkeys(name for one in shown for name in one.texts)
    return {name: [one.texts.get(name, "").encode() for one in shown] for name in names}


def cells_beside(shown: Sequence[Shown]) -> Iterator[tuple[str, Sequence[Shown]]]:
    """Give the pictures and sounds that stand beside a list, by name; of several with their number."""
    for place, one in enumerate(shown):
        for name, several in one.beside.items():
            yield (name if len(shown) == 1 else f"{place}/{name}"), several


def _audio(payload: Payload, _meta: AudioMeta) -> Shown:
    label = payload.caption or ""  # which the audio plugin does not show
    texts = {"captions": markdown.plain(label)} if label else {}
    return Shown(_AUDIO, item=sounds.render(payload), label=label, texts=texts)


def _pictured(render: Callable[[Payload, Any], pictures.Picture | None]) -> _Form:
    def show(payload: Payload, meta: Meta) -> Shown:
        picture = render(payload, meta)
        if picture is None:
            return _unknown(payload, meta)
        head = (str(picture.width).encode(), str(picture.height).encode())
        return Shown("images", head, picture.data, texts=_unreadable(payload))

    return show


def _unreadable(payload: Payload) -> dict[str, str]:
    """Give the caption as a text where no font here can draw it: browsers have others."""
    caption = payload.caption or ""
    return {} if is_readable(caption) else {"captions": markdown.plain(caption)}


def _written(render: Callable[[Payload, Any], str]) -> _Form:
    return lambda payload, meta: Shown("text", item=render(payload, meta).encode())


def _tabled(render: Callable[[Payload, Any], str]) -> _Form:
    def show_table(payload: Payload, meta: Meta) -> Shown:
        beside = cells.beside(payload, show)
        text = "\n\n".join(filter(None, (render(payload, meta), cells.note(beside))))
        return Shown("text", item=text.encode(), beside=beside)

    return show_table


def _histogram(_payload: Payload, meta: HistogramMeta) -> Shown:
    left_out = histograms.nonfinite(meta)
    scalars = {"nonfinite": float(left_out)} if left_out else {}
    return Shown(
        "histograms", bins=histograms.rows(meta), note=histograms.describe(meta), scalars=scalars
    )


def _unknown(payload: Payload, _meta: Meta) -> Shown:
    return Shown("text", item=markdown.unknown(payload).encode())


FORMS: dict[type[Meta], _Form] = {
    AudioMeta: _audio,
    ChartMeta: _pictured(charts.render),
    HistogramMeta: _histogram,
    HtmlMeta: _written(pages.text),
    ImageMeta: _pictured(pictures.render),
    JoinedTableMeta: _tabled(tables.joined),
    MoleculeMeta: _pictured(molecules.render),
    Object3DMeta: objects.show,
    PartitionedTableMeta: _tabled(tables.partitioned),
    PlotlyMeta: _written(plots.text),
    TableMeta: _tabled(tables.single),
    TextMeta: _written(markdown.text),
    VideoMeta: _pictured(films.render),
}
