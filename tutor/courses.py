"""How a run went, in words: what was measured after a few of its nights, the best of it and the worst."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lessons import metrics

if TYPE_CHECKING:
    from lessons.report import Report

FEW = 5
"""Nights of a run that are told where nothing is drawn."""
NONE = "no curve was kept"


@dataclass(frozen=True)
class Course:
    """One curve of a run: the mean over its seeds, night by night."""

    name: str
    """The metric."""
    nights: tuple[int, ...]
    means: tuple[float | None, ...]
    """None where a seed left the numbers."""
    last: tuple[float | None, ...]
    """What each seed that came so far had after the last night."""

    @property
    def label(self) -> str:
        """What is measured."""
        return metrics.metric(self.name).label

    @property
    def points(self) -> list[tuple[int, str]]:
        """A few nights, the first and the last among them, and what was measured after each."""
        end = len(self.nights) - 1
        places = sorted({round(n * end / (FEW - 1)) for n in range(FEW)})
        return [(self.nights[place], self._show(self.means[place])) for place in places]

    @property
    def words(self) -> str:
        """``31.0% (night 1), 55.2% (night 8), ...``"""
        return ", ".join(f"{value} (night {night})" for night, value in self.points)

    @property
    def ends(self) -> str:
        """The best and the worst and their nights, the lowest and the highest of what is neither; empty for one night.

        Where numbers were left, of the nights before.
        """
        found = [(mean, night) for night, mean in zip(self.nights, self.means, strict=True) if mean is not None]
        if len(self.nights) < 2 or not found:
            return ""
        (low, early), (high, late) = min(found), max(found, key=lambda pair: (pair[0], -pair[1]))
        lowest, highest = f"{self._show(low)} at night {early}", f"{self._show(high)} at night {late}"
        if self._show(low) == self._show(high):
            return f"{self._show(low)} all along"
        better = metrics.metric(self.name).better
        if better == "neither":
            return f"lowest {lowest}, highest {highest}"
        return f"best {highest}, worst {lowest}" if better == "higher" else f"best {lowest}, worst {highest}"

    @property
    def band(self) -> str:
        """How far the seeds lie apart in the end; empty for one seed."""
        there = [value for value in self.last if value is not None]
        if len(self.last) < 2 or not there:
            return ""
        lost = len(self.last) - len(there)
        beyond = f"; {lost} of them beyond number" if lost else ""
        span = f"from {self._show(min(there))} to {self._show(max(there))}"
        return f"at night {self.nights[-1]}, {len(self.last)} seeds: {span}{beyond}"

    @property
    def lines(self) -> list[str]:
        """All of it, a line each."""
        return [f"{self.label}: {self.words}", *(f"  {more}" for more in (self.ends, self.band) if more)]

    def _show(self, value: float | None) -> str:
        return metrics.show(self.name, value)


def course(report: Report, name: str) -> Course | None:
    """How that metric went in a run; None where its curve was not kept."""
    runs = [columns for columns in report.history.values() if columns.get(name)]
    longest = max(runs, key=lambda columns: len(columns[name]), default={})
    nights = [int(night or 0) for night in longest.get("epoch", [])[: len(longest.get(name, []))]]
    if not nights:
        return None
    # A seed that stopped early is missing from the nights after.
    by_night = [[columns[name][n] for columns in runs if n < len(columns[name])] for n in range(len(nights))]
    means = tuple(metrics.summarise(values).mean for values in by_night)
    return Course(name, tuple(nights), means, tuple(by_night[-1]))


def kept(report: Report) -> list[str]:
    """The metrics that there are curves of."""
    there = {name for columns in report.history.values() for name, values in columns.items() if values}
    return [name for name in metrics.METRICS if name in there]


def main(report: Report) -> list[str]:
    """Those of them that a run is looked at by: of its training and its validation."""
    kind = "accuracy" if report.recipe.task == "classification" else "loss"
    there = kept(report)
    return [name for name in (f"train_{kind}", f"validation_{kind}") if name in there]


def told(report: Report, names: list[str]) -> list[str]:
    """These curves in lines; that none was kept, where there is none."""
    found = [made for name in names if (made := course(report, name))]
    return [line for made in found for line in made.lines] or [NONE]
