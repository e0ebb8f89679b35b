"""Goals: parse ``test_accuracy >= 0.75 and sparsity >= 0.7``, judge it, say what missed by how much.

Each comparison is held against the bound less favourable to the player: the mean minus one
standard error for ``>=``, plus one for ``<=``. With one seed the value itself decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lessons import metrics
from lessons.mistakes import Mistake, clip

_NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:e[+-]?[0-9]+)?"
_TERM = re.compile(
    rf"""\s*(?P<metric>[a-z_0-9]+)\s*(?P<op>>=|<=|>|<)\s*
    (?: (?:(?P<factor>{_NUMBER})\s*\*\s*)? (?P<run>start|best)\.(?P<other>[a-z_0-9]+)
        (?:\s*(?P<sign>[+-])\s*(?P<offset>{_NUMBER}))?
      | (?P<number>-?{_NUMBER}) )\s*""",
    re.VERBOSE,
)
GRAMMAR = (
    "'METRIC >= NUMBER', joined with 'and'; operators >=, <=, >, <; also '0.5 * best.METRIC + 0.1' or 'start.METRIC'"
)


@dataclass(frozen=True)
class Comparison:
    """``metric op factor * run.other + offset``; a plain number has no run."""

    text: str
    metric: str
    op: str
    factor: float
    run: str
    """``start`` (the player's first run), ``best`` (the best so far), or empty."""
    other: str
    offset: float

    def target(self, runs: Mapping[str, Mapping[str, float | None]]) -> float | None:
        """The number to reach; None where the run it refers to has not been made."""
        if not self.run:
            return self.offset
        base = runs.get(self.run, {}).get(self.other)
        return None if base is None else self.factor * base + self.offset


@dataclass(frozen=True)
class Goal:
    """All of its comparisons must be met."""

    text: str
    comparisons: tuple[Comparison, ...]

    @property
    def metrics(self) -> tuple[str, ...]:
        """Every metric it looks at."""
        return tuple(c.metric for c in self.comparisons)


@dataclass(frozen=True)
class Outcome:
    """How one comparison went."""

    goal: str
    metric: str
    op: str
    target: float | None
    value: float | None
    """The mean over seeds."""
    se: float | None
    bound: float | None
    """The mean, moved one standard error to the player's disadvantage."""
    met: bool

    @property
    def margin(self) -> float | None:
        """By how many standard errors the mean is on the right side (negative: the wrong one)."""
        if self.value is None or self.target is None or self.se is None:
            return None
        distance = self.value - self.target if self.op[0] == ">" else self.target - self.value
        return distance / max(self.se, 1e-9)

    def explain(self) -> str:
        """One plain line: what was wanted, what was reached, what it lacked."""
        name = metrics.metric(self.metric).label
        wanted = "unknown" if self.target is None else metrics.show(self.metric, self.target)
        line = f"{name} {WORDS[self.op]} {wanted}: {metrics.show(self.metric, self.value)}"
        if self.se is not None:
            line += f" ± {metrics.show(self.metric, self.se)}"
        if self.met:
            return line + ", met"
        if self.bound is None or self.target is None:
            return line + ", not met"
        by = metrics.difference(self.metric, abs(self.bound - self.target))
        least = self.op[0] == ">"
        line += f", short by {by}" if least else f", too high by {by}"
        judged = metrics.show(self.metric, self.bound)
        if judged == metrics.show(self.metric, self.value):
            return line
        return f"{line} at its {'low' if least else 'high'} end, {judged}"


WORDS = {">=": "at least", "<=": "at most", ">": "above", "<": "below"}


def parse(text: str) -> Goal:
    """The Goal that a text names; a ``Mistake`` says what is wrong with it."""
    if not isinstance(text, str) or not text.strip():
        raise Mistake(f"goal {clip(text)} is empty. Write {GRAMMAR}.")
    return Goal(text.strip(), tuple(_comparison(part, text) for part in re.split(r"\band\b", text)))


def _comparison(part: str, whole: str) -> Comparison:
    match = _TERM.fullmatch(part)
    if not match and "%" in part:
        raise Mistake(f"goal {clip(part.strip())} is in per cent. Write a share: 0.75 for 75%.")
    if not match:
        raise Mistake(f"goal {clip(part.strip() or whole)} cannot be read. Write {GRAMMAR}.")
    for name in (match["metric"], match["other"]):
        if name is not None:
            metrics.metric(name)
    if match["number"] is not None:
        factor, run, other, offset = 0.0, "", "", float(match["number"])
        if not math.isfinite(offset):
            raise Mistake(f"goal {clip(part.strip())} asks for more than any number. Write {GRAMMAR}.")
        if metrics.metric(match["metric"]).unit == "share" and abs(offset) > 1:
            raise Mistake(
                f"goal {clip(part.strip())} asks for a share of {offset:g}; shares go from 0 to 1. "
                f"Write {match['metric']} {match['op']} {offset / 100:g} for {offset:g}%."
            )
    else:
        factor, run, other = float(match["factor"] or 1), match["run"], match["other"]
        offset = float(match["offset"] or 0) * (-1 if match["sign"] == "-" else 1)
    return Comparison(part.strip(), match["metric"], match["op"], factor, run, other, offset)


def judge(
    goal: Goal,
    per_seed: Mapping[str, Sequence[float | None]],
    runs: Mapping[str, Mapping[str, float | None]] | None = None,
) -> tuple[Outcome, ...]:
    """Hold each comparison of the goal against what was measured on each seed.

    ``per_seed`` maps a metric to its values over seeds (None where a run diverged);
    ``runs`` maps ``start`` and ``best`` to the means of earlier runs.
    """
    return tuple(_outcome(c, per_seed.get(c.metric, ()), runs or {}) for c in goal.comparisons)


def _outcome(
    comparison: Comparison,
    values: Sequence[float | None],
    runs: Mapping[str, Mapping[str, float | None]],
) -> Outcome:
    summary = metrics.summarise(values)
    target = comparison.target(runs)
    bound, met = None, False
    if summary.mean is not None:
        towards = -1 if comparison.op[0] == ">" else 1
        bound = summary.mean + towards * (summary.se or 0.0)
        met = target is not None and compare(bound, comparison.op, target)
    return Outcome(comparison.text, comparison.metric, comparison.op, target, summary.mean, summary.se, bound, met)


def compare(value: float, op: str, target: float) -> bool:
    """``value op target``."""
    return {">=": value >= target, "<=": value <= target, ">": value > target, "<": value < target}[op]


def diagnose(means: Mapping[str, float | None], diverged: bool) -> str:
    """How a run that missed its goal went wrong: ``diverged``, ``overfit`` or ``underfit``.

    Overfit: it does clearly better on its training rows than on the test rows (more than 10
    points of accuracy; for a regression, a test loss over 1.25 times the training loss).
    Otherwise it has not learned its own training rows well enough, and is underfit.
    """
    if diverged:
        return "diverged"
    gap = means.get("gap")
    if gap is not None:
        return "overfit" if gap > 0.10 else "underfit"
    train, test = means.get("train_loss"), means.get("test_loss")
    if train is None or test is None:
        return "diverged"
    return "overfit" if test > 1.25 * train else "underfit"
