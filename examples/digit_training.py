"""A small network that learns handwritten digits, for `all_media` to have something to show."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from torch import nn

CLASSES = [str(digit) for digit in range(10)]
_LEARNT = 1000


class Seen(NamedTuple):
    """What the network says of the digits that it did not learn from."""

    pictures: NDArray[np.float32]  # N×8×8, 0..1
    truth: NDArray[np.int64]  # N
    probabilities: NDArray[np.float32]  # N×10

    @property
    def guess(self) -> NDArray[np.int64]:
        """The likeliest digit of each."""
        digits: NDArray[np.int64] = self.probabilities.argmax(axis=1)
        return digits

    @property
    def wrong(self) -> NDArray[np.int64]:
        """Which are wrong."""
        return np.flatnonzero(self.guess != self.truth)

    def shares(self) -> NDArray[np.float64]:
        """How much of each digit is right."""
        right = self.guess == self.truth
        return np.array([right[self.truth == digit].mean() for digit in range(len(CLASSES))])


class Training:
    """A model and its optimizer."""

    def __init__(self, lr: float) -> None:
        torch.manual_seed(0)
        data = load_digits()
        self._images = torch.tensor(data.images / 16, dtype=torch.float32)
        self._truth = torch.tensor(data.target)
        self.model = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 10))
        self._optimizer = torch.optim.Adam(self.model.parameters(), lr)

    def epoch(self, batch_size: int) -> float:
        """Learn from 1,000 digits once; give the mean loss."""
        losses = []
        for first in range(0, _LEARNT, batch_size):
            batch = slice(first, min(first + batch_size, _LEARNT))
            loss = nn.functional.cross_entropy(self.model(self._images[batch]), self._truth[batch])
            self._optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            self._optimizer.step()
            losses.append(loss.item())
        return float(np.mean(losses))

    def validate(self) -> Seen:
        """Ask for the other digits."""
        images, truth = self._images[_LEARNT:], self._truth[_LEARNT:]
        with torch.no_grad():
            probabilities: Any = self.model(images).softmax(dim=1)
        return Seen(images.numpy(), truth.numpy(), probabilities.numpy())
