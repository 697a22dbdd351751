from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import msgspec
import pytest

from medialog_core.payload import Blob, Entry, LinkedBlob, Payload, Scalars, State
from medialog_core.schema import (
    FORMAT,
    Cell,
    ColumnMeta,
    Extra,
    File,
    HistogramMeta,
    ImageMeta,
    MaskMeta,
    Meta,
    RunFile,
    TableFile,
    TableMeta,
    TextMeta,
)
from medialog_core.store.layout import make_run
from medialog_core.store.reader import RunReader
from medialog_core.store.writer import StoreWriter


class OddMeta(TextMeta, tag="odd"):
    """A kind of a later version."""


class Run:
    """A run that a test fills."""

    def __init__(self, path: Path, id: str = "r1") -> None:
        self.path = path
        make_run(path, RunFile(FORMAT, id, f"name of {id}", "default", 1.0))
        self.writer = StoreWriter(path, id, 0)

    def log(self, key: str, meta: Meta, *blobs: Blob | LinkedBlob, **place: Any) -> None:
        where = {"step": 0, "epoch": None, "ts": 1.0, "rank": 0, "idx": 0} | place
        caption = where.pop("caption", None)
        self.writer.write(Entry(key=key, payload=Payload(meta, blobs, caption), **where))

    def picture(self, data: bytes, key: str = "val/picture", **place: Any) -> None:
        self.log(key, image(), png(data), **place)

    def reader(self) -> RunReader:
        self.writer.flush()
        return RunReader(self.path)


def png(data: bytes, role: str = "") -> Blob:
    return Blob(lambda: data, "image/png", "png", role)


def image(*masks: str, of: int | None = None) -> ImageMeta:
    sets = {name: MaskMeta({"1": "cat"}) for name in masks}
    return ImageMeta(of=of, width=3, height=2, channels=3, bit_depth=8, encoding="png", masks=sets)


def table(columns: dict[str, tuple[str, list[Any]]], links: list[Blob]) -> tuple[Meta, LinkedBlob]:
    """A table; a `Blob` of `links` in a cell becomes an image, with what follows it as a mask."""
    metas = [ColumnMeta(name, kind) for name, (kind, _) in columns.items()]
    nrows = len(next(iter(columns.values()))[1])

    def render(files: Any) -> bytes:
        places = dict(zip(map(id, links), files, strict=True))

        def cell(value: Any) -> Any:
            if isinstance(value, Blob):
                return Cell("image", image(), file=places[id(value)])
            if isinstance(value, tuple):
                file, mask = (places[id(blob)] for blob in value)
                return Cell("image", image("a"), file, [Extra("mask:a", mask)], caption="c")
            if isinstance(value, dict):
                return {name: cell(one) for name, one in value.items()}
            return [cell(one) for one in value] if isinstance(value, list) else value

        data = {name: [cell(value) for value in cells] for name, (_, cells) in columns.items()}
        return msgspec.json.encode(TableFile(metas, nrows, data))

    blob = LinkedBlob(links, render, "application/vnd.medialog.table+json", "table.json")
    return TableMeta(columns=metas, nrows=nrows), blob


def fill(run: Run) -> None:
    """Log a bit of everything."""
    for step in range(3):
        run.log(
            "val/picture",
            image("predictions"),
            png(b"p%d" % step),
            png(b"m", "mask:predictions"),
            step=step,
        )
        for idx in range(2):
            run.log("val/list", image(of=2), png(b"%d.%d" % (step, idx)), step=step, idx=idx)
        run.writer.write(Scalars({"loss": 1 / (step + 1)}, step, 0.5, 1.0, 0))
    run.picture(b"rank 1", rank=1)
    run.picture(b"best", "best", step=None, caption='a "best", one\nwith a line')
    run.log("note", TextMeta(text="# ü", format="markdown"), step=7)
    run.log("long", TextMeta(), Blob(lambda: b"long", "text/plain", "txt"))
    run.log("hist", HistogramMeta(linear=(0.0, 1.0, 2), counts=[1, 2], n=3))
    run.log("odd", OddMeta(text="x"), Blob(lambda: b"odd", "application/odd", "odd"))
    first, second, mask = png(b"first"), png(b"second"), png(b"mask", "mask:a")
    cells: dict[str, tuple[str, list[Any]]] = {
        "n": ("number", [1, "NaN", None]),
        "text": ("string", ["a,b", "", None]),
        "yes": ("boolean", [True, False, None]),
        "json": ("json", [{"uri": "u", "size": 1, "content_type": "", "checksum": ""}, [1], None]),
        "picture": ("image", [first, (second, mask), None]),
        "list": ("image[]", [[first, second], [], None]),
        "any": ("any", ["x", {"type": "number", "value": "Infinity"}, 3.5]),
        "words": ("text", [{"kind": "text", "meta": {"kind": "text", "text": "hi"}}, None, None]),
        "hists": ("histogram", [{"kind": "histogram", "meta": {"kind": "histogram"}}, None, None]),
    }
    meta, blob = table(cells, [first, second, mask])
    run.log("table", meta, blob, step=2)
    run.writer.write(State("config", "lr", float("inf"), 1.0, 0))


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Run(tmp_path / "run")


@pytest.fixture
def filled(run: Run) -> Run:
    fill(run)
    return run


@pytest.fixture
def to(tmp_path: Path) -> Path:
    return tmp_path / "out"


def index(to: Path) -> list[dict[str, str]]:
    with (to / "index.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def stored(run: Run) -> list[tuple[str, bytes]]:
    """Role and bytes of every file that rows name."""
    reader = run.reader()
    files: list[tuple[str, File]] = []
    for row in reader.rows():
        files += [("", row.file)] if row.file is not None else []
        files += [(extra.role, extra.file) for extra in row.extra]
    return [(role, reader.read(file)) for role, file in files]
