"""Curves in braille, several in one frame: told apart by dashes, letters and end labels as well as by hue."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tutor.pictures.braille import Sheet
from tutor.tui.widgets.series import Frame, Series, finite, frame

ROOMY = 58
"""From this width on, a curve's name stands at its end; below it, its letter."""

TALL = 11
"""From this height on, the sentence that says what the curves are stands under them."""

BETWEEN, SEEDS = " between the seeds", " seeds"
"""What the hatching is, in the legend; the second where there is less room."""

HATCHING = "⡐⠄"
"""How the hatching looks."""

DASHES = (4, 2)
"""Dots of a broken line, and dots left out: more of the first, or it is taken for its own hatching."""


def percent(value: float) -> str:
    """A share as an axis shows it."""
    return f"{value:.0%}"


class Curves(Widget):
    """Draws ``Series`` in a frame with a legend above and values at the ends."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "curves--training",
        "curves--training-band",
        "curves--validation",
        "curves--validation-band",
        "curves--axis",
        "curves--legend",
        "curves--mark",
    }
    DEFAULT_CSS = """
    Curves { height: 1fr; min-height: 5; }
    Curves > .curves--training { color: $training; }
    Curves > .curves--training-band { color: $training 60%; }
    Curves > .curves--validation { color: $validation; text-style: bold; }
    Curves > .curves--validation-band { color: $validation 55%; }
    Curves > .curves--axis { color: $muted; }
    Curves > .curves--legend { color: $foreground; }
    Curves > .curves--mark { color: $muted; }
    """

    def __init__(self, waiting: str = "", words: str = "", **kwargs: object) -> None:
        """``waiting`` is what stands here while there is nothing to draw, ``words`` what stands under the curves."""
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.waiting, self.words = waiting, words
        self.series: tuple[Series, ...] = ()
        self.share = True
        self.until: float | None = None
        self.mark: tuple[float, str] | None = None
        self._strips: list[Strip] = []
        self._drawn_for: tuple[int, int] | None = None

    def show(
        self,
        series: Sequence[Series],
        share: bool = True,
        until: float | None = None,
        mark: tuple[float, str] | None = None,
    ) -> None:
        """Draw these. ``until`` is the last epoch there will be, ``mark`` a level to look out for."""
        wanted = (tuple(series), share, until, mark)
        if wanted != (self.series, self.share, self.until, self.mark):
            self.series, self.share, self.until, self.mark = wanted
            self._drawn_for = None
            self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawn_for = None

    def render_line(self, y: int) -> Strip:
        size = (self.size.width, self.size.height)
        if size != self._drawn_for:
            self._strips = self._draw(*size)
            self._drawn_for = size
        return self._strips[y] if y < len(self._strips) else Strip.blank(size[0], self.rich_style)

    def _style(self, part: str) -> Style:
        return self.get_component_rich_style(f"curves--{part}")

    def _draw(self, width: int, height: int) -> list[Strip]:
        begun = any(series.y for series in self.series)
        box = frame(self.series, self.share, self.until)
        if not begun and not self.share and self.mark and self.mark[0] > 0:
            box = Frame(box.x0, box.x1, 0.0, 2 * self.mark[0])  # how large a loss gets is not known yet
        under = textwrap.wrap(self.words, width) if begun and height >= TALL else []
        rows = height - 2 - len(under)
        if rows < 2 or not self.series:
            return self._words_alone(width, height)
        down = _downwards(box, 4 * rows - 1)
        ticks = {down(value) // 4: self._tick(value) for value in self._levels(rows, box, begun)}
        ends, labels = self._labels(rows, box, down, width >= ROOMY)
        left = max(map(len, ticks.values()), default=0) + 1
        right = max(map(len, ends), default=0) + 1
        columns = width - left - right - 1
        said = [] if begun or self.until else textwrap.wrap(self.waiting, max(columns - 2, 1))
        if columns < 4 or len(said) > rows:
            return self._words_alone(width, height)
        sheet = self._sheet(columns, rows, box, down)
        tones = [series.tone for series in self.series]
        inks = [*tones, *(f"{tone}-band" for tone in tones), "mark"]
        tones.append("mark")
        first = (rows - len(said)) // 2
        lines = [self._legend(width)]
        for row in range(rows):
            parts = [(f"{ticks[row]:>{left - 1}} ┤" if row in ticks else " " * left + "│", "axis")]
            if first <= row < first + len(said):
                parts += _laid(sheet.row(row), said[row - first], columns)
            else:
                parts += [(text, inks[ink] if ink >= 0 else "axis") for text, ink in sheet.row(row)]
            if row in labels:
                parts.append((f" {ends[labels[row]]}", tones[labels[row]]))
            lines.append(self._line(parts, width))
        lines.append(self._line([(self._nights(left, columns, box), "axis")], width))
        return [*lines, *(self._line([(line, "axis")], width) for line in under)]

    def _tick(self, value: float) -> str:
        return percent(value) if self.share else f"{value:.4g}"

    def _levels(self, rows: int, box: Frame, begun: bool) -> list[float]:
        """The values at the axis: as many as its rows keep apart, none where they cannot be known yet."""
        if not (begun or self.share or self.mark):
            return []
        parts = 4 if rows >= 12 else 2 if rows >= 5 else 1
        return [box.y0 + (box.y1 - box.y0) * part / parts for part in range(parts + 1)]

    def _labels(
        self, rows: int, box: Frame, down: Callable[[float], int], roomy: bool
    ) -> tuple[list[str], dict[int, int]]:
        """What stands at the end of each series and of the goal's line, and row -> number of the label on it."""
        ends = [self._end(series, roomy) for series in self.series]
        levels = [next((v for v in map(finite, reversed(s.y)) if v is not None), box.y0) for s in self.series]
        if self.mark and self._marked(box):
            level, name = self.mark
            ends.append(f"{name} {self._value(level)}" if roomy else name)
            levels.append(level)
        order = sorted((n for n in range(len(ends)) if ends[n]), key=lambda n: -levels[n])
        return ends, _spread({n: down(min(max(levels[n], box.y0), box.y1)) // 4 for n in order}, rows)

    def _sheet(self, columns: int, rows: int, box: Frame, down: Callable[[float], int]) -> Sheet:
        sheet = Sheet(columns, rows)
        wide, curves = sheet.dots_wide - 1, len(self.series)

        def across(x: float) -> int:
            return round((x - box.x0) / (box.x1 - box.x0) * wide)

        for ink, series in enumerate(self.series):
            edges = [
                (across(x), down(lowest), down(highest))
                for x, lowest, highest in zip(series.x, series.low, series.high, strict=False)
                if lowest is not None and highest is not None
            ]
            _band(sheet, edges, ink + curves, phase=4 * ink)
        for ink, series in enumerate(self.series):
            dash, gap = DASHES if series.dotted else (0, 0)
            run: list[tuple[int, int]] = []
            for x, value in zip(series.x, series.y, strict=False):
                if (y := finite(value)) is not None:
                    run.append((across(x), down(y)))
                elif run:
                    sheet.path(run, ink, dash, gap)
                    run = []
            if run:
                sheet.path(run, ink, dash, gap)
        if self.mark and self._marked(box):
            level = down(self.mark[0])
            for column, ink in enumerate(sheet.inks[level // 4]):
                if not 0 <= ink < curves:  # in a curve's cell the dot would take the curve's colour
                    sheet.dot(2 * column, level, 2 * curves)
        return sheet

    def _value(self, value: float) -> str:
        """A value as the goals and the measures show it."""
        return f"{value:.1%}" if self.share else _short(value)

    def _end(self, series: Series, roomy: bool) -> str:
        if not series.y:
            return ""
        value = "lost" if series.last is None else self._value(series.last)
        return f"{series.name if roomy else series.sign} {value}".strip()

    def _marked(self, box: Frame) -> bool:
        """Whether the goal lies within the frame."""
        return self.mark is not None and box.y0 <= self.mark[0] <= box.y1

    def _legend(self, width: int) -> Strip:
        items: list[tuple[str, str, str]] = []
        for series in self.series:
            letter = f"{series.sign} " if series.sign and width < ROOMY else ""
            items.append(("╍╍" if series.dotted else "━━", series.tone, f" {letter}{series.name}"))
        curves = list(items)
        if any(series.low for series in self.series):
            items.append((HATCHING, "axis", BETWEEN))
        shorter = [[*curves, (HATCHING, "axis", SEEDS)], curves, [(*item[:2], item[2][:2]) for item in curves]]
        while shorter and sum(len(sample + words) + 1 for sample, _, words in items) - 1 > width:
            items = shorter.pop(0)
        taken = sum(len(sample + words) for sample, _, words in items)
        gap = " " * min(3, max((width - taken) // len(items), 1))
        parts: list[tuple[str, str]] = []
        for sample, tone, words in items:
            parts += [(sample, tone), (words + gap, "legend")]
        return self._line(parts, width)

    def _legend_text(self) -> str:
        return "  ".join(f"{s.name} {s.last if s.last is not None else ''}" for s in self.series)

    def _nights(self, left: int, columns: int, box: Frame) -> str:
        # A frame is at least one night wide, a run may be shorter than that.
        nights = [x for series in self.series for x in series.x]
        end = max([self.until or 0.0, *nights])
        if not end:
            return ""
        first, last = f"{min(nights, default=1.0):g}", f"night {end:g}"
        if end <= box.x0:
            return " " * (left + 1) + last
        return " " * (left + 1) + first + " " * max(columns - len(first) - len(last), 1) + last

    def _words_alone(self, width: int, height: int) -> list[Strip]:
        """What can be said where nothing can be drawn."""
        if any(series.y for series in self.series):
            return [self._line([(self._legend_text(), "legend")], width)]
        words = textwrap.wrap(self.waiting, width)[:height]
        blank = self._line([], width)
        above = [blank] * ((height - len(words)) // 2)
        return [*above, *(self._line([(line.center(width), "axis")], width) for line in words)]

    def _line(self, parts: Sequence[tuple[str, str]], width: int) -> Strip:
        segments = [Segment(text, self._style(part)) for text, part in parts]
        return Strip(segments).adjust_cell_length(width, self.rich_style)


def _band(sheet: Sheet, edges: Sequence[tuple[int, int, int]], ink: int, phase: int) -> None:
    """Stipple from the lowest to the highest seed, column by column."""
    for (x, bottom, top), (x1, bottom1, top1) in pairwise(edges):
        for column in range(x, x1 + 1):
            part = (column - x) / (x1 - x) if x1 > x else 0.0
            low, high = round(bottom + (bottom1 - bottom) * part), round(top + (top1 - top) * part)
            if low - high > 1:  # a band as thin as the line would only blur it
                sheet.stipple(column, high, low, ink, phase)


def _downwards(box: Frame, high: int) -> Callable[[float], int]:
    """What tells the dot of a value, counted from above, where the lowest dot is ``high``."""

    def down(y: float) -> int:
        share = min(max((y - box.y0) / (box.y1 - box.y0), -1.0), 2.0)  # beyond that it is off the sheet anyway
        return high - round(share * high)

    return down


def _spread(wanted: Mapping[int, int], rows: int) -> dict[int, int]:
    """Row -> number of the label on it, given number -> row it wishes for: in that order, each near its wish."""
    kept = sorted(wanted)[:rows]  # where there are too many, the first of them
    numbers = [number for number in wanted if number in kept]
    below = rows - len(numbers)
    low, high = ([wanted[number] for number in numbers] for _ in range(2))
    for n in range(1, len(numbers)):
        high[n] = max(high[n], high[n - 1] + 1)
        low[-n - 1] = min(low[-n - 1], low[-n] - 1)
    # One list is pushed down, the other up; halfway between they are apart, and as near as can be.
    return {
        (max(up, n) + min(down, below + n)) // 2: number
        for n, (up, down, number) in enumerate(zip(low, high, numbers, strict=True))
    }


def _laid(row: Sequence[tuple[str, int]], words: str, columns: int) -> list[tuple[str, str]]:
    """A row of an empty plot with words in its middle."""
    line = "".join(text for text, _ in row)
    start = max((columns - len(words)) // 2 - 1, 0)
    words = f" {words} "
    return [(line[:start], "mark"), (words, "axis"), (line[start + len(words) :], "mark")]


def _short(value: float) -> str:
    """A loss at the end of its curve."""
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.3g}"
