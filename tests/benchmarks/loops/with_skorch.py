"""The same training as a user of skorch writes it."""

from __future__ import annotations

import time
from pathlib import Path

import torch
from skorch import NeuralNetClassifier
from skorch.helper import predefined_split
from torch import nn

from tests.benchmarks.loops import common


class Reader(nn.Module):
    """The network; skorch makes it."""

    def __init__(self) -> None:
        super().__init__()
        self.net = common.net()

    def forward(self, images):
        return self.net(images)


def train(folder: Path, seed: int, epochs: int) -> common.Outcome:
    torch.manual_seed(seed)
    begun = time.perf_counter()
    rows, validation, test = common.mnist(folder, seed)
    load = time.perf_counter() - begun

    model = NeuralNetClassifier(
        Reader,
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        optimizer__weight_decay=common.DECAY,
        lr=common.RATE,
        batch_size=common.BATCH,
        max_epochs=epochs,
        iterator_train__shuffle=True,
        classes=list(range(10)),
        train_split=predefined_split(validation),
        verbose=0,
    )
    model.fit(rows, y=None)
    right = model.predict(test) == test.targets.numpy()
    return common.Outcome(load, model.history[:, "dur"], float(right.mean()))
