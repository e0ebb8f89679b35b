"""All weights by size, with their norm and how many are small or exactly 0."""

from __future__ import annotations

import math

from lessons.views import Histogram
from tutor.pictures.picture import Cells, Picture, Row, Sight, few, listed, row

WAITING = "The weights are counted by size as soon as a run has begun."
BARS = " ▁▂▃▄▅▆▇█"
ZEROS = "▒"
"""Weights that are exactly 0, stacked upon those that nearly are."""
MORE = "▲"
"""At the top of what is higher than the picture."""


def draw(sight: Sight, width: int, height: int, title: str) -> Picture:
    """Bars over the bins, an axis under them. What is not 0 sets the scale: a heap of zeros may leave the picture."""
    if sight.view is None:
        return Picture(title, (), WAITING)
    histogram = sight.view.histogram
    norms = [layer.weight_norm for layer in sight.view.layers]
    norm = None if None in norms else math.hypot(*(n for n in norms if n is not None))
    small, zeros = (n / max(histogram.total, 1) for n in (histogram.small, histogram.zeros))
    lost = histogram.total - sum(histogram.counts)
    counted = [f"{small:.1%} are smaller than 0.001", f"{zeros:.1%} exactly 0"]
    counted += [f"{lost:,} {'is no number' if lost == 1 else 'are no numbers'} any more"] if lost else []
    words = f"Bars count the {histogram.total:,} weights by size; their norm is {few(norm)}, {listed(counted)}."
    return Picture(title, _rows(histogram, width, height) if sum(histogram.counts) else (), words, _spread(histogram))


def _spread(histogram: Histogram) -> str:
    """Where half of the weights lie, and where all of them do."""
    there = sum(histogram.counts)
    if not there or histogram.zeros == there:
        return ""
    wide, zero = (histogram.high - histogram.low) / len(histogram.counts), len(histogram.counts) // 2
    # Bins on both sides of 0 are taken together until half of the weights are in.
    half = next(n for n in range(1, zero + 1) if 2 * sum(histogram.counts[zero - n : zero + n]) >= there)
    below = sum(histogram.counts[:zero]) / there
    return (
        f"At least half of them are smaller than {few(half * wide)} either way, and none is larger than "
        f"{few(histogram.high)}; {below:.0%} are below 0."
    )


def _rows(histogram: Histogram, width: int, height: int) -> tuple[Row, ...]:
    counts, zero = list(histogram.counts), len(histogram.counts) // 2
    counts[zero] -= histogram.zeros
    left = len(f"{max(counts):,}") + 2
    together = 1
    while len(counts) // together > max(width - left, 1) and zero % (2 * together) == 0:
        together *= 2
    counts = [sum(counts[n : n + together]) for n in range(0, len(counts), together)]
    zero //= together
    top = max(counts) or histogram.zeros
    wide = max((width - left) // len(counts), 1)
    high = max(height - 1, 1)
    columns = [_column(count / top * high, high) for count in counts]
    columns[zero] = _heap(columns[zero], counts[zero] / top * high, histogram.zeros / top * high, high)
    rows = []
    for line in range(high):
        label = f"{top:,}" if line == 0 else "0" if line == high - 1 else ""
        cells: Cells = [(f"{label:>{left - 2}} ", "muted"), ("│", "rule")]
        for column in columns:
            glyph = column[line]
            cells += [(glyph, "falsehood" if glyph in (ZEROS, MORE) else "turned")] * wide
        rows.append(row(cells))
    return (*rows, _axis(histogram, left, len(counts) * wide, zero * wide))


def _column(tall: float, high: int) -> list[str]:
    """A bar from above to below; whatever is not nothing can be seen."""
    eighths = max(round(tall * 8), 1 if tall > 0 else 0)
    return [BARS[min(max(eighths - 8 * (high - 1 - line), 0), 8)] for line in range(high)]


def _heap(column: list[str], tall: float, zeros: float, high: int) -> list[str]:
    """The zeros upon a bar; cut off where they reach the upper edge."""
    if not zeros:
        return column
    begin = math.ceil(tall)
    end = max(round(tall + zeros), begin + 1)
    if begin >= high:
        return [MORE, *column[1:]]
    heaped = [ZEROS if begin <= high - 1 - line < end else glyph for line, glyph in enumerate(column)]
    return [MORE, *heaped[1:]] if tall + zeros > high + 0.5 else heaped


def _axis(histogram: Histogram, left: int, wide: int, zero: int) -> Row:
    """The sizes at the edges and in the middle."""
    low, high = few(histogram.low), few(histogram.high)
    line = [" "] * (left + wide)
    for text, place in ((low, left), (high, left + wide - len(high)), ("0", left + zero)):
        line[place : place + len(text)] = text
    return (("".join(line), "muted"),)
