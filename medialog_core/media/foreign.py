"""Objects of other libraries that are media as they stand: what they are told by, and what they become.

No library is imported: an object is told by what it answers to.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PIL import Image as PilImage

from ..arrays import describe, is_array
from ..errors import WrongType
from .documents import figures, plotly
from .documents.html import Html
from .documents.plotly import Plotly
from .images.image import Image
from .shapes import chemistry
from .shapes.molecule import Molecule
from .tables.frames import is_frame

Make = Callable[[Any], Any]


def maker(value: object) -> Make | None:
    """Give what makes a media value of a foreign object; None where it is no medium by itself."""
    if is_array(value) or is_frame(value):
        return None
    return next((make for fits, make in _RULES if fits(value)), None)


def is_foreign(value: object) -> bool:
    """Say whether `value` is a picture, a figure or a molecule; what only a notebook shows is none."""
    return any(fits(value) for fits, _ in _MEDIA)


def _is_pillow(value: object) -> bool:
    return isinstance(value, PilImage.Image)


def _is_bokeh(value: object) -> bool:
    return any(base.__module__.startswith("bokeh.model") for base in type(value).__mro__)


def _is_shown_as_html(value: object) -> bool:
    return callable(getattr(type(value), "_repr_html_", None))


def _refuse_bokeh(value: Any) -> Any:
    raise WrongType(
        f"cannot log {describe(value)}; log Html(bokeh.embed.file_html(model, resources=bokeh.resources.INLINE)), "
        "a page that needs no network"
    )


_Rules = tuple[tuple[Callable[[object], bool], Make], ...]
_MEDIA: _Rules = (
    (_is_pillow, Image),
    (plotly.is_plotly, Plotly),
    (figures.is_figure, Image),
    (chemistry.is_mol, Molecule),
)
_RULES: _Rules = (*_MEDIA, (_is_bokeh, _refuse_bokeh), (_is_shown_as_html, Html))
