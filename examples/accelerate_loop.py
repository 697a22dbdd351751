"""Teach a small network to take noise off photographs, in a loop shaped like diffusers' training scripts.

accelerate's own vocabulary is all it needs: `log_with="medialog"`, `accelerator.log`, and the branch on
`tracker.name` by which diffusers' scripts log their validation. A script that only knows TensorBoard's
branch gets its pictures too: `MEDIALOG_TRACKER_NAME=tensorboard python -m examples.accelerate_loop`.
Pictures come with scikit-image; nothing is downloaded.

    python -m examples.accelerate_loop
    medialog show demo_out/medialog/denoiser
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import skimage
import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.data import DataLoader, TensorDataset

import medialog_huggingface  # noqa: F401 - puts "medialog" into accelerate

NAMES = ("astronaut", "chelsea", "coffee", "rocket")
NOISE = 0.25


def patches(side: int) -> tuple[Tensor, Tensor]:
    """Give patches of the photographs, N×3×side×side in [0, 1], and the middle one of each."""
    pictures = [getattr(skimage.data, name)()[:256, :256, :3] for name in NAMES]
    batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255
    cut = batch.unfold(2, side, side).unfold(3, side, side)
    middle = cut.shape[2] // 2
    return cut.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3, side, side), cut[:, :, middle, middle]


class Denoiser(nn.Module):
    """Four convolutions that predict the noise."""

    def __init__(self, width: int) -> None:
        super().__init__()
        channels = (3, width, width, width)
        layers = [
            nn.Sequential(nn.Conv2d(a, b, 3, padding=1), nn.SiLU()) for a, b in pairwise(channels)
        ]
        self.net = nn.Sequential(*layers, nn.Conv2d(width, 3, 3, padding=1))

    def forward(self, noisy: Tensor) -> Tensor:
        """Give the noise in N×3×H×W."""
        noise: Tensor = self.net(noisy)
        return noise


@torch.no_grad()
def validate(model: nn.Module, clean: Tensor) -> tuple[NDArray[np.uint8], list[float]]:
    """Take the same noise off the same patches.

    Returns:
        Pictures N×H×3W×3, noisy, restored and clean side by side; mean squared errors.
    """
    generator = torch.Generator().manual_seed(0)
    noisy = clean + NOISE * torch.randn(clean.shape, generator=generator)
    restored = noisy - model(noisy)
    rows = torch.cat([noisy, restored, clean], dim=3).clamp(0, 1).permute(0, 2, 3, 1)
    errors = (restored - clean).square().mean(dim=(1, 2, 3))
    return (rows * 255).round().to(torch.uint8).numpy(), errors.tolist()


def log_validation(model: nn.Module, clean: Tensor, accelerator: Accelerator, epoch: int) -> None:
    """Log a validation, as diffusers' scripts do."""
    images, errors = validate(accelerator.unwrap_model(model), clean)
    for tracker in accelerator.trackers:
        if tracker.name == "tensorboard":
            tracker.writer.add_images("validation", images, epoch, dataformats="NHWC")
        elif tracker.name == "medialog":
            told = list(zip(NAMES, errors, strict=True))
            captions = [f"{name}: error {error:.4f}" for name, error in told]
            tracker.log_images({"validation": images}, epoch, caption=captions, sample_id=NAMES)
            tracker.log_table("errors", columns=["photograph", "error"], data=told, step=epoch)


def train(out: Path, *, epochs: int = 10, side: int = 32, width: int = 32) -> nn.Module:
    """Train, and give the network."""
    accelerator = Accelerator(
        gradient_accumulation_steps=2, log_with="medialog", project_dir=out, cpu=True
    )
    set_seed(0)
    data, clean = patches(side)
    model = Denoiser(width)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    loader = DataLoader(TensorDataset(data), batch_size=16, shuffle=True)
    model, optimizer, loader = accelerator.prepare(model, optimizer, loader)
    accelerator.init_trackers("denoiser", config={"noise": NOISE, "side": side, "width": width})
    step = 0
    for epoch in range(epochs):
        for (batch,) in loader:
            with accelerator.accumulate(model):
                noise = NOISE * torch.randn_like(batch)
                loss = functional.mse_loss(model(batch + noise), noise)
                accelerator.backward(loss)
                optimizer.step()
                optimizer.zero_grad()
            if accelerator.sync_gradients:
                step += 1
                accelerator.log({"train_loss": loss.detach().item()}, step=step)
        if accelerator.is_main_process:
            log_validation(model, clean, accelerator, epoch)
    accelerator.end_training()
    trained: nn.Module = accelerator.unwrap_model(model)
    return trained


if __name__ == "__main__":
    train(Path("demo_out"))
