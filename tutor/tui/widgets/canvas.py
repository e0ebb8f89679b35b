"""A sheet of cells to draw on: words, walls that join where they meet, and the ground under them."""

from __future__ import annotations

from itertools import groupby

from textual.canvas import BOX_CHARACTERS, combine_quads
from textual.content import Content
from textual.geometry import Region

THIN, HEAVY = 1, 2


class Canvas:
    """Every cell has a glyph, a tone and a ground, the last two as styles; what lies outside is not drawn."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._glyphs = [[" "] * width for _ in range(height)]
        self._tones = [[""] * width for _ in range(height)]
        self._grounds = [[""] * width for _ in range(height)]
        self._walls: dict[tuple[int, int], tuple[int, int, int, int]] = {}

    def put(self, x: int, y: int, text: str, tone: str = "") -> None:
        """Write a text; its blanks let through what is there."""
        for column, glyph in enumerate(text, x):
            if glyph != " " and 0 <= column < self.width and 0 <= y < self.height:
                self._glyphs[y][column], self._tones[y][column] = glyph, tone
                self._walls.pop((column, y), None)

    def middle(self, region: Region, row: int, text: str, tone: str = "") -> None:
        """Write a text in the middle of a row of a region, as much of it as fits."""
        shown = text if len(text) <= region.width else text[: max(region.width - 1, 0)] + "…"
        self.put(region.x + (region.width - len(shown)) // 2, region.y + row, shown, tone)

    def clear(self, region: Region, ground: str = "") -> None:
        """Take away what stands in a region, and lay a ground."""
        for y in range(max(region.y, 0), min(region.bottom, self.height)):
            for x in range(max(region.x, 0), min(region.right, self.width)):
                self._glyphs[y][x], self._tones[y][x], self._grounds[y][x] = " ", "", ground
                self._walls.pop((x, y), None)

    def walls(self, region: Region, tone: str, weight: int = THIN) -> None:
        """Draw the walls on the edge of a region; they join with those that are there."""
        right, bottom, line = region.right - 1, region.bottom - 1, weight
        for x in range(region.x, right + 1):
            sides = (0, line * (x < right), 0, line * (x > region.x))
            self._wall(x, region.y, sides, tone)
            self._wall(x, bottom, sides, tone)
        for y in range(region.y, bottom + 1):
            sides = (line * (y > region.y), 0, line * (y < bottom), 0)
            self._wall(region.x, y, sides, tone)
            self._wall(right, y, sides, tone)

    def _wall(self, x: int, y: int, sides: tuple[int, int, int, int], tone: str) -> None:
        if 0 <= x < self.width and 0 <= y < self.height:
            joined = self._walls[x, y] = combine_quads(self._walls.get((x, y), (0, 0, 0, 0)), sides)
            self._glyphs[y][x], self._tones[y][x] = BOX_CHARACTERS[joined], tone

    def row(self, y: int) -> Content:
        """A row as one styled text."""
        cells = zip(self._glyphs[y], self._tones[y], self._grounds[y], strict=True)
        parts = []
        for (tone, ground), run in groupby(cells, key=lambda cell: (cell[1], cell[2])):
            parts.append(("".join(glyph for glyph, _, _ in run), f"{tone} on {ground}" if ground else tone))
        return Content.assemble(*parts)
