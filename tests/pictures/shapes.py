"""Letters that are pictures: the boxes of which each of them is made, in shares of a cell."""

from __future__ import annotations

from collections.abc import Iterator

Box = tuple[float, float, float, float]
"""Left, top, right and bottom, from 0 to 1."""
DOT = 0.28, 0.15
"""Width and height of a braille dot: a square, where a cell is about twice as high as wide."""
GRAINS = {"\u2591": 1, "\u2592": 2, "\u2593": 3}
"""How many of four grains the three shades have."""


def _dots(pattern: int) -> Iterator[Box]:
    """The dots of a braille letter; the lowest six bits go down the first and the second column of three."""
    wide, high = DOT
    for bit in range(8):
        column, row = divmod(bit, 3) if bit < 6 else (bit - 6, 3)
        if pattern >> bit & 1:
            x, y = (2 * column + 1) / 4, (2 * row + 1) / 8
            yield x - wide / 2, y - high / 2, x + wide / 2, y + high / 2


def _grains(count: int) -> Iterator[Box]:
    """A shade: in each quarter of the cell's width and sixth of its height a grain, or none."""
    order = ((0, 0), (1, 1), (0, 1), (1, 0))
    for column in range(4):
        for row in range(6):
            if (column % 2, row % 2) in order[:count]:
                yield column / 4, row / 6, (column + 1) / 4, (row + 1) / 6


def _blocks() -> Iterator[tuple[str, Box]]:
    """Halves and eighths."""
    yield "\u2580", (0, 0, 1, 0.5)
    yield "\u2590", (0.5, 0, 1, 1)
    yield "\u2594", (0, 0, 1, 0.125)
    yield "\u2595", (0.875, 0, 1, 1)
    for eighths in range(1, 9):
        yield chr(0x2580 + eighths), (0, 1 - eighths / 8, 1, 1)
        if eighths < 8:
            yield chr(0x2590 - eighths), (0, 0, eighths / 8, 1)


def _quadrants() -> Iterator[tuple[str, list[Box]]]:
    """Quarters, in the order of their code points."""
    lower_left, lower_right, upper_left, upper_right = (
        (0, 0.5, 0.5, 1),
        (0.5, 0.5, 1, 1),
        (0, 0, 0.5, 0.5),
        (0.5, 0, 1, 0.5),
    )
    made = [
        [lower_left],
        [lower_right],
        [upper_left],
        [upper_left, lower_left, lower_right],
        [upper_left, lower_right],
        [upper_left, upper_right, lower_left],
        [upper_left, upper_right, lower_right],
        [upper_right],
        [upper_right, lower_left],
        [upper_right, lower_left, lower_right],
    ]
    for place, boxes in enumerate(made):
        yield chr(0x2596 + place), boxes


SHAPES: dict[str, list[Box]] = {
    **{chr(0x2800 + pattern): [*_dots(pattern)] for pattern in range(256)},
    **{letter: [box] for letter, box in _blocks()},
    **{letter: [*_grains(count)] for letter, count in GRAINS.items()},
    **dict(_quadrants()),
}
