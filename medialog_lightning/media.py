"""The logger's methods for media, in WandbLogger's vocabulary; every rank may call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from medialog_core import Histogram, Table, Text
from medialog_core.errors import InvalidInput

from .pictures import to_images


class MediaMethods:
    """`log_image`, `log_table`, `log_text` and `log_histogram`.

    In each of them a missing `step` is the trainer's.
    """

    def _log(self, data: Mapping[str, Any], step: int | None) -> None:
        raise NotImplementedError

    def log_image(self, key: str, images: Any, step: int | None = None, **options: Any) -> None:
        """Log images under one key.

        Args:
            key: Any text.
            images: A list of what `Image` takes; a batch NxCxHxW, NxHxWxC or NxHxW; or one image.
                An array of three axes is one image where its first or last axis has 1 to 4 entries.
            step: Training step.
            options: `Image`'s arguments, e.g. `caption`, `masks`, `boxes`, `classes`, `scores`,
                `sample_id`, `mode`, `file_type`, `normalize`, `value_range`. A list, a tuple or an
                array of one axis has one for each image; anything else, such as `normalize=False`
                or `value_range=(0, 1)`, is for all of them.

        Raises:
            InvalidInput: There is no image, one that cannot be logged (it is named by its place), or
                a list of another length.
            WrongType: Something that is no image.
        """
        self._log({key: to_images(key, images, options)}, step)

    def log_table(
        self,
        key: str,
        columns: list[Any] | None = None,
        data: Sequence[Sequence[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
    ) -> None:
        """Log a table.

        Args:
            key: Any text.
            columns: Names of the columns.
            data: Rows; cells may be images, histograms and text.
            dataframe: A pandas data frame instead of both.
            step: Training step.

        Raises:
            InvalidInput, WrongType: As `Table` does.
        """
        self._log({key: Table(columns=columns, data=data, dataframe=dataframe)}, step)

    def log_text(
        self,
        key: str,
        columns: str | list[Any] | None = None,
        data: Sequence[Sequence[Any]] | None = None,
        dataframe: Any = None,
        step: int | None = None,
        *,
        text: str | None = None,
        format: Literal["plain", "markdown"] = "plain",
    ) -> None:
        """Log a text, or a table of texts in WandbLogger's form.

        Args:
            key: Any text.
            columns: A string is the text itself: `log_text("note", "hello")`. A list names the
                columns of a table, as in `log_table`.
            data: As in `log_table`.
            dataframe: As in `log_table`.
            step: Training step.
            text: The text, by name.
            format: What the text is: `plain` or `markdown`.

        Raises:
            InvalidInput: Neither, or both, of a text and a table were given.
        """
        given = sum(one is not None for one in (columns, data, dataframe, text))
        if not given:
            raise InvalidInput(f"log_text({key!r}): expected a text or a table, got neither")
        if text is None and not isinstance(columns, str):
            self.log_table(key, columns, data, dataframe, step)
            return
        if given > 1:
            raise InvalidInput(
                f"log_text({key!r}): expected a text or a table, got both; log them under two keys"
            )
        self._log(
            {key: Text(columns if isinstance(columns, str) else text or "", format=format)}, step
        )

    def log_histogram(
        self, key: str, values: Any, step: int | None = None, num_bins: int = 64
    ) -> None:
        """Log how values are distributed.

        Args:
            key: Any text.
            values: An array or tensor of any shape, device and number type, or a list; a
                `Histogram` is taken as it is.
            step: Training step.
            num_bins: 1 to 512.

        Raises:
            InvalidInput, WrongType: As `Histogram` does.
        """
        histogram = (
            values if isinstance(values, Histogram) else Histogram(values, num_bins=num_bins)
        )
        self._log({key: histogram}, step)
