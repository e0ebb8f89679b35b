"""The journal, line by line: every run so far, and what may be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.plain.teller import Teller

if TYPE_CHECKING:
    from tutor.game import Game
    from tutor.journal import Journal

NEWEST = 10
"""Runs that are listed at once."""


class Records:
    """Answers to ``journal ...``; remembers what was deleted last."""

    def __init__(self, game: Game, teller: Teller) -> None:
        self._game, self._teller = game, teller
        self._journal: Journal | None = None

    def look_up(self, words: str) -> bool:
        """Carry out one command; the player stays where they are."""
        from tutor.journal import Journal
        from tutor.journal_text import answer

        self._journal = self._journal or Journal(self._game.book, self._game.tale)
        self._journal.reread()
        self._teller.lines(answer(self._journal, words, NEWEST))
        if self._game.bench:
            self._game.bench.reread()
        return True
