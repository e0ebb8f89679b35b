"""What is asked in a scene, or again on a later evening, line by line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tutor.plain.teller import Teller
from tutor.plain.workbench import Workbench
from tutor.review import score

if TYPE_CHECKING:
    from story.telling import Answered, Asked
    from tutor.game import Game


class Leave(Exception):
    """The player goes, or the input has ended."""


class Questions:
    """The part of a game line by line that asks, and says what there is to say to an answer."""

    game: Game
    _teller: Teller
    _workbench: Workbench

    def _ask(self, prompt: str) -> str:
        """The next line after a prompt."""
        raise NotImplementedError

    def _review(self, _: str) -> bool:
        """What was asked on earlier evenings, asked again."""
        due, right = self.game.due(), 0
        if not due:
            self._teller.say("The Count has nothing to ask again today.")
            return True
        for question in due:
            while (answered := self._put(question, self.game.answer_again)) is None:
                pass
            right += answered.right
        self._teller.say(score(right, len(due), *self.game.book.predictions()))
        return True

    def _answered(self, question: Asked) -> bool:
        """Ask a question of the scene; whether it was answered."""
        answered = self._put(question, self.game.answer)
        if answered and question.job:
            self._mended(question)
        return answered is not None

    def _mended(self, question: Asked) -> None:
        """Train what was mended."""
        self._teller.say("The mended net is trained ...")
        self._workbench.run(self.game.mend(question))
        self._teller.say(self.game.message)
        self._teller.say()

    def _put(self, question: Asked, answer: Callable[[str, int], Answered]) -> Answered | None:
        """Ask, and say what there is to say to the answer; None where what was typed is none."""
        self._teller.say(question.ask)
        for number, line in enumerate(question.code, 1):
            self._teller.lines(f"{number:2d}  {line}", "    ")
        for number, option in enumerate(question.options, 1):
            if question.kind == "find":  # its indentation belongs to it
                self._teller.lines(f"{number:3d}. {option}")
            else:
                self._teller.say(f"  {number}. {option}")
        word = self._ask("? ")
        if word.lower() in ("quit", "q"):
            raise Leave
        if not (word.isascii() and word.isdigit() and 1 <= int(word) <= len(question.options)):
            self._teller.say(f"Type a number from 1 to {len(question.options)}.")
            return None
        answered = answer(question.id, int(word) - 1)
        self._teller.say("Right." if answered.right else "Not so.")
        if answered.say:
            self._teller.say(answered.say)
        if not answered.right:
            self._teller.say(f"Right would be: {answered.correct}")
        self._teller.say()
        return answered
