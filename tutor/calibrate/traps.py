"""Settings that look right and fail."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lessons import goals, metrics
from lessons.goals import Goal
from tutor.calibrate.verdicts import FAILS, Measured, Verdicts

MOST = 3
CLEAR = 1.5
"""Standard errors by which new traps miss the goal at least, so that other seeds do not pass."""


@dataclass(frozen=True)
class Pitfall:
    """A trap that is proposed."""

    settings: dict[str, Any]
    why: str
    diverges: bool
    measured: Measured
    own: bool
    """Whether the author named it."""


def traps(verdicts: Verdicts, ways: Sequence[Goal], solutions: Sequence[Measured]) -> list[Pitfall]:
    """At most three: the author's own where they fail, then the most tempting of what fails clearly."""
    taken = {one.combo.sha256 for one in (verdicts.start, *solutions)}
    found: list[Pitfall] = []
    for trap in verdicts.challenge.traps:
        one = verdicts.find(trap.settings)
        if one.combo.sha256 not in taken and verdicts.rate(one, *ways) <= FAILS:
            taken.add(one.combo.sha256)
            found.append(Pitfall(dict(trap.settings), trap.why, one.diverged > 0, one, True))
    left = [
        one
        for one in verdicts.measured
        if one.combo.sha256 not in taken and verdicts.rate(one, *ways) <= FAILS and _clearly(verdicts, ways, one)
    ]
    while left and len(found) < MOST:
        seen = {_how(p.measured) for p in found}
        best = max(left, key=lambda one: _tempting(verdicts, one, solutions) + 2 * (_how(one) not in seen))
        left.remove(best)
        found.append(Pitfall(dict(best.combo.turned), why(verdicts, ways, best), best.diverged > 0, best, False))
    return found


def why(verdicts: Verdicts, ways: Sequence[Goal], one: Measured) -> str:
    """What was measured of settings that fail, in a line."""
    if _how(one) == "diverged":
        count = len(one.values.get("train_loss", ()))
        return f"diverges: the loss left the numbers on {one.diverged} of {count} seeds"
    missed = [c for c in ways[0].comparisons if (margin := verdicts.margin(one, c)) is None or margin < 1]
    learning = ("accuracy", "loss", "gap")
    if missed and not any(c.metric.endswith(learning) for c in missed):
        first = missed[0]
        wanted = metrics.show(first.metric, verdicts.target(first))
        name = metrics.metric(first.metric).label
        return f"misses: {name} {metrics.show(first.metric, one.means.get(first.metric))}, where {wanted} is asked for"
    unit = "accuracy" if one.means.get("test_accuracy") is not None else "loss"
    train, test = (metrics.show(f"{split}_{unit}", one.means.get(f"{split}_{unit}")) for split in ("train", "test"))
    return f"{_how(one)}s: training {unit} {train}, test {unit} {test}"


def _how(one: Measured) -> str:
    """``underfit``, ``overfit`` or ``diverged``."""
    return goals.diagnose(one.means, one.diverged > 0)


def _clearly(verdicts: Verdicts, ways: Sequence[Goal], one: Measured) -> bool:
    """Whether it misses every way by more than a verdict's luck."""
    if one.diverged:
        return True
    return all(
        any((margin := verdicts.margin(one, c)) is None or margin <= -CLEAR for c in goal.comparisons) for goal in ways
    )


def _tempting(verdicts: Verdicts, one: Measured, solutions: Sequence[Measured]) -> float:
    """How right it looks: a good number where the goal does not look, few settings turned, a dial turned to its end."""
    return (
        3 * any(_looks_good(one, solution) for solution in solutions)
        + 2 * (min(len(one.combo.turned), *(_differ(one, s) for s in solutions)) == 1)
        + any(_ends(verdicts, one))
        - 0.1 * len(one.combo.turned)
    )


def _looks_good(one: Measured, solution: Measured) -> bool:
    """Whether its training or validation numbers are as good as the solution's."""
    for split in ("train", "validation"):
        for unit, sign in (("accuracy", 1), ("loss", -1)):
            mine, other = one.means.get(f"{split}_{unit}"), solution.means.get(f"{split}_{unit}")
            if mine is not None and other is not None and sign * mine >= sign * other:
                return True
    return False


def _differ(one: Measured, other: Measured) -> int:
    return sum(value != other.combo.settings[name] for name, value in one.combo.settings.items())


def _ends(verdicts: Verdicts, one: Measured) -> Iterator[bool]:
    """For each turned setting: whether it stands at an end of what is offered."""
    for name, value in one.combo.turned.items():
        choices = verdicts.challenge.offer(name).choices
        yield value in (choices[0], choices[-1])
