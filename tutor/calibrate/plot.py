"""Settings and what they reach, one a row, drawn in letters that every terminal has."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from lessons import metrics

WIDTH = 78
ROWS = 30
LABEL = 30
"""Columns that a label may have; a longer one goes on in the next line."""


@dataclass(frozen=True)
class Row:
    """One combination."""

    label: str
    mean: float | None
    se: float
    """The standard error of a verdict."""
    rate: str
    """Such as ``20/20``."""
    mark: str = " "
    """``*`` the solution, ``x`` a trap, ``>`` the start."""
    lost: str = ""
    """What is said where there is no mean."""
    note: str = ""
    """What is said below the row."""


def plot(metric: str, rows: Sequence[Row], goal: float | None, other: float | None, better: int) -> list[str]:
    """The rows sorted by their mean, the best first; ``|`` stands at ``goal`` and ``:`` at ``other``.

    ``better`` is 1 where more is better, -1 where less is. Of many rows those without a mark are thinned out.
    """
    shown, left_out = _thinned(_sorted(rows, better))
    label = min(LABEL, max(len(row.label) for row in shown))
    numbers = {row: metrics.show(metric, row.mean) if row.mean is not None else "-" for row in shown}
    value = max(len(text) for text in numbers.values())
    axis = WIDTH - (2 + label + 2 + 2 + value + 1 + 5)
    low, high = _range(shown, [g for g in (goal, other) if g is not None])
    lines = []
    for row in shown:
        first, *more = _label(row.label, label)
        drawn = row.lost[:axis] if row.mean is None else _bar(row, low, high, axis, goal, other)
        lines.append(f"{row.mark} {first:<{label}}  {drawn:<{axis}}  {numbers[row]:>{value}} {row.rate:>5}".rstrip())
        lines += [f"  {part}" for part in more]
        lines += [f"  {'':<{label}}  ({row.note})"] if row.note else []
    ends = metrics.show(metric, low), metrics.show(metric, high)
    lines.append(f"  {'':<{label}}  {ends[0]}{ends[1]:>{axis - len(ends[0])}}")
    if left_out:
        lines.append(f"  ({left_out} more settings between these are not shown)")
    return lines


def _label(words: str, width: int) -> list[str]:
    """The label on as many lines as it needs; a setting and its value stay together."""
    tied = re.sub("(?<!,) ", "\N{NO-BREAK SPACE}", words)
    return [line.replace("\N{NO-BREAK SPACE}", " ") for line in textwrap.wrap(tied, width)] or [""]


def _sorted(rows: Sequence[Row], better: int) -> list[Row]:
    return sorted(rows, key=lambda row: (row.mean is None, -better * (row.mean or 0.0), row.label))


def _thinned(rows: Sequence[Row]) -> tuple[list[Row], int]:
    """At most ``ROWS``: all with a mark, and of the others some at even distances, the best and the worst with them."""
    plain = [row for row in rows if row.mark == " "]
    room = max(ROWS - (len(rows) - len(plain)), 2)
    if len(plain) <= room:
        return list(rows), 0
    kept = {id(plain[round(n * (len(plain) - 1) / (room - 1))]) for n in range(room)}
    shown = [row for row in rows if row.mark != " " or id(row) in kept]
    return shown, len(rows) - len(shown)


def _range(rows: Sequence[Row], numbers: Sequence[float]) -> tuple[float, float]:
    """What the axis spans: every row, unless one lies far outside what the marked rows and the goals span."""
    ends = [(row.mean - row.se, row.mean + row.se) for row in rows if row.mean is not None]
    core = [(row.mean - row.se, row.mean + row.se) for row in rows if row.mean is not None and row.mark in "*>"]
    inside = [*numbers, *(end for pair in core or ends for end in pair)]
    if not inside:
        return 0.0, 1.0
    reach = (max(inside) - min(inside)) / 2
    low = max(min([*inside, *(a for a, _ in ends)]), min(inside) - reach)
    high = min(max([*inside, *(b for _, b in ends)]), max(inside) + reach)
    return (low, high) if high > low else (low - 0.5, low + 0.5)


def _bar(row: Row, low: float, high: float, width: int, goal: float | None, other: float | None) -> str:
    """The mean as ``o``, one standard error to each side as ``-``, over the lines of the goals."""
    assert row.mean is not None

    def place(number: float) -> int:
        return round(min(max((number - low) / (high - low), 0.0), 1.0) * (width - 1))

    cells = [" "] * width
    cells[place(row.mean - row.se) : place(row.mean + row.se) + 1] = "-" * (
        place(row.mean + row.se) - place(row.mean - row.se) + 1
    )
    for number, letter in ((other, ":"), (goal, "|")):
        if number is not None:
            cells[place(number)] = letter
    cells[place(row.mean)] = "<" if row.mean < low else ">" if row.mean > high else "o"
    return "".join(cells)
