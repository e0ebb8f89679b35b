"""The castle on its rock: painted where there is room, else drawn in text."""

from __future__ import annotations

import re
from collections.abc import Mapping

from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from tutor.tui.widgets import castleview

PICTURE = r"""
                          |>
              .           |              .
        *                /_\                   _
                  |>    |   |     |>          ( (
                 _|_    | ∎ |    _|_           `-'
                /___\ __|   |__ /___\     .
      .   |>    | ∎ |/_\|   |/_\| ∎ |    |>
         /_\    |   ||∎||   ||∎||   |   /_\     *
      __| ∎ |_n_n_n_|| ||___|| ||_n_n_n_| ∎ |__
     /  |   |  ∎   | |_| ∎ |_| |   ∎   |   |  \
    /   |   |      |   .-"-.   |       |   |   \
   /____|___|______|___|###|___|_______|___|____\
  /    .  '   .       /     \     .   '    .     \
 /  '       .   '    /       \  '    .   '    '   \
""".strip("\n")

LOWEST = 12
"""Rows down to the foot of the walls; where there are fewer, the flags go first."""
SKY = 8
"""Rows of the sky, above the walls."""
LIGHT = "∎"
"""A lit window; shown as a block in the colour of a candle."""
LIT = "▪"
GRAND = Size(100, 30)
"""The window from which on the castle is painted."""
BESIDE, BELOW = 12, 16
"""Columns and rows of the window that are not the castle's."""
BROADEST = 6
"""It is at most so many columns wide for each row; a cell is twice as high as wide."""


class Castle(Widget):
    """As large as its window allows."""

    DEFAULT_CSS = """
    Castle { width: auto; height: auto; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.states: dict[str, str] = {}

    def show(self, states: Mapping[str, str]) -> None:
        """Light the rooms, by their places: all windows of what is done, one of what is open."""
        if states != self.states:
            self.states = dict(states)
            self.refresh()

    def get_content_width(self, container: Size, viewport: Size) -> int:
        return _painted(viewport).width or max(map(len, PICTURE.splitlines()))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return _painted(viewport).height or min(len(PICTURE.splitlines()), max(viewport.height - BELOW, 1))

    def render(self) -> Content:
        size = _painted(self.app.size)
        if not size:
            return _small(self.size.height)
        canvas = castleview.castle(*size, self.states)
        return Content("\n").join(canvas.row(y) for y in range(canvas.height))


def _painted(window: Size) -> Size:
    """The size of the painting; nothing where there is no room for it."""
    if window.width < GRAND.width or window.height < GRAND.height:
        return Size()
    rows = min(window.height - BELOW, castleview.HIGH)
    return Size(min(window.width - BESIDE, castleview.WIDE, BROADEST * rows), rows)


def _small(height: int) -> Content:
    rows = []
    for number, line in enumerate(PICTURE.splitlines()):
        sky = number < SKY
        parts = re.split(r"(∎|\|>|[.*](?=\s|$)|`-'|\( \(|(?<=\s)_$)", line) if sky else re.split(f"({LIGHT})", line)
        rows.append(Content.assemble(*((LIT if part == LIGHT else part, _ink(part)) for part in parts)))
    return Content("\n").join(rows[max(LOWEST - height, 0) :])


def _ink(part: str) -> str:
    if part == LIGHT:
        return "$turned bold"
    if part == "|>":
        return "$count"
    return "$rule" if part in (".", "*") else "$spoken" if part in ("`-'", "( (", "_") else "$muted"
