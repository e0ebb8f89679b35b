"""An empty leaf of a book: ruled, and nothing written on it."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


class Blank(Widget):
    """A line on every other row."""

    DEFAULT_CSS = """
    Blank { height: 1fr; width: 1fr; }
    """

    def render(self) -> Content:
        rows = [("" if row % 2 else "┈" * self.size.width) for row in range(self.size.height)]
        return Content.styled("\n".join(rows), "$rule")
