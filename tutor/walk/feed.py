"""Hands a walk's lines to the plain mode one by one, and looks at what was told before each."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from lessons.mistakes import clip
from story.findings import Finding
from tutor.walk import matching
from tutor.walk.madeup import Wish
from tutor.walk.script import Command, Step, Walk

if TYPE_CHECKING:
    from tutor.bench import Bench
    from tutor.game import Game
    from tutor.walk.standin import StandIn

REFUSALS = re.compile(
    r"^('.*' is not a command here\b.* Type help\."
    r"|There (?:is one choice|are \d+ choices|is nothing to choose) here\."
    r"|Type a number, or help\.|Type a number from 1 to \d+, \w+, look or help\.|There is nothing to take back\.)$",
    re.MULTILINE,
)
"""What the plain mode says to something that cannot be done."""
MAX_FINDINGS = 20


class Astray(Exception):
    """The walk cannot go on; the reason is among the findings."""


class Feed:
    """The lines of one walk, and what is found on the way."""

    def __init__(self, walk: Walk, game: Game, laboratory: StandIn, out: io.StringIO) -> None:
        self.walk, self.findings = walk, list[Finding]()
        self.refusal = ""
        """The mistake that the last command was answered with."""
        self._game, self._laboratory, self._out = game, laboratory, out
        self._number = 0
        """Of the step under way."""
        self._told = ""
        """What it has led to so far, without what was typed."""
        self._heard = 0
        """How much of the output was looked at."""
        self._ended = False

    @property
    def line(self) -> int:
        """Of the command under way."""
        command = self.walk.steps[self._number].command
        return command.line if command else 1

    def note(self, line: int, message: str) -> None:
        """Add a finding."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(self.walk.path, line, "error", "walk", message))

    def lines(self) -> Iterator[str]:
        """What is typed; raises ``Astray`` where the walk cannot go on."""
        for number, step in enumerate(self.walk.steps):
            self._number = number
            if number:
                self._told, self.refusal = "", ""
            for typed in self._typed(step.command) if step.command else ():
                yield typed
                self._hear(typed=True)
            self._hear()
            self._check(step)
        self._ended = True

    def end(self) -> None:
        """To be called when the game has ended: the last step is looked at, and none may be left."""
        if self._ended:
            return
        self._hear(typed=True)
        self._check(self.walk.steps[self._number])
        if self._number + 1 < len(self.walk.steps):
            command = self.walk.steps[self._number + 1].command
            line = command.line if command else 1
            self.note(line, "the walk goes on, and the game is over. Remove what follows, or choose another way.")

    def _hear(self, typed: bool = False) -> None:
        """Take in what was told since; the plain mode repeats what was typed, on a line of its own."""
        told = self._out.getvalue()[self._heard :]
        self._heard += len(told)
        self._told += told.partition("\n")[2] if typed else told

    def _check(self, step: Step) -> None:
        if self._laboratory.trouble:
            self._astray(f"the run did not come to its end: {self._laboratory.trouble.rstrip('.')}.")
        said = REFUSALS.search(self._told)
        refusal = self.refusal or (said[0] if said else "")
        try:
            if refusal and not (step.expects and matching.names(step.expects[0], refusal)):
                what = clip(step.command.text) if step.command else "the opening"
                self._astray(f"{what} was refused: {refusal} To expect that, write it in the line below.")
            for line, message in matching.failures(step.expects, self._told):
                self.note(line, message)
        except matching.TooLong as error:
            self.note(error.expect.line, str(error))
            raise Astray from None

    def _astray(self, message: str) -> None:
        self.note(self.line, message)
        raise Astray

    # what is typed for a command

    def _typed(self, command: Command) -> Iterator[str]:
        if command.verb == "choose":
            yield self._choice(command.text)
        elif command.verb == "answer":
            yield self._answer(command.text)
        elif command.verb == "train":
            self._wish(self._bench, command.wish)
            yield "train"
        elif command.verb == "judge":
            yield from self._judge(command)
        else:
            bench, text = self._game.bench, command.text
            if bench and text.lower() in ("judge", "j"):
                self.refusal = bench.why_not_judge()
            yield text

    def _choice(self, part: str) -> str:
        if asked := self._game.questions():
            self._astray(f"a question comes first: {asked[0].ask} Answer it with > answer right, or a number.")
        return self._pick(part, [choice.label for choice in self._game.choices()], "choice")

    def _answer(self, part: str) -> str:
        questions = self._game.questions()
        if not questions:
            self._astray(f"nothing is asked in scene {self._game.play.scene.id!r}. Remove the answer.")
        asked = questions[0]
        question = self._game.play.tale.question(asked.id)
        assert question is not None
        if part.casefold() in ("right", "wrong"):
            right = question.options[question.right]
            fit = (number for number, option in enumerate(asked.options, 1) if (option == right) == (part == "right"))
            return str(next(fit))
        return self._pick(part, asked.options, "answer")

    def _pick(self, part: str, labels: Sequence[str], what: str) -> str:
        """The number of the only label that begins with a text, or else holds it."""
        wanted = matching.plain(part).casefold()
        plain = [matching.plain(label).casefold() for label in labels]
        fit = [n for n, label in enumerate(plain, 1) if label.startswith(wanted)]
        fit = fit or [n for n, label in enumerate(plain, 1) if wanted in label]
        if len(fit) != 1:
            there = "; ".join(matching.quote(label) for label in labels) or "none"
            how = f"{len(fit)} {what}s fit {part!r}" if fit else f"no {what} here is {part!r}"
            self._astray(f"{how}. There is: {there}. Write more of one of them.")
        return str(fit[0])

    @property
    def _bench(self) -> Bench:
        if self._game.bench is None or self._game.questions():
            scene = self._game.play.scene.id
            self._astray(f"there is no lesson to train in scene {scene!r}, or a question comes first.")
        assert self._game.bench is not None
        return self._game.bench

    def _wish(self, bench: Bench, wish: Wish) -> None:
        self._laboratory.bench, self._laboratory.wish = bench, wish

    def _judge(self, command: Command) -> Iterator[str]:
        bench = self._bench
        if bench.locked:
            self._wish(bench, Wish(given=command.start))
            yield "train"
        elif command.start:
            self._astray("the first run has been made already, so start. sets nothing. Remove it.")
        predict = bench.challenge.predict
        if predict and bench.prediction is None:
            yield f"predict {predict.options[0] if predict.options else 0.5}"
        self._wish(bench, command.wish)
        yield "judge"
        judged = self._game.play.verdict
        assert judged is not None and judged.passed == command.wish.passed, "the bench has judged otherwise"
