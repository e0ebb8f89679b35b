"""What a user of torchvision writes before any loop: the data sets, the loaders' settings, the network."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

BATCH = 64
RATE = 1e-3
DECAY = 1e-4
WIDTHS = (256, 128)
DROPOUT = 0.5


@dataclass
class Outcome:
    """What one way of training gives back."""

    load: float
    """Seconds until the data could be asked for."""
    epochs: list[float]
    """Seconds of each epoch, its pass over the validation rows included."""
    accuracy: float
    """On the test rows, after the last epoch."""


def mnist(folder: Path, seed: int):
    """Training (48,000), validation (12,000) and test rows (10,000), each image transformed when it is asked for."""
    import torch
    from torch.utils.data import random_split
    from torchvision import datasets, transforms

    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.5,), (0.5,))])
    train = datasets.MNIST(str(folder), train=True, transform=transform)
    test = datasets.MNIST(str(folder), train=False, transform=transform)
    return *random_split(train, [48_000, 12_000], torch.Generator().manual_seed(seed)), test


def net():
    """784-256-128-10, with dropout after the first layer."""
    from torch import nn

    first, second = WIDTHS
    return nn.Sequential(
        nn.Flatten(),
        nn.Linear(784, first),
        nn.ReLU(),
        nn.Dropout(DROPOUT),
        nn.Linear(first, second),
        nn.ReLU(),
        nn.Linear(second, 10),
    )
