"""The game as lines: tells a scene, reads a command."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from lessons.mistakes import Mistake
from tutor.exits import BAD_INPUT, DONE
from tutor.game import Game
from tutor.plain import helping
from tutor.plain.desk import Desk, TakenUp
from tutor.plain.gate import PAUSE, AtTheGate
from tutor.plain.laboratory import Laboratory
from tutor.plain.places import Places
from tutor.plain.questions import Commands, Leave, not_a_command
from tutor.plain.records import Records
from tutor.plain.teller import Teller
from tutor.plain.wishes import Wishes
from tutor.plain.workbench import Workbench
from tutor.preferences import Preferences
from tutor.watching import WatchedGame


class Plain(AtTheGate):
    """Reads commands from ``lines``, tells to ``out``."""

    def __init__(
        self, game: Game, lines: Iterator[str], out: TextIO, prompt: bool, preferences: Preferences | None = None
    ) -> None:
        """Without ``preferences`` what is changed in them holds until the player leaves."""
        self.game, self._lines, self._prompt = game, lines, prompt
        self._teller = Teller(out)
        self._desk = Desk(game, lines, self._teller) if isinstance(game, WatchedGame) else None
        # Not asyncio.run: its handler would swallow a ctrl+c while a line is being read.
        self._loop = asyncio.new_event_loop()
        self._workbench = Workbench(game, self._teller, self._loop)
        self._records = Records(game, self._teller)
        self._places = Places(game, self._teller, self._ask)
        self._wishes = Wishes(game, self._teller, preferences or Preferences())
        others = {**self._aside(), "review": self._review}
        self._laboratory = Laboratory(game, self._teller, self._loop, self._ask, self._try, others)
        self._whole = self._desk is not None
        """Whether a scene is told whole each time: an author sees an edit whole."""
        self._told: dict[tuple[str, str], set[tuple[str, str, str]]] = {}
        """The passages of each scene that have been told: they are not told again unasked."""
        self._chapter = ""
        """The chapter whose number was said last."""

    def play(self) -> int:
        """Until the player leaves; the exit code."""
        try:
            self.game.load()
            self._waking = self._loop.create_task(self.game.wake())
            # The loop stands still while a line is read: let it start the process that loads torch meanwhile.
            self._loop.run_until_complete(asyncio.wait([self._waking], timeout=PAUSE))
            self._notices()
            self._title()
            while True:
                try:
                    self._gate() if self._outside else self._scene()
                except TakenUp:
                    # What was edited may be how the tale ends, where the gate is all that is left.
                    self._outside = self._outside and not (self.game.begun and self.game.ended)
        except Leave:
            self._notices()
            if not self.game.loaded:
                return BAD_INPUT
            self._farewell()
            return DONE
        except KeyboardInterrupt:
            if self.game.loaded:
                self._teller.say()  # the cursor stands behind the prompt
                self._farewell()
            raise
        finally:
            if self._waking:
                self._waking.cancel()
            self._loop.run_until_complete(self.game.close())
            self._loop.close()

    def _farewell(self) -> None:
        saved = not self.game.book.unsaved
        self._teller.say(f"Farewell. {'Everything is saved.' if saved else 'What you did last is not saved.'}")

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

    @property
    def _here(self) -> tuple[str, str]:
        """The chapter and the scene that the player is in."""
        return self.game.play.chapter.id, self.game.play.scene.id

    def _scene(self) -> None:
        """Tell one scene, then hear commands until the place changes."""
        game, here = self.game, self._here
        self._teller.say()
        if here[0] != self._chapter and game.of > 1:
            self._teller.say(f"Chapter {game.number} of {game.of}.")
        self._chapter = here[0]
        self._teller.say(f"--- {game.title}: {game.place} ---")
        self._teller.say()
        whole = self._whole or here not in self._told
        if not self._tell(whole):
            return self._notices()
        if game.bench:
            self._workbench.open(whole)
        elif game.ended and not game.choices():
            self._teller.say("Here the tale rests.")
            self._outside = True
        self._choices()
        while not self._outside and self._here == here and self._hear():
            self._notices()
        self._notices()

    def _tell(self, whole: bool) -> bool:
        """Tell what was not told yet, or all, and ask what is asked in between; False where that led away."""
        whole, told, left = whole or bool(self.game.questions()), 0, 0
        heard = self._told.setdefault(self._here, set())
        while True:
            passages = self.game.passages()  # as far as the next question
            fresh = [p for p in passages[told:] if whole or (p.kind, p.speaker, p.text) not in heard]
            left += len(passages) - told - len(fresh)
            told = len(passages)
            heard |= {(p.kind, p.speaker, p.text) for p in fresh}
            self._teller.passages(fresh)
            if not (questions := self.game.questions()):
                break
            if not self._answered(questions[0], len(questions) - 1):
                return False
        for page in self.game.pages():
            if whole or ("page", "", page.technique) not in heard:
                self._teller.say(f"[A page of your grimoire is written: {page.technique}. {page.does}]")
            heard.add(("page", "", page.technique))
        if left:
            self._teller.say(f"[{'As' if left == told else 'The rest is as'} before; look tells it again.]")
            self._teller.say()
        return True

    def _forget(self, whole: bool = True) -> None:
        if whole:
            self._told.clear()
            self._chapter = ""
        else:
            self._told.pop(self._here, None)

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
            self._teller.say(self._not_here(word))
            return True
        return self._try(command, rest)

    def _not_here(self, word: str) -> str:
        """What to say to a word that is no command here, or to none."""
        if not word:
            return "Type train, settings, judge, or help." if self._at_bench else "Type a number, or help."
        elsewhere = ": there is no bench" if word in self._workbench.commands else ""
        return not_a_command(word, self._commands(), elsewhere)

    def _try(self, command: Callable[[str], bool], rest: str) -> bool:
        try:
            return command(rest)
        except Mistake as error:
            reason = str(error)
            # The name of a file is left as it is.
            self._teller.say(reason[:1].upper() + reason[1:] if reason.partition(" ")[0].isalpha() else reason)
            return True

    def _commands(self) -> Commands:
        common = {"look": self._look, "back": self._back, "help": self._help, "quit": self._quit}
        common |= {"review": self._review, "?": self._help}
        if self._at_bench:
            common |= self._workbench.commands
        return common | {name[0]: command for name, command in reversed(common.items())} | self._anywhere()

    @property
    def _at_bench(self) -> bool:
        """Whether there is a bench, and no question comes before it."""
        return bool(self.game.bench and self.game.begun and not self.game.questions())

    def _aside(self) -> Commands:
        return {
            "help": self._help,
            "?": self._help,
            "quit": self._quit,
            "journal": self._records.look_up,
            "map": self._places.map,
            "grimoire": self._places.grimoire,
            "preferences": self._wishes.look_up,
        }

    def _anywhere(self) -> Commands:
        return {**self._aside(), "go": self._go, "laboratory": self._laboratory.look_up, "gate": self._to_gate}

    # commands

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
        self._forget(whole=False)
        return False

    def _back(self, _: str) -> bool:
        if not self.game.undo():
            self._teller.say("There is nothing to take back.")
            return True
        return False

    def _go(self, rest: str) -> bool:
        if self._places.go(rest):
            return True
        self._forget()
        return self._enter()

    def _to_gate(self, _: str) -> bool:
        self._outside = True
        return False

    def _help(self, name: str) -> bool:
        if name:
            helping.tell(self._teller, name, f"{helping.TALE}\n{helping.BENCH}", self.game.folder)
        else:
            helping.tell_all(self._teller, f"{helping.TALE}\n{helping.BENCH if self._at_bench else helping.ELSE}")
        return True

    def _quit(self, _: str) -> bool:
        raise Leave


def play_plain(game: Game, preferences: Preferences) -> int:
    """Play on standard input and output."""
    stdin = sys.stdin
    if isinstance(game, WatchedGame):
        # A file of its own: at the end, a thread that still waits in sys.stdin would end the program in an uproar.
        stdin = open(sys.stdin.fileno(), encoding=sys.stdin.encoding, errors=sys.stdin.errors, closefd=False)  # noqa: SIM115
    return Plain(game, iter(stdin.readline, ""), sys.stdout, sys.stdin.isatty(), preferences).play()
