"""The logger's methods for media, in WandbLogger's vocabulary; every rank may call them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from medialog_core import Histogram, Table, Text, listed
from medialog_core.errors import InvalidInput
from medialog_core.listed import Kind


class MediaMethods:
    """`log_image`, `log_video`, `log_audio`, `log_object3d`, `log_molecule`, `log_html` and the rest.

    In each of them a missing `step` is the trainer's.
    """

    def _log(self, data: Mapping[str, Any], step: int | None) -> None:
        raise NotImplementedError

    def _log_listed(
        self,
        method: str,
        key: str,
        kind: Kind,
        given: Any,
        options: Mapping[str, Any],
        step: int | None,
    ) -> None:
        self._log({key: listed.listed(method, key, kind, given, options)}, step)

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
        self._log_listed("log_image", key, listed.IMAGE, images, options, step)

    def log_video(self, key: str, videos: Any, step: int | None = None, **options: Any) -> None:
        """Log videos under one key.

        Args:
            key: Any text.
            videos: A list of what `Video` takes (paths, TxCxHxW or TxHxWxC arrays), a batch of five
                axes, or one video.
            step: Training step.
            options: `Video`'s arguments, e.g. `fps`, `caption`, `format`: one for each in a list, or
                one for all.

        Raises:
            InvalidInput, WrongType: As `log_image` does.
        """
        self._log_listed("log_video", key, listed.VIDEO, videos, options, step)

    def log_audio(self, key: str, audios: Any, step: int | None = None, **options: Any) -> None:
        """Log sounds under one key.

        Args:
            key: Any text.
            audios: A list of what `Audio` takes (paths, arrays of N, NxC or CxN samples), a batch
                of three axes, or one sound.
            step: Training step.
            options: `Audio`'s arguments, e.g. `sample_rate` in Hz, `caption`: one for each in a
                list, or one for all.

        Raises:
            InvalidInput, WrongType: As `log_image` does.
        """
        self._log_listed("log_audio", key, listed.AUDIO, audios, options, step)

    def log_object3d(self, key: str, objects: Any, step: int | None = None, **options: Any) -> None:
        """Log point clouds and meshes under one key.

        Args:
            key: Any text.
            objects: A list of what `Object3D` takes (paths, Nx3, Nx4 or Nx6 arrays, dictionaries
                of points and boxes), a batch of three axes, or one object.
            step: Training step.
            options: `Object3D`'s arguments, e.g. `caption`: one for each in a list, or one for all.

        Raises:
            InvalidInput, WrongType: As `log_image` does.
        """
        self._log_listed("log_object3d", key, listed.OBJECT3D, objects, options, step)

    def log_molecule(
        self, key: str, molecules: Any, step: int | None = None, **options: Any
    ) -> None:
        """Log molecules under one key.

        Args:
            key: Any text.
            molecules: A list of what `Molecule` takes (paths, open files, `Molecule.from_smiles(...)`),
                or one of them.
            step: Training step.
            options: `Molecule`'s arguments, e.g. `caption`: one for each in a list, or one for all.

        Raises:
            InvalidInput, WrongType: As `log_image` does.
        """
        self._log_listed("log_molecule", key, listed.MOLECULE, molecules, options, step)

    def log_html(self, key: str, pages: Any, step: int | None = None, **options: Any) -> None:
        """Log pages of HTML under one key.

        Args:
            key: Any text.
            pages: A list of what `Html` takes (HTML, paths, open files), or one of them.
            step: Training step.
            options: `Html`'s arguments, e.g. `caption`: one for each in a list, or one for all.

        Raises:
            InvalidInput, WrongType: As `log_image` does.
        """
        self._log_listed("log_html", key, listed.HTML, pages, options, step)

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
