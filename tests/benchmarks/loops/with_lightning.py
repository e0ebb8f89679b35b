"""The same training as a user of Lightning writes it."""

from __future__ import annotations

import time
from pathlib import Path

import lightning
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader

from tests.benchmarks.loops import common


class Reader(lightning.LightningModule):
    """The network, its loss and its optimiser."""

    def __init__(self) -> None:
        super().__init__()
        self.net = common.net()

    def training_step(self, batch, batch_idx):
        images, labels = batch
        return F.cross_entropy(self.net(images), labels)

    def validation_step(self, batch, batch_idx):
        images, labels = batch
        self.log("validation_loss", F.cross_entropy(self.net(images), labels))

    def test_step(self, batch, batch_idx):
        images, labels = batch
        self.log("accuracy", (self.net(images).argmax(dim=1) == labels).float().mean())

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=common.RATE, weight_decay=common.DECAY)


class Watch(lightning.Callback):
    """Seconds of each epoch; Lightning validates before it calls an epoch ended."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def on_train_epoch_start(self, trainer, module):
        self._begun = time.perf_counter()

    def on_train_epoch_end(self, trainer, module):
        self.seconds.append(time.perf_counter() - self._begun)


def train(folder: Path, seed: int, epochs: int) -> common.Outcome:
    lightning.seed_everything(seed, verbose=False)
    begun = time.perf_counter()
    rows, validation, test = common.mnist(folder, seed)
    train_loader = DataLoader(rows, batch_size=common.BATCH, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=common.BATCH)
    load = time.perf_counter() - begun

    watch, model = Watch(), Reader()
    trainer = lightning.Trainer(
        accelerator="cpu",
        max_epochs=epochs,
        logger=False,
        enable_progress_bar=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        callbacks=[watch],
    )
    trainer.fit(model, train_loader, validation_loader)
    (tested,) = trainer.test(model, DataLoader(test, batch_size=common.BATCH), verbose=False)
    return common.Outcome(load, watch.seconds, tested["accuracy"])
