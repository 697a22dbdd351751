"""Pictures from pictures: a model of the user's own, and a masked autoencoder."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
import transformers
from torch import nn

from .trial import (
    MEAN,
    STD,
    Rows,
    Trial,
    normalised,
    photographs,
    processor_of,
)


class Denoiser(transformers.PreTrainedModel):  # type: ignore[misc]  # transformers is not looked into
    """A model of the user's own."""

    config_class = transformers.PretrainedConfig
    main_input_name = "pixel_values"

    def __init__(self, config: Any) -> None:
        super().__init__(config)
        self.layer = nn.Conv2d(3, 3, 3, padding=1)
        self.post_init()

    def _init_weights(self, module: Any) -> None:
        pass

    def forward(self, pixel_values: torch.Tensor, labels: Any = None) -> Any:
        restored = pixel_values + 0.3 * self.layer(pixel_values)
        loss = None if labels is None else nn.functional.mse_loss(restored, labels)
        return {
            **({} if loss is None else {"loss": loss}),
            "reconstruction": restored,
        }


class Enlarger(Denoiser):
    """Makes a picture of twice the size."""

    def forward(self, pixel_values: torch.Tensor, labels: Any = None) -> Any:
        return super().forward(nn.functional.interpolate(pixel_values, scale_factor=2), labels)


def check_row(image: Any, trial: Trial, i: int, output: Any) -> None:
    mean, std = (torch.tensor(v)[:, None, None] for v in (MEAN, STD))
    seen = trial.data[i]
    values = seen["pixel_values"], output["reconstruction"][0], seen["labels"]
    cells = [(v * std + mean).clamp(0, 1) for v in values]
    height, width = cells[2].shape[1:]
    cells[0] = nn.functional.interpolate(cells[0][None], (height, width))[0]
    for k, cell in enumerate(cells):
        left = 2 + k * (width + 2)
        shown = image.to_numpy()[2 : 2 + height, left : left + width].astype(int)
        expected = np.floor(cell.numpy() * 255 + 0.5).transpose(1, 2, 0)
        assert np.abs(shown - expected).max() <= 1  # one rounding
    assert image.notes.scores["mse"] == pytest.approx(
        float(((values[1] - values[2]) ** 2).mean()), rel=1e-3
    )


def restoring(name: str, given: list[Any], pictures: list[Any], kind: type[Denoiser]) -> Trial:
    """Give the trial of a model that is to make `pictures` of what it is given."""
    rows = [
        {"pixel_values": normalised(x), "labels": normalised(p)}
        for x, p in zip(given, pictures, strict=True)
    ]
    model = lambda: kind(transformers.PretrainedConfig())  # noqa: E731
    processor = processor_of(transformers.ViTImageProcessor)
    return Trial(name, given, Rows(rows), model, check_row, processor)


def image_to_image() -> Trial:
    pictures = photographs(16)
    noise = np.random.default_rng(1)
    noisy = [np.clip(p + noise.normal(0, 20, p.shape), 0, 255).astype(np.uint8) for p in pictures]
    return restoring("image-to-image", noisy, pictures, Denoiser)


def super_resolution() -> Trial:
    pictures = photographs(32)
    return restoring("super-resolution", [p[::2, ::2] for p in pictures], pictures, Enlarger)


class Masked(transformers.ViTMAEForPreTraining):  # type: ignore[misc]
    """Masks the same patches each time."""

    def forward(self, pixel_values: torch.Tensor, **_: Any) -> Any:
        noise = torch.linspace(0, 1, 16).expand(len(pixel_values), 16)
        return super().forward(pixel_values, noise=noise)


def masked() -> Any:
    config = transformers.ViTMAEConfig(
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=32,
        image_size=16,
        patch_size=4,
        decoder_hidden_size=16,
        decoder_num_hidden_layers=1,
        decoder_num_attention_heads=2,
        decoder_intermediate_size=32,
        initializer_range=0.5,
    )
    model = Masked(config)
    nn.init.normal_(model.decoder.decoder_pred.weight, std=0.2)
    return model


def check_patches(image: Any, trial: Trial, i: int, output: Any) -> None:
    """Put patches of 4×4 pixels together by hand: rows of four, colours last in each."""
    seen = trial.data[i]["pixel_values"]
    patches = output.logits[0].reshape(4, 4, 4, 4, 3)
    restored = torch.stack(
        [torch.cat([torch.cat(list(row), 1) for row in patches[..., c]], 0) for c in range(3)]
    )
    mean, std = (torch.tensor(v)[:, None, None] for v in (MEAN, STD))
    cells = [(v * std + mean).clamp(0, 1) for v in (seen, restored, seen)]
    for k, cell in enumerate(cells):
        left = 2 + k * 18
        shown = image.to_numpy()[2:18, left : left + 16].astype(int)
        assert np.abs(shown - np.floor(cell.numpy() * 255 + 0.5).transpose(1, 2, 0)).max() <= 1
    mse = float(((restored - seen) ** 2).mean())
    assert image.notes.scores["mse"] == pytest.approx(mse, rel=1e-3)


def masked_autoencoder() -> Trial:
    pictures = photographs(16)
    rows = [{"pixel_values": normalised(p)} for p in pictures]
    processor = processor_of(transformers.ViTImageProcessor)
    options = {"label_names": ["pixel_values"]}
    return Trial("MAE", pictures, Rows(rows), masked, check_patches, processor, options=options)
