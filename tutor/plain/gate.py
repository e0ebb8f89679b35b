"""The gate, line by line: the ways into the tale, and out of it."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from tutor.plain.desk import Desk, TakenUp
from tutor.plain.places import YES
from tutor.plain.questions import Commands, Leave, Questions
from tutor.plain.wishes import trained_on

PAUSE = 0.1
"""Seconds given to the start of the training process before something is told: a line is awaited without it."""
GIVEN_UP = "Your place in the tale is given up; your runs stay in the journal."

LETTERED = ("continue", "new", "review", "back", "look", "help", "quit")
"""The words for which their first letter is enough."""


class AtTheGate(Questions):
    """The part of a game line by line that stands outside the tale."""

    _desk: Desk | None
    _loop: asyncio.AbstractEventLoop
    _waking: asyncio.Task[None] | None = None
    _outside = False
    """Whether the player stands at the gate."""

    def _anywhere(self) -> Commands:
        """What may be typed at the gate and in every scene."""
        raise NotImplementedError

    def _notices(self) -> None:
        """Tell what is to be told once."""
        raise NotImplementedError

    def _back(self, _: str) -> bool:
        """Take back the last step."""
        raise NotImplementedError

    def _help(self, _: str) -> bool:
        """Say what may be typed."""
        raise NotImplementedError

    def _forget(self, whole: bool = True) -> None:
        """Tell again what was told already: the whole tale, or the scene that the player is in."""
        raise NotImplementedError

    def _title(self) -> None:
        self._teller.say("CASTLE DRACULA")
        self._teller.say("Where networks are raised, in the dark, by one who has the time. Type help for help.")
        if self.game.trial:
            self._teller.say(f"On trial: {self.game.trial}")
        self._teller.say()
        waited = self._wait() if self._desk else False
        if waited or self.game.options.scene or not self.game.can_continue:
            self.game.begin()
        else:
            self._outside = True

    def _wait(self) -> bool:
        """Until a chapter that is written meanwhile can be read; whether that took any time."""
        if self._desk:
            self._desk.tell()
        waited = not self.game.loaded
        while not self.game.loaded:
            with suppress(TakenUp):
                word, _, rest = self._ask("").partition(" ")
                if word.lower() in ("quit", "q"):
                    raise Leave
                if word.lower() in ("help", "h", "?"):
                    self._try(self._help, rest.strip())
                self._teller.say("Mend the chapter first, and it begins; or type quit.")
        return waited

    def _gate(self) -> None:
        """Tell the ways in, and hear commands until one is taken, or they are to be told again."""
        game = self.game
        self._pause()
        self._teller.say(f"  1. Continue: {game.where}")
        self._teller.say("  2. Begin anew")
        due = len(game.due())
        if due:
            self._teller.say(f"  3. The Count asks again: {due} of your questions")
        if ended := game.begun and game.ended:
            self._teller.say("  Or type back to take the last step back.")
        self._teller.say("  Or type: map, grimoire, journal, laboratory, preferences, help, quit")
        self._teller.say(f"Apprentices are trained on: {trained_on(game)}.")
        commands = self._ways(bool(due), bool(ended))
        while True:
            typed, _, rest = self._ask("> ").partition(" ")
            command = commands.get(typed.lower())
            if command is None:
                self._teller.say(f"Type 1 to continue, 2 to begin anew{', 3 to be asked' * bool(due)}, or help.")
            elif not self._try(command, rest.strip()):
                return
            self._notices()

    def _ways(self, due: bool, ended: bool) -> Commands:
        """What may be typed at the gate."""
        anywhere = self._anywhere()
        ways = {"continue": self._continue, "new": self._anew, "review": self._asked_again}
        others = {"back": self._step_back if ended else self._continue, "look": _again}
        letters = {word[0]: command for word, command in {**anywhere, **ways, **others}.items() if word in LETTERED}
        numbers = dict(zip("123" if due else "12", ways.values(), strict=False))
        return {**anywhere, **ways, **others, **letters, **numbers, "gate": _again}

    def _pause(self) -> None:
        """Let the training process get on with waking."""
        if self._waking and not self._waking.done():
            self._loop.run_until_complete(asyncio.wait([self._waking], timeout=PAUSE))

    def _enter(self) -> bool:
        self._outside = False
        return False

    def _continue(self, _: str) -> bool:
        """On where the tale was left, which is told whole."""
        if not self.game.begun:
            self.game.resume()
        self._forget(whole=False)
        return self._enter()

    def _anew(self, _: str) -> bool:
        """Begin the tale anew, after a question."""
        self._teller.say(f"You are at: {self.game.where}. {GIVEN_UP}")
        if self._ask("Type yes to begin anew: ").lower() not in YES:
            self._teller.say("You stay.")
            return True
        self.game.new()
        self._forget()
        return self._enter()

    def _asked_again(self, rest: str) -> bool:
        """What is due, after which the ways in are told again."""
        self._review(rest)
        return False

    def _step_back(self, rest: str) -> bool:
        return self._back(rest) or self._enter()


def _again(_: str) -> bool:
    """Tell the ways in again."""
    return False
