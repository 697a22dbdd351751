from __future__ import annotations

import io

import numpy as np
from PIL import Image

from benchmarks import data


def png_share(pixels: data.Pixels) -> float:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.tell() / pixels.nbytes


def test_seeded_pictures_are_the_same_each_time_and_differ_from_each_other() -> None:
    first, second = data.photo_like(2, 32, seed=1)
    assert np.array_equal(first, data.photo_like(1, 32, seed=1)[0])
    assert not np.array_equal(first, second)


def test_seeded_pictures_are_as_hard_to_encode_as_photographs() -> None:
    seeded = [png_share(pixels) for pixels in data.photo_like(3, 224, seed=0)]
    real = [png_share(pixels) for pixels in data.photographs(12, 224, seed=0)]
    assert min(real) < np.mean(seeded) < max(real)


def test_the_weights_are_those_of_a_resnet50() -> None:
    weights = data.weights(161, seed=0)
    assert len(weights) == 161
    assert sum(weight.size for weight in weights.values()) == 25_557_032


def test_an_overlay_has_21_classes_and_boxes_within_the_picture() -> None:
    [overlay] = data.overlays(1, 128, seed=0)
    assert overlay.mask.shape == overlay.image.shape[:2]
    assert overlay.mask.max() < data.CLASSES
    assert overlay.boxes.shape == (data.BOXES, 4)
    assert ((overlay.boxes >= 0) & (overlay.boxes <= 128)).all()
    assert (overlay.boxes[:, :2] <= overlay.boxes[:, 2:]).all()
