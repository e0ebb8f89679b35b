"""Plays the whole tale in the plain mode, from the first line to each ending, and can write the transcripts:

    python -m tests.tutor.endings FOLDER [--train] [NAME ...]

With ``--train`` nothing is made up: every lesson is really trained, on the CPU, which takes minutes.
"""

from __future__ import annotations

import argparse
import io
import random
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lessons import challenge
from lessons.recipe import Recipe
from lessons.report import Report
from lessons.settings import SETTINGS
from story.chapter import Choice
from story.telling import Asked
from tests.tutor.fakes import GOOD, FakeLaboratory
from tutor.bench import Bench
from tutor.game import Game, Options
from tutor.plain.player import Plain
from tutor.walk.madeup import Maker, Wish

STEPS = 600
"""Scenes and questions after which a playthrough is taken to go in circles."""
SPREAD = 0.0001
"""Between two seeds, where a verdict passes widely."""
ROOM = 20 * SPREAD
"""By how much it passes then, at least."""
TRIES = 50
"""Verdicts that are made up until one has so much room."""
MENDED = {**GOOD, "validation_accuracy": 0.9}
LONG_NIGHT = "12-the-long-night.md"
SECRET = {"saw_ledger", "knows_secret"}
HELP = {"helped_other"}
NO_HELP = {"helped_other", "dead-house"}
"""The only way out of the dead house is to help."""


@dataclass(frozen=True)
class Way:
    """How somebody plays."""

    ending: str
    """The scene of the trial's chapter in which it comes."""
    player: str
    wants: frozenset[str]
    """Scenes, chapter files and flags: a choice that leads to one, or sets it, is taken before any other."""
    shuns: frozenset[str]
    """The same: such a choice is taken only where there is no other."""
    foretells: int = 1
    """Every so many-th prediction is right; 0 for none."""
    narrow: bool = False
    """Whether verdicts are passed by less than two standard errors."""
    stumbles: bool = False
    """Whether each lesson is first judged as it was found, and failed."""

    @property
    def lanterns(self) -> bool:
        """Whether the other visitor is helped."""
        return "helped_other" in self.wants

    @property
    def long_night(self) -> bool:
        """Whether the night in the boarding house is played."""
        return LONG_NIGHT in self.wants

    @property
    def name(self) -> str:
        """Of the transcript."""
        return f"{self.ending}-{self.player}"

    def goal(self, bench: Bench) -> challenge.Way:
        """What a lesson is to be won by: the goal that is wanted, else the first."""
        ways = bench.challenge.ways
        return next((way for way in ways if way.to in self.wants), ways[0])


def _way(ending: str, player: str, wants: set[str], shuns: set[str], **rest: Any) -> Way:
    return Way(ending, player, frozenset({ending, player, *wants}), frozenset(shuns), **rest)


WAYS = [
    _way(
        "dawn",
        "jonathan",
        {*SECRET, "promised_renfield", "false-reader", "handed_false", "kept_page", LONG_NIGHT},
        {"told_on_renfield", *NO_HELP},
    ),
    _way(
        "dawn",
        "lucy",
        {*SECRET, *HELP, "told_on_renfield", "gave_key", "false-reader", "handed_false", "boasted"},
        {LONG_NIGHT},
        stumbles=True,
    ),
    _way("luck", "jonathan", {*HELP, LONG_NIGHT}, {"knows_secret"}, foretells=0),
    _way("luck", "lucy", SECRET, {LONG_NIGHT, *NO_HELP}, foretells=0),
    _way("taken", "jonathan", SECRET, {"promised_renfield", LONG_NIGHT, *NO_HELP}),
    _way("taken", "lucy", {*HELP, LONG_NIGHT}, {*SECRET, "at-work"}),
    _way("refused", "jonathan", HELP, {*SECRET, LONG_NIGHT}),
    _way("refused", "lucy", {*SECRET, "promised_renfield", "counted_flies", LONG_NIGHT}, NO_HELP),
    _way("clerk", "jonathan", {"told_count"}, {*SECRET, LONG_NIGHT, *NO_HELP}, narrow=True),
    _way("clerk", "lucy", {*SECRET, *HELP, LONG_NIGHT}, {"promised_renfield"}, foretells=4, stumbles=True),
]
"""One for each ending and each visitor; the clerk is kept for a narrow margin and for bad predictions."""


@dataclass(frozen=True)
class Played:
    """How a playthrough came out."""

    code: int
    transcript: str
    game: Game


def play(way: Way, home: Path, tale: Path | None = None, train: bool = False) -> Played:
    """Plays the tale, or another that is like it, in a home of its own."""
    game = Game(Options(home=home, device="cpu", chapter=tale))
    if not train:
        game.laboratory = Tower(game, way)
    out = io.StringIO()
    code = Plain(game, Hand(game, way).lines(), out, prompt=False).play()
    return Played(code, out.getvalue(), game)


class Hand:
    """Types what a way of playing asks for, by what the game has come to."""

    def __init__(self, game: Game, way: Way) -> None:
        self.game, self.way = game, way
        self._taken: Counter[int] = Counter()
        """How often each choice was."""
        self._foretold = 0

    def lines(self) -> Iterator[str]:
        """What is typed, one line after another, until the tale ends; or where it goes in circles."""
        for _ in range(STEPS):
            if asked := self.game.questions():
                yield self._answer(asked[0])
                if asked[0].job:
                    yield "yes"
            elif self.game.ended:
                return
            elif self.game.bench:
                yield from self._lesson(self.game.bench)
            else:
                yield self._choice()

    def _choice(self) -> str:
        """What is wanted, else what is not shunned; of these what was taken least often."""
        open_ = self.game.play._open()

        def rank(choice: Choice) -> tuple[bool, bool, int]:
            words = {choice.scene, choice.file, choice.player, *choice.sets}
            return not words & self.way.wants, bool(words & self.way.shuns), self._taken[id(choice)]

        chosen = min(open_, key=rank)
        self._taken[id(chosen)] += 1
        return str(open_.index(chosen) + 1)

    def _answer(self, asked: Asked) -> str:
        """The right one; where nothing is foretold, the first one."""
        question = self.game.tale.question(asked.id)
        assert question
        right = asked.options.index(question.options[question.right])
        return str(right + 1) if self.way.foretells else "1"

    def _lesson(self, bench: Bench) -> Iterator[str]:
        """From the first run to the verdict."""
        if bench.locked:
            yield "train"
            yield "why"
        if bench.tries or not self.way.stumbles:
            wanted = {**bench.challenge.start, **self.way.goal(bench).solution}
            for name, value in wanted.items():
                value = SETTINGS[name].check(value)
                if bench.settings[name] != value:
                    yield f"set {name} {SETTINGS[name].spell(value)}"
            yield "train"
        if bench.challenge.predict:
            yield f"predict {self._foretell(bench)}"
        yield "judge"

    def _foretell(self, bench: Bench) -> str:
        """What the practice run has shown, or something else."""
        predict = bench.challenge.predict
        assert predict and bench.first and bench.last
        self._foretold += 1
        rightly = self.way.foretells and self._foretold % self.way.foretells == 0
        truth = predict.truth(bench.first.means.get(predict.metric), bench.last.means.get(predict.metric))
        if isinstance(truth, str):
            return truth if rightly else next(word for word in predict.options if word != truth)
        assert truth is not None
        off = 0 if rightly else 4 * predict.within
        return f"{truth - off if truth > 0.5 else truth + off:.3f}"


class Tower(FakeLaboratory):
    """Trains nothing: a lesson's first run fails, and whatever was turned then reaches the goal that is wanted."""

    def __init__(self, game: Game, way: Way) -> None:
        super().__init__(self._means, game._changed)
        self.game, self.way = game, way
        self._made: dict[tuple[str, Recipe], dict[str, float]] = {}

    def _means(self, recipe: Recipe) -> dict[str, float]:
        bench = self.game.bench
        if bench is None:
            return MENDED
        if (bench.key, recipe) not in self._made:
            maker = Maker(bench.challenge, random.Random(bench.key))
            if bench.first:
                wish = Wish(True, to=self.way.goal(bench).to)
                several = (maker.make(recipe, wish, 1, bench.first.means, bench.best) for _ in range(TRIES))
                made = next(m for m in several if all(abs(o.value - o.target) > ROOM for o in m.outcomes))
            else:
                made = maker.practice(recipe, Wish(), {}, {})
            self._made[bench.key, recipe] = {name: mean for name, mean in made.means.items() if mean is not None}
        return self._made[bench.key, recipe]

    async def run(self, kind, recipe, seeds) -> Report:
        """The means, as one seed or as several that differ."""
        bench, report = self.game.bench, await super().run(kind, recipe, seeds)
        if bench is None:
            return report
        apart = dict.fromkeys(report.metrics, SPREAD)
        if self.way.narrow and bench.first:
            # Three or five seeds, each so far from the next, have a mean that is 1.4 to 1.7 standard errors from there.
            for comparison in self.way.goal(bench).goal.comparisons:
                target = comparison.target({"start": bench.first.means, "best": bench.best})
                apart[comparison.metric] = abs(self._means(recipe)[comparison.metric] - (target or 0.0))
        middle = (len(seeds) - 1) / 2
        values = {
            name: [mean + (place - middle) * apart[name] for place in range(len(seeds))]
            for name, mean in self._means(recipe).items()
        }
        return replace(report, metrics=values)


def main() -> None:
    """Writes transcripts."""
    parser = argparse.ArgumentParser(description="Play the tale to its endings, and write the transcripts.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(way.name for way in WAYS)}")
    parser.add_argument("--train", action="store_true", help="really train, without the Long Night")
    known = parser.parse_intermixed_args()
    known.folder.mkdir(parents=True, exist_ok=True)
    for way in WAYS:
        if known.names and way.name not in known.names:
            continue
        if known.train:  # the night needs pages that are downloaded first
            way = replace(way, wants=way.wants - {LONG_NIGHT}, shuns=way.shuns | {LONG_NIGHT})
        with tempfile.TemporaryDirectory() as home:
            played = play(way, Path(home), train=known.train)
        path = known.folder / f"{way.name}.txt"
        path.write_text(played.transcript, encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main()
