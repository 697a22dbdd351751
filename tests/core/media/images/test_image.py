import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from matplotlib.figure import Figure
from numpy.typing import NDArray
from rdkit import Chem
from rdkit.Chem import Draw

from medialog_core import Image
from medialog_core.errors import InvalidInput, WrongType
from medialog_core.media.images.image import decode, encode
from medialog_core.payload import Blob
from medialog_core.schema import ImageMeta, Label
from medialog_core.testing import CodecTests, through_bytes
from tests.pictures import noise

Array = NDArray[Any]


RGB = noise(5, 7, 3)
BOX = {"position": {"minX": 0.1, "maxX": 0.2, "minY": 0.3, "maxY": 0.4}, "class_id": 1}


def meta_of(image: Image) -> ImageMeta:
    [payload] = encode([image])
    assert isinstance(payload.meta, ImageMeta)
    return payload.meta


def file_of(image: Image) -> Blob:
    [payload] = encode([image])
    blob = payload.blobs[0]
    assert isinstance(blob, Blob)
    return blob


class TestCodec(CodecTests):
    @pytest.fixture
    def values(self) -> Sequence[Image]:
        return [
            Image(
                RGB,
                caption="full",
                sample_id="val/3",
                classes=[{"id": 1, "name": "car"}],
                boxes={"p": {"box_data": [BOX]}, "empty": {}},
                masks={
                    "p": {"mask_data": noise(5, 7) % 9, "class_labels": {1: "car"}},
                    "empty": {},
                },
                scores={"loss": float("nan"), "iou": 0.5},
                label={"truth": "cat", "prediction": "dog", "score": 0.9},
                grouping=3,
            ),
            Image(noise(5, 7)),
            Image(noise(5, 7, 4)),
            Image(noise(1, 9, 3)),
            Image(noise(5, 7) > 99),
            Image(np.linspace(-1, 1, 35, dtype=np.float32).reshape(5, 7)),
            Image(noise(5, 7, dtype=np.uint16)),
            Image(noise(5, 7, 3, dtype=np.uint16)),
            Image(noise(5, 7, 4, dtype=np.uint16)),
            Image(noise(5, 7, dtype=np.int32)),
            Image(PIL.Image.fromarray(noise(5, 7, 2))),
            Image(RGB, file_type="webp", lossless=True),
            Image(noise(5, 7), file_type="webp", lossless=True),
            Image(noise(5, 7, 4), file_type="webp", lossless=True),
            Image(RGB, file_type="bmp"),
            Image(noise(5, 7), file_type="bmp"),
        ]


# --- layouts and shapes: rows of the table of W&B's behaviour -----------------------------------


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (RGB, RGB),
        (RGB[..., :1], RGB[..., 0]),
        (RGB[..., 0], RGB[..., 0]),
        (RGB.transpose(2, 0, 1), RGB),
        (RGB[None], RGB),
        (RGB[None, ..., 0], RGB[..., 0]),
        (RGB[:1], RGB[:1]),
        (RGB[:, :1], RGB[:, :1]),
        (RGB.tolist(), RGB),
        (RGB[::-1, ::-1], RGB[::-1, ::-1]),
        (torch.from_numpy(RGB), RGB),
        (torch.from_numpy(RGB).permute(2, 0, 1), RGB),
        (torch.from_numpy(RGB)[..., 0], RGB[..., 0]),
        (torch.from_numpy(RGB).permute(2, 0, 1)[None], RGB),
        (torch.from_numpy(RGB)[None, ..., 0], RGB[..., 0]),
    ],
    ids=range(15),
)
def test_layouts_that_only_one_reading_fits(data: Any, expected: Array) -> None:
    image = Image(data)
    assert np.array_equal(expected, image.to_numpy())
    assert (expected.shape[1], expected.shape[0]) == (image.width, image.height)


def test_where_both_readings_fit_torch_is_channels_first_and_numpy_last() -> None:
    both = noise(3, 6, 4)
    assert Image(both).to_numpy().shape == (3, 6, 4)
    assert Image(torch.from_numpy(both)).to_numpy().shape == (6, 4, 3)
    assert Image(both, layout="CHW").to_numpy().shape == (6, 4, 3)
    assert Image(torch.from_numpy(both), layout="HWC").to_numpy().shape == (3, 6, 4)


def test_an_image_one_pixel_high_is_not_squeezed() -> None:
    assert Image(noise(1, 5, 3)).to_numpy().shape == (1, 5, 3)


@settings(max_examples=50, deadline=None)
@given(
    hnp.arrays(
        np.uint8, st.tuples(st.integers(5, 20), st.integers(5, 20), st.sampled_from([1, 3, 4]))
    ),
    st.booleans(),
    st.sampled_from(["C", "F"]),
    st.sampled_from([1, -1]),
)
def test_any_layout_and_strides_come_back(
    pixels: Array, first: bool, order: Any, step: int
) -> None:
    data = np.array(pixels.transpose(2, 0, 1) if first else pixels, order=order)[:, ::step, :]
    data.flags.writeable = False
    expected = data.transpose(1, 2, 0) if first else data
    [payload] = encode([Image(data)])
    back = decode(through_bytes(payload)).to_numpy()
    assert np.array_equal(expected.squeeze(2) if expected.shape[2] == 1 else expected, back)


@pytest.mark.parametrize("batch", [noise(9, 5, 7, 3), torch.rand(9, 3, 5, 7), noise(9, 5, 7, 1)])
def test_a_batch_becomes_a_grid(batch: Any) -> None:
    assert Image(batch) == Image.grid(batch)
    assert (Image(batch).width, Image(batch).height) == (8 * 9 + 2, 2 * 7 + 2)


def test_a_batch_of_no_pictures_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match=r"batch: Image: data_or_path: an image has 1, 3 or 4 channels"
    ):
        Image(noise(8, 5, 7, 2))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (
            noise(5, 7, 2),
            r"1, 3 or 4 channels, got shape \(5, 7, 2\) and dtype uint8; log some of its channels, e.g. Image\(x\[..., 0\]\)",
        ),
        (noise(5, 7, 5), r"1, 3 or 4 channels, got shape \(5, 7, 5\)"),
        (torch.zeros(2, 8, 8), r"1, 3 or 4 channels, got shape \(2, 8, 8\)"),
        (
            noise(2, 8, 5, 7, 3),
            r"2 or 3 axes, a batch of them 4, got shape \(2, 8, 5, 7, 3\).*\[Image\(x\) for x in batches\]",
        ),
        (noise(5), r"H×W, H×W×C or C×H×W, got shape \(5,\)"),
        (np.uint8(3), r"H×W, H×W×C or C×H×W, got shape \(\)"),
        (noise(0, 7, 3), r"at least one, got shape \(0, 7, 3\)"),
        ([], r"at least one, got shape \(0,\)"),
        (
            np.zeros((5, 7), np.complex64),
            r"real numbers, at least one, got shape \(5, 7\) and dtype complex64",
        ),
        ([[1, 2], [3]], "its rows differ in length"),
    ],
)
def test_what_is_no_image_is_refused_with_the_fix(data: Any, message: str) -> None:
    with pytest.raises(InvalidInput, match=f"^Image: data_or_path: .*{message}"):
        Image(data)


def test_a_stated_layout_that_does_not_fit_is_refused() -> None:
    with pytest.raises(
        InvalidInput, match=r"1, 3 or 4 channels, got shape \(5, 7, 3\) .* with layout='CHW'"
    ):
        Image(RGB, layout="CHW")


@pytest.mark.parametrize("data", [None, 3, object(), {"a": 1}, b"png"])
def test_what_no_image_can_be_made_of_is_a_wrong_type(data: Any) -> None:
    with pytest.raises(
        WrongType,
        match=r"^Image: data_or_path: expected an array, a tensor, a PIL image, a path, a figure or an Image, got",
    ):
        Image(data)


def test_strings_in_an_array_are_a_wrong_type() -> None:
    with pytest.raises(WrongType, match="Image: data_or_path: expected numbers"):
        Image(np.array([["a"]]))


# --- numbers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16, torch.float32, torch.float64])
def test_floats_of_torch(dtype: torch.dtype) -> None:
    data = torch.tensor([[0, 0.25, 1]], dtype=dtype, requires_grad=True)
    assert Image(data).to_numpy().tolist() == [[0, 64, 255]]


@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_uint16_stays_16_bit(shape: tuple[int, ...]) -> None:
    pixels = noise(*shape, dtype=np.uint16)
    image = Image(pixels)
    assert meta_of(image).bit_depth == 16
    assert np.array_equal(pixels, image.to_numpy())


def test_16_bit_colours_become_8_bit_for_pillow_and_in_files_that_hold_no_more() -> None:
    pixels = np.array([[[0, 257, 65_535]]], np.uint16)
    assert np.asarray(Image(pixels).to_pil()).tolist() == [[[0, 1, 255]]]
    image = Image(pixels, file_type="bmp")
    assert image.to_numpy().tolist() == [[[0, 1, 255]]]
    assert meta_of(image).bit_depth == 8


def test_the_snapshot_is_taken_once_for_each_of_a_list() -> None:
    buffer = np.empty((300, 300, 3), np.uint8)
    images = []
    for value in range(8):
        buffer[:] = value
        images.append(Image(buffer))
    assert [int(i.to_numpy().max()) for i in images] == list(range(8))
    assert [int(i.to_numpy().min()) for i in images] == list(range(8))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        hnp.arrays(np.float32, (6, 6), elements=st.floats(0, 1, width=32)), min_size=1, max_size=6
    )
)
def test_one_buffer_reused_for_a_list_does_not_show(frames: list[Array]) -> None:
    buffer = torch.empty(6, 6)
    reused = []
    for frame in frames:
        buffer.copy_(torch.from_numpy(frame))
        reused.append(Image(buffer))
    for image, frame in zip(reused, frames, strict=True):
        assert np.array_equal(np.floor(frame * np.float32(255) + np.float32(0.5)), image.to_numpy())


# --- Pillow images and modes ----------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_a_pillow_image_is_kept_as_it_is(mode: str) -> None:
    picture = PIL.Image.fromarray(RGB).convert(mode)
    image = Image(picture)
    assert np.array_equal(np.asarray(picture), image.to_numpy())
    assert image.to_pil().mode == mode
    assert meta_of(image).encoding == "png"


@pytest.mark.parametrize("mode", ["P", "CMYK", "YCbCr", "HSV", "RGBX"])
def test_pillow_modes_that_png_lacks_become_rgb_and_say_so(mode: str) -> None:
    picture = PIL.Image.fromarray(RGB).convert(mode)
    image = Image(picture)
    assert np.array_equal(np.asarray(picture.convert("RGB")), image.to_numpy())
    assert meta_of(image).encoding == f"png, from mode {mode}"


def test_a_palette_with_transparency_becomes_rgba() -> None:
    picture = PIL.Image.fromarray(RGB).convert("P")
    picture.info["transparency"] = 0
    assert np.array_equal(np.asarray(picture.convert("RGBA")), Image(picture).to_numpy())


def test_pillow_s_1_bit_16_bit_32_bit_and_float_images() -> None:
    grey = noise(5, 7)
    wide = noise(5, 7, dtype=np.uint16)
    assert np.array_equal((grey > 127) * 255, Image(PIL.Image.fromarray(grey > 127)).to_numpy())
    assert np.array_equal(wide, Image(PIL.Image.fromarray(wide)).to_numpy())
    assert np.array_equal(wide, Image(PIL.Image.fromarray(wide.astype(np.int32))).to_numpy())
    unit = PIL.Image.fromarray(np.array([[0, 0.5, 1]], np.float32))
    assert Image(unit).to_numpy().tolist() == [[0, 128, 255]]


def test_a_pillow_image_is_fixed_when_the_constructor_returns() -> None:
    picture = PIL.Image.new("RGB", (4, 4))
    image = Image(picture)
    picture.putpixel((0, 0), (9, 9, 9))
    assert image.to_numpy().max() == 0


@pytest.mark.parametrize(
    "mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "F", "I"]
)
@pytest.mark.parametrize("shape", [(5, 7), (5, 7, 3), (5, 7, 4)])
def test_an_array_is_converted_with_the_mode(shape: tuple[int, ...], mode: str) -> None:
    image = Image(noise(*shape), mode=mode)
    meta = meta_of(image)
    assert meta.encoding == f"png, from mode {mode}"
    assert decode(through_bytes(next(iter(encode([image]))))) == image
    assert meta.channels == len(image.to_pil().getbands())


def test_a_mode_means_what_it_means_in_pillow() -> None:
    expected = np.asarray(PIL.Image.fromarray(RGB).convert("L"))
    assert np.array_equal(expected, Image(RGB, mode="L").to_numpy())
    assert np.array_equal(expected, Image(PIL.Image.fromarray(RGB), mode="L").to_numpy())
    assert np.array_equal(expected, Image(RGB / 255, mode="L").to_numpy())


def test_a_mode_that_pillow_cannot_convert_to_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"mode: 'LAB' cannot become 'L' .*not supported"):
        Image(PIL.Image.new("LAB", (3, 3)), mode="L")


def test_rdkit_s_drawing_is_a_pillow_image() -> None:
    picture = Draw.MolToImage(Chem.MolFromSmiles("CC(=O)O"), size=(300, 300))
    image = Image(picture)
    assert (image.width, image.height) == (300, 300)
    assert np.array_equal(np.asarray(picture), image.to_numpy())


# --- files ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["png", "jpeg", "webp", "bmp", "gif", "tiff"])
def test_a_file_keeps_its_bytes_and_format(tmp_path: Path, form: str) -> None:
    path = tmp_path / "picture.any"
    PIL.Image.fromarray(RGB).save(path, form)
    for given_path in (path, str(path)):
        image = Image(given_path)
        blob = file_of(image)
        assert blob.data == path.read_bytes()
        assert blob.content_type == f"image/{form}"
        assert meta_of(image).encoding == "file"
        with PIL.Image.open(path) as picture:
            assert np.array_equal(np.asarray(picture.convert("RGB")), image.to_numpy())


def test_a_file_comes_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    PIL.Image.fromarray(RGB).save(path)
    image = Image(path, caption="x", masks={"p": {"mask_data": noise(5, 7)}})
    [payload] = encode([image])
    assert decode(through_bytes(payload)) == image


def test_a_file_that_changes_later_does_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PIL.Image.fromarray(RGB).save(path)
    image = Image(path)
    path.unlink()
    assert np.array_equal(RGB, image.to_numpy())


@pytest.mark.parametrize("cut", [0, 8, 60, -500])
def test_a_broken_file_is_refused_at_once(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "broken.png"
    PIL.Image.fromarray(noise(50, 50, 3)).save(path)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(
        InvalidInput, match=r"Image: data_or_path: .*broken.png is no image that can be read"
    ):
        Image(path)


def test_a_missing_file_is_the_system_s_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Image(tmp_path / "missing.png")


def test_a_file_is_converted_only_where_that_is_stated(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    PIL.Image.fromarray(RGB).save(path)
    assert file_of(Image(path, file_type="jpg")).data == path.read_bytes()
    assert file_of(Image(path, file_type="png")).content_type == "image/png"
    with PIL.Image.open(path) as picture:
        grey = np.asarray(picture.convert("L"))
    assert np.array_equal(grey, Image(path, mode="L").to_numpy())


@pytest.mark.parametrize("file_type", ["jpg", "jpeg", "webp"])
def test_lossy_files_say_so(file_type: str) -> None:
    image = Image(noise(64, 64, 3), file_type=file_type, quality=50)
    name = {"jpg": "jpeg"}.get(file_type, file_type)
    assert meta_of(image).encoding == f"{name} lossy q50"
    assert file_of(image).content_type == f"image/{name}"
    small = len(file_of(image).data)
    assert small < len(file_of(Image(noise(64, 64, 3), file_type=file_type)).data)


@pytest.mark.parametrize("shape", [(2, 2, 4), (2, 2, 2)])
def test_where_a_file_holds_no_alpha_white_shows(shape: tuple[int, ...]) -> None:
    picture = PIL.Image.fromarray(np.zeros(shape, np.uint8))
    image = Image(picture, file_type="jpg")
    [payload] = encode([image])
    meta = meta_of(image)
    assert meta.encoding == "jpeg lossy q90, alpha over white"
    assert meta.channels == shape[2] - 1
    assert decode(through_bytes(payload)).to_numpy().min() > 250


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (
            {"file_type": "gif"},
            InvalidInput,
            r"file_type: expected one of \['bmp', 'jpeg', 'jpg', 'png', 'webp'\], got 'gif'",
        ),
        ({"mode": "XYZ"}, InvalidInput, "mode: expected one of .*, got 'XYZ'"),
        ({"layout": "NCHW"}, InvalidInput, "layout: expected 'CHW' or 'HWC', got 'NCHW'"),
        (
            {"quality": 50},
            InvalidInput,
            "file_type='png' is lossless; quality is for 'jpg' and 'webp'",
        ),
        ({"lossless": False}, InvalidInput, "file_type='png' is lossless"),
        ({"file_type": "jpg", "quality": 0}, InvalidInput, "quality: expected 1 to 100, got 0"),
        (
            {"file_type": "jpg", "quality": 0.9},
            WrongType,
            "quality: expected a whole number, got float 0.9",
        ),
        (
            {"file_type": "jpg", "lossless": True},
            InvalidInput,
            "lossless=True goes with file_type='png', 'webp' or 'bmp'",
        ),
        (
            {"value_range": (1, 0)},
            InvalidInput,
            r"value_range: expected \(lo, hi\) with lo < hi, got \(1, 0\)",
        ),
        ({"value_range": (0, 1, 2)}, InvalidInput, r"value_range: expected \(lo, hi\)"),
        ({"value_range": 1}, WrongType, r"value_range: expected \(lo, hi\)"),
        ({"caption": ["a"]}, WrongType, "caption: expected a string, got list"),
        ({"sample_id": object()}, WrongType, "sample_id: expected a string"),
        ({"grouping": "a"}, WrongType, "grouping: expected a whole number"),
        ({"scores": 0.5}, WrongType, "scores: expected a dictionary of names to numbers"),
        (
            {"label": "cat"},
            WrongType,
            "label: expected {'truth', 'prediction', 'score'}, got str 'cat'",
        ),
        ({"label": {"class": "cat"}}, WrongType, "label: expected"),
        ({"classes": "car"}, WrongType, "class_set: expected a list"),
    ],
)
def test_a_wrong_option_is_named(
    options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Image(RGB, **options)


def test_a_side_too_long_for_the_format_is_refused_at_once() -> None:
    with pytest.raises(
        InvalidInput, match=r"file_type='webp' holds 16383 pixels a side.*use 'png'"
    ):
        Image(np.zeros((1, 20_000), np.uint8), file_type="webp")


# --- other sources --------------------------------------------------------------------------------


def test_a_figure_is_drawn_at_once() -> None:
    figure = Figure(figsize=(2, 1), dpi=50)
    axes = figure.subplots()
    axes.plot([1, 2, 3])
    for drawn in (figure, axes):
        image = Image(drawn)
        assert (image.width, image.height, image.to_pil().mode) == (100, 50, "RGBA")
        assert image.to_numpy()[..., :3].min() < 250


def test_an_image_of_an_image_takes_everything_over() -> None:
    first = Image(
        RGB,
        caption="a",
        sample_id=7,
        masks={"p": {"mask_data": noise(5, 7)}},
        boxes={"p": {"box_data": [BOX]}},
        label=Label("cat"),
    )
    assert Image(first) == first
    second = Image(first, caption="b", boxes={}, file_type="bmp")
    assert (second.caption, second.sample_id, dict(second.boxes)) == ("b", "7", {})
    assert second.masks == first.masks
    assert second.notes.label == Label("cat")
    assert file_of(second).content_type == "image/bmp"


def test_captions_and_sample_ids_may_be_numbers() -> None:
    image = Image(RGB, caption=np.int64(3), sample_id=5)  # type: ignore[arg-type]
    assert (image.caption, image.sample_id) == ("3", "5")


def test_images_differ_by_each_of_their_parts() -> None:
    image = Image(RGB, caption="a")
    others = [
        Image(RGB + 1, caption="a"),
        Image(RGB, caption="b"),
        Image(RGB[:, :, 0], caption="a"),
        Image(RGB, caption="a", sample_id="1"),
        Image(RGB, caption="a", masks={"p": {"mask_data": noise(5, 7)}}),
        Image(RGB, caption="a", boxes={"p": {}}),
        Image(RGB, caption="a", scores={"loss": 1}),
    ]
    assert Image(RGB.copy(), caption="a") == image
    assert [other == image for other in others] == [False] * len(others)
    assert image != "image"


def test_an_image_pickles(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    PIL.Image.fromarray(RGB).save(path)
    for image in (Image(RGB, masks={"p": {"mask_data": noise(5, 7)}}), Image(path, caption="x")):
        assert pickle.loads(pickle.dumps(image)) == image  # noqa: S301


# --- digests and cost -----------------------------------------------------------------------------


def digest(*args: Any, **options: Any) -> bytes | None:
    return file_of(Image(*args, **options)).digest


def test_a_repeat_has_the_same_digest_whatever_its_caption() -> None:
    assert digest(RGB) == digest(RGB.copy(), caption="again")


def test_whatever_changes_the_bytes_changes_the_digest() -> None:
    grey = noise(6, 6).astype(np.float32) / 255
    digests = [
        digest(RGB),
        digest(RGB + 1),
        digest(RGB.reshape(7, 5, 3)),
        digest(RGB, mode="L"),
        digest(RGB, mode="P"),
        digest(RGB, file_type="jpg"),
        digest(RGB, file_type="jpg", quality=3),
        digest(RGB, file_type="webp"),
        digest(RGB, file_type="webp", lossless=True),
        digest(RGB, value_range=(0, 9)),
        digest(RGB.view(np.int8)),
        digest(grey),
        digest(grey, normalize=False),
        list(encode([Image(grey), Image(grey * 2)]))[0].blobs[0].digest,  # type: ignore[union-attr]  # noqa: RUF015
    ]
    assert None not in digests
    assert len(set(digests)) == len(digests)


def test_nothing_is_encoded_until_a_sink_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []

    def write(pixels: object) -> bytes:
        calls.append(pixels)
        return b"png"

    monkeypatch.setattr("medialog_core.png.encode", write)
    [payload] = encode([Image(RGB)])
    assert calls == []
    blob = payload.blobs[0]
    assert isinstance(blob, Blob)
    assert blob.data == b"png"
    assert len(calls) == 1


def test_the_cost_in_the_queue_counts_masks_and_boxes() -> None:
    plain = Image(RGB).nbytes
    assert RGB.nbytes < plain < RGB.nbytes + 1000
    assert Image(RGB, masks={"p": {"mask_data": noise(5, 7)}}).nbytes == plain + 35
    assert Image(RGB, boxes={"p": {"box_data": [BOX] * 10}}).nbytes > plain + 1000


# --- detections -----------------------------------------------------------------------------------


FRAME = np.zeros((40, 50, 3), np.uint8)
LABELS = {1: "cat", 2: "dog"}


def positions(image: Image, name: str) -> list[tuple[float, float, float, float]]:
    return [
        (b.position.min_x, b.position.min_y, b.position.max_x, b.position.max_y)
        for b in image.boxes[name].box_data
    ]


def test_torchvision_s_dictionaries() -> None:
    pred = {
        "boxes": torch.tensor([[1.0, 2, 30, 20], [5, 6, 7, 8]], requires_grad=True),
        "labels": torch.tensor([1, 2]),
        "scores": torch.tensor([0.75, 0.5]),
    }
    target = {"boxes": torch.tensor([[0.0, 0, 50, 40]]), "labels": torch.tensor([2])}
    image = Image.from_detections(FRAME, pred, target, LABELS, caption="x")
    assert positions(image, "predictions") == [(1, 2, 30, 20), (5, 6, 7, 8)]
    assert positions(image, "ground_truth") == [(0, 0, 50, 40)]
    found = image.boxes["predictions"]
    assert [(b.class_id, b.scores, b.domain) for b in found.box_data] == [
        (1, {"score": 0.75}, "pixel"),
        (2, {"score": 0.5}, "pixel"),
    ]
    assert found.class_labels == {"1": "cat", "2": "dog"}
    assert image.caption == "x"


def test_coco_s_annotations_and_xywh() -> None:
    target = [
        {"bbox": [1, 2, 10, 20], "category_id": 2},
        {"bbox": [0.5, 0, 1, 1], "category_id": 1},
    ]
    pred = {"boxes": np.array([[1, 2, 10, 20]]), "labels": [2]}
    image = Image.from_detections(FRAME, pred, target, box_format="xywh")
    assert positions(image, "ground_truth") == [(1, 2, 11, 22), (0.5, 0, 1.5, 1)]
    assert positions(image, "predictions") == [(1, 2, 11, 22)]
    assert image.boxes["ground_truth"].class_labels == {"1": "class_1", "2": "class_2"}


@pytest.mark.parametrize("form", ["N1HW probabilities", "NHW booleans", "NHW integers"])
def test_instance_masks_become_one_mask_of_ids(form: str) -> None:
    masks = torch.zeros(2, 1, 40, 50)
    masks[0, 0, :10] = 0.9
    masks[1, 0, 5:20] = 0.8
    masks[1, 0, 30:] = 0.2
    if form != "N1HW probabilities":
        masks = (masks[:, 0] > 0.5).to(torch.bool if "boolean" in form else torch.uint8)
    pred = {
        "boxes": torch.tensor([[0.0, 0, 50, 10], [0, 5, 50, 20]]),
        "labels": torch.tensor([1, 2]),
        "masks": masks,
    }
    mask = Image.from_detections(FRAME, pred, class_labels=LABELS).masks["predictions"]
    ids = mask.to_numpy()
    assert ids is not None
    assert [ids[0, 0], ids[7, 0], ids[15, 0], ids[25, 0], ids[35, 0]] == [1, 1, 2, 0, 0]
    assert mask.class_labels == {"0": "background", "1": "cat 1", "2": "dog 2"}


def test_more_than_255_instances() -> None:
    masks = np.zeros((400, 40, 50), bool)
    masks.reshape(400, -1)[np.arange(400), np.arange(400)] = True
    pred = {"boxes": np.tile([0, 0, 9, 9], (400, 1)), "masks": masks}
    ids = Image.from_detections(FRAME, pred).masks["predictions"].to_numpy()
    assert ids is not None
    assert np.array_equal(np.arange(1, 401), ids.ravel()[:400])


def test_no_detections_are_an_empty_set() -> None:
    none = {
        "boxes": torch.zeros(0, 4),
        "labels": torch.zeros(0, dtype=torch.int64),
        "masks": torch.zeros(0, 1, 40, 50),
    }
    image = Image.from_detections(FRAME, none, [])
    assert [image.boxes[name].box_data for name in ("predictions", "ground_truth")] == [[], []]
    assert image.masks["predictions"].to_numpy() is None


@pytest.mark.parametrize(
    ("pred", "options", "error", "message"),
    [
        (
            {"boxes": [[5.0, 0, 1, 1]]},
            {},
            InvalidInput,
            r"boxes\['predictions'\]\['box_data'\]\[0\]: negative size",
        ),
        (
            {"boxes": [[0.0, 0, np.nan, 1]]},
            {},
            InvalidInput,
            r"box_data'\]\[0\]\['position'\]\['maxX'\]: expected a finite",
        ),
        (
            {"boxes": [[90.0, 0, 99, 1]]},
            {},
            InvalidInput,
            "wholly outside the image of 50×40 pixels",
        ),
        (
            {"boxes": [[0, 0, 1, 1]], "labels": [1, 2]},
            {},
            InvalidInput,
            r"predictions\['labels'\]: expected one for each of 1 boxes, got shape \(2,\)",
        ),
        (
            {"bboxes": []},
            {},
            InvalidInput,
            r"predictions: 'boxes' is needed, got the keys \['bboxes'\]",
        ),
        ([{"category_id": 1}], {}, InvalidInput, r"predictions\[0\]: 'bbox' is needed"),
        (
            [{"bbox": [0, 0, 1, 1], "score": 1}, {"bbox": [0, 0, 1, 1]}],
            {},
            InvalidInput,
            "predictions: some annotations lack",
        ),
        (
            "boxes",
            {},
            WrongType,
            "predictions: expected {'boxes', 'labels', 'scores'} or a list of",
        ),
        (
            {"boxes": []},
            {"box_format": "yxyx"},
            InvalidInput,
            r"box_format: expected one of \['xyxy', 'xywh', 'cxcywh'\], got 'yxyx'",
        ),
        ({"boxes": [[0, 0, 1]]}, {}, InvalidInput, r"predictions\['boxes'\]: expected N×4"),
    ],
)
def test_wrong_detections_are_named(
    pred: Any, options: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        Image.from_detections(FRAME, pred, **options)


def test_big_pictures_are_read_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 10)
    [payload] = encode([Image(RGB)])
    assert np.array_equal(RGB, decode(through_bytes(payload)).to_numpy())


LONE = "caf\udce9.png"  # what os.listdir gives of a name that is not UTF-8


@pytest.mark.parametrize(
    ("arguments", "field"),
    [
        ({"caption": LONE}, "caption"),
        ({"sample_id": LONE}, "sample_id"),
        ({"label": {"truth": LONE}}, r"label\['truth'\]"),
        ({"scores": {LONE: 1}}, "scores: the name of a score"),
        ({"classes": [{"id": 1, "name": LONE}]}, r"class_set\[0\]\['name'\]"),
        ({"masks": {LONE: {}}}, "masks: the name of a set"),
        ({"boxes": {LONE: {}}}, "boxes: the name of a set"),
        ({"boxes": {"p": {"class_labels": {1: LONE}}}}, r"boxes\['p'\]\['class_labels'\]\[1\]"),
        ({"boxes": {"p": {"box_data": [{**BOX, "box_caption": LONE}]}}}, r"\['box_caption'\]"),
    ],
)
def test_text_that_no_file_can_hold_is_refused_where_it_is_given(
    arguments: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput, match=f"{field}: has a lone surrogate"):
        Image(RGB, **arguments)


def test_a_pillow_image_of_floats_is_stretched_before_its_mode() -> None:
    grey = np.array([[0, 0.5, 1]], np.float32)
    image = Image(PIL.Image.fromarray(grey), mode="RGB")
    assert image.to_numpy().tolist() == [[[0] * 3, [128] * 3, [255] * 3]]


def test_a_value_range_changes_the_pixels_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "depth.png"
    PIL.Image.fromarray(np.array([[0, 2500, 5000, 9000]], np.uint16)).save(path)
    image = Image(path, value_range=(0, 5000))
    assert image.to_numpy().tolist() == [[0, 128, 255, 255]]


def test_an_unknown_format_is_called_so(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_bytes(b"no picture")
    with pytest.raises(InvalidInput, match=r"can be read \(of no format that Pillow knows\)$"):
        Image(path)


def test_the_byte_order_of_16_bits_does_not_matter() -> None:
    pixels = noise(5, 7, 3, dtype=np.uint16)
    assert Image(pixels) == Image(pixels.astype(">u2"))
