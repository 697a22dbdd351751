"""A page in Chromium that shows what is given to it, from a server on this machine only."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, sync_playwright

CHROMIUM = os.environ.get("MEDIALOG_CHROMIUM") or shutil.which("chromium")
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


class Shelf:
    """Serves bytes at addresses of 127.0.0.1, each with its content type; ranges too."""

    def __init__(self) -> None:
        self._files: dict[str, tuple[bytes, str]] = {"/": (b"<!doctype html>", "text/html")}
        files = self._files

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                data, content_type = files.get(self.path, (b"", "text/plain"))
                whole = len(data)
                asked = self.headers.get("Range")
                self.send_response(206 if asked else 200)
                if asked:
                    first, _, last = asked.removeprefix("bytes=").partition("-")
                    start, stop = int(first), int(last) + 1 if last else whole
                    data = data[start:stop]
                    self.send_header(
                        "Content-Range", f"bytes {start}-{start + len(data) - 1}/{whole}"
                    )
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(data)))
                self.send_header("Accept-Ranges", "bytes")
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                """Be quiet."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"

    def put(self, data: bytes, content_type: str) -> str:
        """Give the path at which these bytes are from now on."""
        path = f"/{len(self._files)}"
        self._files[path] = (data, content_type)
        return path

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Browser:
    """Runs JavaScript in a page, with the address of a file for it to look at."""

    def __init__(self, page: Page, shelf: Shelf) -> None:
        self._page, self._shelf = page, shelf

    def run(self, script: str, data: bytes, content_type: str, *arguments: Any) -> Any:
        """Give what `async (address, ...arguments) => ...` returns of these bytes."""
        path = self._shelf.put(data, content_type)
        return self._page.evaluate(f"a => ({script})(...a)", [path, *arguments])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.fail("no Chromium: install it (Debian: chromium), or set MEDIALOG_CHROMIUM")
    shelf = Shelf()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=_FLAGS)
        page = chromium.new_page()
        page.goto(shelf.address)
        yield Browser(page, shelf)
        chromium.close()
    shelf.close()
