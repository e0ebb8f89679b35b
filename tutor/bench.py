"""The workbench of one lesson scene: what is turned, what was run, what may be asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lessons import goals, metrics, report, share
from lessons.challenge import EXAMPLES, Challenge, Prediction
from lessons.goals import Outcome
from lessons.mistakes import Mistake
from lessons.report import Report
from lessons.settings import SETTINGS
from lessons.source import Source, changed_lines, source
from tutor.laboratory import Running
from tutor.savebook import Run, SaveBook

PRACTICE_SEEDS = 1000
"""Practice uses the seeds below this, verdicts those from it on."""
CHECK_SEEDS = 1_000_000
"""``tutor check`` begins here, so verdicts end before it."""


BUSY = "the dials are locked while a run is under way. Wait, or stop it."

SEEN = {"test_accuracy": "validation_accuracy", "test_loss": "validation_loss"}
"""What practice shows instead: a pile that was looked at while choosing is no test any more."""
UNSEEN = ("test_accuracy", "test_loss", "gap", "loss_gap")
"""What only a verdict shows: the test rows are not for choosing by."""


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


class Bench:
    """What the player does in one lesson scene; everything is saved as it happens."""

    def __init__(self, key: str, challenge: Challenge, book: SaveBook) -> None:
        self.key, self.challenge = key, challenge
        self._book = book
        self.reread()
        saved = book.bench(key)
        self.settings = {**challenge.start, **self._still_offered(saved.get("settings"))}
        self.hints_open = min(_whole(saved.get("hints")), len(challenge.hints))
        self.prediction: str | float | None = self._still_sayable(saved.get("prediction"))
        self.running: Running | None = None
        self.message = ""
        """The last plain sentence about a run."""

    def reread(self) -> None:
        """Read the runs anew: the journal may have lost some, or got them back."""
        runs = self._book.runs(self.key)
        self._runs = [run for run in runs if not run.earlier]
        self._earlier = [run for run in runs if run.earlier and run.kind == "verdict"]

    def _still_offered(self, saved: Any) -> dict[str, Any]:
        """The saved settings that the chapter, which may have been edited, still offers."""
        kept = {}
        for name, value in saved.items() if isinstance(saved, dict) else ():
            try:
                kept[name] = self.challenge.offer(name).check(value)
            except Mistake:
                continue
        return kept

    def _still_sayable(self, saved: Any) -> str | float | None:
        if self.challenge.predict is None or saved is None:
            return None
        try:
            return self.challenge.predict.parse(str(saved))
        except Mistake:
            return None

    def _save(self) -> None:
        self._book.save_bench(
            self.key, {"settings": self.settings, "hints": self.hints_open, "prediction": self.prediction}
        )

    # what is turned

    @property
    def locked(self) -> bool:
        """True until the first run: it shows the start settings failing (problem before theory)."""
        return self.first is None

    def turn(self, name: str, value: Any) -> None:
        """Turn a setting; a ``Mistake`` says why it cannot be."""
        offer = self.challenge.offer(name)
        checked = offer.check(value)
        if self.locked:
            raise Mistake("see it fail first: the first run uses the settings as you found them. Train once.")
        if self.running:
            raise Mistake(BUSY)
        settings = {**self.settings, name: checked}
        self.challenge.recipe_for(settings)  # a combination may be nonsense though each value is not
        self.settings = settings
        self._save()

    def parse(self, name: str, text: str) -> Any:
        """The offered value that a text names."""
        return self.challenge.offer(name).check(SETTINGS[self.challenge.offer(name).name].parse(text))

    def step(self, name: str, by: int) -> None:
        """Turn a setting ``by`` clicks."""
        self.turn(name, self.challenge.offer(name).step(self.settings[name], by))

    def idle(self, name: str) -> str:
        """What a setting would need to do anything among the others as they stand; empty where it does."""
        return self.challenge.recipe_for(self.settings).idle(name)

    @property
    def source(self) -> Source:
        """The program of the settings as they stand."""
        return source(self.challenge.recipe_for(self.settings))

    @property
    def lit(self) -> list[int]:
        """Lines (from 0) of ``source.experiment`` that differ from the last run's."""
        newest = self._newest
        before = source(newest.recipe if newest else self.challenge.recipe_for({}))
        return changed_lines(before.experiment, self.source.experiment)

    # what was run: a deleted run is shown nowhere, but to delete one makes no goal easier and no seed fresh again

    def _reports(self, kind: str) -> list[Report]:
        return [run.report for run in self._runs if run.kind == kind]

    @property
    def _newest(self) -> Report | None:
        return next((run.report for run in reversed(self._runs) if not run.deleted), None)

    @property
    def share(self) -> str:
        """The share code of the newest run; a ``Mistake`` where there is none."""
        made = self._newest
        if made is None:
            raise Mistake("nothing was trained here yet. Train once; then the run has a code.")
        return share.encode(made.recipe, made.seeds[0], len(made.seeds))

    @property
    def _all_verdicts(self) -> list[Report]:
        """Those of earlier games too: beginning anew does not make a seed fresh again."""
        return [*(run.report for run in self._earlier), *self._reports("verdict")]

    @property
    def first(self) -> Report | None:
        """The first run, at the start settings: what predictions are held against."""
        return next(iter(self._reports("practice")), None)

    @property
    def last(self) -> Report | None:
        """The last practice run."""
        practised = (run for run in reversed(self._runs) if run.kind == "practice" and not run.deleted)
        return next((run.report for run in practised), None)

    @property
    def tries(self) -> int:
        """Verdicts asked for so far."""
        return len(self._reports("verdict"))

    @property
    def curves(self) -> dict[int, dict[str, list[float | None]]]:
        """Of the run under way, else of the last one: seed -> columns."""
        if self.running:
            return self.running.curves
        return self._newest.history if self._newest else {}

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

    @property
    def last_words(self) -> str:
        """What the last practice run reached."""
        if self.last is None:
            return "nothing yet"
        return f"{self._reached(self.last)} (one seed)"

    def _reached(self, made: Report) -> str:
        """What a practice run reached in the goal's metrics, the test rows left unseen."""
        names = [SEEN.get(name, name) for name in self.challenge.goal.metrics]
        return ", ".join(f"{metrics.metric(n).label} {metrics.show(n, made.means.get(n))}" for n in names)

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

    def practice_seed(self) -> int:
        """A seed that these settings have not been practised on: 0 first, for a fair comparison."""
        sha = self.source.sha256
        return sum(made.sha256 == sha for made in self._reports("practice")) % PRACTICE_SEEDS

    def verdict_seeds(self) -> list[int]:
        """Fresh seeds, consecutive over all verdicts of this scene."""
        used = sum(len(made.seeds) for made in self._all_verdicts)
        first = PRACTICE_SEEDS + used % (CHECK_SEEDS - PRACTICE_SEEDS - self.challenge.seeds)
        return list(range(first, first + self.challenge.seeds))

    def practised(self, made: Report) -> None:
        """Keep a practice run, and say what came out."""
        self._runs.append(Run("practice", dict(self.settings), made))
        self._book.add_run(self.key, self._runs[-1])
        if made.diverged:
            self.message = diverged_words(made)
            return
        reached = self._reached(made)
        self.message = f"{reached[:1].upper()}{reached[1:]}; the verdict wants {self.wanted_words}."
        if self._practice_met(made, *(way.goal for way in self.challenge.ways)):
            self.message += f" One seed reaches it: {self.challenge.seeds} fresh ones decide."

    def judged(self, made: Report) -> Judgement:
        """Keep a verdict run, hold all seeds of these settings against the goal, and the prediction beside it."""
        same = [old for old in self._all_verdicts if old.sha256 == made.sha256]
        self._runs.append(Run("verdict", dict(self.settings), made))
        values = report.pooled([*same, made])
        means = {name: metrics.summarise(v).mean for name, v in values.items()}
        ways = [(way, self._judge(way.goal, values)) for way in self.challenge.ways]
        met = next(((way, outs) for way, outs in ways if all(o.met for o in outs)), None)
        self._book.add_run(self.key, replace(self._runs[-1], passed=met is not None))
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


def diverged_words(made: Report) -> str:
    """A sentence for a loss that is not finite."""
    epoch = min(made.diverged.values())
    recipe = made.recipe
    return (
        f"The loss left the numbers at night {epoch}: at a learning rate of {recipe.lr:g} "
        "the steps throw the weights about instead of leading them down. The run ended there."
    )


def example(predict: Prediction) -> str:
    """How the number that is asked for may be typed."""
    return f"a number, such as {EXAMPLES[predict.unit]}"


def _whole(value: Any) -> int:
    return value if isinstance(value, int) and value > 0 else 0
