"""The goal, the solution and the traps that measurements speak for."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from lessons import metrics
from lessons.challenge import Way
from lessons.goals import Comparison, Goal
from tutor.calibrate.numbers import apart, fit, keeps
from tutor.calibrate.traps import Pitfall, traps
from tutor.calibrate.verdicts import FAILS, PASSES, Measured, Verdicts, side

ENOUGH = 1.8
"""Standard errors on both sides of a number with which it parts settings in 19 verdicts of 20."""

SHARE = 0.5
"""Of the way from the start to the best settings: an author's solution that goes so far is kept."""


@dataclass(frozen=True)
class Fitted:
    """What is proposed for one way."""

    way: Way
    """As the author wrote it."""
    goal: Goal
    """The author's own where nothing parts the settings."""
    shown: Comparison
    """The one of ``goal`` that parts them; the plot shows its metric."""
    solution: Measured
    own: bool
    """Whether the solution is the author's."""
    problem: str = ""
    """Why no number parts the settings; empty where one does."""


@dataclass(frozen=True)
class Proposal:
    """What is proposed for a lesson."""

    ways: tuple[Fitted, ...]
    traps: tuple[Pitfall, ...]

    @property
    def goals(self) -> tuple[Goal, ...]:
        """The goals, in order."""
        return tuple(fitted.goal for fitted in self.ways)

    @property
    def separates(self) -> bool:
        """Whether the start fails and every solution ends the lesson its own way."""
        return not any(fitted.problem for fitted in self.ways)


def propose(verdicts: Verdicts) -> Proposal:
    """The proposal for a lesson."""
    ways = verdicts.challenge.ways
    owns = [verdicts.find(way.solution) for way in ways]
    if len(ways) == 1:
        fits = [_choose(verdicts, ways[0], owns[0])]
    else:
        # A later way's solution must not be taken by an earlier way.
        fits = [_keep(verdicts, way, owns[n], [verdicts.start, *owns[n + 1 :]]) for n, way in enumerate(ways)]
        fits = _settled(verdicts, fits)
    if verdicts.start.diverged:
        count = len(verdicts.start.values["train_loss"])
        words = f"The start diverges on {verdicts.start.diverged} of {count} seeds. Begin with settings that train."
        fits = [replace(fitted, problem=words) for fitted in fits]
    return Proposal(tuple(fits), tuple(traps(verdicts, [f.goal for f in fits], [f.solution for f in fits])))


def claims(verdicts: Verdicts) -> Iterator[tuple[str, Measured, float, bool]]:
    """What the chapter claims as it stands: label, settings, how often it passes, and whether the claim holds."""
    ways = [way.goal for way in verdicts.challenge.ways]
    rate = verdicts.rate(verdicts.start, *ways)
    yield "start", verdicts.start, rate, rate <= FAILS and not verdicts.start.diverged
    for number, way in enumerate(verdicts.challenge.ways):
        one = verdicts.find(way.solution)
        rate = verdicts.rates(one, ways)[number]
        label = "solution" if len(ways) == 1 else f"solution {number + 1}"
        yield label, one, rate, rate >= PASSES and not one.diverged
    for number, trap in enumerate(verdicts.challenge.traps, 1):
        one = verdicts.find(trap.settings)
        rate = verdicts.rate(one, *ways)
        yield f"trap {number}", one, rate, rate <= FAILS and (trap.diverges or not one.diverged)


def _choose(verdicts: Verdicts, way: Way, own: Measured) -> Fitted:
    """The one way of a lesson: a solution, and numbers that part it from the start and the author's traps.

    The author's own solution is kept where it is not far from the best; what others reach, the plot shows.
    """
    candidates = list(_candidates(verdicts, way.goal, own))
    for solution, moving in (*_own(verdicts, way.goal, own, candidates), *candidates):
        for rivals in (_rivals(verdicts, way.goal, moving, solution), [verdicts.start]):
            goal = fit(verdicts, way.goal, moving, solution, rivals)
            if goal:
                return Fitted(way, goal, goal.comparisons[moving or 0], solution, solution is own)
    solution, moving = candidates[0] if candidates else (own, None)
    shown = way.goal.comparisons[moving or 0]
    problem = _problem(verdicts, shown, solution if candidates else None)
    return Fitted(way, way.goal, shown, solution, solution is own, problem)


def _own(
    verdicts: Verdicts, goal: Goal, own: Measured, candidates: Sequence[tuple[Measured, int | None]]
) -> Iterator[tuple[Measured, int | None]]:
    """The author's solution with the comparison to move, where it gains at least ``SHARE`` of what a candidate does."""
    for best, moving in candidates:
        if moving is None or own is verdicts.start or not _usable(verdicts, own, goal):
            continue
        others = [c for n, c in enumerate(goal.comparisons) if n != moving]
        if all(keeps(verdicts, c, own) for c in others) and _gain(verdicts, own, best, goal.comparisons[moving]):
            yield own, moving


def _gain(verdicts: Verdicts, own: Measured, best: Measured, comparison: Comparison) -> bool:
    mine, most, start = (verdicts.spread(one, comparison) for one in (own, best, verdicts.start))
    if mine is None or most is None:
        return False
    return start is None or 0 < SHARE * (most.mean - start.mean) <= mine.mean - start.mean


def _keep(verdicts: Verdicts, way: Way, own: Measured, rivals: Sequence[Measured]) -> Fitted:
    """One way of several: the author's own solution, and numbers for it."""
    places = sorted(_movable(way.goal), key=lambda n: -_lead(verdicts, own, way.goal.comparisons[n]))
    for moving in places or [None]:
        goal = None if own.diverged else fit(verdicts, way.goal, moving, own, rivals)
        if goal:
            return Fitted(way, goal, goal.comparisons[moving or 0], own, True)
    shown = way.goal.comparisons[places[0] if places else 0]
    return Fitted(way, way.goal, shown, own, True, _problem(verdicts, shown, own))


def _settled(verdicts: Verdicts, fits: Sequence[Fitted]) -> list[Fitted]:
    """The ways, each held against all of them together."""
    ways = [fitted.goal for fitted in fits]
    done = []
    for number, fitted in enumerate(fits):
        problem = fitted.problem
        if not problem and verdicts.rates(fitted.solution, ways)[number] < PASSES:
            problem = f"The solution of way {number + 1} is taken by an earlier way. Change the order, or the settings."
        done.append(replace(fitted, problem=problem))
    return done


def _candidates(verdicts: Verdicts, goal: Goal, own: Measured) -> Iterator[tuple[Measured, int | None]]:
    """Solutions to try and the comparison to move for each, the most promising first."""
    usable = [one for one in verdicts.measured if one is not verdicts.start and _usable(verdicts, one, goal)]
    movable = _movable(goal)
    if not usable:
        return
    if not movable:
        rates = {one.combo.sha256: verdicts.rate(one, goal) for one in usable}
        yield from ((one, None) for one in usable if one is own)
        yield min(usable, key=lambda one: (-rates[one.combo.sha256], len(one.combo.turned))), None
        return
    found = []
    for moving in movable:
        others = [c for n, c in enumerate(goal.comparisons) if n != moving]
        pool = [one for one in usable if all(keeps(verdicts, c, one) for c in others)]
        if pool:
            best = _best(verdicts, pool, goal.comparisons[moving], own)
            found.append((best, moving))
    yield from sorted(found, key=lambda pair: -_lead(verdicts, pair[0], goal.comparisons[pair[1]]))
    if len(goal.comparisons) > 1:
        # None keeps the other numbers: those are relaxed, for the author's solution or the best all round.
        for one in (*(u for u in usable if u is own), _all_round(verdicts, usable, goal)):
            yield one, max(movable, key=lambda n: _lead(verdicts, one, goal.comparisons[n]))


def _usable(verdicts: Verdicts, one: Measured, goal: Goal) -> bool:
    """Whether it trains to a number on every seed, and in time."""
    seconds = [s for s in one.values.get("seconds", ()) if s is not None]
    there = all(one.means.get(name) is not None for name in goal.metrics)
    return there and not one.diverged and max(seconds, default=0.0) <= verdicts.challenge.time_limit


def _movable(goal: Goal) -> list[int]:
    return [number for number, comparison in enumerate(goal.comparisons) if not comparison.run]


def _best(verdicts: Verdicts, pool: Sequence[Measured], comparison: Comparison, own: Measured) -> Measured:
    """Of those within a standard error of the best, the author's own, else the plainest."""
    spreads = [(one, spread) for one in pool if (spread := verdicts.spread(one, comparison))]
    top = max((spread for _, spread in spreads), key=lambda s: s.bound)
    near = [(one, spread) for one, spread in spreads if spread.bound >= top.bound - top.se]
    if any(one is own for one, _ in near):
        return own
    return min(near, key=lambda pair: (len(pair[0].combo.turned), -pair[1].bound))[0]


def _all_round(verdicts: Verdicts, usable: Sequence[Measured], goal: Goal) -> Measured:
    """The settings whose worst rank in any of the goal's metrics is best."""
    worst = [0] * len(usable)
    for comparison in goal.comparisons:
        means = [side(comparison) * (one.means[comparison.metric] or 0.0) for one in usable]
        for rank, number in enumerate(sorted(range(len(usable)), key=lambda n: -means[n])):
            worst[number] = max(worst[number], rank)
    return usable[min(range(len(usable)), key=lambda n: (worst[n], len(usable[n].combo.turned)))]


def _lead(verdicts: Verdicts, one: Measured, comparison: Comparison) -> float:
    """By how many standard errors it can be parted from the start."""
    mine, start = verdicts.spread(one, comparison), verdicts.spread(verdicts.start, comparison)
    if mine is None:
        return -math.inf
    return math.inf if start is None else apart(mine, start)


def _rivals(verdicts: Verdicts, goal: Goal, moving: int | None, solution: Measured) -> list[Measured]:
    """The start, and the author's traps that can be kept out together with it."""
    rivals = [verdicts.start]
    for trap in verdicts.challenge.traps:
        one = verdicts.find(trap.settings)
        if moving is None or one.diverged or one is solution:
            continue
        spread, mine = (verdicts.spread(m, goal.comparisons[moving]) for m in (one, solution))
        if spread and mine and apart(mine, spread) >= ENOUGH:
            rivals.append(one)
    return rivals


def _problem(verdicts: Verdicts, comparison: Comparison, best: Measured | None) -> str:
    """Why no number parts the settings, and what to change."""
    if best is None or best.diverged:
        return "No settings but the start's train to a number on every seed, in time. Offer smaller lr or epochs."
    name, metric = metrics.metric(comparison.metric).label, comparison.metric
    mine, start = verdicts.spread(best, comparison), verdicts.spread(verdicts.start, comparison)
    if mine is None or start is None:
        return f"No number parts {best.combo.label} from the rest. Change the goal's metrics, or the choices."
    reached = [f"{metrics.show(metric, side(comparison) * s.mean)} ± {_width(metric, s.se)}" for s in (mine, start)]
    words = f"{best.combo.label} reaches a {name} of {reached[0]} in a verdict, the start {reached[1]}"
    between = apart(mine, start)
    if between <= 0.3:
        return f"Nothing that is offered does better than the start: {words}. Offer another choice, or start worse off."
    if comparison.run:
        return f"The goal does not part the solution from the start: {words}. Change its text."
    seeds = math.ceil(verdicts.size * (ENOUGH / between) ** 2)
    more = f", or about seeds = {seeds}" if verdicts.size < seeds <= 100 else ""
    return f"No number parts the solution from the start: {words}. Offer a stronger choice or more epochs{more}."


def _width(metric: str, se: float) -> str:
    return metrics.difference(metric, se)
