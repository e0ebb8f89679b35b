"""What was tried so far and what came of it, where there is room for it."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from tutor.tui.widgets.rowlist import clip

LEAST, WIDE = 6, 20
"""Rows that must be left over, and cells of them."""


class Tries(Widget):
    """Rows of (what was tried, what came of it) under their titles, as many as fit."""

    DEFAULT_CSS = """
    Tries { height: 1fr; width: 1fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[tuple[str, str], ...] = ()

    def show(self, rows: Sequence[tuple[str, str]]) -> None:
        """Paint these, the titles first."""
        if tuple(rows) != self.rows:
            self.rows = tuple(rows)
            self.refresh()

    def render(self) -> Content:
        width, height = self.size.width - 1, self.size.height
        if height < LEAST or width < WIDE:
            return Content("")
        lines = [Content("")]
        for number, (tried, came) in enumerate(self.rows[: height - 1]):
            left = max(width - len(came), width // 2)
            ink = ("", "bold") if number else ("$muted", "$muted")
            lines.append(
                Content.assemble((f"  {clip(tried, left - 4):<{left - 2}}", ink[0]), (clip(came, width - left), ink[1]))
            )
        return Content("\n").join(lines)
