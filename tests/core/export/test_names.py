from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from medialog_core.export.names import Folders, Names, as_file, as_member, fold, role, safe

ODD = st.text(alphabet=st.sampled_from("aAbß/.:~_ \\<>\n\0é1\u0301가\U0001f642"), max_size=12)
NAMED = st.sampled_from(
    ["..", "../..", "con", "CON.txt", "Nul", "com1", "index.csv", "Run.json", "000000001.png",
     "a/000000001_cells", "summary.png", "x" * 300, "가" * 200, "/".join("abcdefgh" * 20), "a/", "/a",
     "a//b", "", "a.", "a ", "~", "a~5ec1f7e7"]
)  # fmt: skip
KEYS = st.lists(st.one_of(ODD, NAMED, st.text(max_size=8)), unique=True, max_size=12)
DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
RESERVED = ("index.csv", "run.json", "export.json")


def check_parts(path: str) -> None:
    """What each part of a path must be on every system."""
    for part in path.split("/"):
        assert part not in ("", ".", "..")
        assert not set('<>:"\\|?*\0\n') & set(part)
        assert part.isprintable()
        assert part[0] not in ". "
        assert part[-1] not in ". "
        assert not DEVICE.fullmatch(part)
        assert len(part.encode("utf-8", "surrogatepass")) < 200


@settings(max_examples=200, deadline=None)
@given(KEYS)
@example(["a", "A", "a~ca978112", "A~559aead0"])
@example(["é", "e\u0301", "\u00c9"])
@example(["x" * 300, "x" * 301, "X" * 300])
def test_every_key_has_a_folder_of_its_own_on_every_system(keys: Sequence[str]) -> None:
    folders = Folders({}, RESERVED)
    found = [folders.of(key) for key in keys]
    assert len(set(map(fold, found))) == len(keys)
    for folder in found:
        check_parts(folder)
        assert fold(folder.split("/")[0]) not in RESERVED
        assert len(folder) <= 180


@settings(max_examples=50, deadline=None)
@given(KEYS, KEYS)
def test_keys_that_come_later_move_no_folder(before: list[str], later: list[str]) -> None:
    first = Folders({}, RESERVED)
    known = {key: first.of(key) for key in before}
    second = Folders(known, RESERVED)
    assert [second.of(key) for key in [*later, *before]][len(later) :] == list(known.values())
    assert len(set(map(fold, second.by_key.values()))) == len(second.by_key)


@pytest.mark.parametrize(
    "key", ["val/predictions", "gradients/layer1.0.weight", "Loss (mean)", "예측"]
)
def test_an_ordinary_key_is_its_own_folder(key: str) -> None:
    assert Folders({}, RESERVED).of(key) == key


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "_~e3b0c442"),
        ("..", "_~5ec1f7e7"),
        ("a:b", "a_b~"),
        ("con", "_con~"),
        ("CON.txt", "_CON.txt~"),
        ("a.", "a~"),
        ("x" * 61, "x" * 60 + "~"),
        (".hidden", "_hidden~"),
    ],
)
def test_what_is_not_safe_stays_readable_and_has_its_hash(text: str, expected: str) -> None:
    assert safe(text).startswith(expected)
    check_parts(safe(text))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mask:predictions", "mask_predictions"),
        ("peaks", "peaks"),
        ("mask:a/b", "mask_a_b~"),
        ("rank1", "_rank1~"),
        ("001", "_001~"),
        ("v2_x", "_v2_x~"),
        ("cells", "_cells~"),
    ],
)
def test_a_role_is_readable_and_never_looks_like_another_row(text: str, expected: str) -> None:
    assert role(text).startswith(expected)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(ODD, st.sampled_from(["png", "json", "table.json"]), st.booleans()), max_size=12
    )
)
def test_the_files_of_a_row_have_names_of_their_own(wanted: list[tuple[str, str, bool]]) -> None:
    for style in (as_file, as_member):
        names = Names("000000001", style)
        found = [
            names.give(role(tail) if tail else "", ending, cell=cell and tail != "")
            for tail, ending, cell in wanted
        ]
        assert len(set(map(fold, found))) == len(wanted)
        for name in found:
            check_parts(name)


@settings(max_examples=100, deadline=None)
@given(st.one_of(ODD, NAMED))
def test_a_member_of_a_shard_is_ascii_and_its_first_dot_ends_the_sample(text: str) -> None:
    name = Names("000000001", as_member).give(role(text), "png", cell=True)
    assert name.isascii()
    assert len(name) <= 100
    assert name.partition(".")[0] == "000000001"
    assert name.endswith(".png")
    assert "/" not in name
