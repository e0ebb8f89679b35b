"""A sheet of braille cells, two dots wide and four high each, on which lines are drawn."""

from __future__ import annotations

BRAILLE = 0x2800
_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""The bit of each dot, by column and row within its cell."""


class Sheet:
    """``width`` x ``height`` cells; dots count from the upper left corner."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.dots_wide, self.dots_high = width * 2, height * 4
        self.masks = [[0] * width for _ in range(height)]
        self.inks: list[list[int]] = [[-1] * width for _ in range(height)]
        """Who drew last in each cell; -1 for nobody."""

    def dot(self, x: int, y: int, ink: int) -> None:
        """One dot, unless it lies off the sheet."""
        if 0 <= x < self.dots_wide and 0 <= y < self.dots_high:
            column, row = x >> 1, y >> 2
            self.masks[row][column] |= _BITS[x & 1][y & 3]
            self.inks[row][column] = ink

    def path(self, points: list[tuple[int, int]], ink: int, dash: int = 0, gap: int = 0) -> None:
        """A line through all points; ``dash`` dots drawn and ``gap`` left out (0: as many), ``dash`` 0: a full line."""
        walked, period = 0, dash + (gap or dash)
        for (x, y), (x1, y1) in zip(points, points[1:] or points, strict=False):
            dx, dy = abs(x1 - x), -abs(y1 - y)
            step_x, step_y = (1 if x < x1 else -1), (1 if y < y1 else -1)
            error = dx + dy
            while True:
                if not dash or walked % period < dash:
                    self.dot(x, y, ink)
                if x == x1 and y == y1:
                    break
                walked += 1
                twice = 2 * error
                if twice >= dy:
                    error += dy
                    x += step_x
                if twice <= dx:
                    error += dx
                    y += step_y

    def stipple(self, x: int, top: int, bottom: int, ink: int, phase: int = 0) -> None:
        """One column of a band: a dot in eight, so that a line over it stays readable."""
        for y in range(top, bottom + 1):
            if (x + 3 * y + phase) % 8 == 0:
                self.dot(x, y, ink)

    def row(self, number: int) -> list[tuple[str, int]]:
        """A row of cells as runs of text, each with its ink."""
        runs: list[tuple[str, int]] = []
        for mask, ink in zip(self.masks[number], self.inks[number], strict=True):
            glyph = chr(BRAILLE + mask) if mask else " "
            if runs and runs[-1][1] == ink:
                runs[-1] = (runs[-1][0] + glyph, ink)
            else:
                runs.append((glyph, ink))
        return runs
