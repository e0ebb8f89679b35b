"""The journal in conversation: what plain play says to ``journal ...``, each thing on a line of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from lessons import metrics
from lessons.mistakes import Mistake, unknown
from lessons.source import source
from tutor import courses
from tutor.journal import NEWEST
from tutor.journal_compare import ABSENT, Measured, compare
from tutor.journal_text import curves, folded, headline, in_full, listed

if TYPE_CHECKING:
    from tutor.journal import Entry, Journal
    from tutor.journal_compare import Comparison

MOST = 5
"""Runs that are listed at once: some forty seconds of speech."""
USE = """\
journal              the newest runs
journal WORDS        those with all these words: a scene, a setting, passed
journal dropout=0.5  those in which a setting stood so
journal best METRIC [WORDS]  the best first, by test_accuracy or another
journal more, journal all    the next of the list, or the rest
journal show N       one run in full
journal code N       its program
journal compare A B  two runs side by side
journal delete N     take a run out
journal undo [N]     bring back what was deleted last, or run N
journal deleted      what was taken out
journal help         this list"""
FEW = 8
"""Settings that are alike in two runs and are named."""
HELP = "journal help says what else may be asked."
BEST = ("best", "sort")


class Spoken:
    """Answers one question after another about a journal; remembers which runs it has listed."""

    def __init__(self, journal: Journal, most: int = MOST) -> None:
        self._journal, self._most = journal, most
        self._asked, self._by, self._shown = "", NEWEST, 0
        self._told = False
        """Whether it was said what may be asked."""

    def answer(self, words: str) -> str:
        """What to say; a ``Mistake`` says what may be asked."""
        verb, _, rest = words.strip().partition(" ")
        verb, rest = verb.lower(), rest.strip()
        if verb == "help":
            self._told = True
            return USE
        if verb in ("more", "all"):
            return self._on(None if verb == "all" else self._most)
        if verb in BEST:
            self._by, self._asked = self._metric(rest)
        elif said := self._of_runs(verb, rest.split()):
            return said
        else:
            self._by, self._asked = NEWEST, words
        self._shown = 0
        told, self._told = self._told, True
        return "\n\n".join(filter(None, (self._on(self._most), "" if told else HELP)))

    def _of_runs(self, verb: str, rest: Sequence[str]) -> str:
        """The answer about runs by their numbers; empty where nothing of that kind was asked."""
        journal = self._journal
        if verb == "show":
            entry = journal.find(*_numbers(rest, 1))
            return in_full(entry, journal.report(entry.id))
        if verb == "code":
            return source(journal.report(journal.find(*_numbers(rest, 1)).id).recipe).text
        if verb == "compare":
            return both(compare(journal, *_numbers(rest, 2)))
        if verb == "delete":
            entry = journal.delete(*_numbers(rest, 1))
            return f"Run #{entry.id} is deleted ({entry.lesson}). To bring it back: journal undo."
        if verb in ("undo", "restore"):
            entry = journal.restore(*_numbers(rest, 1)) if rest else journal.restore()
            return f"Run #{entry.id} is back ({entry.lesson})."
        return ""

    def _on(self, most: int | None) -> str:
        """The runs that come next in the list."""
        entries = self._journal.select(self._asked, self._by)
        begun = self._shown
        if begun and begun >= len(entries):
            return "There are no more runs in this list."
        told = entries[begun:] if most is None else entries[begun : begun + most]
        self._shown = begun + len(told)
        lines = [listed(told, None, self._asked, self._by)]
        if self._shown < len(entries) or begun:
            lines.append(f"{begun + 1} to {self._shown} of {len(entries):,} runs.")
        if self._shown < len(entries):
            lines[-1] += " journal more tells the next."
        return "\n".join(lines)

    def _metric(self, rest: str) -> tuple[str, str]:
        """What to sort by, and the words to find by: a metric stands first, by its name or its label."""
        words = rest.lower().split()
        called = {name: metric.name for metric in metrics.METRICS.values() for name in (metric.name, metric.label)}
        for count in range(len(words), 0, -1):
            if name := called.get(" ".join(words[:count])):
                return name, " ".join(words[count:])
        there = [name for name in self._journal.orders(self._journal.select()) if name != NEWEST]
        if not words:
            raise Mistake(f"type: journal best METRIC. Measured: {', '.join(there) or 'nothing yet'}.")
        raise unknown("metric", words[0], there or metrics.METRICS)


def _numbers(words: Sequence[str], count: int) -> list[int]:
    numbers = [word.removeprefix("#") for word in words]
    if len(numbers) != count or not all(n.isascii() and n.isdigit() for n in numbers):
        many = "two numbers of runs, such as 3 7" if count > 1 else "the number of a run, such as 7"
        raise Mistake(f"give {many}; the list shows them, as #7.")
    return [int(number[:18]) for number in numbers]


def both(found: Comparison) -> str:
    """Two runs, a line for each thing in which they may differ."""
    different = [f"  {row.label}: A {row.a}, B {row.b}" for row in found.settings if row.differs]
    alike = [f"{row.label} {row.a}" for row in found.settings if not row.differs]
    named, more = (alike, found.alike) if len(alike) <= FEW else ([], len(alike) + found.alike)
    same = [", ".join(named)] if named else []
    same += [f"{more} more"] if more else []
    lines = [
        _run("A", found.a),
        _run("B", found.b),
        "",
        "Settings that differ:" if different else "Every setting is the same in both.",
        *different,
        *([f"The same in both: {' and '.join(same)}."] if same and different else []),
        "",
        "From A to B:",
        *(f"  {measured(row)}" for row in found.metrics),
        *([f"  {found.chance}"] if found.chance else []),
        "",
        "Night by night:",
        *(f"  {line}" for line in curves(found, _main(found))),
        "",
        "Lines of the program that only one of them has:" if found.diff else "The program is the same in both.",
    ]
    return "\n".join([*folded(lines), *_program(found.diff)])


def _main(found: Comparison) -> list[str]:
    """The curves that a run is looked at by, as far as both have one: all of them take minutes to hear."""
    main = {name for report in found.reports for name in courses.main(report)}
    return [name for name in found.curves if name in main]


def _program(diff: Sequence[str]) -> list[str]:
    """The lines that differ, each with the letter of its run: the signs of a diff say nothing aloud."""
    letters = {"-": "A", "+": "B"}
    changed = (
        line for line in diff if line[:1] in letters and not line.startswith(("---", "+++")) and line[1:].strip()
    )
    return [f"  {letters[line[0]]}: {line[1:].strip()}" for line in changed]


def _run(letter: str, entry: Entry) -> str:
    return f"{letter} is run #{entry.id}, {headline(entry)}; {entry.seeds_words}, on {entry.device}."


def measured(row: Measured) -> str:
    """``test accuracy: A 68.0% ± 0.2%, B 90.0% ± 0.1%, +22.0 points ± 0.2, better.``"""
    if row.a == row.b:
        return f"{row.label}: {row.a} in both."
    values = [
        f"{letter} {'not measured' if value == ABSENT else value}" for letter, value in (("A", row.a), ("B", row.b))
    ]
    return f"{row.label}: {', '.join(filter(None, (*values, row.difference, row.judged)))}."
