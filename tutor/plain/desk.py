"""Waiting for a line while the chapter may be saved: an author's edits are told between two commands."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from queue import Empty, SimpleQueue

from tutor.plain.running import EVERY
from tutor.plain.teller import Teller
from tutor.watching import WatchedGame

SETTLE = 0.1
"""The same where a command waits to be carried out."""


class TakenUp(Exception):
    """The tale was edited: the scene is to be told anew."""


class Desk:
    """Hands out lines, and looks at the chapter while it waits for one."""

    def __init__(self, game: WatchedGame, lines: Iterator[str], teller: Teller) -> None:
        self._game, self._lines, self._teller = game, lines, teller
        self._read: SimpleQueue[str | None] = SimpleQueue()
        self._reader: threading.Thread | None = None
        self._held: list[str | None] = []
        """A line that came together with an edit; it is carried out once that is told."""

    def line(self, prompt: str) -> str | None:
        """The next line, None at the end; raises TakenUp where the tale was edited first."""
        if self._reader is None:
            self._reader = threading.Thread(target=self._fill, name="lines", daemon=True)
            self._reader.start()
        while not self._held:
            try:
                self._held.append(self._read.get(timeout=EVERY))
            except Empty:
                self._look(prompt)
        while self._look(prompt) or self._game.unsettled:
            time.sleep(SETTLE)
        return self._held.pop()

    def tell(self) -> None:
        """What is wrong with the chapter, if anything is."""
        if self._game.standing:
            self._teller.say(f"[{self._game.standing}]")
            if self._game.mistakes:
                self._teller.lines("\n".join(self._game.mistakes))

    def _fill(self) -> None:
        for line in self._lines:
            self._read.put(line)
        self._read.put(None)

    def _look(self, prompt: str) -> bool:
        if not self._game.look():
            return False
        if prompt:
            self._teller.say()  # the cursor stands behind the prompt
        if not self._game.stale:
            self._teller.say(f"[Taken up, {datetime.now():%H:%M:%S}.]")
        self.tell()
        if not self._game.stale:
            raise TakenUp
        if prompt:
            self._teller.prompt(prompt)
        return True
