"""Every file that a run of all media stores is, in Chromium, what its content type says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

from examples import all_media
from medialog_core import RunReader, open_run
from medialog_core.schema import File

if TYPE_CHECKING:
    from tests.browser.conftest import Browser

pytestmark = pytest.mark.browser

_PICTURE = """async (address) => {
  const image = new globalThis.Image();
  image.src = address;
  await image.decode();
  return image.naturalWidth > 0;
}"""
_CLIP = """async (address, kind) => {
  const element = document.createElement(kind);
  element.muted = true;
  element.src = address;
  await element.play();
  await new Promise((done) => (element.onended = done));
  return element.currentTime > 0.5;
}"""
_JSON = """async (address) => Object.keys(await (await fetch(address)).json()).length > 0"""
_PAGE = """async (address) => {
  const frame = document.body.appendChild(document.createElement("iframe"));
  await new Promise((done) => { frame.onload = done; frame.src = address; });
  const { body, title } = frame.contentDocument;
  const facts = [title, body.children.length, getComputedStyle(body).marginTop,
                 await (await fetch(address)).text()];
  frame.remove();
  return facts;
}"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunReader:
    return open_run(all_media.main(tmp_path_factory.mktemp("all"), 1))


def files(run: RunReader) -> Iterator[File]:
    """Give the first file of each kind, role and content type."""
    first: dict[Any, File] = {}
    for row in run.rows():
        own = [] if row.file is None else [("", row.file)]
        for role, file in [*own, *((extra.role, extra.file) for extra in row.extra)]:
            first.setdefault((row.kind, role, file.content_type), file)
    yield from first.values()


def test_pictures_sounds_videos_and_json_open(run: RunReader, browser: Browser) -> None:
    opened = set()
    for file in files(run):
        data, type_ = run.read(file), file.content_type
        family = type_.partition("/")[0]
        if family == "image":
            assert browser.run(_PICTURE, data, type_), type_
        elif family in ("audio", "video"):
            assert browser.run(_CLIP, data, type_, family), type_
        elif type_.endswith("+json"):
            assert browser.run(_JSON, data, type_), type_
        else:
            continue
        opened.add(type_)
    assert {"image/png", "image/gif", "audio/flac", "video/mp4"} < opened
    assert sum(type_.endswith("+json") for type_ in opened) == 3


def test_a_page_opens_as_it_was_logged(run: RunReader, browser: Browser) -> None:
    [row] = run.rows("texts/html")
    assert row.file is not None
    data = run.read(row.file)
    title, elements, margin, text = browser.run(_PAGE, data, row.file.content_type)
    assert (title, elements, margin) == ("Report", 3, "32px")
    assert text == run.load(row).html
