"""The journal, line by line: every run so far, and what may be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.plain.teller import Teller

if TYPE_CHECKING:
    from tutor.game import Game
    from tutor.journal import Journal
    from tutor.journal_spoken import Spoken


class Records:
    """Answers to ``journal ...``; remembers what was listed, and what was deleted last."""

    def __init__(self, game: Game, teller: Teller) -> None:
        self._game, self._teller = game, teller
        self._opened: tuple[Journal, Spoken] | None = None

    def look_up(self, words: str) -> bool:
        """Carry out one command; the player stays where they are."""
        from tutor.journal import Journal
        from tutor.journal_spoken import Spoken

        if self._opened is None:
            journal = Journal(self._game.book, self._game.tale)
            self._opened = journal, Spoken(journal)
        journal, spoken = self._opened
        journal.reread()
        self._teller.lines(spoken.answer(words))  # folded already; a program or a share code is not to be broken
        if self._game.bench:
            self._game.bench.reread()
        return True
