"""``tutor check``: lint chapters, then prove each lesson by training.

A proof needs: the start settings fail, the solution passes, every trap fails, nothing diverges
unless a trap says so, and no run takes longer than it may.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons import goals
from lessons.challenge import Challenge, Way
from lessons.client import Client
from lessons.goals import Outcome
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.report import Report
from tutor.exits import DONE, NOT_MET
from tutor.running import with_client

if TYPE_CHECKING:
    from story.chapter import Tale

THIN = 1.0
"""A solution that passes by less than this many standard errors is called thin."""


@dataclass(frozen=True)
class Finding:
    """Something wrong in a chapter."""

    path: str
    line: int
    severity: str
    """``error`` or ``warning``; only errors fail a check."""
    rule: str
    message: str


@dataclass(frozen=True)
class Claim:
    """What the author says of one setting: that it passes, or that it does not."""

    label: str
    """``start``, ``solution``, ``trap 1`` ..."""
    recipe: Recipe
    way: Way | None
    """The way it must end; None where it must fail."""
    may_diverge: bool
    line: int


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
    diverged: int


def claims(challenge: Challenge, at: Any) -> Iterator[Claim]:
    """Everything that a lesson's author claims; ``at`` gives the line of a key."""
    yield Claim("start", challenge.recipe_for({}), None, False, at("goal"))
    for number, way in enumerate(challenge.ways, 1):
        label = "solution" if len(challenge.ways) == 1 else f"solution {number}"
        line = at("solution") if len(challenge.ways) == 1 else at("goal", number - 1, "solution")
        yield Claim(label, challenge.recipe_for(way.solution), way, False, line)
    for number, trap in enumerate(challenge.traps, 1):
        recipe = challenge.recipe_for(trap.settings)
        yield Claim(f"trap {number}", recipe, None, trap.diverges, at("traps", number - 1))


def check(known: argparse.Namespace) -> int:
    """Print findings and proofs; exit code 1 where an error was found."""
    from story.lint import lint
    from story.reading import ChapterErrors, read_tale

    paths = _paths(known.paths)
    findings: list[Finding] = []
    proofs: list[Proof] = []
    tale = None
    try:
        tale = read_tale(paths)
    except ChapterErrors as error:
        findings = [Finding(str(f.path), f.line, "error", "reading", f.message) for f in error.errors]
    if tale:
        found = lint(with_neighbours(tale, paths))
        findings = [Finding(str(f.path), f.line, f.severity, f.rule, f.message) for f in found if f.path in paths]
    if not known.json:
        _print_findings(findings)
    broken = any(f.severity == "error" for f in findings)
    if tale and not broken and not known.no_train:
        lessons = [(c, s) for c in tale.chapters for s in c.scenes if s.lesson]
        work = [
            (f"{chapter.id}/{scene.id}", str(chapter.path), scene.lesson.challenge, claim)
            for chapter, scene in lessons
            for claim in claims(scene.lesson.challenge, scene.lesson.at)
        ]
        new, proofs = _prove(work, known)
        findings += new
        broken = any(f.severity == "error" for f in findings)
    if known.json:
        print(
            json.dumps(
                {
                    "passed": not broken,
                    "findings": [asdict(f) for f in findings],
                    "proofs": [asdict(p) for p in proofs],
                },
                allow_nan=False,
            )
        )
    else:
        errors = sum(f.severity == "error" for f in findings)
        print(f"{len(paths)} chapters, {len(proofs)} proofs, {errors} errors, {len(findings) - errors} warnings")
    return NOT_MET if broken else DONE


def with_neighbours(tale: Tale, paths: Sequence[Path]) -> Tale:
    """The tale, and beside it what its chapters may lead to or require: their folder's, and those that ship."""
    from story.chapter import Tale
    from story.reading import ChapterErrors, read_chapter, shipped

    chapters = {os.path.realpath(chapter.path): chapter for chapter in tale.chapters}
    ids = {chapter.id for chapter in tale.chapters}
    around = {path for given in paths for path in given.parent.glob("*.md")}
    for path in [*sorted(around), *shipped()]:
        real = os.path.realpath(path)  # Path.resolve raises on a link that leads to itself
        if real in chapters:
            continue
        try:
            chapter = read_chapter(path)
        except ChapterErrors:
            continue  # not asked about
        if chapter.id not in ids:
            chapters[real] = chapter
            ids.add(chapter.id)
    return Tale(tuple(sorted(chapters.values(), key=lambda c: c.path.name)))


def _paths(given: Sequence[Path]) -> list[Path]:
    from story.reading import shipped

    if not given:
        return shipped()
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = sorted(path.glob("*.md"))
            if not inside:
                raise Mistake(f"folder {path} holds no chapter (*.md).")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise Mistake(f"{path} does not exist. Give a chapter file (*.md) or a folder of them.")
    return found


def _prove(
    work: list[tuple[str, str, Challenge, Claim]], known: argparse.Namespace
) -> tuple[list[Finding], list[Proof]]:
    seeds = {name: range(known.first_seed, known.first_seed + (known.seeds or c.seeds)) for name, _, c, _ in work}

    async def run(client: Client) -> tuple[list[Finding], list[Proof]]:
        findings, proofs, start = [], [], None
        for name, path, challenge, claim in work:
            report = await client.train(claim.recipe, seeds[name], known.device, known.threads)
            if claim.label == "start":
                start = report
            proof = _proof(name, challenge, claim, report, start)
            proofs.append(proof)
            if not known.json:
                _print_proof(proof)
            findings += [Finding(path, claim.line, *rest) for rest in _judge(challenge, claim, proof, report)]
        return findings, proofs

    findings, proofs = with_client(run)
    if not known.json:
        _print_findings(findings)
    return findings, proofs


def _proof(name: str, challenge: Challenge, claim: Claim, report: Report, start: Report | None) -> Proof:
    means = {"start": start.means, "best": start.means} if start else {}
    judged = [(way, goals.judge(way.goal, report.metrics, means)) for way in challenge.ways]
    met = next(((way, outs) for way, outs in judged if all(o.met for o in outs)), None)
    shown = met or next(((way, outs) for way, outs in judged if way is claim.way), judged[0])
    outcomes: tuple[Outcome, ...] = shown[1]
    margins = [o.margin for o in outcomes if o.margin is not None]
    margin = None
    if margins:
        # To pass, the tightest comparison counts; to fail, the one that fails most clearly.
        margin = min(margins) if claim.way else -min(margins)
    passed = met is not None
    holds = met is not None and met[0] is claim.way if claim.way else not passed
    words = "; ".join(o.explain() for o in outcomes)
    slowest = max((s for s in report.metrics["seconds"] if s is not None), default=0.0)
    return Proof(name, claim.label, holds, passed, margin, words, slowest, len(report.diverged))


def _judge(challenge: Challenge, claim: Claim, proof: Proof, report: Report) -> Iterator[tuple[str, str, str]]:
    """Severity, rule and message of everything wrong with one proof."""
    where = f"{proof.lesson}, {proof.label}"
    if not proof.holds:
        should = "should pass and does not" if claim.way else "should fail and passes"
        yield "error", "proof", f"{where} {should}: {proof.words}. Move the goal or the settings."
    elif claim.way and proof.margin is not None and proof.margin < 1.0 + THIN:
        # The verdict itself takes one standard error off; what is left above that is the margin.
        yield (
            "warning",
            "margin",
            f"{where} passes by {proof.margin:.1f} standard errors, of which the verdict takes one: "
            "lower the goal or raise the epochs.",
        )
    if report.diverged and not claim.may_diverge:
        yield (
            "error",
            "diverged",
            f"{where} diverged on {len(report.diverged)} of {len(report.seeds)} seeds. "
            "If that is meant, say diverges = true in the trap.",
        )
    if proof.seconds > challenge.time_limit:
        yield (
            "error",
            "time",
            f"{where} took {proof.seconds:.0f} s a run; {challenge.time_limit:g} s are allowed (time_limit).",
        )


def _print_proof(proof: Proof) -> None:
    mark = "ok " if proof.holds else "BAD"
    verb = "passes" if proof.passed else "fails"
    margin = f" ({proof.margin:+.1f} s.e.)" if proof.margin is not None else ""
    print(f"{mark} {proof.lesson} {proof.label} {verb}{margin}: {proof.words}", flush=True)


def _print_findings(findings: Sequence[Finding]) -> None:
    for f in findings:
        print(f"{f.path}:{f.line}: {f.severity}: {f.message} [{f.rule}]", file=sys.stdout, flush=True)
