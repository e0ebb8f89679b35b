"""A few labelled facts, each folded under itself where it is long."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

LABEL = 5
"""Cells of the column of labels, the space after them included."""


class Facts(Widget):
    """Rows of (label, words, style), in the room that is left; where that is not enough, it asks for more.

    With a height of ``auto`` it is as high as they are.
    """

    DEFAULT_CSS = """
    Facts { height: 1fr; width: 1fr; }
    """

    def __init__(self, air: bool = False, **kwargs: object) -> None:
        """``air``: a blank row comes first, where one is left over."""
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.air = air
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
        if (height := self.styles.height) is not None and height.is_auto:
            self.refresh(layout=needed != there)
        elif width and (needed > there or needed < self._asked == there):
            self._asked = needed
            self.styles.min_height = needed

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lay(width))

    def _lay(self, width: int) -> list[Content]:
        laid = []
        for label, said, style in self.rows:
            for fold, line in enumerate(textwrap.wrap(said, max(width - LABEL, 8)) or [""]):
                laid.append(Content.assemble((f"{'' if fold else label:<{LABEL}}", "$muted"), (line, style)))
        return laid

    def render(self) -> Content:
        rows = self._lay(self.size.width)
        return Content("\n").join([Content(), *rows] if self.air and len(rows) < self.size.height else rows)
