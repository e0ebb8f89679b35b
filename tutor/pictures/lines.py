"""Curves in braille: the learning rate over the steps, and the labels that are learned, night by night."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tutor.pictures.braille import Sheet
from tutor.pictures.picture import Picture, Row, Segment, Sight, few

WAITING_RATE = "The learning rate of every step is drawn when the run has ended."
WAITING_LABELS = (
    "What it learns of the true labels and of the false ones is drawn night by night, once a run has begun."
)
TOLD = 5
"""Nights whose labels are told where nothing is drawn."""
NO_NOISE = "Every label is true here: there is nothing false to learn by heart."
DASH = 2
"""Dots of a dotted line, and dots left out."""


@dataclass(frozen=True)
class _Line:
    name: str
    """Stands at its end, before its last value."""
    points: Sequence[tuple[float, float | None]]
    ink: str
    dotted: bool = False


def rate(sight: Sight, width: int, height: int, title: str) -> Picture:
    """The learning rate from the first step to the last."""
    if not sight.rates:
        return Picture(title, (), WAITING_RATE)
    steps, values = zip(*sight.rates, strict=True)
    top = max(values)
    rows = _plot([_Line("", sight.rates, "turned")], width, height, top or 1.0, few, f"step {steps[-1]:,.0f}")
    words = f"The learning rate was {few(top)} at each of {steps[-1]:,.0f} steps."
    if min(values) < top:
        begun = "It began at" if values[0] < top else "It began at its highest,"
        rose = f", rose to {few(top)} by step {steps[values.index(top)]:,.0f}" if values[0] < top else ""
        words = f"{begun} {few(values[0])}{rose} and ended at {few(values[-1])}, after {steps[-1]:,.0f} steps."
        words = words.replace("It began", "The learning rate began", 1)
    return Picture(title, rows, words)


def labels(sight: Sight, width: int, height: int, title: str) -> Picture:
    """How much it has learned of the true labels, and how much of the false ones by heart."""
    if not sight.recipe.label_noise:
        return Picture(title, (), NO_NOISE)
    if not sight.nights:
        return Picture(title, (), WAITING_LABELS)
    night, true, false = sight.nights[-1]
    lines = [
        _Line("true", [(epoch, share) for epoch, share, _ in sight.nights], "truth"),
        _Line("false", [(epoch, share) for epoch, _, share in sight.nights], "falsehood", dotted=True),
    ]
    rows = _plot(lines, width, height, 1.0, _percent, f"night {night:g}")
    words = (
        f"After night {night:g} it repeats {_share(true)} of the true labels, and {_share(false)} of the false ones, "
        "which nothing but memory can teach it."
    )
    return Picture(title, rows, words, _nights(sight))


def _nights(sight: Sight) -> str:
    """A few of the nights before the last, from the first on."""
    end = len(sight.nights) - 1
    before = sorted({round(n * end / (TOLD - 1)) for n in range(TOLD)} - {end})
    found = [sight.nights[place] for place in before]
    told = [f"night {night:g}, {_part(true)} of the true, {_part(false)} of the false" for night, true, false in found]
    return f"Before that: {'; '.join(told)}." if told else ""


def _part(value: float | None) -> str:
    return "lost" if value is None else f"{value:.1%}"


def _percent(value: float | None) -> str:
    return "lost" if value is None else f"{value:.0%}"


def _share(value: float | None) -> str:
    return "nothing that can be counted" if value is None else f"{value:.1%}"


def _plot(
    lines: Sequence[_Line], width: int, height: int, top: float, show: Callable[[float | None], str], until: str
) -> tuple[Row, ...]:
    """A frame from 0 to ``top``; each line's last value, and its name, at its end."""
    ends = [f"{line.name} {show(line.points[-1][1])}".strip() for line in lines]
    left = max(len(show(top)), len(show(0.0))) + 1
    right = max(map(len, ends)) + 1
    high, wide = max(height - 1, 1), max(width - left - right - 1, 2)
    sheet = Sheet(wide, high)
    begun, ended = lines[0].points[0][0], lines[0].points[-1][0]
    for ink, line in enumerate(lines):
        _draw(sheet, line, ink, begun, ended, top)
    labels: dict[int, int] = {}
    for number, line in enumerate(lines):
        wanted = _down(sheet, (line.points[-1][1] or 0.0) / top) // 4
        # Each as near to its line's end as the others leave room for.
        free = sorted((n for n in range(high) if n not in labels), key=lambda n, row=wanted: abs(n - row))
        if free:
            labels[free[0]] = number
    rows = []
    for place in range(high):
        tick = show(top) if place == 0 else show(0.0) if place == high - 1 else ""
        parts: list[Segment] = [(f"{tick:>{left - 1}} ", "muted"), ("┤" if tick else "│", "rule")]
        parts += [(text, lines[ink].ink if ink >= 0 else "") for text, ink in sheet.row(place)]
        if place in labels:
            parts.append((f" {ends[labels[place]]}", lines[labels[place]].ink))
        rows.append(tuple(parts))
    first = f"{begun:g}"
    under = " " * (left + 1) + first + until.rjust(max(wide - len(first), len(until) + 1))
    return (*rows, ((under[:width], "muted"),))


def _draw(sheet: Sheet, line: _Line, ink: int, begun: float, ended: float, top: float) -> None:
    run: list[tuple[int, int]] = []
    dash = DASH if line.dotted else 0
    for x, value in line.points:
        if value is None or not math.isfinite(value):
            if run:
                sheet.path(run, ink, dash)
            run = []
            continue
        across = (x - begun) / (ended - begun) if ended > begun else 0.0
        run.append((round(across * (sheet.dots_wide - 1)), _down(sheet, value / top)))
    if run:
        sheet.path(run, ink, dash)


def _down(sheet: Sheet, share: float) -> int:
    """The dot, from above, at that share of the frame's height."""
    return round((1 - min(max(share, 0.0), 1.0)) * (sheet.dots_high - 1))
