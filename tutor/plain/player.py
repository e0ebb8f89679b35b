"""The game as lines: tells a scene, reads a command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TextIO

from lessons.mistakes import Mistake
from tutor.exits import BAD_INPUT, DONE
from tutor.game import Game
from tutor.pages import pages, spoken
from tutor.plain.desk import Desk, TakenUp
from tutor.plain.laboratory import Laboratory
from tutor.plain.places import Places
from tutor.plain.questions import Leave, Questions
from tutor.plain.records import Records
from tutor.plain.teller import Teller
from tutor.plain.workbench import Workbench
from tutor.watching import WatchedGame

LAUNCH = 0.1
"""Seconds given to the start of the training process before the tale begins."""

HELP = """\
Type the number of what you want to do, or:
  look            tell this scene again          back   take the last step back
  help [PAGE]     this page, or another          quit   leave; everything is saved
  review          what was asked on earlier evenings, asked again
  journal [WORD]  every run so far; it says how to compare two, or delete one
  map [NUMBER]    the rooms of the castle        go NUMBER  into one that is open
  grimoire        the pages that were won, to be read, or written to a file
  laboratory      free play: every setting open on every data set, without a story
In a laboratory also:
  train           practise on one seed           judge  ask for the verdict: five fresh seeds
  set NAME VALUE  turn a setting                 predict WORD  commit to a prediction
  settings        what can be turned, and the goal
  code            the program as it stands       why    the theory, after the first run
  hint            opened by runs that miss       export FILE.py  write the program to a file
  share           a line that makes the last run again
  picture [NAME]  the network of the last run, drawn; or picture all"""


class Plain(Questions):
    """Reads commands from ``lines``, tells to ``out``."""

    def __init__(self, game: Game, lines: Iterator[str], out: TextIO, prompt: bool) -> None:
        self.game, self._lines, self._prompt = game, lines, prompt
        self._teller = Teller(out)
        self._desk = Desk(game, lines, self._teller) if isinstance(game, WatchedGame) else None
        # Not asyncio.run: its handler would swallow a ctrl+c while a line is being read.
        self._loop = asyncio.new_event_loop()
        self._workbench = Workbench(game, self._teller, self._loop)
        self._records = Records(game, self._teller)
        self._places = Places(game, self._teller, self._ask)
        others = {"journal": self._records.look_up, "quit": self._quit}
        self._laboratory = Laboratory(game, self._teller, self._loop, self._ask, self._try, others)

    def play(self) -> int:
        """Until the player leaves; the exit code."""
        waking = None
        try:
            self.game.load()
            waking = self._loop.create_task(self.game.wake())
            # The loop stands still while a line is read: let it start the process that loads torch meanwhile.
            self._loop.run_until_complete(asyncio.wait([waking], timeout=LAUNCH))
            self._notices()
            self._title()
            while True:
                try:
                    self._scene()
                except TakenUp:
                    continue
        except Leave:
            self._notices()
            if not self.game.loaded:
                return BAD_INPUT
            saved = not self.game.book.unsaved
            self._teller.say(f"Farewell. {'Everything is saved.' if saved else 'What you did last is not saved.'}")
            return DONE
        finally:
            if waking:
                waking.cancel()
            self._loop.run_until_complete(self.game.close())
            self._loop.close()

    def _notices(self) -> None:
        while self.game.notices:
            self._teller.say(f"[{self.game.notices.pop(0)}]")

    def _ask(self, prompt: str) -> str:
        """The next line, stripped; raises Leave at the end of the input, TakenUp where the tale was edited."""
        if self._prompt:
            self._teller.prompt(prompt)
        line = self._desk.line(prompt if self._prompt else "") if self._desk else next(self._lines, None)
        if line is None:
            raise Leave
        if not self._prompt:
            # A transcript shows what was typed.
            self._teller.lines(f"{prompt}{line.rstrip()}")
        return line.strip()

    # playing

    def _title(self) -> None:
        self._teller.say("CASTLE DRACULA")
        self._teller.say("Where networks are raised, in the dark, by one who has the time. Type help for help.")
        if self.game.trial:
            self._teller.say(f"On trial: {self.game.trial}")
        self._teller.say()
        waited = self._wait() if self._desk else False
        if waited or self.game.options.scene or not self.game.can_continue:
            return self.game.begin()
        while True:
            try:
                return self._gate()
            except TakenUp:
                continue

    def _wait(self) -> bool:
        """Until a chapter that is written meanwhile can be read; whether that took any time."""
        if self._desk:
            self._desk.tell()
        waited = not self.game.loaded
        while not self.game.loaded:
            with suppress(TakenUp):
                if self._ask("").lower() in ("quit", "q"):
                    raise Leave
                self._teller.say("Mend the chapter first, and it begins; or type quit.")
        return waited

    def _gate(self) -> None:
        self._teller.say(f"  1. Continue: {self.game.where}")
        self._teller.say("  2. Begin anew")
        due = len(self.game.due())
        if due:
            self._teller.say(f"  3. The Count asks again: {due} of your questions")
        self._teller.say("  Or type: map, grimoire, journal, laboratory")
        while True:
            typed, _, rest = self._ask("> ").partition(" ")
            word = typed.lower()
            if due and word in ("3", "review", "r"):
                self._review("")
                return self._gate()
            if word in ("1", "continue", "c"):
                return self.game.resume()
            if word in ("2", "new", "n"):
                return self.game.new()
            if word in ("quit", "q"):
                raise Leave
            if command := self._anywhere().get(word):
                if not self._try(command, rest.strip()):
                    return None
                continue
            self._teller.say(f"Type 1 to continue{', 2' if due else ' or 2'} to begin anew{' or 3' if due else ''}.")

    def _scene(self) -> None:
        """Tell one scene, then hear commands until the place changes."""
        game = self.game
        self._teller.say()
        self._teller.say(f"--- {game.title}: {game.place} ---")
        self._teller.say()
        told = 0
        while True:
            passages = game.passages()  # as far as the next question
            self._teller.passages(passages[told:])
            told = len(passages)
            if not (questions := game.questions()):
                break
            while not self._answered(questions[0]):
                pass
        for page in game.pages():
            self._teller.say(f"[A page of your grimoire is written: {page.technique}. {page.does}]")
        if game.bench:
            self._workbench.open()
        elif game.ended and not game.choices():
            self._teller.say("Here the tale rests.")
            raise Leave
        self._choices()
        here = (game.play.chapter.id, game.play.scene.id)
        while (game.play.chapter.id, game.play.scene.id) == here and self._hear():
            self._notices()
        self._notices()

    def _choices(self) -> None:
        for number, choice in enumerate(self.game.choices(), 1):
            self._teller.say(f"  {number}. {choice.label}")

    def _hear(self) -> bool:
        """One command; False where the scene is to be told anew."""
        word, _, rest = self._ask("> ").partition(" ")
        word, rest = word.lower(), rest.strip()
        if word.isascii() and word.isdigit():
            return self._try(self._choose, word)
        command = self._commands().get(word)
        if command is None:
            self._teller.say(f"{word!r} is not a command here. Type help." if word else "Type a number, or help.")
            return True
        return self._try(command, rest)

    def _try(self, command: Callable[[str], bool], rest: str) -> bool:
        """Carry out a command; what the game refuses is said."""
        try:
            return command(rest)
        except Mistake as error:
            reason = str(error)
            self._teller.say(reason[:1].upper() + reason[1:])
            return True

    def _commands(self) -> dict[str, Callable[[str], bool]]:
        common = {
            "look": self._look,
            "back": self._back,
            "help": self._help,
            "quit": self._quit,
            "review": self._review,
            "?": self._help,
        }
        if self.game.bench:
            common |= self._workbench.commands
        return common | {name[0]: command for name, command in reversed(common.items())} | self._anywhere()

    def _anywhere(self) -> dict[str, Callable[[str], bool]]:
        """What may be typed in every scene and at the gate."""
        return {
            "journal": self._records.look_up,
            "laboratory": self._laboratory.look_up,
            **self._places.commands,
        }

    def _choose(self, word: str) -> bool:
        number = int(word)
        choices = self.game.choices()
        if not 1 <= number <= len(choices):
            few = {0: "is nothing to choose", 1: "is one choice"}
            self._teller.say(f"There {few.get(len(choices), f'are {len(choices)} choices')} here.")
            return True
        self.game.choose(number - 1)
        return False

    def _look(self, _: str) -> bool:
        return False

    def _back(self, _: str) -> bool:
        if not self.game.undo():
            self._teller.say("There is nothing to take back.")
            return True
        return False

    def _help(self, name: str) -> bool:
        if name:
            self._teller.say(spoken(name))
            return True
        self._teller.lines(HELP)
        self._teller.say(f"Pages that help PAGE reads: {', '.join(pages())}. Colours, pace, device: tutor settings.")
        return True

    def _quit(self, _: str) -> bool:
        raise Leave


def play_plain(game: Game) -> int:
    """Play on standard input and output."""
    stdin = sys.stdin
    if isinstance(game, WatchedGame):
        # A file of its own: at the end, a thread that still waits in sys.stdin would end the program in an uproar.
        stdin = open(sys.stdin.fileno(), encoding=sys.stdin.encoding, errors=sys.stdin.errors, closefd=False)  # noqa: SIM115
    return Plain(game, iter(stdin.readline, ""), sys.stdout, prompt=sys.stdin.isatty()).play()
