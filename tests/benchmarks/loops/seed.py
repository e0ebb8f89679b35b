"""The loop of seed 003, as the notebook writes such loops: a DataLoader that transforms every image every time."""

from __future__ import annotations

import time
from pathlib import Path

import torch
from torch import nn
from torch.utils.data import DataLoader

from tests.benchmarks.loops import common


def train(folder: Path, seed: int, epochs: int) -> common.Outcome:
    torch.manual_seed(seed)
    begun = time.perf_counter()
    rows, validation, test = common.mnist(folder, seed)
    train_loader = DataLoader(rows, batch_size=common.BATCH, shuffle=True)
    validation_loader = DataLoader(validation, batch_size=common.BATCH)
    load = time.perf_counter() - begun

    model = common.net()
    criterion = nn.CrossEntropyLoss()
    optimizer = torch.optim.Adam(model.parameters(), lr=common.RATE, weight_decay=common.DECAY)
    seconds = []
    for _ in range(epochs):
        begun = time.perf_counter()
        model.train()
        for images, labels in train_loader:
            optimizer.zero_grad()
            loss = criterion(model(images), labels)
            loss.backward()
            optimizer.step()
        validation_loss(model, validation_loader)
        seconds.append(time.perf_counter() - begun)
    return common.Outcome(load, seconds, accuracy(model, DataLoader(test, batch_size=common.BATCH)))


def validation_loss(model: nn.Module, loader: DataLoader) -> float:
    """The mean loss, batch by batch."""
    criterion, total = nn.CrossEntropyLoss(), 0.0
    model.eval()
    with torch.no_grad():
        for images, labels in loader:
            total += criterion(model(images), labels)
    return float(total / len(loader))


def accuracy(model: nn.Module, loader: DataLoader) -> float:
    """The share of images that are read rightly."""
    correct = count = 0
    model.eval()
    with torch.no_grad():
        for images, labels in loader:
            correct += (model(images).argmax(dim=1) == labels).sum().item()
            count += len(labels)
    return correct / count
