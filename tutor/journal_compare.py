"""Two runs side by side: settings, metrics with their difference, the code as a diff, the curves to overlay."""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lessons import metrics
from lessons.settings import SETTINGS
from lessons.source import source
from tutor.journal import Entry, Journal

if TYPE_CHECKING:
    from lessons.recipe import Recipe
    from lessons.report import Report

ABSENT = "-"
"""Where a run has no such number, or does not show it."""


@dataclass(frozen=True)
class Turned:
    """A setting of both runs."""

    name: str
    label: str
    a: str
    b: str

    @property
    def differs(self) -> bool:
        """Whether the runs differ in it."""
        return self.a != self.b


@dataclass(frozen=True)
class Measured:
    """A metric of both runs."""

    name: str
    label: str
    a: str
    b: str
    value: float | None
    """B less A, where both have it."""
    error: float | None
    """The standard error of that, where both have several seeds."""

    @property
    def difference(self) -> str:
        """``+11.5 points ± 0.5``, from A to B; empty where there is none to give."""
        if self.value is None:
            return ""
        words = metrics.difference(self.name, abs(self.value))
        none = not any(digit in words for digit in "123456789")
        sign = "" if none else "+" if self.value > 0 else "-"
        if not self.error:
            return f"{sign}{words}"
        return f"{sign}{words} ± {metrics.difference(self.name, self.error).removesuffix(' points')}"

    @property
    def judged(self) -> str:
        """Whether B is ``better`` or ``worse``; empty where neither is, or where chance may be all there is to it."""
        better = metrics.metric(self.name).better
        if not self.value or better == "neither" or self.error is None or abs(self.value) <= self.error:
            return ""
        return "better" if (self.value > 0) == (better == "higher") else "worse"


@dataclass(frozen=True)
class Comparison:
    """Run B held against run A."""

    a: Entry
    b: Entry
    reports: tuple[Report, Report]
    settings: tuple[Turned, ...]
    """What differs comes first, then what either lesson offers."""
    alike: int
    """How many more settings are the same in both."""
    metrics: tuple[Measured, ...]
    diff: tuple[str, ...]
    """From the program of A to that of B, as unified diff; empty where they are one and the same."""

    @property
    def chance(self) -> str:
        """What to bear in mind where a run has one seed only; empty where both have several."""
        single = [letter for letter, entry in (("A", self.a), ("B", self.b)) if len(entry.seeds) == 1]
        if not single:
            return ""
        many = "have one seed each" if len(single) > 1 else "has one seed"
        return f"{' and '.join(single)} {many}: chance may be all there is to a difference."

    @property
    def curves(self) -> tuple[str, ...]:
        """The columns that both have curves of, accuracies first."""
        columns = [{name for history in made.history.values() for name in history} for made in self.reports]
        both = columns[0] & columns[1]
        first = ("validation_accuracy", "train_accuracy", "validation_loss", "train_loss")
        return tuple(name for name in dict.fromkeys([*first, *metrics.METRICS]) if name in both)


def compare(journal: Journal, a: int, b: int) -> Comparison:
    """The comparison of two runs of the journal; a ``Mistake`` for one that is not there."""
    left, right = journal.find(a), journal.find(b)
    reports = journal.report(a), journal.report(b)
    settings, alike = _settings(left, right, reports[0].recipe, reports[1].recipe)
    return Comparison(left, right, reports, settings, alike, _metrics(left, right), _diff(left, right, reports))


def _settings(a: Entry, b: Entry, ours: Recipe, theirs: Recipe) -> tuple[tuple[Turned, ...], int]:
    rows = [
        Turned(name, kind.label, kind.show(getattr(ours, name)), kind.show(getattr(theirs, name)))
        for name, kind in SETTINGS.items()
    ]
    offered = {*a.settings, *b.settings}
    different = [row for row in rows if row.differs]
    same = [row for row in rows if not row.differs]
    told = [row for row in same if row.name in offered]
    return (*different, *told), len(same) - len(told)


def _metrics(a: Entry, b: Entry) -> tuple[Measured, ...]:
    both = [name for name in a.measured if name in b.metrics]
    rows = []
    for name in dict.fromkeys([*both, *a.measured, *b.measured]):
        (mean, error), (other, wide) = a.metrics.get(name, (None, None)), b.metrics.get(name, (None, None))
        value = other - mean if mean is not None and other is not None else None
        spread = math.hypot(error, wide) if value is not None and error is not None and wide is not None else None
        shown = [entry.reached(name) if name in entry.metrics else ABSENT for entry in (a, b)]
        rows.append(Measured(name, metrics.metric(name).label, *shown, value, spread))
    return tuple(rows)


def _diff(a: Entry, b: Entry, reports: tuple[Report, Report]) -> tuple[str, ...]:
    before, after = (source(made.recipe).text.splitlines() for made in reports)
    return tuple(difflib.unified_diff(before, after, f"run {a.id}", f"run {b.id}", n=2, lineterm=""))
