"""Which settings of a lesson are trained: all combinations, or those that tell most where they are too many."""

from __future__ import annotations

import itertools
import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from lessons.challenge import Challenge
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.settings import setting
from lessons.source import source

TRIES = 20
"""Draws for each place that a sample has left; where most draws are refused or known, it stays smaller."""


@dataclass(frozen=True)
class Combo:
    """One combination of settings, trained once however many others write the same source."""

    settings: Mapping[str, Any]
    """Of every offer."""
    turned: Mapping[str, Any]
    """Those that differ from the start."""
    recipe: Recipe
    sha256: str
    """Of its source."""

    @cached_property
    def label(self) -> str:
        """What differs from the start, as a person reads it."""
        return show(self.turned) or "start"


@dataclass(frozen=True)
class Plan:
    """What is trained; the start settings come first, then what the author names."""

    combos: tuple[Combo, ...]
    refused: tuple[tuple[str, str], ...]
    """Label and reason of each combination that cannot be."""
    product: int
    """How many combinations are offered."""
    same: int
    """How many looked-at combinations do what another does already."""

    @property
    def whole(self) -> bool:
        """Whether every combination is in it."""
        return len(self.combos) + len(self.refused) + self.same == self.product


def show(settings: Mapping[str, Any]) -> str:
    """Settings as a person reads them: ``dropout 0.5, epochs 30``."""
    return ", ".join(f"{name} {setting(name).show(value)}" for name, value in settings.items())


def combo(challenge: Challenge, settings: Mapping[str, Any]) -> Combo:
    """The combination with these settings turned; a ``Mistake`` says why it cannot be."""
    full = {**challenge.start, **{name: challenge.offer(name).check(value) for name, value in settings.items()}}
    turned = {name: value for name, value in full.items() if value != challenge.start[name]}
    recipe = challenge.recipe_for(full)
    return Combo(full, turned, recipe, source(recipe).sha256)


def choose(challenge: Challenge, most: int) -> Plan:
    """All combinations where they are at most ``most``; else the start's and the solutions' neighbours and a sample.

    What the author names is always in it.
    """
    product = math.prod(len(offer.choices) for offer in challenge.offers)
    named = [{}, *(way.solution for way in challenge.ways), *(trap.settings for trap in challenge.traps)]
    found: dict[str, Combo] = {}
    refused: dict[str, str] = {}
    seen: set[tuple[Any, ...]] = set()

    def take(settings: Mapping[str, Any]) -> None:
        full = {**challenge.start, **settings}
        key = tuple(full.values())
        if key in seen:
            return
        seen.add(key)
        try:
            one = combo(challenge, settings)
        except Mistake as mistake:
            turned = {name: value for name, value in full.items() if value != challenge.start[name]}
            refused[show(turned)] = str(mistake)
        else:
            found.setdefault(one.sha256, one)

    for settings in named:
        take({name: challenge.offer(name).check(value) for name, value in settings.items()})
    if product <= most:
        for settings in _all(challenge):
            take(settings)
    else:
        for settings in itertools.chain(_around(challenge), _sample(challenge, most)):
            if len(found) >= most:
                break
            take(settings)
    return Plan(tuple(found.values()), tuple(refused.items()), product, len(seen) - len(found) - len(refused))


def _all(challenge: Challenge) -> list[dict[str, Any]]:
    """The whole product, what turns fewest settings first: of twins, the plainest one is kept."""
    names = [offer.name for offer in challenge.offers]
    every = [
        dict(zip(names, values, strict=True)) for values in itertools.product(*(o.choices for o in challenge.offers))
    ]
    return sorted(every, key=lambda full: sum(full[name] != challenge.start[name] for name in names))


def _around(challenge: Challenge) -> Iterator[dict[str, Any]]:
    """Every change of one setting from the start, then from each solution."""
    for base in ({}, *(way.solution for way in challenge.ways)):
        for offer in challenge.offers:
            for value in offer.choices:
                yield {**challenge.start, **base, offer.name: value}


def _sample(challenge: Challenge, most: int) -> Iterator[dict[str, Any]]:
    """Combinations drawn by chance, the same ones at each call."""
    draw = random.Random(0)
    for _ in range(TRIES * most):
        yield {offer.name: draw.choice(offer.choices) for offer in challenge.offers}
