"""The images that the network misreads most surely, in half-blocks."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from lessons.views import Misread
from tutor.pictures.picture import Cells, Picture, Row, Segment, Sight, row

WAITING = "The images that it misreads are shown when a run has ended."
NO_IMAGES = "There is no image to misread here: the rows of this lesson are numbers."
NONE = "It misreads none of the validation images."
GREYS = 8
"""Steps from dark to bright."""
LIT = 3
"""The step from which on a pixel is drawn for whoever sees no colours, too."""
PAPER = 8
"""How far the ground of an image stands out, in per cent."""
GAP = 2
ENOUGH = 4
"""So many images at least must fit before they are shown in full size."""


def draw(sight: Sight, width: int, height: int, title: str) -> Picture:
    """As many as there is room for, side by side, the surest mistake first; below each its truth and its answer."""
    if sight.recipe.facts.image is None:
        return Picture(title, (), NO_IMAGES)
    misread = sight.view.misread.get("validation", []) if sight.view else []
    if not misread:
        return Picture(title, (), NONE if sight.accuracy == 1.0 else WAITING)
    side = math.isqrt(len(misread[0].pixels) // 2)
    shrink, across, down = _fitted(side, len(misread), width, height)
    shown = misread[: across * down]
    rows: list[Row] = []
    for first in range(0, len(shown), across):
        line = shown[first : first + across]
        tiles = [_tile(one, side, shrink) for one in line]
        rows += [_beside(cells) for cells in zip(*tiles, strict=True)]
        rows += [_captions(line, side // shrink, part) for part in (0, 1)]
    worst = misread[0]
    words = (
        f"The validation images that it misreads most surely: the first is {_a(worst.truth)}, "
        f"and it says {worst.said}, {worst.sure:.0%} sure."
    )
    return Picture(title, tuple(rows[:height]), words, _others(misread[1:]))


def _others(misread: Sequence[Misread]) -> str:
    told = [f"{_a(one.truth)} read as {one.said}, {one.sure:.0%} sure" for one in misread]
    return f"After it: {'; '.join(told)}." if told else ""


def _a(truth: object) -> str:
    return f"{'an' if str(truth)[0] in '8aeiou' else 'a'} {truth}"


def _fitted(side: int, images: int, width: int, height: int) -> tuple[int, int, int]:
    """By how much the images shrink, and how many then stand side by side and one above another."""
    for shrink in (1, 2):
        wide, high = side // shrink, side // shrink // 2 + 2
        across, down = (width + GAP) // (wide + GAP), height // high
        if across * down >= min(images, ENOUGH):
            break
    return shrink, max(across, 1), max(down, 1)


def _tile(one: Misread, side: int, shrink: int) -> list[Cells]:
    """Two pixels in each cell, one above the other."""
    levels = bytes.fromhex(one.pixels)
    lines: list[Sequence[float]] = [levels[n : n + side] for n in range(0, side * side, side)]
    if shrink == 2:
        pairs = zip(lines[::2], lines[1::2], strict=True)
        lines = [[sum(four) / 4 for four in zip(u[::2], u[1::2], v[::2], v[1::2], strict=True)] for u, v in pairs]
    steps = [[round(level / 255 * GREYS) for level in line] for line in lines]
    return [[_cell(*both) for both in zip(u, v, strict=True)] for u, v in zip(steps[::2], steps[1::2], strict=True)]


@cache
def _cell(upper: int, lower: int) -> Segment:
    """The character says which half is lit, the inks how much."""
    if upper >= LIT and lower >= LIT:
        return "█", _grey((upper + lower) / 2)
    if upper >= LIT:
        return "▀", f"{_grey(upper)}/{_grey(lower)}"
    if lower >= LIT:
        return "▄", f"{_grey(lower)}/{_grey(upper)}"
    return " ", f"/{_grey((upper + lower) / 2)}"


def _grey(step: float) -> str:
    return f"foreground {PAPER + round(step / GREYS * (100 - PAPER))}"


def _beside(tiles: tuple[Cells, ...]) -> Row:
    cells: Cells = []
    for tile in tiles:
        cells += ([(" " * GAP, "")] if cells else []) + tile
    return row(cells)


def _captions(line: list[Misread], wide: int, part: int) -> Row:
    captions = [f"{one.sure:.0%} sure" if part else f"{one.truth}, it says {one.said}" for one in line]
    text = (" " * GAP).join(f"{caption:<{wide}}" for caption in captions).rstrip()
    return ((text, "muted" if part else ""),)
