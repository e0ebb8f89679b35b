"""Runs on a workbench: practice and verdict, and the sentence about what came of them."""

from __future__ import annotations

from collections.abc import Sequence

from lessons.client import TrainingDied, TrainingFailed, TrainingStopped
from lessons.metrics import metric, show, summarise
from lessons.recipe import Recipe
from lessons.report import Report
from story.telling import Judged
from tutor.anybench import AnyBench, diverged_words
from tutor.bench import Judgement
from tutor.laboratory import Laboratory


async def practise(laboratory: Laboratory, bench: AnyBench) -> str:
    """Train on one seed; the sentence to be shown."""
    recipe = bench.challenge.recipe_for(bench.settings)
    made, words = await _run(laboratory, "practice", recipe, [bench.practice_seed()])
    if made is None:
        return words
    bench.practised(made)
    return bench.message


async def judge(laboratory: Laboratory, bench: AnyBench) -> tuple[Judgement | None, str]:
    """Train on fresh seeds and judge; None, and why, where there is no verdict."""
    if missing := bench.why_not_judge():
        return None, missing
    recipe = bench.challenge.recipe_for(bench.settings)
    made, words = await _run(laboratory, "verdict", recipe, bench.verdict_seeds())
    if made is None:
        return None, words
    return bench.judged(made), bench.message


async def mended(laboratory: Laboratory, recipe: Recipe) -> str:
    """Train a net that was mended on one seed; the sentence to be shown."""
    made, words = await _run(laboratory, "practice", recipe, [0])
    if made is None:
        return words
    if made.diverged:
        return diverged_words(made)
    names = [name for name in ("train_accuracy", "test_accuracy", "train_loss", "test_loss") if name in made.means]
    reached = ", ".join(f"{metric(name).label} {show(name, made.means[name])}" for name in names[:2])
    nights = made.means.get("epochs_run") or recipe.epochs  # early stopping may have ended it
    return f"Mended, it trains for {nights:.0f} nights: {reached} (one seed)."


async def _run(laboratory: Laboratory, kind: str, recipe: Recipe, seeds: Sequence[int]) -> tuple[Report | None, str]:
    """The Report of a run, or None and why it did not finish."""
    try:
        return await laboratory.run(kind, recipe, seeds), ""
    except TrainingStopped:
        return None, "Stopped. Nothing of this run was kept."
    except TrainingFailed as error:
        return None, f"This run could not be carried out: {str(error).rstrip('.')}."
    except TrainingDied as error:
        words = str(error)
        return None, (f"{words[:1].upper()}{words[1:]}. Another is being started; nothing saved is lost. Run it again.")


def told(judgement: Judgement, tries: int) -> Judged:
    """A verdict, as the tale needs it."""
    return Judged(
        passed=judgement.passed,
        to=judgement.to,
        metrics={name: summarise(values).mean for name, values in judgement.per_seed.items()},
        start=judgement.start,
        settings=judgement.settings,
        outcomes=[(o.metric, o.met, o.margin) for o in judgement.outcomes],
        diagnosis=judgement.diagnosis,
        predicted=judgement.predicted,
        truth=judgement.truth,
        predicted_right=judgement.predicted_right,
        tries=tries,
    )
