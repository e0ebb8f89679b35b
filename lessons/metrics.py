"""Every metric, declared once: name, unit, better direction, plain words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from lessons.mistakes import unknown
from lessons.recipe import Recipe


@dataclass(frozen=True)
class Metric:
    """One measured number."""

    name: str
    label: str
    """What the screen calls it."""
    unit: str
    """``share`` (0 to 1, shown in percent), ``loss``, ``norm``, ``seconds``, ``epochs`` or ``count``."""
    better: str
    """``higher``, ``lower``, or ``neither``."""
    words: str
    """What it says, in one plain sentence."""
    task: str = ""
    """The only task that has it; empty for both."""
    noisy: bool = False
    """Only measured where some training labels are wrong."""
    live: bool = False
    """Also measured after each epoch, for the curves."""
    quiet: bool = False
    """Left out of a person's list of all metrics; goals and ``--json`` have it."""


MARKS = (50, 60, 70, 80, 85, 90, 95)
"""Validation accuracies, in percent, of which it is noted when they are first reached."""

_ALL = (
    Metric(
        "train_loss",
        "training loss",
        "loss",
        "lower",
        "How wrong the network is on the rows it learns from.",
        live=True,
    ),
    Metric(
        "validation_loss",
        "validation loss",
        "loss",
        "lower",
        "How wrong it is on rows kept back to decide by.",
        live=True,
    ),
    Metric("test_loss", "test loss", "loss", "lower", "How wrong it is on rows that nothing was decided by."),
    Metric(
        "train_accuracy",
        "training accuracy",
        "share",
        "higher",
        "The share of its own training rows that it answers as they are labelled.",
        "classification",
        live=True,
    ),
    Metric(
        "validation_accuracy",
        "validation accuracy",
        "share",
        "higher",
        "The share it reads rightly of the rows kept back to decide by.",
        "classification",
        live=True,
    ),
    Metric(
        "test_accuracy",
        "test accuracy",
        "share",
        "higher",
        "The share it reads rightly of rows that nothing was decided by.",
        "classification",
    ),
    Metric(
        "gap",
        "generalisation gap",
        "share",
        "lower",
        "Training accuracy minus test accuracy: what was learned that does not carry over.",
        "classification",
    ),
    Metric("loss_gap", "loss gap", "loss", "lower", "Test loss minus training loss."),
    Metric(
        "right_label_accuracy",
        "true labels learned",
        "share",
        "higher",
        "The share of correctly labelled training rows that it answers as labelled.",
        "classification",
        noisy=True,
        live=True,
    ),
    Metric(
        "wrong_label_accuracy",
        "false labels learned",
        "share",
        "lower",
        "The share of wrongly labelled training rows whose false label it repeats: memorising, made visible.",
        "classification",
        noisy=True,
        live=True,
    ),
    Metric(
        "weight_norm",
        "weight norm",
        "norm",
        "neither",
        "The length of all weights taken as one vector; biases not counted.",
        live=True,
    ),
    Metric(
        "sparsity",
        "sparsity",
        "share",
        "neither",
        "The share of weights smaller than 0.001; biases not counted.",
        live=True,
    ),
    Metric(
        "zeros",
        "exact zeros",
        "share",
        "neither",
        "The share of weights that are exactly 0; biases not counted.",
    ),
    Metric(
        "dead_units",
        "dead units",
        "share",
        "lower",
        "The share of hidden units that put out the same for every row, and so can learn nothing any more.",
    ),
    Metric("epochs_run", "epochs run", "epochs", "neither", "After how many epochs the training ended."),
    Metric("parameters", "parameters", "count", "neither", "How many weights and biases the network has."),
    Metric(
        "seconds",
        "seconds",
        "seconds",
        "lower",
        "How long the training itself took: on one thread, a core's time that it used; the measuring not counted.",
    ),
    *(
        Metric(
            f"epochs_to_{percent}",
            f"epochs to {percent}%",
            "epochs",
            "lower",
            f"The first epoch after which validation accuracy was {percent}% or more.",
            "classification",
            quiet=True,
        )
        for percent in MARKS
    ),
)

METRICS: dict[str, Metric] = {metric.name: metric for metric in _ALL}
"""Every metric by name, in the order in which reports list them."""


def metric(name: str) -> Metric:
    """The metric of that name; a ``Mistake`` names the nearest one."""
    if name not in METRICS:
        raise unknown("metric", name, METRICS)
    return METRICS[name]


def available(recipe: Recipe) -> tuple[str, ...]:
    """The metrics that a run of this recipe has."""
    return tuple(m.name for m in _ALL if m.task in ("", recipe.task) and (not m.noisy or recipe.label_noise > 0))


def show(name: str, value: float | None) -> str:
    """A value as a player reads it: ``79.5%``, ``0.192``, ``12.9``."""
    unit = metric(name).unit
    if value is None or not math.isfinite(value):
        return "not reached" if unit == "epochs" else "beyond number"
    if unit == "share":
        return f"{value:.1%}"
    if unit == "norm":
        return f"{value:.1f}"
    if unit == "seconds":
        return f"{value:.2f} s"
    if unit in ("epochs", "count"):
        return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"
    return f"{value:.3f}"


def difference(name: str, value: float) -> str:
    """A distance between two values of a metric: shares differ by points, not by percent."""
    return f"{100 * value:.1f} points" if metric(name).unit == "share" else show(name, value)


@dataclass(frozen=True)
class Summary:
    """Mean and standard error over seeds; ``se`` is None for one seed, both for a run that diverged."""

    mean: float | None
    se: float | None
    n: int


def summarise(values: Sequence[float | None]) -> Summary:
    """The summary of one metric over seeds. One value that is not finite spoils the mean."""
    n = len(values)
    if n == 0 or any(v is None or not math.isfinite(v) for v in values):
        return Summary(None, None, n)
    numbers = [v for v in values if v is not None]
    mean = math.fsum(numbers) / n
    if n == 1:
        return Summary(mean, None, 1)
    variance = math.fsum((v - mean) ** 2 for v in numbers) / (n - 1)
    return Summary(mean, math.sqrt(variance / n), n)
