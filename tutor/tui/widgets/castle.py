"""The castle on its rock, drawn in text."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

PICTURE = r"""
                          |>
              .           |              .      _
        *                /_\                  ( (
                  |>    |   |     |>           `-'
                 _|_    | ∎ |    _|_      .
                /___\ __|   |__ /___\
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
LIGHT = "∎"
"""A lit window; shown as a block in the colour of a candle."""


class Castle(Widget):
    """The picture, as wide as it is, in the middle of its place."""

    DEFAULT_CSS = """
    Castle { width: 53; height: 14; }
    """

    def render(self) -> Content:
        rows = []
        for line in PICTURE.splitlines()[max(LOWEST - self.size.height, 0) :]:
            parts = [(piece, "$muted") for piece in line.split(LIGHT)]
            lit: list[tuple[str, str]] = []
            for part in parts:
                lit += [part, ("▪", "$turned bold")]
            rows.append(Content.assemble(*lit[:-1]))
        return Content("\n").join(rows)
