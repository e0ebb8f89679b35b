"""What a picture is made of, and what there is to be drawn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from lessons.recipe import Recipe
from lessons.report import Report
from lessons.views import View

if TYPE_CHECKING:
    from tutor.laboratory import Running

Segment = tuple[str, str]
"""A text and its ink.

An ink is a meaning of the themes (``truth``, ``muted``, ``turned`` ...), with a number after it that share of it in
per cent over the ground (``truth 40``); a second one after a slash is the ground itself (``truth/falsehood 30``).
Empty is plain text. What an ink tells, the character tells as well.
"""
Row = tuple[Segment, ...]
Cells = list[Segment]
"""A row whose segments are single characters."""


@dataclass(frozen=True)
class Picture:
    """Rows to be painted, none where there is nothing to draw, and a sentence that says what they are."""

    title: str
    rows: tuple[Row, ...]
    words: str
    detail: str = ""
    """What the rows tell besides, for whoever does not see them; empty where the sentence says it all."""

    @property
    def text(self) -> str:
        """The rows without their inks."""
        return "\n".join("".join(text for text, _ in row).rstrip() for row in self.rows)


@dataclass(frozen=True)
class Sight:
    """What is known of one run, finished or under way. Equal sights draw equal pictures."""

    recipe: Recipe
    view: View | None = None
    """The newest look inside the network."""
    nights: tuple[tuple[float, float | None, float | None], ...] = ()
    """Epoch, share of the true labels learned, share of the false ones: means over the seeds."""
    accuracy: float | None = None
    """The newest validation accuracy of the seed that was looked into."""
    rates: tuple[tuple[float, float], ...] = ()
    """Step and learning rate, once the run is finished."""


def of_report(report: Report) -> Sight:
    """The sight of a finished run. One that was read from a save book has no view and no rates."""
    return _sight(report, report.history, next(iter(report.rates.values()), []))


def of_running(running: Running) -> Sight:
    """The sight of a run under way."""
    return _sight(running, running.curves, [])


def _sight(run: Report | Running, curves: Curves, rates: Sequence[Sequence[float]]) -> Sight:
    seed = next((seed for seed in run.seeds if run.views.get(seed)), None)
    seen = curves.get(run.seeds[0] if seed is None else seed, {}).get("validation_accuracy")
    return Sight(
        run.recipe,
        None if seed is None else View.from_dict(run.views[seed][-1]),
        tuple(_learned(curves)),
        seen[-1] if seen else None,
        tuple((step, rate) for step, rate in rates),
    )


Curves = dict[int, dict[str, list[float | None]]]


def _learned(curves: Curves) -> Iterable[tuple[float, float | None, float | None]]:
    found: dict[float, list[tuple[float | None, float | None]]] = {}
    for columns in curves.values():
        true, false = columns.get("right_label_accuracy", []), columns.get("wrong_label_accuracy", [])
        for epoch, *learned in zip(columns.get("epoch", []), true, false, strict=False):
            found.setdefault(epoch or 0, []).append((learned[0], learned[1]))
    for epoch, seeds in sorted(found.items()):
        true, false = zip(*seeds, strict=True)
        yield epoch, _mean(true), _mean(false)


def _mean(values: Sequence[float | None]) -> float | None:
    numbers = [value for value in values if value is not None]
    return sum(numbers) / len(numbers) if len(numbers) == len(values) else None


def row(cells: Iterable[Segment]) -> Row:
    """Cells, those of one ink joined."""
    return tuple(("".join(text for text, _ in run), ink) for ink, run in groupby(cells, key=lambda cell: cell[1]))


def cut(line: Row, width: int) -> Row:
    """A row without what lies beyond the edge, where the place is smaller than a picture can be."""
    if sum(len(text) for text, _ in line) <= width:
        return line
    kept: list[Segment] = []
    for text, ink in line:
        kept.append((text[:width], ink))
        width -= len(kept[-1][0])
    return tuple(segment for segment in kept if segment[0])


def few(number: float | None) -> str:
    """A number of any size in at most seven characters."""
    if number is None:
        return "lost"
    return f"{number:.2g}" if 0 < abs(number) < 0.1 or abs(number) >= 1e5 else f"{number:.3g}"


def many(number: int, one: str, more: str = "") -> str:
    """``1 unit``, ``2 units``."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def listed(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([*([", ".join(parts[:-1])] if parts[1:] else []), *parts[-1:]])
