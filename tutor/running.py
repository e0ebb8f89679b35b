"""``tutor run``: one experiment without a story."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

from lessons import goals, metrics, share
from lessons.client import Client, TrainingDied, TrainingFailed
from lessons.goals import Outcome
from lessons.mistakes import Mistake
from lessons.report import Report
from lessons.wire import Event
from tutor import home
from tutor.exits import DONE, NOT_MET, Lacking
from tutor.experiments import Experiment, experiment
from tutor.progress import Nights, bar

T = TypeVar("T")


def with_client(work: Callable[[Client], Coroutine[Any, Any, T]]) -> T:
    """Carry out work that needs a training process; say what the machine lacks in plain words."""

    async def main() -> T:
        client = Client(home.lab_log(home.home()), data=home.data())
        try:
            return await work(client)
        finally:
            await client.close()

    return carry_out(main())


def carry_out(work: Coroutine[Any, Any, T]) -> T:
    """Carry out work that trains; say what the machine lacks in plain words."""
    try:
        return asyncio.run(work)
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
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    compared = any(c.run for goal in asked.goals for c in goal.comparisons)
    recipes = [asked.start, asked.recipe] if compared else [asked.recipe]

    async def work(client: Client) -> list[Report]:
        total, done, reports = sum(recipe.epochs for recipe in recipes) * len(seeds), 0, []
        for number, recipe in enumerate(recipes, 1):
            words = f"training, run {number} of {len(recipes)}" if compared else "training"
            take = partial(_count, tell, words, Nights(recipe, len(seeds)), done, total)
            reports.append(await client.train(recipe, seeds, known.device, known.threads, take))
            done += recipe.epochs * len(seeds)
        return reports

    with bar("training") as tell:
        *starts, report = with_client(work)
    means = {"start": starts[0].means, "best": starts[0].means} if starts else {}
    verdicts = [goals.judge(goal, report.metrics, means) for goal in asked.goals]
    outcomes = next((v for v in verdicts if all(o.met for o in v)), verdicts[0] if verdicts else ())
    passed = all(o.met for o in outcomes) and not report.diverged
    if known.json:
        print(json.dumps(as_json(asked, report, outcomes, passed), allow_nan=False))
    else:
        print(as_text(asked, report, outcomes, passed))
    return DONE if passed else NOT_MET


def _count(tell: Callable[..., None], words: str, nights: Nights, before: int, total: int, event: Event) -> None:
    """Tell a bar what an event says of the run under way; so many nights were done before it."""
    if nights.take(event):
        tell((before + nights.done) / total, f"{words}, {nights.words}")


def as_json(asked: Experiment, report: Report, outcomes: Sequence[Outcome], passed: bool) -> dict[str, Any]:
    """What ``--json`` prints."""
    summaries = {metric: metrics.summarise(values) for metric, values in report.metrics.items()}
    return {
        "job": asked.name,
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
        "idle": asked.idle,
        "source_sha256": report.sha256,
    }


def as_text(asked: Experiment, report: Report, outcomes: Sequence[Outcome], passed: bool) -> str:
    """The same for a person."""
    many = len(report.seeds) > 1
    seeds = f"seeds {report.seeds[0]} to {report.seeds[-1]}" if many else f"seed {report.seeds[0]}"
    lines = [f"{asked.name}, {seeds}, on {report.device}, {report.seconds:.1f} s", ""]
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
            f"{report.recipe.train_size} rows to learn from, {file.held_back} for validation, {file.held_back} for the "
            "test; each column brought to mean 0 and spread 1"
            + (", the target, too." if file.task == "regression" else "."),
            "A file of one's own has no share code.",
        ]
    else:
        lines += ["", f"the same again: tutor run --from {_code(report)}"]
    lines += [f"{name} did nothing: it needs {needed}." for name, needed in asked.idle.items()]
    return "\n".join(lines)


def _code(report: Report) -> str:
    """The share code of a run; empty for a file of one's own."""
    return "" if report.recipe.own else share.encode(report.recipe, report.seeds[0], len(report.seeds))
