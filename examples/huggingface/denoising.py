"""Take the noise out of photographs with a network of one's own and the Trainer of Hugging Face.

python -m examples.huggingface.denoising
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional
from transformers import Trainer, TrainingArguments, set_seed

import medialog_huggingface  # noqa: F401 - makes report_to="medialog" known
from examples import data


class Denoiser(nn.Module):
    """Four convolutions that tell what is to be taken away."""

    def __init__(self, width: int = 24) -> None:
        super().__init__()
        hidden = (nn.Conv2d(width, width, 3, padding=1) for _ in range(2))
        layers = [nn.Conv2d(3, width, 3, padding=1), *hidden]
        self.net = nn.Sequential(
            *(nn.Sequential(layer, nn.ReLU()) for layer in layers),
            nn.Conv2d(width, 3, 3, padding=1),
        )

    def forward(self, pixel_values: Tensor, labels: Tensor) -> dict[str, Tensor]:
        """Give pictures without noise, N×3×H×W, and how far they are from what is true."""
        clean = pixel_values - self.net(pixel_values)
        return {"loss": functional.mse_loss(clean, labels), "reconstruction": clean}


def train(folder: str, *, epochs: int = 15, count: int = 250) -> Trainer:
    """Train on so many crops with nothing of medialog but `report_to`; give the trainer."""
    set_seed(0)
    noisy, clean = (
        torch.from_numpy(pictures[:count]).permute(0, 3, 1, 2)
        for pictures in data.noisy_photographs()
    )
    rows = [{"pixel_values": x, "labels": y} for x, y in zip(noisy, clean, strict=True)]
    trainer = Trainer(
        Denoiser(),
        TrainingArguments(
            folder,
            report_to="medialog",
            run_name="photographs",
            num_train_epochs=epochs,
            learning_rate=2e-3,
            per_device_train_batch_size=8,
            eval_strategy="epoch",
            logging_steps=10,
            save_strategy="no",
        ),
        train_dataset=rows[count // 6 :],
        eval_dataset=rows[: count // 6],
    )
    trainer.train()
    return trainer


if __name__ == "__main__":
    train("example_runs/denoiser")
