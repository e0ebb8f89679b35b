"""Appearing letter by letter: a block has its room from the first, and its rows fill up."""

from __future__ import annotations

from rich.segment import Segment
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget


class Telling(Widget):
    """Mixed into a block of text. Nothing is laid out meanwhile, and only the rows that change are painted."""

    _row: int | None = None
    """The row that is being told; None where all of it is."""
    _column = 0
    """How much of that row is told."""

    def hold_back(self) -> None:
        """Show nothing of it until it is told."""
        self._row, self._column = 0, 0
        self.refresh()

    @property
    def told(self) -> bool:
        """Whether all of it is shown."""
        return self._row is None

    @property
    def end(self) -> int:
        """The row, in the place where it scrolls, that is being told."""
        return self.virtual_region.y + (self._row or 0)

    def tell(self, letters: int) -> int:
        """Show so many letters more; how many are left when all of it is shown."""
        first = self._row
        while letters > 0 and self._row is not None:
            if self._row >= self.outer_size.height:
                self._row = None
                break
            row = super().render_lines(Region(0, self._row, self.outer_size.width, 1))[0].text.rstrip()
            step = min(letters, len(row) - self._column)
            letters, self._column = letters - step, self._column + step
            if self._column == len(row):
                self._row, self._column = self._row + 1, 0
        if first is not None:
            last = self.outer_size.height if self._row is None else self._row + 1
            self.refresh(
                Region(0, first, self.outer_size.width, last - first).translate((-self.gutter.left, -self.gutter.top))
            )
        return letters

    def finish(self) -> None:
        """Show all of it."""
        if self._row is not None:
            self._row = None
            self.refresh()

    def render_lines(self, crop: Region) -> list[Strip]:
        strips = super().render_lines(crop)
        if self._row is None:
            return strips
        kept = max(self._row - crop.y, 0)
        return [
            strip if n < kept else _blank(strip, self._column - crop.x if n + crop.y == self._row else 0)
            for n, strip in enumerate(strips)
        ]


def _blank(strip: Strip, shown: int) -> Strip:
    """A row of which only the first cells can be seen; the ground stays as it is."""
    shown = max(shown, 0)
    rest = strip.crop(shown, strip.cell_length)
    blank = Strip([Segment(" " * segment.cell_length, segment.style) for segment in rest], rest.cell_length)
    return Strip.join([strip.crop(0, shown), blank])
