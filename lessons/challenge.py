"""A Challenge: a recipe, the settings that are offered, a goal, a prediction, hints, solution, traps."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lessons import goals, metrics
from lessons.datasets import OWN
from lessons.goals import Goal
from lessons.jobs import Job
from lessons.mistakes import Mistake, clip, unknown
from lessons.own import OwnData
from lessons.recipe import Recipe
from lessons.settings import SETTINGS, setting

DIRECTIONS = ("rise", "fall", "stay")
EXAMPLES = {"share": "0.75 or 75%", "loss": "0.192", "norm": "12.9", "seconds": "1.50", "epochs": "12", "count": "640"}
"""How a number of each unit may be typed."""


@dataclass(frozen=True)
class Offer:
    """One setting that the player may turn, and the values it clicks through."""

    name: str
    choices: tuple[Any, ...]
    start: Any

    def check(self, value: Any) -> Any:
        """The value in its normal form, if it is offered."""
        value = setting(self.name).check(value)
        if value not in self.choices:
            shown = ", ".join(map(self.listed, self.choices))
            raise Mistake(f"{self.name} cannot be {setting(self.name).show(value)} here. Offered: {shown}.")
        return value

    def listed(self, value: Any) -> str:
        """The value as it stands among others: what has several parts stands in brackets."""
        shown = setting(self.name).show(value)
        return f"({shown})" if isinstance(value, tuple) and len(value) > 1 else shown

    def step(self, value: Any, by: int) -> Any:
        """The value ``by`` clicks further; it stops at either end."""
        place = self.choices.index(value) + by
        return self.choices[min(max(place, 0), len(self.choices) - 1)]


@dataclass(frozen=True)
class Trap:
    """Settings that look right and fail, and why."""

    settings: dict[str, Any]
    why: str
    diverges: bool = False


@dataclass(frozen=True)
class Prediction:
    """What the player commits to before a verdict.

    Words out of ``rise, fall, stay`` are held against ``metric``: its mean over the verdict's
    seeds against the player's first run at the start settings; ``stay`` is a change of at most
    ``within``. A number is right when it lies within ``within`` of the measured mean.
    Without a metric the prediction is only remembered.
    """

    ask: str
    options: tuple[str, ...] = ()
    """Empty for a number."""
    metric: str = ""
    within: float = 0.02

    @property
    def unit(self) -> str:
        """Of the number that is predicted; without a metric it is read as a share."""
        return metrics.metric(self.metric).unit if self.metric else "share"

    @property
    def rule(self) -> str:
        """When a prediction is right, as a sentence; empty where nothing is measured."""
        if not self.metric:
            return ""
        room = metrics.difference(self.metric, self.within)
        if not self.options:
            return f"Within {room} is right."
        return f"A change of at most {room} is to stay." if "stay" in self.options else ""

    def truth(self, start: float | None, measured: float | None) -> str | float | None:
        """What happened: a direction, a number, or None where nothing was measured."""
        if not self.metric or measured is None:
            return None
        if not self.options:
            return measured
        if start is None:
            return None
        if abs(measured - start) <= self.within:
            return "stay"
        return "rise" if measured > start else "fall"

    def right(self, said: str | float, truth: str | float | None) -> bool | None:
        """Whether the player was right; None where nothing can be said."""
        if truth is None:
            return None
        if isinstance(truth, str):
            return said == truth
        return abs(float(said) - truth) <= self.within

    def parse(self, text: str) -> str | float:
        """What a player typed, as a prediction; a ``Mistake`` says what may be said."""
        word = text.strip().lower()
        if self.options:
            if word not in self.options:
                raise unknown("prediction", text.strip(), self.options)
            return word
        percent = word.endswith("%") and self.unit == "share"
        try:
            number = float(word.removesuffix("%" if percent else "").replace(",", ".")) / (100 if percent else 1)
        except ValueError:
            raise Mistake(
                f"prediction {clip(text)} is not a number. Write one such as {EXAMPLES[self.unit]}."
            ) from None
        if number != number or number in (float("inf"), float("-inf")):
            raise Mistake(f"prediction {clip(text)} is not a finite number.")
        if self.metric and self.unit == "share":
            if abs(number) > 1:
                words = "is more than everything. Write a share from 0 to 1, or in per cent, as 75%."
                raise Mistake(f"prediction {clip(text)} {words}")
            if number < 0 and self.metric != "gap":
                raise Mistake(
                    f"prediction {clip(text)} is less than nothing. Write a share from 0 to 1, or in per cent."
                )
        return number


@dataclass(frozen=True)
class Way:
    """One way for a lesson to end: the first whose goal is met decides."""

    goal: Goal
    to: str
    """The scene that the tale goes on with."""
    solution: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Challenge:
    """A lesson, ready to be played and proved."""

    job: str
    recipe: Recipe
    """The job's recipe with what the author changed in it."""
    offers: tuple[Offer, ...]
    ways: tuple[Way, ...]
    fail: str
    predict: Prediction | None = None
    seeds: int = 5
    hints: tuple[str, ...] = ()
    traps: tuple[Trap, ...] = ()
    share: str = ""
    time_limit: float = 60.0
    """Seconds that one run may take."""

    @property
    def goal(self) -> Goal:
        """The goal that the screen shows: the first."""
        return self.ways[0].goal

    @property
    def start(self) -> dict[str, Any]:
        """The settings as the player finds them."""
        return {offer.name: offer.start for offer in self.offers}

    def offer(self, name: str) -> Offer:
        """The offer of that name; a ``Mistake`` names the nearest one."""
        for offer in self.offers:
            if offer.name == name:
                return offer
        if name in SETTINGS:
            names = ", ".join(o.name for o in self.offers)
            raise Mistake(f"setting {name!r} is not offered here. Offered: {names}.")
        raise unknown("setting", name, (o.name for o in self.offers))

    def recipe_for(self, settings: Mapping[str, Any], **fixed: Any) -> Recipe:
        """The recipe under these settings (others as at the start); ``fixed`` overrides anything."""
        chosen = {name: self.offer(name).check(value) for name, value in settings.items()}
        return self.recipe.turned(**{**self.start, **chosen, **fixed})


def build(
    *,
    job: Job,
    fixed: Mapping[str, Any],
    offers: Mapping[str, tuple[list[Any], Any]],
    ways: list[tuple[str, str, Mapping[str, Any]]],
    fail: str,
    traps: list[Trap] | None = None,
    file: OwnData | None = None,
    **rest: Any,
) -> Challenge:
    """A Challenge from what an author wrote; every ``Mistake`` begins with the key at fault.

    ``job`` holds the base recipe; ``offers`` maps a setting to its choices and start; ``ways``
    are (goal, scene, solution); ``file`` is an instructor's own data, which take the place of the job's.
    """
    base = job.recipe
    if file:
        with _at("data"):
            base = dataclasses.replace(base, data=OWN, own=file, train_size=file.rows)
    with _at("with"):
        base = base.turned(**fixed)
    built = tuple(_offer(name, choices, start) for name, (choices, start) in offers.items())
    if not built:
        raise Mistake(
            "setting: a lesson offers at least one, such as setting.dropout = { choices = [0.0, 0.5], start = 0.0 }."
        )
    made = []
    for goal, to, solution in ways:
        with _at("goal"):
            made.append(Way(goals.parse(goal), to, dict(solution)))
    challenge = Challenge(job.name, base, built, tuple(made), fail, traps=tuple(traps or ()), **rest)
    return _checked(challenge)


def _offer(name: str, choices: list[Any], start: Any) -> Offer:
    with _at(f"setting.{name}"):
        kind = setting(name)
        values = tuple(kind.check(c) for c in choices)
        if len(values) < 2:
            raise Mistake("offers fewer than two choices, so there is nothing to turn. Give two or more.")
        if len(set(values)) != len(values):
            raise Mistake("lists a choice twice. Give each once.")
        value = kind.check(start)
        if value not in values:
            offered = ", ".join(map(kind.show, values))
            raise Mistake(f"start {kind.show(value)} is not one of its choices. Offered: {offered}.")
        return Offer(name, values, value)


def _checked(challenge: Challenge) -> Challenge:
    """Every combination that the author names must make a recipe, every goal have its metric."""
    with _at("start"):
        recipe = challenge.recipe_for({})
    there = metrics.available(recipe)
    for way in challenge.ways:
        with _at("solution"):
            challenge.recipe_for(way.solution)
        with _at("goal"):
            for name in way.goal.metrics:
                _measured(name, there, challenge.job)
    for number, trap in enumerate(challenge.traps, 1):
        with _at(f"traps, number {number}"):
            challenge.recipe_for(trap.settings)
    if challenge.predict and challenge.predict.metric:
        with _at("predict_metric"):
            _measured(metrics.metric(challenge.predict.metric).name, there, challenge.job)
    return challenge


def _measured(name: str, there: tuple[str, ...], job_name: str) -> None:
    if name not in there:
        raise Mistake(f"{name} is not measured by {job_name}. Measured: {', '.join(there)}.")


class _at:
    """Puts the key at fault in front of a Mistake's message."""

    def __init__(self, key: str) -> None:
        self.key = key

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: BaseException | None, _: Any) -> None:
        if isinstance(error, Mistake):
            raise Mistake(f"{self.key}: {error}") from None
