"""What a curve is made of, and the frame that it is drawn in."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Values = Sequence[float | None]


@dataclass(frozen=True)
class Series:
    """One curve: its middle, and a band from the lowest to the highest seed where there are several."""

    name: str
    x: Sequence[float]
    y: Values
    low: Values = ()
    high: Values = ()
    dotted: bool = False
    tone: str = "training"
    """Which component style paints it: ``curves--TONE``."""
    sign: str = ""
    """The letter that stands for it where there is no room for its name."""

    @property
    def last(self) -> float | None:
        """The newest value; None where there is none, or it left the numbers."""
        return finite(self.y[-1]) if self.y else None


@dataclass(frozen=True)
class Frame:
    """The numbers at the edges of a plot."""

    x0: float
    x1: float
    y0: float
    y1: float


def finite(value: float | None) -> float | None:
    """The value, or None where it is not a number that can be drawn."""
    return value if value is not None and math.isfinite(value) else None


DRAWN = 400
"""Points that a curve is thinned to: more than a terminal has dots to show."""

Columns = Mapping[int, Mapping[str, Sequence[float | None]]]


def latest(curves: Columns, column: str) -> float | None:
    """The mean over seeds of the newest value of a column; NaN where a seed left the numbers, None without any."""
    values = [finite(columns[column][-1]) for columns in curves.values() if columns.get(column)]
    if not values:
        return None
    return math.nan if None in values else math.fsum(v for v in values if v is not None) / len(values)


def over_seeds(
    curves: Columns, column: str
) -> tuple[list[float], list[float | None], list[float | None], list[float | None]]:
    """Epochs, mean, lowest and highest of one column over the seeds that have come so far.

    A mean is taken over the seeds that are there; a seed that left the numbers takes the mean along.
    """
    seen: dict[float, list[float | None]] = {}
    longest = max((len(columns.get(column, ())) for columns in curves.values()), default=0)
    stride = max(longest // DRAWN, 1)
    for columns in curves.values():
        epochs, values = columns.get("epoch", ()), columns.get(column, ())
        length = min(len(epochs), len(values))
        for place in (*range(0, length - 1, stride), length - 1)[: length or 0]:
            seen.setdefault(float(epochs[place] or 0), []).append(finite(values[place]))
    nights = sorted(seen)
    mean: list[float | None] = []
    low: list[float | None] = []
    high: list[float | None] = []
    for night in nights:
        numbers = [v for v in seen[night] if v is not None]
        whole = len(numbers) == len(seen[night])
        mean.append(sum(numbers) / len(numbers) if whole else None)
        low.append(min(numbers, default=None))
        high.append(max(numbers, default=None))
    return nights, mean, low, high


def frame(series: Sequence[Series], share: bool, until: float | None = None) -> Frame:
    """The frame for all series: a share always runs from 0 to 1, a loss from 0 to what most values reach."""
    xs = [x for s in series for x in s.x]
    x0 = min(xs, default=0.0)
    x1 = max([*xs, until or 0.0, x0 + 1])
    if share:
        return Frame(x0, x1, 0.0, 1.0)
    ys = sorted(v for s in series for v in s.y if v is not None and math.isfinite(v))
    if not ys:
        return Frame(x0, x1, 0.0, 1.0)
    # The first few losses may be ten times the rest; they leave the frame at its upper edge.
    top = max([ys[math.ceil(0.95 * len(ys)) - 1], *(s.last or 0.0 for s in series)])
    return Frame(x0, x1, min(ys[0], 0.0), _round_up(top * 1.02))


def _round_up(value: float) -> float:
    """The next number that reads well: 1, 1.5, 2, 2.5, 3, 4, 5, 6, 8 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    for step in (1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10):
        if value <= step * power * (1 + 1e-9):
            return step * power
    return 10 * power
