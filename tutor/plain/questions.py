"""What is asked in a scene, or again on a later evening, line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from lessons.mistakes import clip
from tutor.plain.places import YES
from tutor.plain.teller import Teller
from tutor.plain.workbench import Workbench
from tutor.review import score

if TYPE_CHECKING:
    from story.telling import Answered, Asked
    from tutor.game import Game

NO = ("no", "n")
ELSEWHERE = ("laboratory", "review")
"""Commands after which a question is asked again: they tell so much that it is out of the ear."""
Commands = Mapping[str, Callable[[str], bool]]


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

    def _try(self, command: Callable[[str], bool], rest: str) -> bool:
        """Carry out a command; what the game refuses is said."""
        raise NotImplementedError

    def _commands(self) -> Commands:
        """What may be typed in this scene."""
        raise NotImplementedError

    def _aside(self) -> Commands:
        """What may be typed everywhere, and leads nowhere."""
        raise NotImplementedError

    # the Count asks again

    def _review(self, _: str) -> bool:
        """What was asked on earlier evenings, asked again until the player leaves."""
        due, right, asked = self.game.due(), 0, 0
        if not due:
            self._teller.say("The Count has nothing to ask again today.")
            return True
        self._teller.say(f"{_count(len(due))}; leave leads back.")
        leave = dict.fromkeys(("leave", "back", "b"), lambda _: False)
        for question in due:
            more = len(due) - asked - 1 if asked else 0  # how many there are was just said
            answered = self._put(question, self.game.answer_again, {**self._aside(), **leave}, more, "leave")
            if answered is None:
                break
            asked, right = asked + 1, right + answered.right
        if asked:
            self._teller.say(score(right, asked, *self.game.book.predictions()))
        if asked < len(due):
            self._teller.say(f"{_count(len(due) - asked)} left; what is left stays due.")
        return True

    # in a scene

    def _answered(self, question: Asked, more: int) -> bool:
        """Ask a question of the scene, after which ``more`` come; False where a command leads away first."""
        answered = self._put(question, self.game.answer, self._commands(), more, "back")
        if answered and question.job:
            self._mended(question)
        return answered is not None

    def _mended(self, question: Asked) -> None:
        """Train what was mended, where that is wanted."""
        if not self._agreed("Train the mended net? yes or no: "):
            return
        self._teller.say("The mended net is trained ...")
        self._workbench.run(self.game.mend(question))
        self._teller.say(self.game.message)
        self._teller.say()

    def _agreed(self, prompt: str) -> bool:
        """Whether the answer is yes, asked until it is yes or no."""
        while (word := self._ask(prompt).lower()) not in (*YES, *NO):
            if word in ("quit", "q"):
                raise Leave
            self._teller.say("Type yes or no.")
        return word in YES

    def _put(
        self, question: Asked, answer: Callable[[str, int], Answered], commands: Commands, more: int, away: str
    ) -> Answered | None:
        """Ask until it is answered, and say what there is to say to that; None where a command leads away first.

        ``away`` is the command that does.
        """
        self._pose(question, more)
        while not _fits(typed := self._ask("? "), question):
            word, _, rest = typed.partition(" ")
            word = word.lower()
            command = commands.get(word)
            if word in ("look", "l"):
                self._pose(question, more)
            elif command is None:
                self._teller.say(f"Type a number from 1 to {len(question.options)}, {away}, look or help.")
            elif not self._try(command, rest.strip()):
                return None
            elif word in ELSEWHERE:
                self._pose(question, more)
        answered = answer(question.id, int(typed) - 1)
        self._teller.say("Right." if answered.right else "Not so.")
        if answered.say:
            self._teller.say(answered.say)
        if not answered.right:
            self._teller.say(f"Right would be: {_option(question, answered.correct)}")
        self._teller.say()
        return answered

    def _pose(self, question: Asked, more: int) -> None:
        """Tell a question, its code and its options; lines are numbered as where the faulty one is looked for."""
        if more:
            self._teller.say(f"[A question; {more} more to come.]")
        self._teller.say(question.ask)
        number = faulty = 0
        for place, line in enumerate(question.code, 1):
            number += bool(line.strip())
            mark = ">" if place == question.fault else " "
            self._teller.lines(f"{mark} {number:2d}  {line}" if line.strip() else "", "  ")
            if place == question.fault:
                faulty = number
        if faulty:
            self._teller.say(f"Line {faulty} is at fault.")
        for number, option in enumerate(question.options, 1):
            if question.kind == "find":  # its indentation belongs to it
                self._teller.lines(f"{number:3d}. {option}")
            else:
                self._teller.say(f"  {number}. {option}")


def _fits(typed: str, question: Asked) -> bool:
    """Whether it is the number of an option."""
    return typed.isascii() and typed.isdigit() and 1 <= int(typed[:9]) <= len(question.options)


def _option(question: Asked, text: str) -> str:
    """An option as it is spoken of: a line of code by its number."""
    if question.kind != "find":
        return text
    return f"line {question.options.index(text) + 1}, {text.strip()}"


def not_a_command(word: str, commands: Iterable[str], why: str = "") -> str:
    """What to say to a word that is no command here, the nearest one named."""
    near = get_close_matches(word, [name for name in commands if len(name) > 1], n=1, cutoff=0.75)
    meant = f" Did you mean {near[0]}?" if near else ""
    return f"{clip(word)} is not a command here{why}.{meant} Type help."


def _count(questions: int) -> str:
    return f"{questions} question{'s' * (questions != 1)}"
