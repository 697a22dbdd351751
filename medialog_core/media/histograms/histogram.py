"""Histogram: binned where it is made, so that nothing large is kept."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ...arrays import Array, describe, is_torch, to_numpy
from ...checks import whole
from ...errors import InvalidInput, WrongType
from ...payload import Payload
from ...schema import HistogramMeta
from ..captioned import Captioned
from .binning import linear, powers
from .bins import Bins, Counts, EdgeBins, Edges, LinearBins, as_counts, even_edges, read
from .moments import Moments

MAX_BINS = 512


class Histogram(Captioned):
    """How values are distributed. NaN and infinities are counted apart, never an error.

    Args:
        sequence: Values: an array or tensor of any shape, device and dtype but complex, or a
            (nested) list of numbers. A tuple `(counts, edges)` as `numpy.histogram` returns it is
            taken for `np_histogram`.
        np_histogram: Ready-made `(counts, edges)`, one more edge than counts. Counts may be
            densities (told by their integral of 1) or weighted.
        num_bins: How many bins of equal width to make, 1 to 512.
        caption: A line of text.
        sample_id: Which sample of the data set it is.

    Raises:
        WrongType: No numbers, complex ones, or no `(counts, edges)`.
        InvalidInput: Neither or both of `sequence` and `np_histogram`; more than 512 bins; edges
            that do not fit the counts, do not ascend or are not finite.
    """

    __slots__ = ("_bins", "_density", "_moments")

    def __init__(
        self,
        sequence: Any = None,
        np_histogram: Any = None,
        num_bins: int = 64,
        *,
        caption: str | None = None,
        sample_id: str | None = None,
    ) -> None:
        super().__init__(caption, sample_id)
        if _is_binned(sequence):
            sequence, np_histogram = None, sequence if np_histogram is None else np_histogram
        if (sequence is None) == (np_histogram is None):
            raise InvalidInput(
                "Histogram: expected one of sequence= (values to be binned) and "
                f"np_histogram= (counts, edges), got {'neither' if sequence is None else 'both'}"
            )
        if sequence is None:
            self._adopt(np_histogram)
        else:
            wanted = whole(num_bins, "Histogram: num_bins", 1, MAX_BINS)
            bins, moments = linear(_numbers(sequence), wanted)
            self._set(bins, moments)

    @classmethod
    def exponents(cls, sequence: Any, max_samples: int | None = None) -> Histogram:
        """Bin by powers of two and sign: fast, and any two of these add up exactly.

        Args:
            sequence: Values, as for `Histogram`.
            max_samples: Count an evenly strided sample of about that many values at most; how many
                there were stands in `total`. None counts all.

        Raises:
            WrongType: No numbers, or complex ones.
            InvalidInput: `max_samples` is below 1.
        """
        total = None
        if max_samples is not None:
            sequence, total = _thinned(sequence, max_samples)
        return cls.of(*powers(_numbers(sequence), total))

    @classmethod
    def of(
        cls,
        bins: Bins,
        moments: Moments,
        density: bool = False,
        caption: str | None = None,
        sample_id: str | None = None,
    ) -> Histogram:
        """Put one together from its parts."""
        histogram = cls.__new__(cls)
        Captioned.__init__(histogram, caption, sample_id)
        histogram._set(bins, moments, density)  # noqa: SLF001 - its own class
        return histogram

    def _set(self, bins: Bins, moments: Moments, density: bool = False) -> None:
        self._bins, self._moments, self._density = bins, moments, density

    def _adopt(self, np_histogram: Any) -> None:
        counts, edges = _checked_pair(np_histogram)
        whole = counts.dtype == np.int64
        density = not whole and math.isclose(
            float(np.sum(counts * np.diff(edges))), 1, rel_tol=1e-6
        )
        moments = Moments(n=int(counts.sum())) if whole else Moments()
        self._set(_named(edges, counts), moments, density)

    @property
    def counts(self) -> Counts:
        """One number a bin, ascending: int64, or float64 for densities and weights."""
        return self._bins.counts

    @property
    def edges(self) -> Edges:
        """One more than the counts, ascending, float64."""
        return self._bins.edges

    @property
    def bins(self) -> Edges:
        """The edges, by W&B's name."""
        return self._bins.edges

    @property
    def histogram(self) -> Counts:
        """The counts, by W&B's name."""
        return self._bins.counts

    @property
    def density(self) -> bool:
        """Whether the counts are densities, whose integral is 1."""
        return self._density

    @property
    def moments(self) -> Moments:
        """Number, extremes, sums of the values, and how many were not finite."""
        return self._moments

    def to_meta(self) -> HistogramMeta:
        """Give it as the disk holds it."""
        meta = HistogramMeta(density=self._density)
        self._moments.write(meta)
        self._bins.write(meta)
        return meta

    @property
    def nbytes(self) -> int:
        """What it costs in the queue, in bytes."""
        return 256 + self._bins.counts.nbytes

    def __add__(self, other: Histogram) -> Histogram:
        """Give the histogram of the values of both.

        Raises:
            InvalidInput: Their bins differ (powers of two never do), or they are densities.
        """
        if not isinstance(other, Histogram):
            return NotImplemented
        if self._density or other._density:
            raise InvalidInput(
                "Histogram: densities do not add up; make both of counts (density=False)"
            )
        return Histogram.of(self._bins.add(other._bins), self._moments + other._moments)

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Histogram)
            and (self.caption, self.sample_id) == (other.caption, other.sample_id)
            and self.to_meta() == other.to_meta()
        )

    def __hash__(self) -> int:
        return hash((len(self._bins.counts), self._moments.n))

    def __repr__(self) -> str:
        m = self._moments
        return f"Histogram(n={m.n}, bins={len(self.counts)}, min={m.min}, max={m.max}, nan={m.nan})"


def encode(histograms: Sequence[Histogram]) -> Iterator[Payload]:
    """Give a payload for each; all of it is meta."""
    return map(_payload, histograms)


def decode(payload: Payload) -> Histogram:
    """Give the histogram back."""
    meta = payload.meta_as(HistogramMeta)
    return Histogram.of(
        read(meta), Moments.read(meta), meta.density, payload.caption, payload.sample_id
    )


def _payload(histogram: Histogram) -> Payload:
    return Payload(histogram.to_meta(), (), histogram.caption, histogram.sample_id)


def _is_binned(value: object) -> bool:
    """Say whether a positional value is `(counts, edges)`: no values could have such lengths."""
    if not isinstance(value, tuple) or len(value) != 2:  # noqa: PLR2004
        return False
    sizes = [_length(part) for part in value]
    return sizes[0] > 0 and sizes[1] == sizes[0] + 1


def _length(part: object) -> int:
    shape = getattr(part, "shape", None)
    if shape is not None:
        return int(shape[0]) if len(shape) == 1 else -1
    return len(part) if isinstance(part, list | tuple) else -1


def _numbers(sequence: Any) -> Array:
    values = to_numpy(sequence, "Histogram: sequence")
    if values.dtype.kind == "c":
        raise WrongType(
            f"Histogram: sequence: expected real numbers, got {describe(sequence)}; log abs(x), x.real or x.imag"
        )
    return values


def _thinned(sequence: Any, max_samples: int) -> tuple[Any, int | None]:
    """Take every n-th value, on the tensor's own device; n shares no factor with the number.

    A stride that divided the length of a row would see the same few columns only.
    """
    max_samples = whole(max_samples, "Histogram: max_samples", 1)
    strided = (
        is_torch(sequence)
        and str(sequence.layout) == "torch.strided"
        and not hasattr(sequence, "to_local")
    )
    values = sequence.detach() if strided else to_numpy(sequence, "Histogram: sequence")
    size = math.prod(values.shape)
    if size <= max_samples:
        return values, None
    stride = -(-size // max_samples)
    while math.gcd(stride, size) > 1:
        stride += 1
    return values.reshape(-1)[::stride], size


def _checked_pair(pair: Any) -> tuple[Counts, Edges]:
    """Give counts and edges once they fit each other."""
    if not isinstance(pair, tuple | list) or len(pair) != 2:  # noqa: PLR2004
        raise WrongType(
            f"Histogram: np_histogram: expected a pair (counts, edges) as of numpy.histogram, got {describe(pair)}"
        )
    counts = to_numpy(pair[0], "Histogram: np_histogram counts")
    edges = to_numpy(pair[1], "Histogram: np_histogram edges").astype(np.float64)
    if counts.ndim != 1 or edges.shape != (len(counts) + 1,):
        raise InvalidInput(
            "Histogram: np_histogram: expected n counts and n + 1 edges, "
            f"got shapes {counts.shape} and {edges.shape}"
        )
    if not 1 <= len(counts) <= MAX_BINS:
        raise InvalidInput(
            f"Histogram: np_histogram: expected 1 to {MAX_BINS} bins, got {len(counts)}"
        )
    if not np.isfinite(edges).all() or (np.diff(edges) < 0).any():
        raise InvalidInput("Histogram: np_histogram edges: expected finite numbers that ascend")
    if not np.isfinite(counts).all():
        raise InvalidInput(
            "Histogram: np_histogram counts: expected finite numbers, got NaN or infinity"
        )
    return as_counts(counts), edges


def _named(edges: Edges, counts: Counts) -> Bins:
    lo, hi = float(edges[0]), float(edges[-1])
    if np.array_equal(edges, even_edges(lo, hi, len(counts))):
        return LinearBins(lo, hi, counts)
    return EdgeBins(edges, counts)
