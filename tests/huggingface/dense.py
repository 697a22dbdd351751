"""Segmentation and detection, compared with Hugging Face's own post-processing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch import nn

from .trial import (
    Rows,
    Trial,
    named,
    normalised,
    photographs,
    processor_of,
    same_picture,
)

SHADES = ["dark", "middle", "light"]


def shades(picture: Any) -> torch.Tensor:
    """Give H×W class ids, a corner of which doesn't count."""
    mask = torch.bucketize(torch.tensor(picture).float().mean(-1), torch.tensor([80.0, 150.0]))
    mask[:2, :3] = 255
    return mask


def check_masks(image: Any, trial: Trial, i: int, output: Any) -> None:
    same_picture(image, trial, i)
    truth = trial.data[i]["labels"].numpy()
    size = trial.pictures[i].shape[:2]
    [expected] = trial.processor.post_process_semantic_segmentation(output, target_sizes=[size])
    assert len(set(expected.flatten().tolist())) > 1
    ignored = np.where(truth == 255, 65535, truth)
    assert np.array_equal(image.masks["ground_truth"].to_numpy(), ignored)
    assert np.array_equal(image.masks["predictions"].to_numpy(), expected.numpy())
    names = image.masks["predictions"].class_labels
    assert {str(k): name for k, name in enumerate(SHADES)}.items() <= names.items()


def segmentation_of(name: str, model: Callable[[], Any]) -> Trial:
    pictures = photographs(32)
    rows = [{"pixel_values": normalised(p), "labels": shades(p)} for p in pictures]
    processor = processor_of(transformers.SegformerImageProcessor)
    return Trial(name, pictures, Rows(rows), model, check_masks, processor)


def segformer() -> Any:
    config = transformers.SegformerConfig(
        num_encoder_blocks=2,
        depths=[1, 1],
        sr_ratios=[2, 1],
        hidden_sizes=[8, 16],
        patch_sizes=[7, 3],
        strides=[4, 2],
        num_attention_heads=[1, 2],
        mlp_ratios=[2, 2],
        decoder_hidden_size=16,
        initializer_range=0.5,
        id2label=named(SHADES),
    )
    return transformers.SegformerForSemanticSegmentation(config)


def segmentation() -> Trial:
    return segmentation_of("segmentation", segformer)


def upernet() -> Any:
    backbone = transformers.ConvNextConfig(
        num_stages=2,
        depths=[1, 1],
        hidden_sizes=[8, 16],
        out_features=["stage1", "stage2"],
        initializer_range=0.5,
    )
    config = transformers.UperNetConfig(
        backbone_config=backbone,
        hidden_size=8,
        pool_scales=[1, 2],
        use_auxiliary_head=False,
        initializer_range=0.5,
        id2label=named(SHADES),
    )
    return transformers.UperNetForSemanticSegmentation(config)


def upernet_segmentation() -> Trial:
    return segmentation_of("UperNet", upernet)


def check_boxes(image: Any, trial: Trial, i: int, output: Any) -> None:
    picture = trial.pictures[i]
    height, width = picture.shape[:2]
    assert np.array_equal(image.to_numpy()[:height, :width], picture)
    padded = image.to_numpy().shape[:2]
    [expected] = trial.processor.post_process_object_detection(output, 0.5, target_sizes=[padded])
    same_boxes(image.boxes["predictions"].box_data, **expected)
    known = trial.data[i]["annotations"]["annotations"]
    corners = [(x, y, x + w, y + h) for x, y, w, h in (each["bbox"] for each in known)]
    labels = [each["category_id"] for each in known]
    same_boxes(image.boxes["ground_truth"].box_data, torch.tensor(labels), torch.tensor(corners))


def same_boxes(found: Sequence[Any], labels: Any, boxes: Any, scores: Any = None) -> None:
    assert [box.class_id for box in found] == labels.tolist()
    at = [(b.position.min_x, b.position.min_y, b.position.max_x, b.position.max_y) for b in found]
    assert np.array(at).reshape(-1, 4) == pytest.approx(boxes.reshape(-1, 4).numpy(), abs=1e-2)
    names = [["cat", "dog"][k] for k in labels]
    if scores is None:
        assert [box.box_caption for box in found] == names
    else:
        assert [box.scores["score"] for box in found] == pytest.approx(scores.tolist(), abs=1e-4)
        assert [box.box_caption.split()[0] for box in found] == names


def detection_of(name: str, model: Callable[[], Any], *, padded: bool) -> Trial:
    """Give pictures, of several sizes where they are padded, with one or two boxes each."""
    whole = photographs(48)
    pictures = [p[:32, : 40 + i if padded else 48] for i, p in enumerate(whole)]
    rows = [
        {"picture": p, "annotations": {"image_id": i, "annotations": boxes_of(i)}}
        for i, p in enumerate(pictures)
    ]
    size = {"shortest_edge": 32, "longest_edge": 100}
    processor = processor_of(transformers.DetrImageProcessor, do_resize=True, size=size)

    def collate(batch: Sequence[Any]) -> dict[str, Any]:
        pictures, annotations = ([row[k] for row in batch] for k in ("picture", "annotations"))
        made = processor(images=pictures, annotations=annotations, return_tensors="pt")
        made = {**made, "labels": [dict(each) for each in made["labels"]]}
        return made if padded else {k: v for k, v in made.items() if k != "pixel_mask"}

    options = {"eval_do_concat_batches": False}
    return Trial(name, pictures, Rows(rows), model, check_boxes, processor, collate, options)


def boxes_of(i: int) -> list[dict[str, Any]]:
    given = [([2 + i, 3, 10, 12], i % 2), ([15, 10 + i, 20, 8], 1)]
    return [
        {"bbox": box, "category_id": label, "area": box[2] * box[3], "iscrowd": 0}
        for box, label in given[: 1 + i % 2]
    ]


def detr() -> Any:
    backbone = transformers.ResNetConfig(
        embedding_size=8,
        hidden_sizes=[8, 16],
        depths=[1, 1],
        layer_type="basic",
        out_features=["stage2"],
    )
    config = transformers.DetrConfig(
        use_timm_backbone=False,
        use_pretrained_backbone=False,
        backbone=None,
        backbone_config=backbone,
        d_model=16,
        encoder_layers=1,
        decoder_layers=1,
        encoder_attention_heads=2,
        decoder_attention_heads=2,
        encoder_ffn_dim=32,
        decoder_ffn_dim=32,
        num_queries=6,
        init_std=0.5,
        dropout=0.0,
        id2label=named(["cat", "dog"]),
    )
    return transformers.DetrForObjectDetection(config)


def yolos() -> Any:
    config = transformers.YolosConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=[32, 48],
        patch_size=8,
        num_detection_tokens=6,
        initializer_range=0.5,
        id2label=named(["cat", "dog"]),
    )
    model = transformers.YolosForObjectDetection(config)
    nn.init.normal_(model.vit.embeddings.detection_tokens)
    return model


def detection() -> Trial:
    return detection_of("DETR", detr, padded=True)


def yolos_detection() -> Trial:
    return detection_of("YOLOS", yolos, padded=False)
