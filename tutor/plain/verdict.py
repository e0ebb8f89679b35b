"""A verdict in lines: each goal, each apprentice, and what became of the prediction."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from lessons import metrics
from story import blanks
from tutor import courses

if TYPE_CHECKING:
    from tutor.bench import Judgement

WENT = {"rise": "rose", "fall": "fell", "stay": "stayed"}
RIGHT = {True: "rightly", False: "wrongly", None: "and nothing can say whether rightly"}


def lines(verdict: Judgement) -> Iterator[str]:
    """What a verdict says, its prediction left out."""
    again = f", {verdict.pooled} of them from before on the same settings" if verdict.pooled else ""
    yield f"The verdict, over {verdict.seeds} seeds{again}:"
    told = set()
    for outcome in verdict.outcomes:
        yield f"  {outcome.explain()}"
        if outcome.metric not in told and (values := verdict.per_seed.get(outcome.metric)):
            told.add(outcome.metric)
            yield f"    each apprentice: {', '.join(metrics.show(outcome.metric, value) for value in values)}"
    if verdict.diagnosis == "diverged":
        return
    if not verdict.passed:
        yield "  What it lacks is reckoned with one standard error against you."
    for name in courses.main(verdict.report):
        course = courses.course(verdict.report, name)
        if course and len(course.nights) > 1:
            yield f"  {course.label}, night by night: {course.words}"


def foretold(verdict: Judgement, metric: str) -> Iterator[str]:
    """Whether the prediction was right, and what was true."""
    if verdict.predicted is None:
        return
    said = blanks.said(verdict.predicted, verdict.predict_metric)
    yield f"  You predicted {said}, {RIGHT[verdict.predicted_right]}.{_truth(verdict, metric)}"


def _truth(verdict: Judgement, metric: str) -> str:
    if verdict.truth is None:
        return ""
    label = metrics.metric(metric).label
    now = metrics.show(metric, metrics.summarise(verdict.per_seed[metric]).mean)
    label = label[:1].upper() + label[1:]
    if not isinstance(verdict.truth, str):
        return f" {label}: {now}."
    start = metrics.show(metric, verdict.start.get(metric))
    return f" {label} {WENT[verdict.truth]}: {start} in your first run, {now} now."
