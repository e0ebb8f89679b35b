"""What verdicts would say of measured settings: many drawn from the seeds that were trained."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lessons import goals, metrics
from lessons.challenge import Challenge
from lessons.goals import Comparison, Goal
from tutor.calibrate.combos import Combo, combo

DRAWS = 1000
"""Verdicts that are drawn for each setting."""
PASSES, FAILS = 0.95, 0.05
"""Settings pass whose verdicts are won at least 19 times in 20, and fail that are won at most once in 20."""


@dataclass(frozen=True)
class Measured:
    """One combination, and what each of its seeds gave."""

    combo: Combo
    values: Mapping[str, Sequence[float | None]]
    diverged: int
    """How many seeds left the numbers."""

    @cached_property
    def means(self) -> dict[str, float | None]:
        """The mean of each metric over the seeds."""
        return {name: metrics.summarise(values).mean for name, values in self.values.items()}


@dataclass(frozen=True)
class Spread:
    """How one metric's verdicts lie, mirrored where less is better, so that more is always better."""

    mean: float
    bound: float
    """What a verdict holds against the goal, on average: the mean less one standard error."""
    se: float
    """The standard error of one verdict."""


class Verdicts:
    """All measured combinations of a lesson, the start first, and verdicts drawn from them."""

    def __init__(self, challenge: Challenge, measured: Sequence[Measured]) -> None:
        self.challenge, self.measured, self.start = challenge, tuple(measured), measured[0]
        self.size = challenge.seeds
        count = min((len(v) for one in measured for v in one.values.values()), default=0)
        self.seeds = count
        """How many seeds of each setting the verdicts are drawn from."""
        self.draws = draws(count, self.size)
        self._of = {one.combo.sha256: one for one in measured}
        self._bounds: dict[tuple[str, str, str], list[float | None]] = {}

    def find(self, settings: Mapping[str, Any]) -> Measured:
        """What was measured of these settings, or of others that write the same source."""
        return self._of[combo(self.challenge, settings).sha256]

    def rates(self, one: Measured, ways: Iterable[Goal]) -> tuple[float, ...]:
        """The share of its verdicts that each way decides: the first whose goal is met."""
        sides = [[(self.bounds(one, c), c) for c in goal.comparisons] for goal in ways]
        won = [0] * len(sides)
        for draw in range(len(self.draws)):
            for number, side in enumerate(sides):
                if all(self._met(bounds[draw], c, draw) for bounds, c in side):
                    won[number] += 1
                    break
        return tuple(count / len(self.draws) for count in won)

    def rate(self, one: Measured, *ways: Goal) -> float:
        """The share of its verdicts that are won at all."""
        return sum(self.rates(one, ways))

    def bounds(self, one: Measured, comparison: Comparison) -> list[float | None]:
        """What each drawn verdict holds against the goal; None for one with a run that diverged."""
        key = (one.combo.sha256, comparison.metric, comparison.op[0])
        if key not in self._bounds:
            alone = Goal(comparison.text, (comparison,))
            values = one.values.get(comparison.metric, ())
            self._bounds[key] = [
                goals.judge(alone, {comparison.metric: [values[n] for n in draw] if values else ()})[0].bound
                for draw in self.draws
            ]
        return self._bounds[key]

    def spread(self, one: Measured, comparison: Comparison) -> Spread | None:
        """How its verdicts lie in one metric; None where a seed has no number."""
        values = one.values.get(comparison.metric, ())
        whole = metrics.summarise(values)
        bounds = [bound for bound in self.bounds(one, comparison) if bound is not None]
        if whole.mean is None or not bounds:
            return None
        sign = side(comparison)
        se = (whole.se or 0.0) * math.sqrt(whole.n / self.size)
        return Spread(sign * whole.mean, sign * math.fsum(bounds) / len(bounds), se)

    def target(self, comparison: Comparison) -> float | None:
        """The number to reach, where start. and best. are the start's means over all seeds."""
        return comparison.target({"start": self.start.means, "best": self.start.means})

    def margin(self, one: Measured, comparison: Comparison) -> float | None:
        """By how many standard errors of a verdict its mean is on the right side."""
        spread, target = self.spread(one, comparison), self.target(comparison)
        if spread is None or target is None:
            return None
        return (spread.mean - side(comparison) * target) / max(spread.se, 1e-9)

    def _met(self, bound: float | None, comparison: Comparison, draw: int) -> bool:
        if bound is None:
            return False
        target = comparison.target({"start": self._starts[draw], "best": self._starts[draw]} if comparison.run else {})
        return target is not None and goals.compare(bound, comparison.op, target)

    @cached_property
    def _starts(self) -> list[dict[str, float | None]]:
        """The start's means on the seeds of each draw."""
        table = self.start.values
        return [{n: metrics.summarise([v[i] for i in draw]).mean for n, v in table.items()} for draw in self.draws]


def side(comparison: Comparison) -> int:
    """1 where more is better, -1 where less is."""
    return 1 if comparison.op[0] == ">" else -1


def draws(count: int, size: int) -> list[tuple[int, ...]]:
    """Which seeds make up each verdict: all subsets where they are few, else ``DRAWS`` of them."""
    if math.comb(count, size) <= DRAWS:
        return list(itertools.combinations(range(count), size))
    draw = random.Random(0)
    return [tuple(draw.sample(range(count), size)) for _ in range(DRAWS)]


def of_20(rate: float) -> str:
    """A rate as ``19/20``; it reads 19 only where that many pass, and 1 only where no more do."""
    count = round(20 * rate)
    if rate < PASSES:
        count = min(count, 18)
    if rate > FAILS:
        count = max(count, 2)
    return f"{count}/20"
