"""The seeds of a verdict as dots on a line, with the goal, the mean and its error bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from textual.content import Content
from textual.widget import Widget


class SeedDots(Widget):
    """Three rows: the dots, the line with mean and goal, the numbers under it."""

    DEFAULT_CSS = """
    SeedDots { height: 3; width: 1fr; }
    """

    def __init__(
        self,
        values: Sequence[float | None],
        mean: float | None,
        se: float | None,
        target: float | None,
        met: bool,
        show: Callable[[float | None], str] = str,
        **kwargs: object,
    ) -> None:
        """``values`` has one number a seed, None where the run left the numbers."""
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.values, self.mean, self.se, self.target, self.met = values, mean, se, target, met
        self.show = show

    def render(self) -> Content:
        rows = self.rows(self.size.width)
        return Content("\n").join(Content.assemble(*row) for row in rows)

    def rows(self, width: int) -> list[list[tuple[str, str]]]:
        """The three rows as runs of text and style."""
        numbers = [v for v in self.values if v is not None]
        lost = len(self.values) - len(numbers)
        known = [*numbers, *(v for v in (self.target, self.mean) if v is not None)]
        if not known:
            return [[("every run left the numbers: there is nothing to put on a line", "$count")]]
        low, high = self._edges(known)

        def at(value: float) -> int:
            return round((min(max(value, low), high) - low) / (high - low) * (width - 1))

        ink = "$met" if self.met else "$count"
        dots = _Row(width)
        for value in sorted(numbers):
            dots.put_free(at(value), "●", ink)
        line = _Row(width, "─", "$rule")
        if self.mean is not None:
            if self.se:
                left, right = at(self.mean - self.se), at(self.mean + self.se)
                for place in range(left, right + 1):
                    line.put(place, "━", ink)
                if right - left > 1:
                    line.put(left, "┣", ink)
                    line.put(right, "┫", ink)
            line.put(at(self.mean), "◆", f"{ink} bold")
        words = _Row(width)
        if self.mean is not None:
            words.write(at(self.mean), self.show(self.mean), f"{ink} bold")
        if self.target is not None:
            line.put(at(self.target), "┃", "bold")
            dots.put_free(at(self.target), "┃", "bold", over=True)
            words.write(at(self.target), f"goal {self.show(self.target)}", "bold")
        rows = [dots.runs(), line.runs(), words.runs()]
        if lost:
            rows[0] = [*rows[0], (f" ✗{lost} lost", "$count")]
        return rows

    @property
    def words(self) -> str:
        """What the signs on the line mean, in a sentence; empty where there are none."""
        if all(value is None for value in self.values):
            return ""
        parts = ["A dot is one apprentice"]
        parts += ["the diamond the mean"] * (self.mean is not None) + ["the bar one standard error"] * bool(self.se)
        return f"{', '.join(parts)}."

    def _edges(self, known: Sequence[float]) -> tuple[float, float]:
        reach = self.se or 0.0
        low, high = min(known) - reach, max(known) + reach
        room = (high - low) * 0.15 or abs(high) * 0.1 or 0.1
        return low - room, high + room


class _Row:
    """One row of cells, each with its style."""

    def __init__(self, width: int, glyph: str = " ", style: str = "") -> None:
        self.cells = [(glyph, style)] * width

    def put(self, place: int, glyph: str, style: str) -> None:
        if 0 <= place < len(self.cells):
            self.cells[place] = (glyph, style)

    def put_free(self, place: int, glyph: str, style: str, over: bool = False) -> None:
        """Put it at the nearest cell that is still empty, so that equal seeds stay countable."""
        for away in sorted(range(len(self.cells)), key=lambda cell: abs(cell - place)):
            if self.cells[away][0] == " " or (over and away == place and self.cells[away][0] == " "):
                self.cells[away] = (glyph, style)
                return
            if over:
                return

    def write(self, middle: int, text: str, style: str) -> None:
        """Write a text around a place, moved aside where something stands already."""
        last = len(self.cells) - len(text)
        for start in sorted(range(max(last + 1, 0)), key=lambda start: abs(start + len(text) // 2 - middle)):
            around = self.cells[max(start - 2, 0) : start + len(text) + 2]
            if all(glyph == " " for glyph, _ in around):
                for n, glyph in enumerate(text):
                    self.cells[start + n] = (glyph, style)
                return

    def runs(self) -> list[tuple[str, str]]:
        joined: list[tuple[str, str]] = []
        for glyph, style in self.cells:
            if joined and joined[-1][1] == style:
                joined[-1] = (joined[-1][0] + glyph, style)
            else:
                joined.append((glyph, style))
        return joined
