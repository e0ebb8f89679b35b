"""One line on how a run goes, in the player's words, with a bar."""

from __future__ import annotations

import textwrap

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

BAR = 24
HIGHEST = 3
"""Rows that the words may take."""


def running_words(epoch: int, epochs: int, seconds_left: float | None, apprentices: int = 1, done: int = 0) -> str:
    """``The apprentice is learning ... 12 of 30 nights, 2 s left``."""
    several = f"{apprentices} apprentices are learning, {done} done"
    who = several if apprentices > 1 else "The apprentice is learning"
    left = "" if seconds_left is None else f", {_seconds(seconds_left)} left"
    return f"{who} ... {epoch} of {epochs} nights{left}"


def _seconds(seconds: float) -> str:
    if seconds < 1:
        return "under 1 s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class ProgressLine(Widget):
    """The words, and while something runs, how far it has come."""

    DEFAULT_CSS = f"""
    ProgressLine {{ height: auto; max-height: {HIGHEST}; width: 1fr; padding: 0 1; }}
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.words = ""
        self.share: float | None = None
        self.failure = False

    def show(self, words: str, share: float | None = None, failure: bool = False) -> None:
        """Say this; ``share`` from 0 to 1 while something runs."""
        if (words, share, failure) != (self.words, self.share, self.failure):
            self.words, self.share, self.failure = words, share, failure
            # It changes at every paint of a run; laying out costs more than painting.
            self.refresh(layout=min(self._height(self.size.width), HIGHEST) != self.size.height)

    def _mark(self) -> str:
        return "✗ " if self.failure else ""

    def _height(self, width: int) -> int:
        return max(len(textwrap.wrap(self._mark() + self.words, max(width, 1))), 1)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._height(width)

    def render(self) -> Content:
        width = self.size.width
        if self.share is None or len(self.words) > width:
            lines = textwrap.wrap(self._mark() + self.words, max(width, 1))
            return Content.styled("\n".join(lines), "$count" if self.failure else "")
        bar = max(min(BAR, width - len(self.words) - 2), 0)
        filled = round(min(max(self.share, 0.0), 1.0) * bar)
        return Content.assemble(self.words, "  ", ("━" * filled, "$turned"), ("─" * (bar - filled), "$rule"))
