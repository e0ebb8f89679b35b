"""What is wrong with a lesson's proofs, and what to do about it: another number, more epochs, other settings."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from lessons import goals, metrics
from lessons.challenge import Way
from lessons.goals import Goal
from lessons.report import Report
from story.findings import Finding
from tutor.check.claims import Case, Claim, Proof

Proved = tuple[Claim, Proof]

THIN_PASS = 2.0
"""A solution whose mean is nearer to the goal than this many standard errors, of which a verdict takes one, is thin."""
THIN_FAIL = 1.0
"""Settings that must fail, and whose mean is nearer to the goal than this many, may pass with other seeds."""

SELDOM = 0.1
"""Of the seeds, the start may leave the numbers on this share: it is there to fail, and a first run still shows how."""


def findings(case: Case, proved: Sequence[Proved]) -> Iterator[Finding]:
    """Everything that is wrong or doubtful about the proofs of a lesson, each at the line of its claim."""
    if any(len(proof.report.seeds) == 1 for _, proof in proved):
        words = f"{case.name} was proved on one seed, which may be luck. Take seeds = 5, or more with --seeds."
        yield Finding(case.path, case.lesson.at("seeds"), "warning", "luck", words)
    for claim, proof in proved:
        where = f"{case.name}, {claim.label},"
        if not proof.holds:
            should = "should pass and does not" if claim.way else "should fail and passes"
            words = f"{where} {should}: {proof.words}. {remedy(case, proved, claim)}"
            yield Finding(case.path, claim.line, "error", "proof", words)
        elif proof.margin is not None and proof.margin < (THIN_PASS if claim.way else THIN_FAIL) and not proof.diverged:
            verb = "passes" if claim.way else "fails"
            taken = ", of which the verdict takes one" if claim.way else " only, so other seeds may pass"
            words = f"{where} {verb} by {proof.margin:.1f} standard errors{taken}. {remedy(case, proved, claim)}"
            yield Finding(case.path, claim.line, "warning", "margin", words)
        seldom = claim.label == "start" and proof.diverged <= SELDOM * len(proof.report.seeds)
        if proof.diverged and not claim.may_diverge and not seldom:
            words = f"{where} diverged on {proof.diverged} of {len(proof.report.seeds)} seeds. Lower lr"
            hint = "." if claim.way or claim.label == "start" else ", or say diverges = true in the trap."
            yield Finding(case.path, claim.line, "error", "diverged", words + hint)
        if claim.may_diverge and not proof.diverged:
            words = f"{where} says diverges = true, and no seed diverged. Remove it, or raise lr."
            yield Finding(case.path, claim.line, "warning", "diverged", words)
        if proof.seconds > case.challenge.time_limit:
            words = f"{where} took {proof.seconds:.1f} s a run. {allowed(case)}"
            yield Finding(case.path, claim.line, "error", "time", words)


def allowed(case: Case) -> str:
    """How long a run may take, and what to do about it."""
    limit = case.challenge.time_limit
    return f"A run may take {limit:g} s (time_limit). Take fewer epochs or rows, or raise time_limit."


def remedy(case: Case, proved: Sequence[Proved], claim: Claim) -> str:
    """What would give the claim room: a number for the goal that parts what passes from what fails, if there is one."""
    way = claim.way or case.challenge.ways[0]
    for place, comparison in enumerate(way.goal.comparisons):
        number = None if comparison.run else between(place, way.goal, *_sides(proved, way))
        if number is None or number == comparison.offset:
            continue
        easier = (number < comparison.offset) == (comparison.op[0] == ">")
        if easier == bool(claim.way):
            verb = "Lower the goal" if number < comparison.offset else "Raise the goal"
            wish = "raise the epochs" if claim.way else "choose other settings"
            return f"{verb} to {comparison.metric} {comparison.op} {number:g}, or {wish}."
    return "No number parts the solution from the rest: change the settings, the epochs or the noise (tutor calibrate)."


def _sides(proved: Sequence[Proved], way: Way) -> tuple[list[Report], list[Report]]:
    """The reports that must reach the way's goal, and those that must not."""
    return [p.report for c, p in proved if c.way is way], [p.report for c, p in proved if c.way is None]


def between(place: int, goal: Goal, passing: Sequence[Report], failing: Sequence[Report]) -> float | None:
    """A round number for one comparison that all ``passing`` reach with room and no ``failing`` comes near.

    What another comparison of the goal keeps out clearly does not stand in the way. None where there is none.
    """
    comparison = goal.comparisons[place]
    sign = 1 if comparison.op[0] == ">" else -1
    kept = [report for report in failing if not _kept_out(goal, place, report)]
    reached = [_edge(report, comparison.metric, sign, -THIN_PASS) for report in passing]
    if not reached or None in reached:
        return None
    high = min(edge for edge in reached if edge is not None)
    edges = [_edge(report, comparison.metric, sign, THIN_FAIL) for report in kept]
    low = max((edge for edge in edges if edge is not None), default=-math.inf)
    share = metrics.metric(comparison.metric).unit == "share"
    step = 0.01 if share else 10 ** (math.floor(math.log10(abs(high) or 1)) - 1)
    # The author's number is moved no further than it has to be.
    wanted = max(low, min(high, sign * comparison.offset))
    number = math.floor(wanted / step + 1e-9) * step
    if number <= low:
        number += step
    return round(sign * number, 10) if low < number <= high else None


def _kept_out(goal: Goal, place: int, report: Report) -> bool:
    others = [o for n, o in enumerate(goals.judge(goal, report.metrics)) if n != place and o.target is not None]
    return any(not o.met and (o.margin is None or o.margin < -THIN_FAIL) for o in others)


def _edge(report: Report, metric: str, sign: int, by: float) -> float | None:
    """The mean, ``by`` standard errors further on; mirrored where less is better. None for a run that diverged."""
    summary = metrics.summarise(report.metrics.get(metric, ()))
    return None if summary.mean is None else sign * summary.mean + by * (summary.se or 0.0)
