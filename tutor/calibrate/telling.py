"""What a calibration says: to a person, and as one JSON object."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from lessons import metrics
from lessons.goals import Goal
from tutor.calibrate.combos import Plan, show
from tutor.calibrate.numbers import fit
from tutor.calibrate.paste import block, solution_of
from tutor.calibrate.plot import WIDTH, Row, plot
from tutor.calibrate.proposal import Fitted, Proposal, claims
from tutor.calibrate.verdicts import FAILS, PASSES, Measured, Verdicts, of_20, side

SURE = 20
"""Seeds of which it need not be said how few they are."""
REFUSED = 5
"""Combinations that cannot be, of which the reason is shown."""
NAMED = 3
"""Settings that pass as well, of which the names are shown."""


def planned(name: str, plan: Plan, seeds: int, job: str, size: int) -> Iterator[str]:
    """What is going to be trained."""
    count = len(plan.combos)
    yield f"{name}: {count} settings of {job}, {seeds} seeds each: {count * seeds:,} runs; a verdict takes {size}."
    if not plan.whole:
        yield (
            f"Of {plan.product:,} combinations these are the start, the solution and the traps, what lies one setting "
            "from start and solution, and a sample of the rest (--most N for more)."
        )
    if plan.same:
        yield f"{plan.same} more do the same as one of these, and are not trained again."
    for label, reason in plan.refused[:REFUSED]:
        yield f"cannot be: {label}: {reason}"
    if len(plan.refused) > REFUSED:
        yield f"cannot be: {len(plan.refused) - REFUSED} more."


def told(verdicts: Verdicts, proposal: Proposal) -> Iterator[str]:
    """The plot of each way, how the chapter's claims came out, and what is proposed."""
    for number, fitted in enumerate(proposal.ways, 1):
        yield from _drawn(verdicts, proposal, fitted, number)
        yield ""
    yield "The chapter as it stands:"
    holds = True
    for label, one, rate, good in claims(verdicts):
        holds = holds and good
        diverged = f", diverges on {one.diverged} seeds" if one.diverged else ""
        named = "" if label == "start" else f" ({one.combo.label})"
        how = f"passes {of_20(rate)}" if label.startswith("solution") else f"fails {of_20(1 - rate)}"
        yield f"  {'ok ' if good else 'BAD'} {label}{named} {how}{diverged}"
    if verdicts.seeds < SURE or len(verdicts.draws) == 1:
        often = ", and there are enough for one verdict only" if len(verdicts.draws) == 1 else ""
        yield from _wrapped(
            f"All verdicts are drawn from {verdicts.seeds} seeds{often}: "
            f"take more, --seeds {max(SURE, 4 * verdicts.size)}, to know how sure this is."
        )
    yield "It holds; what follows is where the numbers would put it." if holds else "It does not hold."
    yield ""
    yield from _proposed(verdicts, proposal)


def _drawn(verdicts: Verdicts, proposal: Proposal, fitted: Fitted, number: int) -> Iterator[str]:
    """One way's plot, with what its letters mean."""
    marks = {fitted.solution.combo.sha256: "*"}
    marks |= {trap.measured.combo.sha256: "x" for trap in proposal.traps}
    marks[verdicts.start.combo.sha256] = ">"
    metric = fitted.shown.metric
    before = next((c for c in fitted.way.goal.comparisons if (c.metric, c.op) == (metric, fitted.shown.op)), None)
    goal, other = verdicts.target(fitted.shown), before and verdicts.target(before)
    rows = []
    for one in verdicts.measured:
        spread = verdicts.spread(one, fitted.shown)
        rate = of_20(verdicts.rates(one, proposal.goals)[number - 1])
        lost = f"diverged on {one.diverged} seeds" if one.diverged else "not reached by every seed"
        mark = marks.get(one.combo.sha256, " ")
        mean = one.means[metric] if spread else None
        note = _lost_by(verdicts, proposal, fitted, number, one)
        rows.append(Row(one.combo.label, mean, spread.se if spread else 0.0, rate, mark, lost, note))
    title = metrics.metric(metric).label
    which = f"way {number}, to {fitted.way.to}: " if len(proposal.ways) > 1 else ""
    yield from _wrapped(f"{which}{title}, and verdicts passed, at the goal {fitted.goal.text}")
    yield from plot(metric, rows, goal, other, side(fitted.shown))
    yield "  o the mean, --- a verdict's standard error, > the start, * the solution,"
    lines = "| the goal" if goal == other else "| the goal, : the chapter's own number"
    yield f"  {lines}, x a trap, < beyond the axis"


def _lost_by(verdicts: Verdicts, proposal: Proposal, fitted: Fitted, number: int, one: Measured) -> str:
    """Why settings are lost all the same that meet the number which is drawn; empty where they do not."""
    rates = verdicts.rates(one, proposal.goals)
    if rates[number - 1] > FAILS or verdicts.rate(one, Goal("", (fitted.shown,))) < PASSES:
        return ""
    for way, rate in enumerate(rates[: number - 1], 1):
        if rate > FAILS:
            return f"ends in way {way}"
    rest = [c for c in fitted.goal.comparisons if c is not fitted.shown]
    missed = [c.metric for c in rest if verdicts.rate(one, Goal("", (c,))) < PASSES]
    return f"fails {' and '.join(missed)}" if missed else ""


def _proposed(verdicts: Verdicts, proposal: Proposal) -> Iterator[str]:
    for number, fitted in enumerate(proposal.ways, 1):
        way = f"Way {number}: " if len(proposal.ways) > 1 else ""
        if fitted.problem:
            yield from _wrapped(way + fitted.problem)
            continue
        rate = verdicts.rates(fitted.solution, proposal.goals)[number - 1]
        start = 1 - verdicts.rate(verdicts.start, *proposal.goals)
        yield from _wrapped(
            f"{way}Proposed: {fitted.goal.text}. The solution, {fitted.solution.combo.label}, passes {of_20(rate)} "
            f"verdicts{_margin(verdicts, fitted.solution, fitted)}; the start fails {of_20(start)}"
            f"{_margin(verdicts, verdicts.start, fitted, -1)}.{_why(verdicts, fitted)}"
        )
        if len(proposal.ways) == 1:
            yield from _wrapped(_others(verdicts, fitted))
        if not fitted.own:
            yield from _wrapped(_instead(verdicts, proposal, fitted))
    if not proposal.separates:
        return
    for trap in proposal.traps:
        rate = of_20(1 - verdicts.rate(trap.measured, *proposal.goals))
        yield from _wrapped(f"Trap: {show(trap.settings)} fails {rate}; {trap.why}.")
    if not proposal.traps:
        yield "No other settings fail clearly at this goal, so there is no trap to set."
    yield ""
    last = ", as the last of it," if len(proposal.ways) > 1 else ""
    yield f"To be pasted into the lesson{last} in place of its goal, solution and traps:"
    yield ""
    yield block(proposal)


def _margin(verdicts: Verdicts, one: Measured, fitted: Fitted, claim: int = 1) -> str:
    """The distance from the goal, on the side of the claim: 1 that it passes, -1 that it fails."""
    margin = verdicts.margin(one, fitted.shown)
    return "" if margin is None or abs(margin) > 1000 else f" ({claim * margin:+.1f} s.e.)"


def _why(verdicts: Verdicts, fitted: Fitted) -> str:
    """Why it is this number."""
    if fitted.shown.run:
        return ""
    rest = [c for c in fitted.goal.comparisons if c is not fitted.shown]
    if rest and verdicts.rate(verdicts.start, Goal("", tuple(rest))) <= FAILS:
        return f" The rest of the goal keeps the start out; {fitted.shown.text} lies short of the solution."
    return " The number lies midway between what fails and what passes, each measured by how far its seeds spread."


def _others(verdicts: Verdicts, fitted: Fitted) -> str:
    """What passes as well, and the goal that only the solution would meet, if there is one."""
    passing = [one for one in verdicts.measured if one is not fitted.solution and not one.diverged]
    passing = [one for one in passing if verdicts.rate(one, fitted.goal) >= PASSES]
    if not passing:
        return ""
    metric, better = fitted.shown.metric, side(fitted.shown)
    passing.sort(key=lambda one: -better * (one.means[metric] or 0.0))
    words = "; ".join(one.combo.label for one in passing[:NAMED])
    words += f"; and {len(passing) - NAMED} more" if len(passing) > NAMED else ""
    moving = None if fitted.shown.run else fitted.goal.comparisons.index(fitted.shown)
    alone = None if moving is None else fit(verdicts, fitted.goal, moving, fitted.solution, [verdicts.start, *passing])
    only = f"; for the solution alone: {alone.text}" if alone else ""
    return f"{words} {'passes' if len(passing) == 1 else 'pass'} as well{only}."


def _instead(verdicts: Verdicts, proposal: Proposal, fitted: Fitted) -> str:
    """Why the author's own solution is not proposed."""
    own, metric = verdicts.find(fitted.way.solution), fitted.shown.metric
    name = metrics.metric(metric).label
    if own is verdicts.start:
        return "The chapter's own solution does what the start does."
    if own.diverged:
        return f"The chapter's own solution, {own.combo.label}, diverges on {own.diverged} seeds."
    reached, better = (metrics.show(metric, one.means.get(metric)) for one in (own, fitted.solution))
    rate = of_20(verdicts.rate(own, *proposal.goals))
    return (
        f"The chapter's own solution, {own.combo.label}, reaches a {name} of {reached} and passes {rate}; "
        f"this one reaches {better}."
    )


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_on_hyphens=False)


def as_json(name: str, plan: Plan, verdicts: Verdicts, proposal: Proposal) -> dict[str, Any]:
    """The same for a program."""
    chapter = [way.goal for way in verdicts.challenge.ways]
    return {
        "lesson": name,
        "job": verdicts.challenge.job,
        "seeds_per_verdict": verdicts.size,
        "combinations": plan.product,
        "same": plan.same,
        "refused": [{"label": label, "reason": reason} for label, reason in plan.refused],
        "settings": [
            {
                "label": one.combo.label,
                "settings": one.combo.settings,
                "source_sha256": one.combo.sha256,
                "seeds": max(map(len, one.values.values())),
                "diverged": one.diverged,
                "metrics": {
                    metric: {"mean": summary.mean, "se": summary.se}
                    for metric, values in one.values.items()
                    for summary in [metrics.summarise(values)]
                },
                "passes": {
                    "chapter": verdicts.rates(one, chapter),
                    "proposed": verdicts.rates(one, proposal.goals) if proposal.separates else None,
                },
            }
            for one in verdicts.measured
        ],
        "claims": [
            {"claim": label, "label": one.combo.label, "passes": rate, "holds": good}
            for label, one, rate, good in claims(verdicts)
        ],
        "proposal": {
            "separates": proposal.separates,
            "ways": [
                {
                    "goal": fitted.goal.text,
                    "solution": solution_of(fitted),
                    "own_solution": fitted.own,
                    "problem": fitted.problem,
                }
                for fitted in proposal.ways
            ],
            "traps": [{"set": t.settings, "why": t.why, "diverges": t.diverges, "own": t.own} for t in proposal.traps],
        },
        "toml": block(proposal) if proposal.separates else None,
    }
