"""Curves in braille, several in one frame: told apart by dashes, letters and end labels as well as by hue."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
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

BETWEEN = " between the seeds"
"""What the hatching is, in the legend."""


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
        if not any(series.y for series in self.series):
            return self._empty(width, height)
        show = percent if self.share else _short
        box = frame(self.series, self.share, self.until)
        left = max(len(show(box.y0)), len(show(box.y1)), len(show((box.y0 + box.y1) / 2))) + 1
        ends = [self._end(series, show, width >= ROOMY) for series in self.series]
        if self.mark:
            ends.append(self.mark[1])
        right = max(len(end) for end in ends) + 1
        said = textwrap.wrap(self.words, width) if height >= TALL else []
        rows, columns = height - 2 - len(said), width - left - right - 1
        if rows < 2 or columns < 4:
            return [self._line([(self._legend_text(), "legend")], width)]
        sheet = self._sheet(columns, rows, box)
        marks = self._mark_row(rows, box)
        labels = _spread([(_row(series.last, rows, box), n) for n, series in enumerate(self.series)], rows)
        tones = [series.tone for series in self.series]
        inks = [*tones, *(f"{tone}-band" for tone in tones)]
        if marks is not None:
            tones.append("mark")
            labels.setdefault(marks, len(tones) - 1)
        ticks = {0: box.y1, (rows - 1) // 2: None, rows - 1: box.y0}
        if rows % 2:
            ticks[rows // 2] = (box.y0 + box.y1) / 2
        lines = [self._legend(width)]
        for row in range(rows):
            tick = ticks.get(row)
            edge = f"{show(tick):>{left - 1}} ┤" if tick is not None else " " * left + "│"
            parts = [(edge, "axis")]
            for text, ink in sheet.row(row):
                parts.append((text, inks[ink] if ink >= 0 else "axis"))
            if row == marks:
                parts = _underlay(parts, left + 1, width - right)
            number = labels.get(row)
            if number is not None:
                parts.append((f" {ends[number]}", tones[number]))
            lines.append(self._line(parts, width))
        lines.append(self._line([(self._nights(left, columns, box), "axis")], width))
        return [*lines, *(self._line([(line, "axis")], width) for line in said)]

    def _sheet(self, columns: int, rows: int, box: Frame) -> Sheet:
        sheet = Sheet(columns, rows)
        wide, high = sheet.dots_wide - 1, sheet.dots_high - 1

        def across(x: float) -> int:
            return round((x - box.x0) / (box.x1 - box.x0) * wide)

        def down(y: float) -> int:
            share = min(max((y - box.y0) / (box.y1 - box.y0), -1.0), 2.0)  # beyond that it is off the sheet anyway
            return high - round(share * high)

        for ink, series in enumerate(self.series):
            edges = [
                (across(x), down(lowest), down(highest))
                for x, lowest, highest in zip(series.x, series.low, series.high, strict=False)
                if lowest is not None and highest is not None
            ]
            _band(sheet, edges, ink + len(self.series), phase=4 * ink)
        for ink, series in enumerate(self.series):
            run: list[tuple[int, int]] = []
            for x, value in zip(series.x, series.y, strict=False):
                if (y := finite(value)) is not None:
                    run.append((across(x), down(y)))
                elif run:
                    sheet.path(run, ink, 2 if series.dotted else 0)
                    run = []
            if run:
                sheet.path(run, ink, 2 if series.dotted else 0)
        return sheet

    def _end(self, series: Series, show: Callable[[float], str], roomy: bool) -> str:
        name = series.name if roomy else series.sign
        value = show(series.last) if series.last is not None else ("lost" if series.y else "")
        return f"{name} {value}".strip()

    def _mark_row(self, rows: int, box: Frame) -> int | None:
        return _row(self.mark[0], rows, box) if self.mark and box.y0 <= self.mark[0] <= box.y1 else None

    def _legend(self, width: int) -> Strip:
        items: list[tuple[str, str, str]] = []
        for series in self.series:
            letter = f"{series.sign} " if series.sign and width < ROOMY else ""
            items.append(("╍╍" if series.dotted else "━━", series.tone, f" {letter}{series.name}"))
        if any(series.low for series in self.series):
            items.append(("░", "axis", BETWEEN))
        if sum(len(sample + words) + 1 for sample, _, words in items) > width:
            items = [(sample, tone, " seeds" if words == BETWEEN else words) for sample, tone, words in items]
        if sum(len(sample + words) + 1 for sample, _, words in items) > width:
            items = [(sample, tone, words if sample == "░" else words[:2]) for sample, tone, words in items]
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
        end = max([self.until or 0.0, *(x for series in self.series for x in series.x)])
        first, last = f"{box.x0:g}", f"night {end:g}"
        if end <= box.x0:
            return " " * (left + 1) + last
        return " " * (left + 1) + first + " " * max(columns - len(first) - len(last), 1) + last

    def _empty(self, width: int, height: int) -> list[Strip]:
        blank = self._line([], width)
        above = max(height // 2 - 1, 0)
        words = self.waiting.center(width)[:width] if len(self.waiting) <= width else self.waiting[:width]
        return [blank] * above + [self._line([(words, "axis")], width)]

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


def _row(value: float | None, rows: int, box: Frame) -> int:
    """The row of cells in which a value lies."""
    share = 0.0 if value is None else (min(max(value, box.y0), box.y1) - box.y0) / (box.y1 - box.y0)
    return min(int((1 - share) * rows), rows - 1)


def _spread(wanted: list[tuple[int, int]], rows: int) -> dict[int, int]:
    """Row -> number of the label on it: each as near to its wish as the others leave room for."""
    placed: dict[int, int] = {}
    for row, number in sorted(wanted):
        free = sorted((r for r in range(rows) if r not in placed), key=lambda r: (abs(r - row), r < row))
        if free:
            placed[free[0]] = number
    return placed


def _underlay(parts: list[tuple[str, str]], start: int, stop: int) -> list[tuple[str, str]]:
    """Put a thin line where the cells of a row are empty."""
    laid: list[tuple[str, str]] = []
    place = 0
    for text, part in parts:
        if part == "axis" and not text.strip() and start <= place < stop:
            laid.append(("┄" * len(text), "mark"))
        else:
            laid.append((text, part))
        place += len(text)
    return laid


def _short(value: float) -> str:
    """A loss as an axis shows it."""
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.3g}"
