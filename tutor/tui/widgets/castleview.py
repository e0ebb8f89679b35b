"""The castle by night, seen from the road: towers before towers, a moon, and a window lit for what is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from textual.geometry import Region

from tutor.tui.widgets.canvas import Canvas
from tutor.tui.widgets.castleplan import chance

WIDE, HIGH = 112, 30
"""Columns and rows of the drawing; in a smaller place everything comes closer together."""
GROUND = 25
"""The row that the walls stand on."""
QUADRANTS = " ▘▝▀▖▌▞▛▗▚▐▜▄▙▟█"
"""By the four quarters that are painted: 1 upper left, 2 upper right, 4 lower left, 8 lower right."""
SKY, MOON, FAR, ROCK, ROAD, EDGE, ROOF, NEAR, NIGHT = range(9)
TONES = (
    "",
    "$turned 65%",
    "$rule 60%",
    "$rule 50%",
    "$rule 75%",
    "$rule 75%",
    "$muted 55%",
    "$rule",
    "$background",
)
"""Of two in a cell the later is the ink: what comes before the walls lets the ground shine through."""
LIT, DARK = "$turned bold", "$background 60%"


class Tower(NamedTuple):
    """Where it begins, how broad and how high it is, and its roof; one without a roof has battlements."""

    x: int
    width: int
    height: int
    roof: int = 0


KEEP, CHAPEL = Tower(45, 15, 17, 6), Tower(84, 15, 8, 9)
FARTHER = (Tower(17, 7, 13, 5), Tower(33, 6, 17, 5), Tower(64, 6, 14, 6), Tower(80, 5, 17, 5), Tower(99, 6, 10, 4))
NEARER = (
    Tower(12, 92, 5),
    Tower(8, 13, 9),
    Tower(24, 9, 10, 5),
    Tower(37, 11, 12),
    KEEP,
    Tower(60, 13, 11),
    Tower(73, 8, 8, 4),
    CHAPEL,
    Tower(99, 9, 7),
)
GATE = (49, 7, 4)
"""Where the gate begins, how broad and how high it is."""
HOUSES = (Tower(74, 13, 2, 2), Tower(91, 17, 2, 2))
FOOT = -5
"""The row above the ground that the houses of the valley stand on."""
MOON_AT = (73, 19.5, 5.5)


class Windows(NamedTuple):
    """Rows of windows in the middle of a wall: where that begins and ends, how high they are, how many, how far apart.

    How high is told in rows above the ground.
    """

    x: int
    width: int
    heights: tuple[int, ...]
    count: int = 3
    apart: int = 3


WINDOWS = {
    "moor": Windows(15, 3, (-3,), 1),
    "gate": Windows(45, 15, (3,), 2, 10),
    "tower": Windows(45, 15, (15,)),
    "north wall": Windows(8, 13, (7,)),
    "dining hall": Windows(24, 9, (8,), 3, 2),
    "forge": Windows(24, 9, (3,), 3, 2),
    "larder": Windows(60, 13, (3,)),
    "copying room": Windows(37, 8, (9, 6), 2),
    "chapel": Windows(84, 15, (6, 5), 3, 4),
    "great hall": Windows(45, 15, (11,)),
    "ballroom": Windows(60, 13, (6,)),
    "archive": Windows(60, 13, (9,)),
    "boarding house": Windows(91, 17, (-4,)),
    "inn": Windows(74, 13, (-4,)),
}
"""Place -> its windows; on the moor a lamp."""


class Sheet:
    """Quarters of cells, each of one of the tones; what is drawn is told in columns, and rows above the ground."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self._tones = [[SKY] * (2 * width) for _ in range(2 * height)]

    def x(self, column: float) -> int:
        """The quarter at which a column of the drawing begins."""
        return round(2 * column * self.width / WIDE)

    def y(self, above: float) -> int:
        """The first quarter from above that lies no higher than so many rows."""
        return round(2 * (GROUND - above) * self.height / HIGH)

    def fill(self, x: int, y: int, width: int, height: int, tone: int) -> None:
        """Paint some quarters."""
        for row in self._tones[max(y, 0) : max(y + height, 0)]:
            left, right = max(x, 0), min(x + width, len(row))
            row[left:right] = [tone] * (right - left)

    def tower(self, tower: Tower, tone: int, roof: int, foot: float = 0) -> None:
        """Walls, and a roof or battlements."""
        left, right = self.x(tower.x), self.x(tower.x + tower.width)
        top, bottom = self.y(foot + tower.height), self.y(foot)
        self.fill(left, top, right - left, bottom - top, tone)
        if tone == NEAR:
            self.fill(left, top, 1, bottom - top, EDGE)
            self.fill(right - 1, top, 1, bottom - top, EDGE)
        if not tower.roof:
            for x in range(left, right - 1, 4):
                self.fill(x, top - 1, 2, 1, tone)
            return
        point = self.y(foot + tower.height + tower.roof)
        for y in range(point, top):
            reach = (y - point + 1) / (top - point) * ((right - left) / 2 + 1)
            self.fill(round((left + right) / 2 - reach), y, round(2 * reach), 1, roof)

    def disc(self, column: float, above: float, radius: float, tone: int) -> None:
        """A circle of so many rows; a quarter is twice as high as wide."""
        size = 2 * radius * self.height / HIGH
        for y in range(2 * self.height):
            inside = size**2 - (y + 0.5 - self.y(above)) ** 2
            if inside > 0:
                reach = 2 * inside**0.5
                self.fill(round(self.x(column) - reach), y, round(2 * reach), 1, tone)

    def paint(self, canvas: Canvas) -> None:
        """Put it on the canvas; what is sky lets through what is there."""
        for y in range(self.height):
            for x in range(self.width):
                upper, lower = self._tones[2 * y], self._tones[2 * y + 1]
                four = (upper[2 * x], upper[2 * x + 1], lower[2 * x], lower[2 * x + 1])
                ink, under = max(four), min(four)
                if ink == SKY:
                    continue
                glyph = QUADRANTS[sum(1 << n for n, tone in enumerate(four) if tone == ink)]
                if under not in (ink, SKY):
                    canvas.clear(Region(x, y, 1, 1), TONES[under])
                canvas.put(x, y, glyph, TONES[ink])

    def write(self, canvas: Canvas, x: int, y: int, glyph: str, tone: str) -> None:
        """Write a sign on what is painted there."""
        canvas.clear(Region(x, y, 1, 1), TONES[self._tones[2 * y + 1][2 * x]])
        canvas.put(x, y, glyph, tone)


def castle(width: int, height: int, states: Mapping[str, str]) -> Canvas:
    """Draw it. Where a chapter is done all windows of its place are lit, where one may go a single one."""
    canvas, sheet = Canvas(width, height), Sheet(width, height)
    _stars(canvas)
    sheet.disc(*MOON_AT, MOON)
    for tower in FARTHER:
        sheet.tower(tower, FAR, FAR)
    for tower in NEARER:
        sheet.tower(tower, NEAR, ROOF)
    _rock(sheet)
    for house in HOUSES:
        sheet.tower(house, NEAR, ROOF, FOOT)
    sheet.paint(canvas)
    for tower, crown, tone in ((KEEP, "|>", "$count"), (CHAPEL, "+", "$muted")):
        x, y = sheet.x(tower.x + tower.width / 2), sheet.y(tower.height + tower.roof)
        canvas.put(x // 2, (y - 1) // 2, crown, tone)
    for place, windows in WINDOWS.items():
        state, panes = states.get(place, "locked"), _panes(sheet, windows)
        for number, (x, y) in enumerate(panes):
            lit = state == "done" or (state == "open" and number == len(panes) // 2)
            sheet.write(canvas, x, y, "▪" if lit else "▫", LIT if lit else DARK)
    return canvas


def _panes(sheet: Sheet, windows: Windows) -> list[tuple[int, int]]:
    """The cells of some windows, equally far apart however small the wall is."""
    apart = max(round(windows.apart * sheet.width / WIDE), 2)
    middle = (sheet.x(windows.x) + sheet.x(windows.x + windows.width)) / 4
    left = round(middle - ((windows.count - 1) * apart + 1) / 2)
    rows = dict.fromkeys(sheet.y(height) // 2 for height in windows.heights)
    return [(left + number * apart, y) for y in rows for number in range(windows.count)]


def _rock(sheet: Sheet) -> None:
    """What the castle stands on, and the road up to its gate."""
    ground, (left, broad, high) = sheet.y(0), GATE
    for row in range(2 * sheet.height - ground):
        for x, width, tone in ((8, 100, ROCK), (left, broad, ROAD)):
            wider = sheet.x(0.9 * row) if tone == ROCK else row
            sheet.fill(sheet.x(x) - wider, ground + row, sheet.x(width) + 2 * wider, 1, tone)
    top, begin, end = sheet.y(high), sheet.x(left), sheet.x(left + broad)
    for row in range(top, ground):
        arch = max(2 - (row - top), 0)
        sheet.fill(begin + arch, row, end - begin - 2 * arch, 1, NIGHT)


def _stars(canvas: Canvas) -> None:
    """The same ones every night."""
    for y in range(canvas.height):
        for x in range(canvas.width):
            if chance(x, y) % 53 == 0:
                canvas.put(x, y, "··.*+"[chance(y, x) % 5], "$rule")
