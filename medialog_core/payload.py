"""What flows from a media value to a sink: records, and the blobs they carry.

    media value -> (codec) -> Payload = meta + blobs -> Entry = where and when + Payload -> Sink.write

A media value knows no run and no sink; a sink knows no media class, only `meta` and blobs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Protocol, TypeVar

from .errors import InvalidInput
from .lazy import cached_property
from .schema import Area, File, Meta

Buffer = bytes | memoryview
AMeta = TypeVar("AMeta", bound=Meta)
Fetch = Callable[[File], bytes]


def digest_of(data: Buffer, what: str, *facts: object) -> bytes:
    """Give the `digest` of a blob.

    Args:
        data: The raw input, contiguous.
        what: What it is, in up to 16 ASCII characters: equal bytes of other things differ.
        facts: What else decides the file, told apart by their `repr`: shape, dtype, options.
    """
    digest = hashlib.blake2b(data, digest_size=16, person=what.encode())
    if facts:
        digest.update(repr(facts).encode())
    return digest.digest()


@dataclass(eq=False)
class Blob:
    """Bytes to be stored as one file, produced when a sink first asks for them.

    Attributes:
        produce: Gives the bytes, in the background. Called once, unless somebody asks after they
            were let go; a sink that already holds a blob of this `digest` never calls it, so that a
            repeat costs no encoding.
        content_type: Media type, e.g. `image/png`.
        extension: File name ending without the dot, e.g. `png`.
        role: Empty for the value's own file, else what it is to it, e.g. `mask:predictions`.
        digest: Identifies the raw input and the encoding options; None is never deduplicated.
    """

    produce: Callable[[], bytes]
    content_type: str
    extension: str
    role: str = ""
    digest: bytes | None = None

    @classmethod
    def of(cls, data: bytes, content_type: str, extension: str, role: str = "") -> Blob:
        """Give the blob of bytes that are there already."""
        digest = digest_of(data, "bytes", content_type, extension)
        return cls(partial(bytes, data), content_type, extension, role, digest)

    @cached_property
    def data(self) -> bytes:
        """The encoded bytes."""
        return self.produce()

    def let_go(self) -> None:
        """Hold the bytes no longer: a table of ten thousand pictures would hold all of theirs."""
        self.__dict__.pop("data", None)


@dataclass(eq=False)
class LinkedBlob:
    """Bytes that name other blobs (a table names its pictures): a sink places `links` first.

    Attributes:
        links: The blobs that the bytes name.
        render: Gives the bytes once each link has a place; called with the `File` of each link, in
            the order of `links`.
    """

    links: Sequence[Blob]
    render: Callable[[Sequence[File]], bytes]
    content_type: str
    extension: str
    role: str = ""


def _no_links(file: File) -> bytes:
    raise LookupError(f"this payload has no linked files, asked for {file.uri!r}")


@dataclass(eq=False)
class Payload:
    """One media value as the disk holds it, and the way back.

    Attributes:
        meta: What is small, as JSON: its shape is in `schema/`.
        blobs: What is large. The value's own file first (role ""), then masks and the like.
        caption: The value's caption.
        sample_id: Which sample of the data set this is, so that it can be followed over steps.
        fetch: Reading only: gives the bytes of a file that a linked blob names.
    """

    meta: Meta
    blobs: Sequence[Blob | LinkedBlob] = ()
    caption: str | None = None
    sample_id: str | None = None
    fetch: Fetch = field(default=_no_links, repr=False)

    @property
    def files(self) -> dict[str, Blob]:
        """The blobs by their role, but for those that name others."""
        return {blob.role: blob for blob in self.blobs if isinstance(blob, Blob)}

    def meta_as(self, type_: type[AMeta]) -> AMeta:
        """Give `meta` to who reads this type of it.

        Raises:
            InvalidInput: It is of another.
        """
        if isinstance(self.meta, type_):
            return self.meta
        raise InvalidInput(f"payload: expected {type_.__name__}, got {type(self.meta).__name__}")


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One media value at one place: a row of `items/`.

    Attributes:
        key: What the user called it, whatever characters it has.
        step: Training step; None for media of the summary.
        epoch: Epoch, where the caller knows it.
        ts: Unix time in seconds, the same for all that one `log` call brings.
        rank: Which process of a distributed run wrote it.
        idx: Place in its list, 0 for a single value.
        payload: The value.
    """

    key: str
    step: int | None
    epoch: float | None
    ts: float
    rank: int
    idx: int
    payload: Payload


@dataclass(frozen=True, slots=True, eq=False)
class Scalars:
    """The numbers of one `log` call: a row of `scalars/` each."""

    values: Mapping[str, float]
    step: int
    epoch: float | None
    ts: float
    rank: int


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A fact of the run itself: a row of `state/`; the latest of an (area, key) counts.

    Attributes:
        value: Anything JSON can hold; non-finite numbers included.
    """

    area: Area
    key: str
    value: Any
    ts: float
    rank: int


Record = Entry | Scalars | State


class Sink(Protocol):
    """Takes records, in order, from one thread.

    A sink may buffer; `flush` returns when everything written is committed and raises `OSError`
    where it could not be (the records are then kept for the next try). `close` flushes and
    releases; both may be called twice. `lost` counts records that were given up because what is
    kept for the next try is bounded: a full disk never hangs a training.
    """

    @property
    def lost(self) -> int:
        """How many records were given up."""

    def write(self, record: Record) -> None:
        """Take one record."""

    def flush(self) -> None:
        """Commit all that was written."""

    def close(self) -> None:
        """Flush and release what is open."""
