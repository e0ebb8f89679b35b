"""A few labelled facts, each folded under itself where it is long."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

LABEL = 5
"""Cells of the column of labels, the space after them included."""


class Facts(Widget):
    """Rows of (label, words, style), in the room that is left; where that is not enough, it asks for more."""

    DEFAULT_CSS = """
    Facts { height: 1fr; width: 1fr; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.rows: tuple[tuple[str, str, str], ...] = ()
        self._asked = 0

    def show(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Paint these."""
        if tuple(rows) != self.rows:
            self.rows = tuple(rows)
            self.refresh()
            self._fit()

    def on_resize(self) -> None:
        self._fit()

    def _fit(self) -> None:
        """Ask for the rows that the words need. To lay out costs more than to paint: only where it matters."""
        width, there = self.size
        needed = len(self._lay(width))
        if width and (needed > there or needed < self._asked == there):
            self._asked = needed
            self.styles.min_height = needed

    def _lay(self, width: int) -> list[Content]:
        laid = []
        for label, said, style in self.rows:
            for fold, line in enumerate(textwrap.wrap(said, max(width - LABEL, 8)) or [""]):
                laid.append(Content.assemble((f"{'' if fold else label:<{LABEL}}", "$muted"), (line, style)))
        return laid

    def render(self) -> Content:
        return Content("\n").join(self._lay(self.size.width))
