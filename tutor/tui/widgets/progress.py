"""One line on how a run goes, in the player's words, with a bar."""

from __future__ import annotations

import textwrap

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tutor.progress import seconds_words

BAR, SHORT = 24, 6
"""Cells of the bar beside the words, and the fewest; where these are not left, it gets a row of its own."""
HIGHEST = 3
"""Rows that words and bar may take."""


def running_words(epoch: int, epochs: int, seconds_left: float | None, apprentices: int = 1, done: int = 0) -> str:
    """``The apprentice is learning ... 12 of 30 nights, 2 s left``."""
    several = f"{apprentices} apprentices are learning, {done} done"
    who = several if apprentices > 1 else "The apprentice is learning"
    left = "" if seconds_left is None else f", {seconds_words(seconds_left)} left"
    return f"{who} ... {epoch} of {epochs} nights{left}"


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
            self.refresh(layout=self._height(self.size.width) != self.size.height)

    def _lines(self, width: int) -> tuple[list[str], bool]:
        """The words as they are folded; and whether they are followed by a bar that gets a row of its own."""
        words = ("✗ " if self.failure else "") + self.words
        lines = textwrap.wrap(words, max(width, 1))[:HIGHEST] or [""]
        below = self.share is not None and len(lines[-1]) + 2 + SHORT > width
        return lines[: HIGHEST - below], below

    def _height(self, width: int) -> int:
        lines, below = self._lines(width)
        return len(lines) + below

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return self._height(width)

    def render(self) -> Content:
        width = self.size.width
        lines, below = self._lines(width)
        words = Content.styled("\n".join(lines), "$count" if self.failure else "")
        if self.share is None:
            return words
        bar = width if below else min(BAR, width - len(lines[-1]) - 2)
        filled = round(min(max(self.share, 0.0), 1.0) * bar)
        gap = "\n" if below else "  "
        return Content.assemble(words, gap, ("━" * filled, "$turned"), ("─" * (bar - filled), "$rule"))
