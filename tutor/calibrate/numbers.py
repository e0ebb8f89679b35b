"""The numbers of a goal: where they part a solution from its rivals, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lessons import goals, metrics
from lessons.goals import Comparison, Goal
from tutor.calibrate.verdicts import FAILS, PASSES, Measured, Spread, Verdicts, side

ROOM = 2.0
"""Standard errors that a number which is kept lies from the solution's mean: a verdict takes one, and one is left."""
RELAXED = 3.0
"""Standard errors that a relaxed number lies from it."""
DIGITS = 6
"""That a number has at most."""


def fit(
    verdicts: Verdicts, goal: Goal, moving: int | None, solution: Measured, rivals: Sequence[Measured]
) -> Goal | None:
    """The goal with its numbers moved so that the solution passes and the rivals fail; None where there is none.

    The ``moving`` comparison parts them; the others are kept, or relaxed to where the solution meets them.
    What they keep out by themselves is no rival.
    """
    texts = [_kept(verdicts, c, solution) for c in goal.comparisons]
    if moving is None:
        made = goals.parse(" and ".join(texts))
        return made if _parts(verdicts, made, solution, rivals) else None
    others = [text for number, text in enumerate(texts) if number != moving]
    if others:
        kept = goals.parse(" and ".join(others))
        rivals = [one for one in rivals if verdicts.rate(one, kept) > FAILS]
    comparison = goal.comparisons[moving]
    own = verdicts.spread(solution, comparison)
    if own is None:
        return None
    against = [spread for one in rivals if (spread := verdicts.spread(one, comparison))]
    for number in _between(comparison, own, against):
        texts[moving] = f"{comparison.metric} {comparison.op} {number}"
        made = goals.parse(" and ".join(texts))
        if _parts(verdicts, made, solution, rivals):
            return made
    return None


def _parts(verdicts: Verdicts, goal: Goal, solution: Measured, rivals: Sequence[Measured]) -> bool:
    return verdicts.rate(solution, goal) >= PASSES and all(verdicts.rate(one, goal) <= FAILS for one in rivals)


def keeps(verdicts: Verdicts, comparison: Comparison, one: Measured) -> bool:
    """Whether settings meet a comparison as it stands, with room."""
    if verdicts.rate(one, Goal(comparison.text, (comparison,))) < PASSES:
        return False
    margin = verdicts.margin(one, comparison)
    return margin is not None and margin >= ROOM


def apart(solution: Spread, rival: Spread) -> float:
    """By how many standard errors of each side a number between them can lie from both; below 0, none can."""
    return (solution.bound - rival.bound) / max(solution.se + rival.se, 1e-9)


def _kept(verdicts: Verdicts, comparison: Comparison, solution: Measured) -> str:
    """A comparison that is not moved: as it stands, or relaxed to where the solution meets it."""
    spread = verdicts.spread(solution, comparison)
    if comparison.run or spread is None or keeps(verdicts, comparison, solution):
        return comparison.text
    se = max(spread.se, abs(spread.mean) / 50)
    target = side(comparison) * (spread.mean - RELAXED * se)
    return f"{comparison.metric} {comparison.op} {next(spelled(comparison.metric, target, se))}"


def _between(comparison: Comparison, own: Spread, rivals: Sequence[Spread]) -> Iterator[str]:
    """Numbers between the solution and the rival that comes nearest: first round ones, then exact ones."""
    if not rivals:
        se = max(own.se, abs(own.mean) / 50)
        yield from spelled(comparison.metric, side(comparison) * (own.mean - RELAXED * se), se)
        return
    places = []
    for rival in rivals:
        gap = own.bound - rival.bound
        if gap <= 0:
            return
        # Seeds that all agree here may still differ on another machine.
        se, other = max(own.se, gap / 10), max(rival.se, gap / 10)
        places.append((own.bound - gap * se / (se + other), rival.bound))
    place, nearest = max(places)
    tolerance = 0.5 * min(own.bound - place, place - nearest)
    yield from spelled(comparison.metric, side(comparison) * place, tolerance)


def spelled(metric: str, number: float, tolerance: float) -> Iterator[str]:
    """A number as a goal names it, rounded by at most the tolerance: two digits first, then more."""
    share = metrics.metric(metric).unit == "share"
    if share:
        number = min(max(number, -1.0), 1.0)
    size = 0 if share or not number else -math.floor(math.log10(abs(number))) - 1
    for digits in range(2, DIGITS + 1):
        places = digits + size
        rounded = round(number, places)
        if abs(rounded - number) <= tolerance or digits == DIGITS:
            yield f"{rounded:.{max(places, 0)}f}"
