from __future__ import annotations

from typing import Any

import msgspec
import pytest

from medialog_core.schema import File
from medialog_core.store.links import named_in, place, relinked

A = File("media/a.tar", 3, "image/png", "SHA-256:aa", 512)
B = File("media/b.mp4", 9, "video/mp4", "SHA-256:bb")
LIKE_A_FILE = {"uri": "media/x.tar", "size": 1, "content_type": "a", "checksum": "b", "offset": 2}

NESTED = [
    {"type": "image", "value": {"file": A}},
    {"type": "json", "value": {"n": 1, "deep": {"type": "json", "value": {"type": "x"}}}},
    {"type": "json", "value": {"list": [[{"type": "video", "value": {"file": B}}], None]}},
]


def table(kind: str, cell: Any) -> bytes:
    return msgspec.json.encode(
        {"columns": [{"name": "c", "type": kind}], "nrows": 1, "data": {"c": [cell]}}
    )


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (table("image", {"kind": "image", "file": A, "extra": [{"role": "m", "file": B}]}), [A, B]),
        (table("image[]", [{"file": A}, {"file": A}]), [A, A]),
        (table("any", {"type": "image", "value": {"file": A}}), [A]),
        (table("any", {"type": "json", "value": LIKE_A_FILE}), []),
        (table("json", LIKE_A_FILE), []),
        (table("nested", NESTED), [A, B]),
        (table("any", {"type": "nested", "value": NESTED}), [A, B]),
        (table("nested", {"type": "json", "value": LIKE_A_FILE}), []),
        (table("any", {"type": "nested", "value": [{"type": "json", "value": LIKE_A_FILE}]}), []),
        (table("a kind of a later version", {"deep": {"er": [A]}}), [A]),
        (table("number", 1), []),
        (msgspec.json.encode({"left": A, "right": {"table": B}, "data": [A]}), [A, B, A]),
        (msgspec.json.encode([A, {"uri": "u", "size": "no number"}]), [A]),
        (msgspec.json.encode({"columns": 3, "data": {"c": A}}), [A]),
    ],
)
def test_the_files_that_are_named_are_found_and_the_users_json_is_left_alone(
    content: bytes, expected: list[File]
) -> None:
    assert named_in(content) == expected
    moved = {place(file): File("media/new.tar", 7, "x/y", "SHA-256:cc", 1024) for file in expected}
    again = relinked(content, moved)
    assert [file.uri for file in named_in(again)] == ["media/new.tar"] * len(expected)
    assert msgspec.json.decode(relinked(content, {})) == msgspec.json.decode(content)


def test_what_a_later_version_says_of_a_file_stays() -> None:
    said = {**msgspec.to_builtins(A), "codec": "new"}
    [found] = msgspec.json.decode(relinked(msgspec.json.encode([said]), {place(A): B}))
    assert found == {**msgspec.to_builtins(B), "codec": "new"}


@pytest.mark.parametrize("number", ["1", "1.0", "0.1", "1e300", "18446744073709551615", "-0.0"])
def test_numbers_come_out_as_they_were(number: str) -> None:
    content = b'{"columns":[{"name":"c","type":"number"}],"data":{"c":[%s]}}' % number.encode()
    cell = msgspec.json.decode(relinked(content, {}))["data"]["c"][0]
    assert repr(cell) == repr(msgspec.json.decode(number))
