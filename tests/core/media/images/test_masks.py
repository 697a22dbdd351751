import io
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from medialog_core import Image
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.images.image import decode, encode
from medialog_core.media.images.masks import IGNORED, Mask
from medialog_core.payload import Blob
from medialog_core.testing import through_bytes

Array = NDArray[Any]
PIXELS = np.zeros((4, 6, 3), np.uint8)
IDS = np.arange(24).reshape(4, 6)


def ids_of(mask_data: Any) -> Array:
    ids = Image(PIXELS, masks={"p": {"mask_data": mask_data}}).masks["p"].to_numpy()
    assert ids is not None
    return ids


def blobs_of(image: Image) -> dict[str, bytes]:
    [payload] = encode([image])
    return {blob.role: blob.data for blob in payload.blobs if isinstance(blob, Blob)}


@pytest.mark.parametrize(
    "mask_data",
    [
        IDS,
        IDS.astype(np.uint8),
        IDS.astype(np.float64),
        IDS.tolist(),
        IDS[None],
        IDS[..., None],
        np.asfortranarray(IDS),
        IDS[::-1][::-1],
        torch.from_numpy(IDS),
        torch.from_numpy(IDS).float().requires_grad_(),
        torch.from_numpy(IDS)[None],
        PIL.Image.fromarray(IDS.astype(np.uint8)),
        PIL.Image.fromarray(IDS.astype(np.int32)),
        PIL.Image.fromarray(IDS.astype(np.uint16)),
    ],
    ids=lambda data: type(data).__name__,
)
def test_ids_of_any_kind_of_array(mask_data: Any) -> None:
    ids = ids_of(mask_data)
    assert ids.dtype == np.uint8
    assert np.array_equal(IDS, ids)


def test_a_boolean_mask_is_0_and_1() -> None:
    assert np.array_equal(IDS % 2, ids_of(IDS % 2 == 1))


def test_a_palette_image_gives_its_indices() -> None:
    image = PIL.Image.fromarray(IDS.astype(np.uint8)).convert("P")
    image.putpalette([255, 0, 0] * 256)
    assert np.array_equal(IDS, ids_of(image))


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.int64, (4, 6), elements=st.integers(0, 65_534)))
def test_every_id_up_to_65534_comes_back(ids: Array) -> None:
    image = Image(PIXELS, masks={"p": {"mask_data": ids}})
    [payload] = encode([image])
    back = decode(through_bytes(payload)).masks["p"].to_numpy()
    assert back is not None
    assert np.array_equal(ids, back)
    assert decode(through_bytes(payload)) == image


def test_any_number_of_sets_with_their_labels() -> None:
    masks = {f"set {i}": {"mask_data": IDS + i, "class_labels": {i: f"c{i}"}} for i in range(5)}
    image = Image(PIXELS, masks=masks)
    assert {name: mask.class_labels for name, mask in image.masks.items()} == {
        f"set {i}": {str(i): f"c{i}"} for i in range(5)
    }
    assert set(blobs_of(image)) == {"", *(f"mask:set {i}" for i in range(5))}


def test_the_pixel_s_index_is_the_class_id() -> None:
    file = blobs_of(Image(PIXELS, masks={"p": {"mask_data": IDS}}))["mask:p"]
    image = PIL.Image.open(io.BytesIO(file))
    assert image.mode == "P"
    assert np.array_equal(IDS, np.asarray(image))


def test_instances_above_255_are_16_bit_grey() -> None:
    file = blobs_of(Image(PIXELS, masks={"p": {"mask_data": IDS * 1000}}))["mask:p"]
    assert np.array_equal(IDS * 1000, np.asarray(PIL.Image.open(io.BytesIO(file))))


def test_a_path_keeps_its_labels(tmp_path: Path) -> None:
    path = tmp_path / "mask.png"
    PIL.Image.fromarray(IDS.astype(np.uint8)).save(path)
    for given_path in (path, str(path)):
        mask = Image(PIXELS, masks={"p": {"path": given_path, "class_labels": {1: "tree"}}}).masks[
            "p"
        ]
        assert mask == Mask(IDS.astype(np.uint8), {"1": "tree"})


def test_an_empty_set_is_legal_and_comes_back() -> None:
    image = Image(PIXELS, masks={"p": {}})
    [payload] = encode([image])
    assert image.masks["p"].to_numpy() is None
    assert decode(through_bytes(payload)) == image


def test_a_mask_is_fixed_when_the_constructor_returns() -> None:
    for dtype in (np.uint8, np.int64, np.bool_):
        buffer = np.zeros((4, 6), dtype)
        image = Image(PIXELS, masks={"p": {"mask_data": buffer}})
        buffer[:] = 1
        ids = image.masks["p"].to_numpy()
        assert ids is not None
        assert not ids.any()


def test_an_image_of_an_image_keeps_its_masks() -> None:
    first = Image(PIXELS, masks={"p": {"mask_data": IDS}})
    assert Image(first).masks["p"] == first.masks["p"]
    assert Image(first, masks={}).masks == {}


@pytest.mark.parametrize(
    ("mask", "error", "message"),
    [
        ({"mask_data": IDS - 1}, InvalidInput, r"class ids are 0..65534, got -1..22; relabel them"),
        ({"mask_data": IDS + 65_520}, InvalidInput, r"got 65520..65543; relabel them: np.unique"),
        ({"mask_data": np.full((4, 6), IGNORED)}, InvalidInput, r"got 65535..65535"),
        (
            {"mask_data": IDS + 0.5},
            InvalidInput,
            r"got fractions \(dtype float64\); threshold scores first",
        ),
        ({"mask_data": np.full((4, 6), np.nan)}, InvalidInput, r"got nan..nan"),
        (
            {"mask_data": IDS.T},
            InvalidInput,
            r"its image's size, 4×6 \(height×width\), got shape \(6, 4\)",
        ),
        (
            {"mask_data": np.zeros((3, 4, 6))},
            InvalidInput,
            r"got shape \(3, 4, 6\); take the class.*argmax\(0\)",
        ),
        (
            {"mask_data": PIL.Image.new("RGB", (6, 4))},
            InvalidInput,
            "class ids .*got a Pillow image of mode RGB",
        ),
        (
            {"mask_data": "mask.png"},
            WrongType,
            "expected an array, a tensor or a list of numbers, got str 'mask.png'",
        ),
        ({"mask_data": IDS, "path": "a.png"}, InvalidInput, "give either 'mask_data' or 'path'"),
        ({"class_labels": {1: "a"}}, InvalidInput, "give either 'mask_data' or 'path'"),
        ({"mask": IDS}, InvalidInput, r"expected the keys .*got \['mask'\]"),
        (
            {"mask_data": IDS, "class_labels": ["a"]},
            WrongType,
            "expected a dictionary of ids to names, got list",
        ),
        (
            IDS,
            WrongType,
            r"expected {'mask_data': ids} or {'path': file}, got numpy.ndarray of shape \(4, 6\)",
        ),
    ],
)
def test_an_error_names_the_set_and_what_came(
    mask: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        Image(PIXELS, masks={"truth": mask})
    assert str(caught.value).startswith("masks['truth']")


@pytest.mark.parametrize("masks", [IDS, {1: {}}])
def test_what_is_no_dictionary_of_sets_is_refused(masks: Any) -> None:
    with pytest.raises(WrongType, match="masks: "):
        Image(PIXELS, masks=masks)


def test_a_missing_or_broken_file_is_refused_at_once(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no image")
    with pytest.raises(
        InvalidInput, match=r"masks\['p'\]: .*broken.png is no image that can be read"
    ):
        Image(PIXELS, masks={"p": {"path": broken}})
    with pytest.raises(FileNotFoundError):
        Image(PIXELS, masks={"p": {"path": tmp_path / "missing.png"}})


def test_what_training_ignores_has_an_id_of_its_own() -> None:
    ids = np.array([[0, 1, -100, 255, 70_000, 3]] * 4)
    mask = Mask.with_ignored(torch.from_numpy(ids), {1: "tree"}, ignore=[255])
    image = Image(PIXELS, masks={"truth": mask})
    expected = np.array([[0, 1, IGNORED, IGNORED, IGNORED, 3]] * 4)
    kept = image.masks["truth"].to_numpy()
    assert kept is not None
    assert np.array_equal(expected, kept)
    assert image.masks["truth"].class_labels == {"1": "tree", str(IGNORED): "ignored"}
    [payload] = encode([image])
    assert decode(through_bytes(payload)) == image


def test_nothing_to_ignore_leaves_a_mask_as_it_is() -> None:
    assert Mask.with_ignored(IDS, {1: "tree"}) == Mask(IDS.astype(np.uint8), {"1": "tree"})


def test_a_mask_of_ours_is_checked_for_its_size() -> None:
    with pytest.raises(InvalidInput, match="its image's size, 4×6"):
        Image(PIXELS, masks={"p": Mask.with_ignored(IDS.T)})


def test_complex_ids_are_refused() -> None:
    with pytest.raises(WrongType, match=r"masks\['p'\]\['mask_data'\]: .*got complex ones"):
        ids_of(IDS + 0j)


def test_a_path_is_one() -> None:
    with pytest.raises(WrongType, match=r"masks\['p'\]\['path'\]: expected the path .*, got int 3"):
        Image(PIXELS, masks={"p": {"path": 3}})
