"""Measures a network in the middle of its training, and leaves no trace."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from lessons import metrics
from lessons.lab.forge import Splits
from lessons.recipe import Recipe

Evaluate = Callable[..., tuple[float, ...]]

LIVE = 5000
"""Training rows that a curve's point is measured on, at most: all of them would slow the full MNIST by a third."""
SMALL = 1e-3
"""A weight below this counts as small (the sparsity metric)."""


@contextmanager
def undisturbed(model: nn.Module, device: str) -> Iterator[None]:
    """Sets random state, train/eval mode and buffers back as they were."""
    state = torch.get_rng_state()
    far = None if device == "cpu" else torch.get_device_module(device).get_rng_state()
    modes = [(module, module.training) for module in model.modules()]
    buffers = [(buffer, buffer.clone()) for buffer in model.buffers()]
    try:
        yield
    finally:
        torch.set_rng_state(state)
        if far is not None:
            torch.get_device_module(device).set_rng_state(far)
        for module, training in modes:
            module.training = training
        for buffer, before in buffers:
            buffer.copy_(before)


def live(model: nn.Module, data: Splits, evaluate: Evaluate) -> dict[str, float]:
    """What the curves show after an epoch: validation rows, the first of each pile of training rows, the weights."""

    def first(split: str) -> tuple[float, ...]:
        x, y = data[split]
        return evaluate(model, x[:LIVE], y[:LIVE])

    values = _weights(model)
    del values["zeros"]
    _put(values, "validation", evaluate(model, *data["validation"]))
    if "right" in data and "wrong" in data:
        right, wrong = first("right"), first("wrong")
        values["right_label_accuracy"], values["wrong_label_accuracy"] = right[1], wrong[1]
        # The training rows are these two together, so they need not be read again.
        n, m = len(data["right"][1]), len(data["wrong"][1])
        _put(values, "train", tuple((n * a + m * b) / (n + m) for a, b in zip(right, wrong, strict=True)))
    else:
        _put(values, "train", first("train"))
    return values


def final(model: nn.Module, data: Splits, evaluate: Evaluate) -> dict[str, float]:
    """Every metric but ``seconds``, in the order in which the exported script evaluates."""
    measured = {split: evaluate(model, x, y) for split, (x, y) in data.items()}
    values = _weights(model)
    for split in ("train", "validation", "test"):
        _put(values, split, measured[split])
    values["loss_gap"] = values["test_loss"] - values["train_loss"]
    if "train_accuracy" in values:
        values["gap"] = values["train_accuracy"] - values["test_accuracy"]
    for split in ("right", "wrong"):
        if split in measured:
            values[f"{split}_label_accuracy"] = measured[split][1]
    return values


def complete(values: dict[str, float], recipe: Recipe) -> dict[str, float | None]:
    """All metrics that the recipe has, in their declared order; None for one without a number."""
    return {name: values.get(name) for name in metrics.available(recipe)}


def _put(values: dict[str, float], split: str, measured: tuple[float, ...]) -> None:
    for name, value in zip(("loss", "accuracy"), measured, strict=False):
        values[f"{split}_{name}"] = value


def _weights(model: nn.Module) -> dict[str, float]:
    weights: list[Any] = [p.detach() for p in model.parameters() if p.ndim > 1]
    count = sum(w.numel() for w in weights)
    return {
        "weight_norm": sum(float(w.square().sum()) for w in weights) ** 0.5,
        "sparsity": sum(int((w.abs() < SMALL).sum()) for w in weights) / count,
        "zeros": sum(int((w == 0).sum()) for w in weights) / count,
    }
