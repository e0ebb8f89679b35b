"""A game without a tale and without training, with what the screens look at."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Coroutine
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lessons import goals, report
from lessons.challenge import Challenge, Offer, Prediction, Way
from lessons.jobs import job
from lessons.mistakes import Mistake
from lessons.source import Source, changed_lines, source
from tutor.savebook import Run


def run(test: Coroutine[Any, Any, None]) -> None:
    """Carry out an asynchronous test."""
    asyncio.run(test)


def told(text: str, speaker: str = "") -> SimpleNamespace:
    """A passage."""
    return SimpleNamespace(kind="speech" if speaker else "narration", speaker=speaker, spans=(("", text),))


RECIPE = job("noisy-digits-mlp").recipe
CHALLENGE = Challenge(
    job="noisy-digits-mlp",
    recipe=RECIPE,
    offers=(
        Offer("dropout", (0.0, 0.2, 0.5, 0.9), 0.0),
        Offer("optimizer", ("sgd", "adam"), "adam"),
        Offer("eval_mode", (True, False), True),
    ),
    ways=(Way(goals.parse("test_accuracy >= 0.75"), "pass"),),
    fail="fail",
    predict=Prediction("What will dropout do to TRAINING accuracy?", ("rise", "fall", "stay"), "train_accuracy"),
    hints=("Watch the false labels.", "Try the middle of the dial."),
)


def columns(nights: int, shift: float = 0.0) -> dict[str, list[float | None]]:
    """Curves that overfit."""
    epochs = list(range(1, nights + 1))
    rising = [1 - 0.75 * math.exp(-n / 6) + shift for n in epochs]
    return {
        "epoch": epochs,
        "train_loss": [2 * math.exp(-n / 6) for n in epochs],
        "validation_loss": [1 + 0.02 * n for n in epochs],
        "train_accuracy": [min(v, 0.99) for v in rising],
        "validation_accuracy": [0.74 - 0.5 * math.exp(-n / 3) - 0.004 * n + shift for n in epochs],
        "right_label_accuracy": [min(v + 0.03, 1.0) for v in rising],
        "wrong_label_accuracy": [max(v - 0.35, 0.0) for v in rising],
        "weight_norm": [10 + n / 10 for n in epochs],
        "sparsity": [0.03 for _ in epochs],
    }


def made(seeds: tuple[int, ...] = (0,), diverged: bool = False) -> report.Report:
    """A Report."""
    values = [0.663, 0.671, 0.655, 0.668, 0.66][: len(seeds)]
    return report.Report(
        RECIPE,
        seeds,
        "cpu",
        1,
        "",
        dict.fromkeys(("test_accuracy", "validation_accuracy"), [None] * len(seeds) if diverged else values),
        {seed: columns(30, 0.01 * n) for n, seed in enumerate(seeds)},
        {seeds[0]: 3} if diverged else {},
    )


def judgement(values: list[float | None], diverged: bool = False, predicted: str | None = "fall") -> SimpleNamespace:
    """A verdict on these test accuracies."""
    per_seed = {"test_accuracy": values}
    outcomes = goals.judge(CHALLENGE.goal, per_seed)
    return SimpleNamespace(
        passed=all(o.met for o in outcomes),
        outcomes=outcomes,
        per_seed=per_seed,
        seeds=len(values),
        pooled=0,
        ask="What will dropout do to TRAINING accuracy?",
        predict_metric="",
        predicted=predicted,
        truth="fall" if predicted else None,
        predicted_right=True if predicted else None,
        report=made((1000, 1001, 1002, 1003, 1004), diverged),
    )


class FakeBench:
    """A workbench in memory."""

    def __init__(self, challenge: Challenge = CHALLENGE) -> None:
        self.challenge = challenge
        self.settings = dict(challenge.start)
        self.last: report.Report | None = None
        self.running: SimpleNamespace | None = None
        self.prediction: str | float | None = None
        self.hints: list[str] = []
        self.tries = 0
        self.watched = ["validation_accuracy"]

    @property
    def locked(self) -> bool:
        return self.last is None

    @property
    def first(self) -> report.Report | None:
        return self.last and replace(self.last, metrics={**self.last.metrics, "train_accuracy": [0.99]})

    @property
    def newest(self) -> report.Report | None:
        return self.last

    @property
    def tried(self) -> list[Run]:
        return [Run("practice", {}, self.last)] if self.last else []

    @property
    def why_open(self) -> bool:
        return not self.locked

    @property
    def wanted(self) -> list[list[str]]:
        lines = [["test accuracy at least 75.0%"], ["training accuracy at most 90.0%"]]
        return lines[: len(self.challenge.ways)]

    @property
    def last_words(self) -> str:
        return "66.3% (practice, one seed)" if self.last else "nothing yet"

    @property
    def source(self) -> Source:
        return source(self.challenge.recipe_for(self.settings))

    @property
    def lit(self) -> list[int]:
        return changed_lines(source(self.challenge.recipe_for({})).experiment, self.source.experiment)

    @property
    def curves(self) -> dict[int, dict[str, list[float | None]]]:
        if self.running:
            return self.running.curves
        return self.last.history if self.last else {}

    def idle(self, name: str) -> str:
        return self.challenge.recipe_for(self.settings).idle(name)

    def turn(self, name: str, value: Any) -> None:
        if self.locked:
            raise Mistake("see it fail first.")
        self.settings[name] = self.challenge.offer(name).check(value)

    def predict(self, text: str) -> None:
        assert self.challenge.predict
        self.prediction = self.challenge.predict.parse(text)

    def why_not_judge(self) -> str:
        return "Train once before you ask for a verdict." if self.locked else ""

    def hint(self) -> str:
        if len(self.hints) >= len(self.challenge.hints):
            return "There are no further hints."
        self.hints.append(self.challenge.hints[len(self.hints)])
        return self.hints[-1]


class FakeGame:
    """Stands where a test puts it; ``log`` keeps what was asked of it."""

    def __init__(self) -> None:
        self.on_change = lambda: None
        self.notices: list[str] = []
        self.lab_words = "cpu, 1 thread"
        self.at = "mirror"
        self.options = SimpleNamespace(data=Path("nowhere"))
        self.message = ""
        self.bench: FakeBench | None = None
        self.free = None
        self.verdict: SimpleNamespace | None = None
        self.loaded = self.begun = self.ended = False
        self.can_continue = True
        self.trial = ""
        self.title, self.place, self.number, self.of = "No Mirror", "the dining hall", 5, 12
        self.where = "No Mirror, the dining hall"
        self.tale = [
            told("The table was laid for twelve, and four had come. Each evening other servants were missing."),
            told("Lean on one man, and the house falls when he is ill. Let any of them vanish.", "The Count"),
            told("I never vanish. I am only not looked at.", "Renfield"),
        ]
        self.offered = ["Ask who is missing tonight", "Count the flies yourself", "Follow the lamp"]
        self.asked: list[SimpleNamespace] = []
        self.again: list[SimpleNamespace] = []
        self.foreseen = (0, 0)
        self.won: list[SimpleNamespace] = []
        self.log: list[Any] = []
        self.steps = 1

    @property
    def running(self) -> SimpleNamespace | None:
        return self.bench.running if self.bench else None

    @property
    def training(self) -> bool:
        return self.running is not None

    @property
    def book(self) -> SimpleNamespace:
        return SimpleNamespace(predictions=lambda: self.foreseen, count=lambda: 0)

    def due(self) -> list[SimpleNamespace]:
        return list(self.again)

    def answer_again(self, id: str, option: int) -> SimpleNamespace:
        asked = next(asked for asked in self.again if asked.id == id)
        self.again.remove(asked)
        self.log.append(("again", id, option))
        return SimpleNamespace(right=option == 0, say="Because it was always so.", correct=asked.options[0])

    def load(self) -> None:
        self.loaded = True

    async def wake(self) -> None:
        self.log.append("wake")

    def use(self, device: str, threads: int) -> None:
        self.log.append(("use", device, threads))

    async def close(self) -> None:
        self.log.append("close")

    def new(self) -> None:
        self.log.append("new")
        self.begun = True

    def resume(self) -> None:
        self.log.append("resume")
        self.begun = True

    def chapters(self) -> list[SimpleNamespace]:
        states = (("the-knock", "The Knock", "done"), ("mirror", "No Mirror", "open"), ("collar", "Collar", "locked"))
        return [SimpleNamespace(id=i, title=t, state=s, teaches=("dropout",)) for i, t, s in states]

    def open_chapter(self, id: str) -> None:
        self.log.append(("open", id))
        self.begun = True

    def passages(self) -> list[SimpleNamespace]:
        return self.tale

    def choices(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(label=label) for label in self.offered]

    def questions(self) -> list[SimpleNamespace]:
        return self.asked

    def why(self) -> list[SimpleNamespace]:
        return [told("Dropout sets a share of the outputs to zero at random (Srivastava 2014).")]

    def pages(self) -> list[SimpleNamespace]:
        return self.won

    def answer(self, id: str, option: int) -> SimpleNamespace:
        asked = self.asked.pop(0)
        self.log.append(("answer", id, option))
        return SimpleNamespace(right=option == 0, say="Because nobody can be leaned on.", correct=asked.options[0])

    def choose(self, number: int) -> None:
        self.log.append(("choose", number))
        self.place, self.offered = "the next room", ["Go further"]

    def undo(self) -> bool:
        self.log.append("undo")
        self.steps -= 1
        return self.steps >= 0

    async def practise(self) -> None:
        self.log.append("practise")
        assert self.bench
        self.bench.last = made()
        self.message = "test accuracy at least 75.0%: 66.3%, short by 8.7 points."
        self.on_change()

    async def judge(self) -> None:
        self.log.append("judge")
        self.bench = None
        self.verdict = judgement([0.79, 0.8, 0.795, 0.81, 0.79])
        self.on_change()

    async def stop(self) -> None:
        self.log.append("stop")

    def go_on(self) -> None:
        self.log.append("go on")
        self.verdict = None

    def export(self, path: Path) -> list[Path]:
        self.log.append(("export", path))
        return [path]


def learning(night: int = 12, seeds: tuple[int, ...] = (0,)) -> SimpleNamespace:
    """A run under way."""
    return SimpleNamespace(
        recipe=RECIPE,
        seeds=seeds,
        views={seed: [] for seed in seeds},
        done=set(),
        epoch=night,
        epochs=30,
        seconds_left=2.0,
        progress=night / 30,
        curves={seed: columns(night, 0.02 * n) for n, seed in enumerate(seeds)},
    )


def lesson(trained: bool = True) -> FakeGame:
    game = FakeGame()
    game.bench = FakeBench()
    if trained:
        game.bench.last = made()
    return game


def questions(*kinds: str) -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            id=f"q{n}", kind=kind, ask=f"Question {n}?", options=("Right", "Wrong"), code=(), fault=0, job=""
        )
        for n, kind in enumerate(kinds)
    ]


def asking(*kinds: str) -> FakeGame:
    game = FakeGame()
    game.asked = questions(*kinds)
    return game
