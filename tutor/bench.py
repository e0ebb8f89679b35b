"""The workbench of one lesson scene: what a bench is, with a goal, hints, a prediction and a verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lessons import goals, metrics, report
from lessons.challenge import EXAMPLES, Challenge, Prediction
from lessons.goals import Outcome
from lessons.mistakes import Mistake
from lessons.report import Report
from tutor.anybench import UNSEEN, AnyBench, diverged_words
from tutor.savebook import Run, SaveBook

__all__ = ["SEEN", "UNSEEN", "Bench", "Judgement", "diverged_words", "example"]

SEEN = {"test_accuracy": "validation_accuracy", "test_loss": "validation_loss"}
"""What practice shows instead: a pile that was looked at while choosing is no test any more."""


@dataclass(frozen=True)
class Judgement:
    """A verdict, as the screen shows it."""

    passed: bool
    to: str
    """The scene that the tale goes on with."""
    outcomes: tuple[Outcome, ...]
    per_seed: dict[str, list[float | None]]
    """Every metric over all seeds that counted, those of earlier verdicts on the same settings first."""
    seeds: int
    pooled: int
    """How many of the seeds come from earlier verdicts on the same settings."""
    settings: dict[str, Any]
    ask: str
    """The question that was predicted; empty without one."""
    predict_metric: str
    """What was predicted as a number; empty where it was said in words, or not at all."""
    predicted: str | float | None
    truth: str | float | None
    predicted_right: bool | None
    diagnosis: str
    """``underfit``, ``overfit``, ``diverged``; empty where it passed."""
    report: Report
    start: dict[str, float | None]
    """The means of the player's first run, at the start settings."""


class Bench(AnyBench):
    """What the player does in one lesson scene; everything is saved as it happens."""

    def __init__(self, key: str, challenge: Challenge, book: SaveBook) -> None:
        super().__init__(key, challenge, book)
        self.hints_open = min(_whole(self._saved.get("hints")), len(challenge.hints))
        self.prediction: str | float | None = self._still_sayable(self._saved.get("prediction"))

    def _still_sayable(self, saved: Any) -> str | float | None:
        if self.challenge.predict is None or saved is None:
            return None
        try:
            return self.challenge.predict.parse(str(saved))
        except Mistake:
            return None

    def _state(self) -> dict[str, Any]:
        return {**super()._state(), "hints": self.hints_open, "prediction": self.prediction}

    @property
    def locked(self) -> bool:
        """True until the first run: it shows the start settings failing (problem before theory)."""
        return self.first is None

    # what was run

    @property
    def first(self) -> Report | None:
        """The first run, at the start settings: what predictions are held against."""
        return next(iter(self._reports("practice")), None)

    @property
    def watched(self) -> Sequence[str]:
        """The goal's metrics, on rows that may be looked at."""
        return [SEEN.get(name, name) for name in self.challenge.goal.metrics]

    @property
    def tested(self) -> Sequence[str]:
        """The goal's metrics themselves."""
        return self.challenge.goal.metrics

    @property
    def goal_words(self) -> list[str]:
        """The goal that decides first, a line per comparison."""
        return self.wanted[0]

    @property
    def wanted(self) -> list[list[str]]:
        """Every goal of which one is enough, each a line per comparison."""
        return [self._lines(way.goal) for way in self.challenge.ways]

    @property
    def wanted_words(self) -> str:
        """The same in a line."""
        return ", or ".join(" and ".join(lines) for lines in self.wanted)

    def _lines(self, goal: goals.Goal) -> list[str]:
        start = self.first.means if self.first else {}
        lines = []
        for comparison in goal.comparisons:
            target = comparison.target({"start": start, "best": self.best})
            shown = comparison.text if target is None else metrics.show(comparison.metric, target)
            lines.append(f"{metrics.metric(comparison.metric).label} {goals.WORDS[comparison.op]} {shown}")
        return lines

    def _practice_met(self, made: Report, *wanted: goals.Goal) -> bool:
        seen = {**made.metrics, **{test: made.metrics[name] for test, name in SEEN.items() if name in made.metrics}}
        return any(all(o.met for o in self._judge(goal, seen)) for goal in wanted)

    @property
    def best(self) -> dict[str, float | None]:
        """The means of the best run so far, by the first metric of the goal."""
        first = self.challenge.goal.comparisons[0]
        sign = 1 if first.op[0] == ">" else -1
        runs = [run.report.means for run in self._runs]
        judged = [(sign * value, means) for means in runs if (value := means.get(first.metric)) is not None]
        return max(judged, key=lambda pair: pair[0])[1] if judged else {}

    @property
    def evidence(self) -> Report | None:
        """The verdict that passed best, by the first metric of the goal; None before one has passed."""
        first = self.challenge.goal.comparisons[0]
        sign = 1 if first.op[0] == ">" else -1
        kept = [*self._earlier, *self._runs]
        verdicts = (run.report for run in kept if run.kind == "verdict" and not run.deleted)
        passed = [made for made in verdicts if self._passes(made)]
        return max(passed, key=lambda made: sign * (made.means.get(first.metric) or 0.0), default=None)

    def _passes(self, made: Report) -> bool:
        return any(all(o.met for o in self._judge(way.goal, made.metrics)) for way in self.challenge.ways)

    # what may be asked for

    @property
    def why_open(self) -> bool:
        """The theory opens after the first run."""
        return not self.locked

    @property
    def hints(self) -> list[str]:
        """The hints opened so far."""
        return list(self.challenge.hints[: self.hints_open])

    @property
    def _failed(self) -> int:
        practice = sum(not self._practice_met(made, self.challenge.goal) for made in self._reports("practice"))
        verdicts = (self._judge(self.challenge.goal, made.metrics) for made in self._reports("verdict"))
        return practice + sum(not all(o.met for o in outcomes) for outcomes in verdicts)

    def hint(self) -> str:
        """Open the next hint if a failed run has earned it; otherwise say how one is earned."""
        if self.hints_open >= len(self.challenge.hints):
            return "There are no further hints. Why, Code and your own runs hold the rest."
        if self.hints_open >= self._failed:
            return "A hint opens after each run that misses the goal. Train once more."
        self.hints_open += 1
        self._save()
        return self.challenge.hints[self.hints_open - 1]

    def predict(self, text: str) -> None:
        """Commit to a prediction; a ``Mistake`` says what may be said."""
        if self.challenge.predict is None:
            raise Mistake("nothing is predicted here.")
        self.prediction = self.challenge.predict.parse(text)
        self._save()

    def why_not_judge(self) -> str:
        """What is missing before a verdict; empty when it may be asked for."""
        if self.locked:
            return "Train once before you ask for a verdict."
        if self.challenge.predict is not None and self.prediction is None:
            return "Predict first."
        return ""

    # running

    def _practised_words(self, made: Report) -> str:
        words = f"{super()._practised_words(made)}; the verdict wants {self.wanted_words}."
        if self._practice_met(made, *(way.goal for way in self.challenge.ways)):
            words += f" One seed reaches it: {self.challenge.seeds} fresh ones decide."
        return words

    def judged(self, made: Report) -> Judgement:
        """Keep a verdict run, hold all seeds of these settings against the goal, and the prediction beside it."""
        same = self.alike(made)
        run = Run("verdict", self.noted, made)
        self._runs.append(run)
        values = report.pooled([*same, made])
        means = {name: metrics.summarise(v).mean for name, v in values.items()}
        ways = [(way, self._judge(way.goal, values)) for way in self.challenge.ways]
        met = next(((way, outs) for way, outs in ways if all(o.met for o in outs)), None)
        self._book.add_run(self.key, replace(run, passed=met is not None))
        way, outcomes = met or ways[0]
        predict, start = self.challenge.predict, self.first.means if self.first else {}
        said, self.prediction = self.prediction, None
        truth = right = None
        if predict is not None and said is not None:
            truth = predict.truth(start.get(predict.metric), means.get(predict.metric))
            right = predict.right(said, truth)
            self._book.add_prediction(self.key, said, truth, right)
        self._save()
        diverged = bool(made.diverged)
        self.message = diverged_words(made) if diverged else " ".join(o.explain() + "." for o in outcomes)
        return Judgement(
            passed=met is not None,
            to=way.to if met else self.challenge.fail,
            outcomes=outcomes,
            per_seed=values,
            seeds=sum(len(r.seeds) for r in (*same, made)),
            pooled=sum(len(r.seeds) for r in same),
            settings=dict(self.settings),
            ask=predict.ask if predict else "",
            predict_metric=predict.metric if predict and not predict.options else "",
            predicted=said,
            truth=truth,
            predicted_right=right,
            diagnosis="" if met else goals.diagnose(means, diverged),
            report=made,
            start=start,
        )

    def _judge(self, goal: goals.Goal, values: dict[str, list[float | None]]) -> tuple[Outcome, ...]:
        start = self.first.means if self.first else {}
        return goals.judge(goal, values, {"start": start, "best": self.best})


def example(predict: Prediction) -> str:
    """How the number that is asked for may be typed."""
    return f"a number, such as {EXAMPLES[predict.unit]}"


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
