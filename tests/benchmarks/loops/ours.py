"""The program that ``lessons`` generates for the same network, executed as the training process executes it."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import torch

from lessons.jobs import job
from lessons.lab import devices
from lessons.lab.forge import forge, load_data
from lessons.recipe import Recipe
from lessons.source import source
from tests.benchmarks.loops import common


def recipe(epochs: int) -> Recipe:
    """Seed 003's experiment, whatever the job offers to turn."""
    return job("long-night").recipe.turned(
        train_size=48_000,
        widths=common.WIDTHS,
        dropout=(common.DROPOUT, 0.0),
        optimizer="adam",
        lr=common.RATE,
        weight_decay=common.DECAY,
        batch_size=common.BATCH,
        epochs=epochs,
    )


def program(asked: Recipe, seed: int = 0) -> tuple[dict[str, Any], dict[str, tuple[torch.Tensor, torch.Tensor]]]:
    """The names that the generated source defines, and its data; a full data set is looked for in TUTOR_DATA."""
    text = source(asked)
    return forge(text), load_data(asked, text, "cpu", seed)


def train(folder: Path, seed: int, epochs: int) -> common.Outcome:
    devices.warm()  # paid once by the training process, before the first run
    begun = time.perf_counter()
    names, data = program(recipe(epochs), seed)
    load = time.perf_counter() - begun

    torch.manual_seed(seed)
    model = names["Net"]()
    nights, seconds, begun = names["train"](model, data, seed), [], time.perf_counter()
    for _ in nights:
        names["evaluate"](model, *data["validation"])
        seconds.append(time.perf_counter() - begun)
        begun = time.perf_counter()
    return common.Outcome(load, seconds, names["evaluate"](model, *data["test"])[1])
