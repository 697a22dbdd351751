"""A small network with all that a second forward could disturb, and a batch for it."""

from __future__ import annotations

import torch
from torch import nn

X, Y = torch.rand(4, 3, 8, 8), torch.tensor([0, 1, 2, 0])


class Net(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.Flatten(), nn.Dropout(0.5)
        )
        self.head = nn.Linear(144, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out: torch.Tensor = self.head(self.body(x))
        return out
