"""``tutor journal``: every run of a saved game, two of them compared, one deleted or brought back."""

from __future__ import annotations

import argparse
import json
import sys

from lessons.metrics import metric
from lessons.mistakes import Mistake
from tutor import home
from tutor.bookfile import NAME
from tutor.exits import DONE
from tutor.journal import NEWEST, Journal
from tutor.journal_compare import compare
from tutor.journal_text import as_json, compared_json, in_full, listed, side_by_side
from tutor.savebook import SaveBook

MOST = 20
"""Runs that a person is shown; a program gets all."""
TIME = "time"


def journal(known: argparse.Namespace) -> int:
    """Print what is asked for."""
    folder, changes = home.home(known.home), known.delete or known.restore
    by = NEWEST if known.sort == TIME else metric(known.sort).name
    if not (folder / NAME).exists() and not (changes or known.compare or known.show):
        print("[]" if known.json else listed([], None))  # and no book is begun for it
        return DONE
    book = SaveBook(folder, known.slot, looking=not changes)
    try:
        print(_answer(Journal(book, _tale()), known, by))
    finally:
        print(*book.notices, sep="\n", end="\n" if book.notices else "", file=sys.stderr)
        book.close()
    return DONE


def _answer(journal: Journal, known: argparse.Namespace, by: str) -> str:
    if known.compare:
        found = compare(journal, *known.compare)
        return json.dumps(compared_json(found)) if known.json else side_by_side(found)
    if known.show:
        entry = journal.find(known.show)
        return json.dumps(as_json(entry)) if known.json else in_full(entry, journal.report(entry.id))
    if known.delete or known.restore:
        entry = journal.delete(known.delete) if known.delete else journal.restore(known.restore)
        if known.json:
            return json.dumps(as_json(entry))
        if known.restore:
            return f"Run #{entry.id} is back ({entry.lesson})."
        return f"Run #{entry.id} is deleted ({entry.lesson}). To bring it back: tutor journal --restore {entry.id}"
    words = " ".join(known.filter)
    entries = journal.select(words, by)
    if known.json:
        return json.dumps([as_json(entry) for entry in entries[: known.most]])
    return listed(entries, known.most or MOST, words, by)


def _tale():  # type: ignore[no-untyped-def]
    """The tale that ships, for the names of its lessons; where its chapters cannot be read, their ids must do."""
    from tutor.chapters import read

    try:
        return read(None)
    except Mistake:
        return None
