"""What the player prefers, line by line: the same file as the screen and the command of the settings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.plain.teller import Teller
from tutor.preferences import NAMED, Preferences
from tutor.settings import FIRST, remarked, stands, turn

if TYPE_CHECKING:
    from tutor.game import Game

TRAINING = ("device", "threads")
"""The preferences that the training process has to hear of."""


class Wishes:
    """Answers to ``preferences ...``; the player stays where they are."""

    def __init__(self, game: Game, teller: Teller, preferences: Preferences) -> None:
        self._game, self._teller, self._preferences = game, teller, preferences

    def look_up(self, rest: str) -> bool:
        """Tell all, tell one, or change one."""
        name, _, value = rest.replace("=", " ", 1).partition(" ")
        if not name:
            self._all()
        elif not value.strip():
            value, words, allowed = stands(self._preferences, name)
            self._teller.say(f"{name}: {value}. {words}{f' Allowed: {allowed}.' if allowed else ''}")
        else:
            self._change(name, value.strip())
        return True

    def _all(self) -> None:
        for name in NAMED:
            self._teller.say(f"  {name}: {stands(self._preferences, name)[0]}")
        self._teller.say("preferences NAME tells what it does; preferences NAME VALUE changes it.")
        self._teller.say(f"{FIRST} as the VALUE takes it back. Theme, pace and motion are those of the full screen.")

    def _change(self, name: str, value: str) -> None:
        try:
            turn(self._preferences, name, value)
        finally:  # what cannot be kept holds all the same
            if name in TRAINING:
                self._game.use(self._preferences["device"], self._preferences["threads"])
        self._teller.say(f"{name}: {stands(self._preferences, name)[0]}.")
        if name in self._preferences.forced:
            self._teller.say(f"So says {self._preferences.forced[name][1]}; what you chose is kept for another time.")
        elif name in TRAINING:
            self._teller.say(f"From the next run on: {trained_on(self._game)}.")
        elif name in NAMED and NAMED[name].later:
            self._teller.say("It counts from the next start.")
        if remark := remarked(self._preferences, name):
            self._teller.say(remark)


def trained_on(game: Game) -> str:
    """What will train the apprentices; while that is not known, what is wished, and what it waits for."""
    made = game.laboratory
    if made is None or made.there:
        return game.lab_words
    return f"{made.device}, {made.threads} thread{'s' * (made.threads > 1)} ({made.words})"
