"""A run behind the methods of torch's SummaryWriter, for scripts that look for TensorBoard's."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from medialog_core import Audio, Histogram, Image, Text, Video, plot
from medialog_core.arrays import to_numpy
from medialog_core.errors import InvalidInput
from medialog_core.placing import ranks
from medialog_core.placing.lazy_run import LazyRun

from . import tensors
from .sending import send


class Writer:
    """Logs to a run by SummaryWriter's methods, with its signatures and defaults.

    Everywhere `tag` is the key, `global_step` the step (without one the run counts), and `walltime`
    has no effect, which is said once: a run notes when it was called.

    Args:
        run: Where to.
    """

    def __init__(self, run: LazyRun) -> None:
        self._run = run

    @property
    def log_dir(self) -> str:
        """The run's directory."""
        return os.fspath(self._run.get().dir)

    def get_logdir(self) -> str:
        """Give the run's directory."""
        return self.log_dir

    def add_scalar(
        self,
        tag: str,
        scalar_value: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        new_style: bool = False,  # noqa: ARG002 - TensorBoard's own forms
        double_precision: bool = False,  # noqa: ARG002 - always
    ) -> None:
        """Log a number, of rank 0 only."""
        self._log(tag, float(scalar_value), global_step, walltime)

    def add_scalars(
        self,
        main_tag: str,
        tag_scalar_dict: Mapping[str, Any],
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log numbers under `<main_tag>/<tag>`, of rank 0 only."""
        values = {tag: float(value) for tag, value in tag_scalar_dict.items()}
        self._log(main_tag, values, global_step, walltime)

    def add_histogram(
        self,
        tag: str,
        values: Any,
        global_step: int | None = None,
        bins: str | int | Sequence[float] = "tensorflow",
        walltime: float | None = None,
        max_bins: int | None = None,
    ) -> None:
        """Log how values are distributed.

        Args:
            tag: The key.
            values: An array or tensor of any shape.
            global_step: Training step.
            bins: `tensorflow` for medialog's own 64; else as `numpy.histogram` has it.
            walltime: Without effect.
            max_bins: How many medialog's own are, instead of 64; no other bins have it.

        Raises:
            InvalidInput, WrongType: As `Histogram` does.
        """
        if bins == "tensorflow":
            histogram = Histogram(values, num_bins=max_bins or 64)
        elif max_bins is not None:
            raise InvalidInput(f"add_histogram: max_bins: expected None beside bins={bins!r}")
        else:
            histogram = Histogram(np_histogram=np.histogram(to_numpy(values, "values"), bins))
        self._log(tag, histogram, global_step, walltime)

    def add_image(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "CHW",
    ) -> None:
        """Log a picture.

        Args:
            tag: The key.
            img_tensor: Floats within [0, 1], or integers 0..255.
            global_step: Training step.
            walltime: Without effect.
            dataformats: What the axes are: `CHW`, `HWC`, `HW`, ...; with N it is a list of pictures.

        Raises:
            InvalidInput, WrongType: It is no picture, or not of these axes.
        """
        self._log(tag, tensors.pictures(img_tensor, dataformats), global_step, walltime)

    def add_images(
        self,
        tag: str,
        img_tensor: Any,
        global_step: int | None = None,
        walltime: float | None = None,
        dataformats: str = "NCHW",
    ) -> None:
        """Log a batch as a list of pictures, not as one grid; else as `add_image`."""
        self.add_image(tag, img_tensor, global_step, walltime, dataformats)

    def add_figure(
        self,
        tag: str,
        figure: Any,
        global_step: int | None = None,
        close: bool = True,
        walltime: float | None = None,
    ) -> None:
        """Log a matplotlib figure or a list of them, and close them."""
        figures = figure if isinstance(figure, list) else [figure]
        images = [Image(one) for one in figures]
        pyplot = sys.modules.get("matplotlib.pyplot")
        if close and pyplot is not None:
            for one in figures:
                pyplot.close(one)
        self._log(tag, images if isinstance(figure, list) else images[0], global_step, walltime)

    def add_video(
        self,
        tag: str,
        vid_tensor: Any,
        global_step: int | None = None,
        fps: float = 4,
        walltime: float | None = None,
    ) -> None:
        """Log N×T×C×H×W as a list of videos; floats within [0, 1], or uint8."""
        array = to_numpy(vid_tensor, "vid_tensor")
        options: dict[str, Any] = {"layout": "TCHW", "value_range": tensors.unit_range(array)}
        self._log(tag, [Video(one, fps=fps, **options) for one in array], global_step, walltime)

    def add_audio(
        self,
        tag: str,
        snd_tensor: Any,
        global_step: int | None = None,
        sample_rate: int = 44100,
        walltime: float | None = None,
    ) -> None:
        """Log a sound, 1×L or L samples within [-1, 1]."""
        samples = to_numpy(snd_tensor, "snd_tensor").squeeze()
        self._log(tag, Audio(samples, sample_rate), global_step, walltime)

    def add_text(
        self,
        tag: str,
        text_string: str,
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log a text as Markdown, which is what TensorBoard shows it as."""
        self._log(tag, Text(text_string, format="markdown"), global_step, walltime)

    def add_mesh(
        self,
        tag: str,
        vertices: Any,
        colors: Any = None,
        faces: Any = None,
        config_dict: Any = None,  # noqa: ARG002 - three.js's own
        global_step: int | None = None,
        walltime: float | None = None,
    ) -> None:
        """Log a batch of clouds of points B×N×3, or of meshes with faces B×M×3; colours are 0..255."""
        self._log(tag, tensors.meshes(vertices, colors, faces), global_step, walltime)

    def add_pr_curve(
        self,
        tag: str,
        labels: Any,
        predictions: Any,
        global_step: int | None = None,
        num_thresholds: int = 127,  # noqa: ARG002 - every threshold counts here
        weights: Any = None,
        walltime: float | None = None,
    ) -> None:
        """Log the precision-recall curve of 0/1 labels and scores, with all thresholds there are.

        Raises:
            InvalidInput: There are weights, or lengths differ.
        """
        if weights is not None:
            raise InvalidInput(
                "add_pr_curve: weights: expected None: the curve counts every sample"
            )
        self._log(tag, plot.pr_curve(labels, predictions), global_step, walltime)

    def add_hparams(
        self,
        hparam_dict: Mapping[str, Any],
        metric_dict: Mapping[str, Any],
        hparam_domain_discrete: Any = None,  # noqa: ARG002 - of TensorBoard's own page
        run_name: str | None = None,  # noqa: ARG002 - there is one run
        global_step: int | None = None,
    ) -> None:
        """Add to the run's config, and log the metrics; of rank 0 only."""
        if ranks.rank() == 0:
            self._run.get().config.update(hparam_dict)
            send(self._run, {key: float(value) for key, value in metric_dict.items()}, global_step)

    def flush(self) -> None:
        """Wait until all is on the disk."""
        opened = self._run.reach()
        if opened is not None:
            opened.flush()

    def close(self) -> None:
        """Wait until all is on the disk; the run ends with its tracker."""
        self.flush()

    def _log(self, tag: str, value: Any, step: int | None, walltime: float | None) -> None:
        opened = self._run.reach()
        if walltime is not None and opened is not None:
            opened.warn_once(
                "walltime", f"walltime of {tag!r} is not kept: a run has its own clock"
            )
        send(self._run, {tag: value}, step)

    def __getattr__(self, name: str) -> Any:
        has = ", ".join(sorted(method for method in vars(Writer) if not method.startswith("_")))
        raise AttributeError(
            f"medialog's writer has no {name!r}; it has {has}; the run itself is the tracker's .run"
        )
