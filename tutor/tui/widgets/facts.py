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
    """Rows of (label, words, style)."""

    DEFAULT_CSS = """
    Facts { height: auto; width: 1fr; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.rows: tuple[tuple[str, str, str], ...] = ()

    def show(self, rows: Sequence[tuple[str, str, str]]) -> None:
        """Paint these."""
        if tuple(rows) != self.rows:
            self.rows = tuple(rows)
            # Laying out costs more than painting: only where the words need another number of rows.
            self.refresh(layout=len(self._lay(self.size.width)) != self.size.height)

    def _lay(self, width: int) -> list[Content]:
        laid = []
        for label, said, style in self.rows:
            for fold, line in enumerate(textwrap.wrap(said, max(width - LABEL, 8)) or [""]):
                laid.append(Content.assemble((f"{'' if fold else label:<{LABEL}}", "$muted"), (line, style)))
        return laid

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lay(width))

    def render(self) -> Content:
        return Content("\n").join(self._lay(self.size.width))
