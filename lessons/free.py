"""Free play: a challenge without a goal, in which every setting that fits the data can be turned."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lessons.challenge import Challenge, Offer
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.settings import GROUPS, SETTINGS, Choice, Setting, Switch, setting

FIXED = "data"
"""What is not turned: who wants other data takes another job."""
STEPS: dict[str, tuple[Any, ...]] = {
    "dropout": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9),
    "norm_momentum": (0.001, 0.01, 0.1, 0.3, 0.5, 1.0),
    "groups": (1, 2, 4, 8, 16, 32),
    "gain": (0.1, 0.5, 1.0, 1.4, 2.0, 5.0, 10.0),
    "init_std": (0.001, 0.01, 0.05, 0.1, 0.5, 1.0),
    "bias": ("default", 0.0, 0.01, 0.1, 1.0),
    "widths": ((), (2,), (8,), (16,), (32,), (64,), (64, 64), (128,), (256,), (256, 128), (512,), (1024,)),
    "depth": (1, 2, 3, 4, 6, 8, 10, 15, 20),
    "channels": ((), (8,), (16,), (8, 16), (32,), (8, 16, 16), (16, 32), (32, 64)),
    "kernel": (1, 3, 5, 7),
    "stride": (1, 2, 3),
    "padding": (0, 1, 2, 3),
    "weight_decay": (0.0, 1e-5, 1e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0),
    "l1": (0.0, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1),
    "epochs": (1, 2, 3, 5, 10, 15, 20, 30, 40, 60, 100, 200),
    "lr": (1e-5, 1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0),
    "momentum": (0.0, 0.5, 0.8, 0.9, 0.95, 0.99),
    "clip": (0.0, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0),
    "step_size": (1, 2, 5, 10, 20, 50, 100),
    "milestones": ((5,), (10,), (5, 10), (20,), (10, 20), (20, 30)),
    "gamma": (0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.95, 0.99),
    "lr_patience": (0, 1, 2, 3, 5, 10),
    "warmup": (0, 1, 2, 3, 5, 10),
    "patience": (0, 1, 2, 3, 5, 10, 20),
    "min_delta": (0.0, 1e-4, 1e-3, 0.01, 0.1),
    "train_size": (10, 20, 50, 100, 200, 300, 500, 1000, 2000, 5000, 10_000, 20_000, 48_000),
    "batch_size": (0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    "label_noise": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0),
    "feature_noise": (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0),
    "shift": (0, 1, 2, 3, 4, 6),
    "rotate": (0.0, 5.0, 10.0, 15.0, 30.0, 45.0, 90.0, 180.0),
    "mixup": (0.0, 0.1, 0.2, 0.4, 1.0),
    "label_smoothing": (0.0, 0.05, 0.1, 0.2, 0.3, 0.5),
}
"""What each number is clicked through; any other that the setting allows may be typed."""


@dataclass(frozen=True)
class OpenOffer(Offer):
    """A setting that may stand at any value it can have; ``choices`` are the steps that it is clicked through."""

    def check(self, value: Any) -> Any:
        return setting(self.name).check(value)

    def among(self, value: Any) -> tuple[Any, ...]:
        """The steps, and the value in its place among them."""
        return _inserted(self.choices, value)

    def step(self, value: Any, by: int) -> Any:
        steps = self.among(value)
        return steps[min(max(steps.index(value) + by, 0), len(steps) - 1)]


def challenge(name: str, recipe: Recipe) -> Challenge:
    """A bench on which everything that fits the data of this recipe can be turned, and nothing is asked for."""
    return Challenge(name, recipe, tuple(_offers(recipe)), ways=(), fail="")


def group(name: str) -> str:
    """The group that a setting stands in."""
    return next(title for title, kinds in GROUPS.items() if any(kind.name == name for kind in kinds))


def _offers(recipe: Recipe) -> Iterator[OpenOffer]:
    plain = Recipe(data=recipe.data, own=recipe.own, train_size=recipe.facts.rows)
    steps = {name: _steps(kind, plain) for name, kind in SETTINGS.items()}
    offered = {name for name, kind in SETTINGS.items() if _fits(kind, steps[name], plain)}
    for name, kind in SETTINGS.items():
        wanted = {*kind.when, *kind.needs}
        if name in offered and (not wanted or wanted & {FIXED, *offered}):
            start = getattr(recipe, name)
            yield OpenOffer(name, _inserted(steps[name], start), start)


def _fits(kind: Setting, steps: tuple[Any, ...], plain: Recipe) -> bool:
    """Whether there is anything to turn, these being the data."""
    if kind.name == FIXED or plain.data not in kind.when.get(FIXED, (plain.data,)):
        return False
    return sum(_possible(plain, kind.name, value) for value in steps) > 1


def _steps(kind: Setting, plain: Recipe) -> tuple[Any, ...]:
    """All words of a list, so that one which cannot be is refused with its reason; only such numbers as can be."""
    if isinstance(kind, Choice):
        return tuple(kind.codes)
    if isinstance(kind, Switch):
        return (False, True)
    found = tuple(value for value in STEPS[kind.name] if _possible(plain, kind.name, value))
    return _inserted(found, plain.facts.rows) if kind.name == "train_size" else found


def _possible(plain: Recipe, name: str, value: Any) -> bool:
    try:
        plain.turned(**{name: value})
    except Mistake:
        return False
    return True


def _inserted(steps: tuple[Any, ...], value: Any) -> tuple[Any, ...]:
    """The value in front of the first step that is greater; a list counts as its sum, a word as the least."""
    if value in steps:
        return steps
    place = next((n for n, step in enumerate(steps) if _size(step) > _size(value)), len(steps))
    return (*steps[:place], value, *steps[place:])


def _size(value: Any) -> float:
    if isinstance(value, str):
        return -math.inf
    return float(sum(value)) if isinstance(value, tuple) else float(value)
