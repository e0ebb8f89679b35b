"""A small table: columns as wide as what stands in them, folded where there is no room."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

GAP = 2
LEAST = 6
"""Cells that a column keeps, however little room there is."""

Cell = tuple[str, str]
"""Text and style."""


class Cells(Widget):
    """Rows of cells under titles, as high as they are."""

    DEFAULT_CSS = """
    Cells { height: auto; width: 1fr; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.titles: tuple[str, ...] = ()
        self.rows: tuple[tuple[Cell, ...], ...] = ()

    def show(self, titles: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        """Paint these; every row has a cell for each title."""
        self.titles, self.rows = tuple(titles), tuple(map(tuple, rows))
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(len(self._lay(width)), 1)

    def render(self) -> Content:
        return Content("\n").join(self._lay(self.size.width))

    def _lay(self, width: int) -> list[Content]:
        titles = [tuple((title, "$muted") for title in self.titles)]
        rows = [*titles, *self.rows] if any(self.titles) else self.rows
        wide = _fitted([max(len(cell[0]) for cell in column) for column in zip(*rows, strict=True)], width)
        laid = []
        for row in rows:
            folded = [textwrap.wrap(text, room) or [""] for (text, _), room in zip(row, wide, strict=True)]
            for fold in range(max(map(len, folded))):
                parts = []
                for lines, (_, style), room in zip(folded, row, wide, strict=True):
                    line = lines[fold] if fold < len(lines) else ""
                    parts += [(f"{line:<{room}}", style), (" " * GAP, "")]
                laid.append(Content.assemble(*parts[:-1]))
        return laid


def _fitted(wide: list[int], width: int) -> list[int]:
    """The widths, the widest ones narrowed until all fit."""
    wide, over = [*wide], sum(wide) + GAP * (len(wide) - 1) - width
    while over > 0 and max(wide) > LEAST:
        widest = wide.index(max(wide))
        wide[widest] -= 1
        over -= 1
    return wide
