"""What the author of a lesson claims, and how each claim came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lessons import goals
from lessons.challenge import Challenge, Way
from lessons.goals import Outcome
from lessons.recipe import Recipe
from lessons.report import Report
from story.chapter import Lesson, Tale

Runs = Mapping[str, Mapping[str, float | None]]
"""``start`` and ``best`` -> the means that a goal may refer to."""


@dataclass(frozen=True)
class Claim:
    """What is said of one setting: that it passes, or that it does not."""

    label: str
    """``start``, ``solution``, ``trap 1`` ..."""
    recipe: Recipe
    way: Way | None
    """The way it must end; None where it must fail."""
    may_diverge: bool
    line: int


@dataclass(frozen=True)
class Case:
    """A lesson and everything that its author claims; the first claim is about the start settings."""

    path: Path
    name: str
    """``chapter/scene``."""
    lesson: Lesson
    claims: tuple[Claim, ...]

    @property
    def challenge(self) -> Challenge:
        """What is judged."""
        return self.lesson.challenge


@dataclass(frozen=True)
class Proof:
    """How one claim came out."""

    lesson: str
    label: str
    holds: bool
    passed: bool
    margin: float | None
    """Standard errors between the mean and the goal, on the side of the claim; the tightest comparison."""
    words: str
    seconds: float
    """What the slowest seed used of a core."""
    diverged: int
    outcomes: tuple[Outcome, ...]
    report: Report

    def __str__(self) -> str:
        mark = "ok " if self.holds else "BAD"
        margin = f" ({self.margin:+.1f} s.e.)" if self.margin is not None else ""
        return f"{mark} {self.lesson} {self.label} {'passes' if self.passed else 'fails'}{margin}: {self.words}"


def cases(tale: Tale) -> Iterator[Case]:
    """Every lesson of a tale with its claims."""
    for chapter in tale.chapters:
        for scene in chapter.scenes:
            if scene.lesson:
                yield Case(chapter.path, f"{chapter.id}/{scene.id}", scene.lesson, tuple(claims(scene.lesson)))


def claims(lesson: Lesson) -> Iterator[Claim]:
    """Everything that a lesson's author claims."""
    challenge, at = lesson.challenge, lesson.at
    yield Claim("start", challenge.recipe_for({}), None, False, at("goal"))
    for number, way in enumerate(challenge.ways, 1):
        label = "solution" if len(challenge.ways) == 1 else f"solution {number}"
        line = at("goal", number - 1, "solution") if ("goal", 0) in lesson.lines else at("solution")
        yield Claim(label, challenge.recipe_for(way.solution), way, False, line)
    for number, trap in enumerate(challenge.traps, 1):
        recipe = challenge.recipe_for(trap.settings)
        yield Claim(f"trap {number}", recipe, None, trap.diverges, at("traps", number - 1))


def proof(case: Case, claim: Claim, report: Report, start: Report) -> Proof:
    """What training says of a claim; ``start`` is the report on the start settings."""
    runs: Runs = {"start": start.means, "best": start.means}
    judged = [(way, goals.judge(way.goal, report.metrics, runs)) for way in case.challenge.ways]
    met = next(((way, outs) for way, outs in judged if all(o.met for o in outs)), None)
    _, outcomes = met or next(((way, outs) for way, outs in judged if way is claim.way), judged[0])
    margins = [o.margin for o in outcomes if o.margin is not None]
    # To pass, the tightest comparison counts; to fail, the one that fails most clearly.
    margin = (min(margins) if claim.way else -min(margins)) if margins else None
    return Proof(
        lesson=case.name,
        label=claim.label,
        holds=met is not None and met[0] is claim.way if claim.way else met is None,
        passed=met is not None,
        margin=margin,
        words="; ".join(o.explain() for o in outcomes),
        seconds=max((s for s in report.metrics["seconds"] if s is not None), default=0.0),
        diverged=len(report.diverged),
        outcomes=outcomes,
        report=report,
    )
