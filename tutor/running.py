"""``tutor run``: one experiment without a story."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from lessons import goals, metrics, own, share
from lessons.client import Client, TrainingDied, TrainingFailed
from lessons.datasets import OWN
from lessons.goals import Goal, Outcome
from lessons.jobs import job
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.report import Report
from lessons.settings import parse_pairs
from lessons.wire import Event, Night
from tutor import home
from tutor.exits import DONE, NOT_MET, Lacking

T = TypeVar("T")
FILES = (".csv", ".npz", ".npy", ".tsv")
"""How a file of one's own may end, and how some people's do, who are told what is read."""


@dataclass(frozen=True)
class Experiment:
    """What the command line asks for."""

    name: str
    recipe: Recipe
    goals: tuple[Goal, ...]
    """Any one of them passes."""
    seeds: int
    idle: dict[str, str]
    """Settings that were given and do nothing, and what they would need."""
    start: Recipe
    """What ``start.`` and ``best.`` in a goal refer to."""
    first_seed: int = 0


def experiment(known: argparse.Namespace) -> Experiment:
    """The experiment that the arguments name; a ``Mistake`` says what is wrong with them."""
    turned, fixed = parse_pairs(known.set), parse_pairs(known.fixed)

    def idle(recipe: Recipe) -> dict[str, str]:
        return {name: needed for name in {**turned, **fixed} if (needed := recipe.idle(name))}

    asked_for = getattr(known, "goal", None)
    given = goals.parse(" and ".join(asked_for)) if asked_for is not None else None
    seeds = getattr(known, "seeds", None)
    author = getattr(known, "solution", False) or getattr(known, "start", False) or getattr(known, "trap", None)
    if known.job is None or "/" not in known.job or known.job.lower().endswith(FILES):
        name, base, shared = _base(known)
        if base.own and "data" in {**turned, **fixed}:
            raise Mistake(f"data cannot be turned: it is {name}. Run a job instead.")
        if author:
            raise Mistake(
                f"--solution, --start and --trap belong to a scene, such as no-mirror/dining-hall; {name!r} is none."
            )
        recipe = base.turned(**{**turned, **fixed})
        first, many = (shared.seed, shared.seeds) if shared else (0, 1)
        asked = Experiment(name, recipe, (given,) if given else (), seeds or many, idle(recipe), base, first)
    elif getattr(known, "code", None) is not None:
        raise Mistake("a scene and --from CODE cannot be run at once. Give one of them.")
    else:
        challenge = _challenge(known.job)
        chosen: dict[str, Any] = {}
        if getattr(known, "solution", False):
            chosen = challenge.ways[0].solution
        elif number := getattr(known, "trap", None):
            if number > len(challenge.traps):
                raise Mistake(f"trap {number} of {known.job} does not exist. There are {len(challenge.traps)}.")
            chosen = challenge.traps[number - 1].settings
        recipe = challenge.recipe_for({**chosen, **turned}, **fixed)
        ways = (given,) if given else tuple(way.goal for way in challenge.ways)
        begun = challenge.recipe_for({}, **fixed)
        asked = Experiment(known.job, recipe, ways, seeds or challenge.seeds, idle(recipe), begun)
    _goals_are_measured(asked)
    return asked


def _goals_are_measured(asked: Experiment) -> None:
    there = metrics.available(asked.recipe)
    for goal in asked.goals:
        for name in goal.metrics:
            if name not in there:
                raise Mistake(f"goal: {name} is not measured in this experiment. Measured: {', '.join(there)}.")


def _base(known: argparse.Namespace) -> tuple[str, Recipe, share.Shared | None]:
    """The name and the recipe of a job, of a file of one's own, or of a share code."""
    code = getattr(known, "code", None)
    if (known.job is None) == (code is None):
        raise Mistake("name what to train: a JOB, a chapter/scene, a CSV or .npz file, or --from CODE; one of them.")
    if code is not None:
        shared = share.decode(code)
        return "share code", shared.recipe, shared
    if known.job.lower().endswith(FILES):
        file = own.inspect(known.job)  # which says so, where it is another kind of file
        return file.name, Recipe(data=OWN, own=file, train_size=file.rows), None
    return known.job, job(known.job).recipe, None


def _challenge(name: str):  # type: ignore[no-untyped-def]
    from story.reading import read_tale, shipped

    chapter, _, scene = name.rpartition("/")
    if chapter.endswith(".md"):
        tale = read_tale([Path(chapter)])
        chapter = tale.chapters[0].id
    else:
        tale = read_tale(shipped())
    found = tale.scene(chapter, scene)
    if found.lesson is None:
        lessons = ", ".join(f"{chapter}/{s.id}" for s in tale.chapter(chapter).scenes if s.lesson)
        raise Mistake(f"scene {name!r} holds no lesson. Lessons of {chapter}: {lessons or 'none'}.")
    return found.lesson.challenge


def with_client(work: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
    """Carry out work that needs a training process; say what the machine lacks in plain words."""

    async def main() -> T:
        client = Client(home.lab_log(home.home()), data=home.data())
        try:
            return await work(client)
        finally:
            await client.close()

    try:
        return asyncio.run(main())
    except TrainingFailed as error:
        if error.lacks:
            raise Lacking(str(error)) from None
        if error.fault:
            raise
        raise Mistake(str(error)) from None
    except TrainingDied as error:
        raise Lacking(f"{error}; its log: {home.lab_log(home.home())}") from None


def run_job(known: argparse.Namespace) -> int:
    """Train, judge, print."""
    asked = experiment(known)
    first = asked.first_seed if known.first_seed is None else known.first_seed
    seeds = range(first, first + asked.seeds)
    progress = Progress(len(seeds) * asked.recipe.epochs)

    async def work(client: Client) -> tuple[Report, Report | None]:
        start = None
        if any(c.run for goal in asked.goals for c in goal.comparisons):
            start = await client.train(asked.start, seeds, known.device, known.threads)
        return await client.train(asked.recipe, seeds, known.device, known.threads, progress), start

    report, start = with_client(work)
    progress.end()
    means = {"start": start.means, "best": start.means} if start else {}
    verdicts = [goals.judge(goal, report.metrics, means) for goal in asked.goals]
    outcomes = next((v for v in verdicts if all(o.met for o in v)), verdicts[0] if verdicts else ())
    passed = all(o.met for o in outcomes) and not report.diverged
    if known.json:
        print(json.dumps({**as_json(asked.name, report, outcomes, passed), "idle": asked.idle}, allow_nan=False))
    else:
        print(as_text(asked.name, report, outcomes, passed))
        for name, needed in asked.idle.items():
            print(f"{name} did nothing: it needs {needed}.")
    return DONE if passed else NOT_MET


def as_json(name: str, report: Report, outcomes: Sequence[Outcome], passed: bool) -> dict[str, Any]:
    """What ``--json`` prints."""
    summaries = {metric: metrics.summarise(values) for metric, values in report.metrics.items()}
    return {
        "job": name,
        "settings": report.recipe.to_dict(),
        "device": report.device,
        "threads": report.threads,
        "seeds": list(report.seeds),
        "metrics": {
            metric: {"per_seed": report.metrics[metric], "mean": s.mean, "se": s.se} for metric, s in summaries.items()
        },
        "goals": [
            {"goal": o.goal, "wanted": o.target, "value": o.value, "bound": o.bound, "met": o.met} for o in outcomes
        ],
        "passed": passed,
        "diverged": {str(seed): epoch for seed, epoch in report.diverged.items()},
        "seconds": report.seconds,
        "history": {str(seed): columns for seed, columns in report.history.items()},
        "views": {str(seed): views for seed, views in report.views.items()},
        "learning_rate": {str(seed): pairs for seed, pairs in report.rates.items()},
        "share": _code(report),
        "source_sha256": report.sha256,
    }


def as_text(name: str, report: Report, outcomes: Sequence[Outcome], passed: bool) -> str:
    """The same for a person."""
    many = len(report.seeds) > 1
    seeds = f"seeds {report.seeds[0]} to {report.seeds[-1]}" if many else f"seed {report.seeds[0]}"
    lines = [f"{name}, {seeds}, on {report.device}, {report.seconds:.1f} s", ""]
    for metric, values in report.metrics.items():
        if metrics.metric(metric).quiet:
            continue
        summary = metrics.summarise(values)
        spread = f" ± {metrics.show(metric, summary.se)}" if summary.se is not None else ""
        lines.append(f"  {metrics.metric(metric).label:<22} {metrics.show(metric, summary.mean):>14}{spread}")
    if report.diverged:
        seed, epoch = next(iter(report.diverged.items()))
        lines += [
            "",
            f"The loss left the numbers (seed {seed}, epoch {epoch}): "
            f"{len(report.diverged)} of {len(report.seeds)} seeds diverged.",
        ]
    if outcomes:
        lines += ["", *(f"goal: {o.explain()}." for o in outcomes)]
        lines.append("passed" if passed else "not passed")
    if file := report.recipe.own:
        lines += [
            "",
            f"{file.rows} rows to learn from, {file.held_back} for validation, {file.held_back} for the test; "
            "each column brought to mean 0 and spread 1" + (", the target, too." if file.task == "regression" else "."),
            "A file of one's own has no share code.",
        ]
    else:
        lines += ["", f"the same again: tutor run --from {_code(report)}"]
    return "\n".join(lines)


def _code(report: Report) -> str:
    """The share code of a run; empty for a file of one's own."""
    return "" if report.recipe.own else share.encode(report.recipe, report.seeds[0], len(report.seeds))


class Progress:
    """A line on stderr while something trains; silent where nobody watches."""

    def __init__(self, total: int) -> None:
        self._total, self._at = total, {}
        self._shown = -1
        self._watched = sys.stderr.isatty()

    def __call__(self, event: Event) -> None:
        if isinstance(event, Night):
            self._at[event.seed] = event.epoch
        percent = 100 * sum(self._at.values()) // self._total
        if self._watched and percent != self._shown:
            self._shown = percent
            bar = "#" * (percent // 5)
            print(f"\rtraining [{bar:<20}] {percent:3d}%", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """Clear the line."""
        if self._watched:
            print("\r" + " " * 40 + "\r", end="", file=sys.stderr, flush=True)
