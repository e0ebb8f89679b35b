"""Conditions such as ``test_accuracy < 0.5 and not curious``: parsed once, held against facts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lessons.goals import compare
from lessons.metrics import METRICS
from lessons.mistakes import Mistake, clip, unknown

PLAYERS = {"jonathan": "Jonathan", "lucy": "Lucy"}
"""The two visitors: the word in a condition, and the name as shown."""

DIAGNOSES = ("underfit", "overfit", "diverged")
COUNTS = ("margin", "tries", "predictions_right")
"""What may be compared with a number besides the metrics."""

RESERVED = (*DIAGNOSES, *COUNTS, *METRICS, "brief", "player", "missed", "predicted", "if", "and", "or", "not", "once")
MAX_LENGTH = 500
"""Characters of a condition."""
FLAG = re.compile(r"[a-z][a-z0-9_-]{0,59}")
GRAMMAR = (
    "'[not] FLAG', 'METRIC < NUMBER', 'player = lucy', 'underfit', 'overfit', 'diverged', 'missed METRIC', "
    "'margin < 1.0', 'predicted right', 'tries > 2', 'predictions_right >= 0.5', 'brief', joined with 'and'"
)
_COMPARISON = re.compile(r"([A-Za-z_][\w.]*)\s*(<=|>=|<|>)\s*(-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+))")
_PLAYER = re.compile(r"player\s*=\s*(\w+)")
_MISSED = re.compile(r"missed\s+(\w+)")


@dataclass(frozen=True)
class Facts:
    """What a condition is held against."""

    flags: frozenset[str] = frozenset()
    player: str = ""
    brief: bool = False
    metrics: Mapping[str, float | None] = field(default_factory=dict)
    """Means of the last verdict."""
    missed: frozenset[str] = frozenset()
    """Metrics whose goal the last verdict did not meet."""
    margin: float | None = None
    """The narrowest margin of the last verdict, in standard errors."""
    diagnosis: str = ""
    predicted_right: bool | None = None
    tries: int = 0
    predictions_right: float | None = None
    """The share of predictions that were right; None before the first."""


@dataclass(frozen=True)
class Term:
    """One term. ``kind`` is flag, number, player, diagnosis, missed, predicted or brief."""

    kind: str
    name: str = ""
    op: str = ""
    number: float = 0.0
    negated: bool = False

    def holds(self, facts: Facts) -> bool:
        """Whether it is so. A comparison with a number that does not exist is not."""
        return self._bare(facts) != self.negated

    def _bare(self, facts: Facts) -> bool:
        if self.kind == "flag":
            return self.name in facts.flags
        if self.kind == "player":
            return facts.player == self.name
        if self.kind == "diagnosis":
            return facts.diagnosis == self.name
        if self.kind == "missed":
            return self.name in facts.missed
        if self.kind == "predicted":
            return facts.predicted_right is True
        if self.kind == "brief":
            return facts.brief
        value = getattr(facts, self.name) if self.name in COUNTS else facts.metrics.get(self.name)
        return value is not None and compare(value, self.op, self.number)

    @property
    def needs_verdict(self) -> bool:
        """Whether it can only be so after a verdict."""
        if self.negated:
            return False
        if self.kind == "number":
            return self.name != "predictions_right" and (self.name != "tries" or not compare(0, self.op, self.number))
        return self.kind in ("diagnosis", "missed", "predicted")


@dataclass(frozen=True)
class Condition:
    """All of its terms must hold."""

    text: str
    terms: tuple[Term, ...]

    def holds(self, facts: Facts) -> bool:
        """Whether every term holds."""
        return all(term.holds(facts) for term in self.terms)

    @property
    def flags(self) -> tuple[str, ...]:
        """Every flag it reads."""
        return tuple(t.name for t in self.terms if t.kind == "flag")

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric it looks at."""
        return tuple(t.name for t in self.terms if t.name in METRICS)

    @property
    def needs_verdict(self) -> bool:
        """Whether it can only hold after a verdict."""
        return any(term.needs_verdict for term in self.terms)


def parse(text: str) -> Condition:
    """The Condition that a text names; a ``Mistake`` says what is wrong with it."""
    text = " ".join(text.split())
    if not text:
        raise Mistake(f"the condition is empty. Write {GRAMMAR}.")
    if len(text) > MAX_LENGTH:
        raise Mistake(f"the condition has {len(text):,} characters; {MAX_LENGTH} are allowed. Shorten it.")
    if re.search(r"\bor\b", text):
        raise Mistake(f"condition {clip(text)} uses 'or'. Only 'and' joins terms; write one passage for each case.")
    return Condition(text, tuple(_term(part.strip()) for part in re.split(r"\band\b", text)))


def flag(word: str) -> str:
    """A flag's name, checked."""
    if word in RESERVED:
        raise Mistake(f"{clip(word)} has a meaning of its own and cannot be a flag. Choose another name.")
    if not FLAG.fullmatch(word):
        raise Mistake(f"flag {clip(word)} is not a name. Use small letters, digits, _ and -, beginning with a letter.")
    return word


def player(word: str) -> str:
    """A visitor's name, checked."""
    if word not in PLAYERS:
        raise unknown("player", word, PLAYERS)
    return word


def _term(text: str) -> Term:
    negated = text.startswith("not ")
    bare = text.removeprefix("not ").strip()
    if match := _COMPARISON.fullmatch(bare):
        name, op, number = match.groups()
        if name not in METRICS and name not in COUNTS:
            raise unknown("metric", name, (*METRICS, *COUNTS))
        if name in METRICS and METRICS[name].unit == "share" and abs(float(number)) > 1:
            share = f"{name} {op} {float(number) / 100:g}"
            raise Mistake(f"condition {clip(text)}: a share goes from 0 to 1. Write '{share}' for {number}%.")
        return Term("number", name, op, float(number), negated)
    if match := _PLAYER.fullmatch(bare):
        return Term("player", player(match[1]), negated=negated)
    if match := _MISSED.fullmatch(bare):
        if match[1] not in METRICS:
            raise unknown("metric", match[1], METRICS)
        return Term("missed", match[1], negated=negated)
    if "%" in bare:
        raise Mistake(f"condition {clip(text)} has a per cent sign. Write 0.5 for 50%.")
    if bare in DIAGNOSES:
        return Term("diagnosis", bare, negated=negated)
    if bare == "brief":
        return Term("brief", negated=negated)
    if bare == "predicted right":
        return Term("predicted", negated=negated)
    if bare in METRICS or bare in COUNTS:
        raise Mistake(f"condition {clip(text)} compares {bare} with nothing. Write a number, such as '{bare} < 0.5'.")
    if not FLAG.fullmatch(bare) or bare in RESERVED:
        raise Mistake(f"condition {clip(text)} cannot be read. Write {GRAMMAR}.")
    return Term("flag", bare, negated=negated)
