"""Made-up verdicts: plausible numbers that agree with one another, chosen so that a wish comes true.

Candidates are drawn at random and held against the real goals until one fits. A metric that
somebody compares with a number (a goal, a condition of the tale) is drawn from each side of it
equally often, however narrow the side.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from lessons import goals, metrics
from lessons.challenge import Challenge, Way
from lessons.goals import Outcome
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from story.conditions import DIAGNOSES
from tutor.walk.plausible import Draw

__all__ = ["DIAGNOSES", "Made", "Maker", "Means", "Wish", "better", "diverged"]

TRIES = 400
"""Candidates for one verdict."""
ROOM = 10
"""First runs that are tried, where a goal is measured against the first run."""
NARROW = 1.5
"""Standard errors by which a narrow verdict passes; the verdict itself takes one."""
OVERFIT = 0.10
"""The gap past which ``goals.diagnose`` speaks of overfitting: what to aim at; the rule itself decides."""

Means = Mapping[str, float | None]


@dataclass(frozen=True)
class Wish:
    """What a made-up run is to say."""

    passed: bool | None = None
    """None for either."""
    to: str = ""
    """The scene of the way that it passes by; empty for the first way."""
    diagnosis: str = ""
    """``overfit``, ``underfit``, ``diverged``; empty for any."""
    given: Mapping[str, float] = field(default_factory=dict)
    """Metrics whose value is set."""


@dataclass(frozen=True)
class Made:
    """A made-up run, judged."""

    values: dict[str, list[float | None]]
    """Per metric, one value for each seed."""
    way: Way | None
    """The way whose goal is met, if one is."""
    outcomes: tuple[Outcome, ...]
    diagnosis: str

    @cached_property
    def means(self) -> dict[str, float | None]:
        """The mean of each metric."""
        return {name: metrics.summarise(values).mean for name, values in self.values.items()}


class Maker:
    """Makes verdicts up for one lesson."""

    def __init__(
        self,
        challenge: Challenge,
        rng: random.Random,
        edges: Mapping[str, frozenset[float]] | None = None,
        spread: float = 0.002,
    ) -> None:
        """``edges``: numbers that metrics are compared with elsewhere; ``spread``: between seeds, of the value."""
        self.challenge, self._rng, self._spread = challenge, rng, spread
        self._edges = edges or {}

    def make(self, recipe: Recipe, wish: Wish, seeds: int, start: Means, best: Means) -> Made:
        """A run of this recipe that says what is wished; a ``Mistake`` says why there is none."""
        there = metrics.available(recipe)
        for name in wish.given:
            if name not in there:
                raise Mistake(f"{name} is not measured in this lesson. Measured: {', '.join(there)}.")
        if wish.diagnosis == "diverged":
            return self._judged(diverged(recipe, seeds), start, best, lost=True)
        way = self._way(wish)
        draw = Draw(recipe, wish.given, self._rng, self._all_edges(start, best), self._aims(wish, way, start, best))
        made = nearest = None
        for _ in range(TRIES):
            means = draw.means()
            if means is None:
                continue
            made = self._judged(self._over_seeds(means, there, wish.given, seeds), start, best)
            if _fits(made, wish, way):
                return made
            nearest = nearest or made
        raise Mistake(self._why_not(wish, way, nearest))

    def practice(self, recipe: Recipe, wish: Wish, start: Means, best: Means) -> Made:
        """A run on one seed that misses the goal and leaves room to reach it, where that can be."""
        made = None
        for _ in range(ROOM):
            try:
                made = self.make(recipe, replace(wish, passed=False), 1, start, best)
                self.make(recipe, Wish(True), 1, start or made.means, made.means)
                return made
            except Mistake:
                continue
        return made or self.make(recipe, wish, 1, start, best)

    def narrow(self, made: Made, start: Means, best: Means) -> Made:
        """The same verdict with seeds that quarrel more, so that it passes by ``NARROW`` standard errors, if it can."""
        values = dict(made.values)
        for outcome in made.outcomes:
            if outcome.value is not None and outcome.margin is not None and outcome.margin > NARROW:
                by = outcome.margin / NARROW
                known = (v for v in values[outcome.metric] if v is not None)
                values[outcome.metric] = [outcome.value + (v - outcome.value) * by for v in known]
        again = self._judged(values, start, best)
        return again if again.way is made.way else made

    def _way(self, wish: Wish) -> Way:
        if not wish.to:
            return self.challenge.ways[0]
        for way in self.challenge.ways:
            if way.to == wish.to:
                return way
        there = ", ".join(way.to for way in self.challenge.ways)
        raise Mistake(f"{wish.to} is not where this lesson leads when it is passed. Allowed: {there}.")

    def _all_edges(self, start: Means, best: Means) -> dict[str, frozenset[float]]:
        found = {name: set(numbers) for name, numbers in self._edges.items()}
        for way in self.challenge.ways:
            for comparison in way.goal.comparisons:
                target = comparison.target({"start": start, "best": best})
                found.setdefault(comparison.metric, set()).update(() if target is None else (target,))
        found.setdefault("gap", set()).add(OVERFIT)
        return {name: frozenset(numbers) for name, numbers in found.items()}

    def _aims(self, wish: Wish, way: Way, start: Means, best: Means) -> dict[str, tuple[float, float]]:
        """For each metric, the range that the wish leaves to it."""
        aims: dict[str, tuple[float, float]] = {}

        def narrow(name: str, low: float, high: float) -> None:
            before = aims.get(name, (float("-inf"), float("inf")))
            aims[name] = max(before[0], low), min(before[1], high)

        if wish.passed:
            for comparison in way.goal.comparisons:
                target = comparison.target({"start": start, "best": best})
                if target is not None and comparison.op[0] == ">":
                    narrow(comparison.metric, target, float("inf"))
                elif target is not None:
                    narrow(comparison.metric, float("-inf"), target)
        if wish.diagnosis == "overfit":
            narrow("gap", OVERFIT, float("inf"))
        elif wish.diagnosis == "underfit":
            narrow("gap", float("-inf"), OVERFIT)
        return aims

    def _over_seeds(
        self, means: Mapping[str, float | None], there: tuple[str, ...], given: Mapping[str, float], seeds: int
    ) -> dict[str, list[float | None]]:
        """The means spread over the seeds; what was given, and what is whole, stays as it is."""
        noise = [self._rng.uniform(-1, 1) for _ in range(seeds)]
        middle = sum(noise) / seeds
        values: dict[str, list[float | None]] = {}
        for name in there:
            mean = means[name]
            whole = metrics.METRICS[name].unit in ("epochs", "count")
            if mean is None or whole or name in given or name in ("gap", "loss_gap"):
                values[name] = [mean] * seeds
                continue
            room = min(abs(mean), abs(1 - mean)) if metrics.METRICS[name].unit == "share" else abs(mean)
            values[name] = [mean + (n - middle) * min(self._spread, room / 2) for n in noise]
        for gap, more, less in (("gap", "train_accuracy", "test_accuracy"), ("loss_gap", "test_loss", "train_loss")):
            if gap in values and gap not in given:
                values[gap] = [_minus(a, b) for a, b in zip(values[more], values[less], strict=True)]
        return values

    def _judged(self, values: dict[str, list[float | None]], start: Means, best: Means, lost: bool = False) -> Made:
        means = {name: metrics.summarise(v).mean for name, v in values.items()}
        runs = {"start": start, "best": better(self.challenge, best, means)}
        judged = [(way, goals.judge(way.goal, values, runs)) for way in self.challenge.ways]
        met = next(((way, outs) for way, outs in judged if all(o.met for o in outs)), None)
        if met:
            return Made(values, *met, "")
        return Made(values, None, judged[0][1], goals.diagnose(means, lost))

    def _why_not(self, wish: Wish, way: Way, nearest: Made | None) -> str:
        """Why no candidate fitted, in words."""
        given = ", ".join(f"{name}={value:g}" for name, value in wish.given.items())
        with_ = f" with {given}" if given else ""
        if nearest is None:
            return f"the numbers{with_} contradict one another. Give fewer of them."
        asked = "pass" if wish.passed else f"fail {wish.diagnosis}".strip()
        if wish.passed and nearest.way is not None:
            to = nearest.way.to
            words = f"it would lead to {to}, whose goal {nearest.way.goal.text!r} is met first"
            return f"'{asked}'{with_} cannot be: {words}. Write: judge as pass {to}. Or give other numbers, or fewer."
        elif wish.passed:
            words = " ".join(o.explain() + "." for o in nearest.outcomes if not o.met).rstrip(".")
        elif nearest.way is not None:
            words = f"the goal {nearest.way.goal.text!r} is met"
        else:
            words = f"that is {nearest.diagnosis}"
        return f"'{asked}'{with_} cannot be: {words}. Give other numbers, or fewer."


def _fits(made: Made, wish: Wish, way: Way) -> bool:
    if wish.passed is not None and (made.way is not None) != wish.passed:
        return False
    if wish.passed:
        return made.way is way
    return wish.diagnosis in ("", made.diagnosis)


def better(challenge: Challenge, best: Means, means: Means) -> Means:
    """The better of two runs by the first comparison of the goal, as the workbench counts it."""
    first = challenge.goal.comparisons[0]
    new, old = means.get(first.metric), best.get(first.metric)
    if new is None:
        return best
    if old is None:
        return means
    return means if (new > old if first.op[0] == ">" else new < old) else best


def diverged(recipe: Recipe, seeds: int) -> dict[str, list[float | None]]:
    """The values of a run whose loss left the numbers: only what can be known of it."""
    known: dict[str, float] = {"parameters": recipe.parameters, "seconds": 0.1}
    return {name: [known.get(name)] * seeds for name in metrics.available(recipe)}


def _minus(a: float | None, b: float | None) -> float | None:
    return None if a is None or b is None else a - b
