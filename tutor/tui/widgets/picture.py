"""A picture of the network in the theme's colours, and under it the sentence that says what it is."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.selection import Selection
from textual.strip import Strip
from textual.widget import Widget

from tutor.pictures import choosing
from tutor.pictures.picture import Row, Sight
from tutor.tui.widgets.marking import lit, marked

ROOMY = 10
"""From this height on, a blank row stands between the picture and its sentence."""
LEAST = 3
"""Rows of a picture that are worth a look; a sentence that leaves fewer is cut."""


class PictureView(Widget):
    """Draws the picture of that name, anew only when what it is drawn from has changed."""

    DEFAULT_CSS = """
    PictureView { height: 1fr; min-height: 5; }
    """

    def __init__(self, waiting: str = "", **kwargs: object) -> None:
        """``waiting`` is what stands here before there was any run."""
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.waiting = waiting
        self.title, self.words = "", waiting
        """What may stand over the picture, and the sentence under it as it was painted last."""
        self.cut = False
        """Whether only a part of that sentence was painted."""
        self._shown: tuple[str, Sight] | None = None
        self._from: tuple[object, ...] = ()
        self._strips: list[Strip] = []
        self._drawn_for: tuple[int, int] | None = None
        self._styles: dict[str, Style] = {}

    def show(self, name: str, sight: Sight) -> None:
        """Draw this picture of that run."""
        drawn_from = choosing.drawn_from(name, sight)
        if drawn_from != self._from:
            self._from, self._shown, self._drawn_for = drawn_from, (name, sight), None
            self.title = choosing.title(name, sight)
            self.refresh()

    def clear(self) -> None:
        """Nothing was run yet."""
        self._from, self._shown, self._drawn_for = (), None, None
        self.title, self.words = "", self.waiting
        self.refresh()

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._drawn_for = None

    def render_line(self, y: int) -> Strip:
        size = (self.size.width, self.size.height)
        if size != self._drawn_for:
            self._strips, self._drawn_for = self._paint(*size), size
        return lit(self, self._strips[y], y) if y < len(self._strips) else Strip.blank(size[0], self.rich_style)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        return marked(selection, lambda row: self._strips[row].text.rstrip(), len(self._strips)), "\n"

    def _paint(self, width: int, height: int) -> list[Strip]:
        if self._shown is None:
            return self._said(self.waiting, width, height)
        # How much room the sentence leaves, and then the picture in it.
        words = choosing.draw(*self._shown, width, 1).words
        lines = _folded(words, width)
        gap = height >= max(ROOMY, len(lines) + 1 + LEAST)
        self.cut = len(lines) > height - LEAST
        if self.cut:
            lines = _folded(words, width, max(height // 2, 1))
        picture = choosing.draw(*self._shown, width, height - len(lines) - gap)
        self.words = words
        if not picture.rows:
            return self._said(words, width, height)
        below: list[Row] = [((line, "muted"),) for line in lines]
        return self._strip([*picture.rows, *([()] if gap else []), *below], width)

    def _said(self, words: str, width: int, height: int) -> list[Strip]:
        """A sentence in the middle of an empty place."""
        lines = _folded(words, width, max(height, 1))
        self.cut = len(_folded(words, width)) > len(lines)
        above: list[Row] = [()] * max((height - len(lines)) // 2, 0)
        return self._strip([*above, *(((line.center(width), "muted"),) for line in lines)], width)

    def _strip(self, rows: Iterable[Row], width: int) -> list[Strip]:
        return [
            Strip([Segment(text, self._style(ink)) for text, ink in row]).adjust_cell_length(width, self.rich_style)
            for row in rows
        ]

    def _style(self, ink: str) -> Style:
        if ink not in self._styles:
            fore, _, ground = ink.partition("/")
            style = Style(color=self._colour(fore or "foreground").rich_color)
            self._styles[ink] = (
                self.rich_style + style + Style(bgcolor=self._colour(ground).rich_color if ground else None)
            )
        return self._styles[ink]

    def _colour(self, tone: str) -> Color:
        """A meaning of the theme, so many per cent of it over what lies under the widget."""
        name, _, share = tone.partition(" ")
        colour = Color.parse(self.app.theme_variables[name])
        return self.background_colors[1].blend(colour, int(share) / 100) if share else colour


def _folded(words: str, width: int, most: int | None = None) -> list[str]:
    """A sentence, in at most so many lines."""
    return textwrap.wrap(words, max(width, 2), max_lines=most, placeholder=" …")
