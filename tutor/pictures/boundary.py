"""What a network with two inputs says all over the plane, with the training rows upon it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from lessons.views import Grid
from tutor.pictures.picture import Cells, Picture, Row, Segment, Sight, few, listed, many, row

WAITING = "The plane is drawn as soon as a run has begun: what the network says at every point of it."
NOT_FLAT = "There is no plane to draw: this network reads {inputs:,} numbers a row, not two."
SIDES = ("training", "validation")
"""Inks of the two classes: one lighter than the other, not only of another hue."""
SIGNS = "ox+v#"
"""A training row of each class."""
SHADES = " ·░▒▓"
"""From little to much, and of several classes each in turn."""
SURE = 8
"""From so many tenths on, an answer counts as sure."""
CROWD = 6
"""Cells for each point at least, so that the plane stays in sight."""
LEGEND = 26
"""Cells that the legend takes beside the plane."""

Value = float | None


@dataclass(frozen=True)
class _Plane:
    """How values become cells: two samples, one above the other, make one."""

    cell: Callable[[Value, Value], Segment]
    sign: Callable[[float], Segment]
    """Of a training row with that label or target."""
    legend: list[Segment]
    words: str
    detail: str = ""
    blended: bool = True
    """Whether the values between two points of the grid lie between theirs; of classes they do not."""


def draw(sight: Sight, width: int, height: int, title: str) -> Picture:
    """The plane in its own proportions, and the legend beside it where there is room."""
    grid = sight.view.grid if sight.view else None
    if grid is None:
        inputs = sight.recipe.facts.inputs
        return Picture(title, (), WAITING if inputs == 2 else NOT_FLAT.format(inputs=inputs))
    plane = _plane(sight, grid)
    beside = width >= 2 * LEGEND
    # A cell is twice as high as it is wide.
    across = (grid.x_high - grid.x_low) / (grid.y_high - grid.y_low)
    wide = max(min(width - LEGEND * beside, round(2 * height * across)), 1)
    high = max(min(height, round(wide / across / 2)), 1)
    cells = _cells(grid, wide, high, plane)
    _points(grid, cells, plane)
    rows = [row(line) for line in cells]
    if beside:
        rows = [(*line, *_beside(plane.legend, place)) for place, line in enumerate(rows)]
    return Picture(title, tuple(rows), plane.words, plane.detail)


def _plane(sight: Sight, grid: Grid) -> _Plane:
    if sight.recipe.task == "regression":
        return _heights(grid)
    return _halves(grid) if sight.recipe.facts.outputs == 2 else _regions(grid)


@cache
def _half(upper: int, lower: int) -> Segment:
    """The cell of two probabilities of the second class, each in tenths."""
    up, low = (f"{SIDES[tenth >= 5]} {12 + 7 * int(abs(tenth - 4.5))}" for tenth in (upper, lower))
    if (upper >= 5) != (lower >= 5):
        return ("▀", f"{up}/{low}") if upper >= 5 else ("▄", f"{low}/{up}")
    if upper >= 5:
        return "▒" if upper + lower >= 2 * SURE else "░", f"{SIDES[1]} 62/{up}"
    return " " if upper + lower <= 2 * (9 - SURE) else "·", f"{SIDES[0]} 70/{up}"


def _halves(grid: Grid) -> _Plane:
    """Two classes: where it says the second is shaded, and the edge between them runs through half cells."""

    def cell(upper: Value, lower: Value) -> Segment:
        if upper is None or lower is None:
            return "?", "muted"
        return _half(min(int(upper * 10), 9), min(int(lower * 10), 9))

    wrong = sum(1 for x, y, label in _known(grid) if (at := _at(grid, x, y)) is None or (at >= 0.5) != (label >= 0.5))
    legend = [
        ("o  row of class 0", SIDES[0]),
        ("x  row of class 1", SIDES[1]),
        ("   blank: it says o", "muted"),
        ("▒  shaded: it says x", "muted"),
        ("·░ there it is unsure", "muted"),
    ]
    words = (
        f"The network says x where the plane is shaded, o where it is not; of the first "
        f"{many(len(grid.points), 'training row')} about {wrong} {'lies' if wrong == 1 else 'lie'} on the wrong side."
    )
    return _Plane(cell, lambda label: (SIGNS[label >= 0.5], SIDES[label >= 0.5]), legend, words, _quarters(grid))


def _quarters(grid: Grid) -> str:
    """How much of each quarter of the plane it takes for the second class."""
    half = grid.size // 2
    told = []
    for up, lines in (("upper", grid.values[-half:]), ("lower", grid.values[:half])):
        for side, part in (("left", slice(None, half)), ("right", slice(-half, None))):
            values = [value for line in lines for value in line[part] if value is not None]
            if values:
                told.append(f"{sum(value >= 0.5 for value in values) / len(values):.0%} of the {up} {side}")
    return f"By quarters of the plane, it says x in {listed(told)}." if told else ""


def _regions(grid: Grid) -> _Plane:
    """More classes: each has its shade."""

    def cell(upper: Value, lower: Value) -> Segment:
        if upper is None or lower is None:
            return "?", "muted"
        label = round(upper)
        return SHADES[label % len(SHADES)], f"{SIDES[label % 2]} 60/{SIDES[label % 2]} {14 + 9 * (label % 5)}"

    def sign(label: float) -> Segment:
        return SIGNS[round(label) % len(SIGNS)], "foreground"

    labels = sorted({round(value) for line in grid.values for value in line if value is not None})
    points = _known(grid)
    wrong = sum(1 for x, y, label in points if (at := _at(grid, x, y, blended=False)) is None or at != label)
    legend = [(f"{sign(n)[0]}  class {n}, where {SHADES[n % len(SHADES)] * 3}", "foreground") for n in labels]
    words = (
        f"Each shade is what the network says there: {many(len(labels), 'class', 'classes')} in sight; of the first "
        f"{many(len(grid.points), 'training row')} about {wrong} {'lies' if wrong == 1 else 'lie'} in another's."
    )
    return _Plane(cell, sign, legend, words, blended=False)


def _heights(grid: Grid) -> _Plane:
    """A regression: the denser, the higher."""
    values = [value for line in grid.values for value in line if value is not None]
    low, high = min(values, default=0.0), max(values, default=0.0)
    targets = sorted(target for _, _, target in _known(grid))
    middle = targets[len(targets) // 2] if targets else 0.0
    steps = [low + (high - low) * n / len(SHADES) for n in range(1, len(SHADES))]

    def cell(upper: Value, lower: Value) -> Segment:
        if upper is None or lower is None:
            return "?", "muted"
        place = bisect_right(steps, (upper + lower) / 2) if high > low else 0
        return SHADES[place], f"{SIDES[1]} 70/{SIDES[1]} {8 + 12 * place}"

    def sign(target: float) -> Segment:
        return ("x", "turned") if target > middle else ("o", SIDES[0])

    legend = [
        (f"{SHADES} {few(low)} to {few(high)}", "foreground"),
        (f"x  target above {few(middle)}", "turned"),
        (f"o  target up to {few(middle)}", SIDES[0]),
    ]
    words = (
        f"The denser, the higher the network's answer, from {few(low)} to {few(high)}; upon it training rows, "
        f"x where the target is above {few(middle)}."
    )
    return _Plane(cell, sign, legend, words)


def _cells(grid: Grid, wide: int, high: int, plane: _Plane) -> list[Cells]:
    """Each cell holds two samples, one above the other."""
    last = grid.size - 1
    columns = [(n + 0.5) / wide * last for n in range(wide)]
    lines = [(1 - (n + 0.5) / (2 * high)) * last for n in range(2 * high)]
    if not plane.blended:
        columns, lines = list(map(round, columns)), list(map(round, lines))
    samples = [[_between(line, column) for column in columns] for line in (_line(grid, place) for place in lines)]
    pairs = zip(samples[::2], samples[1::2], strict=True)
    return [[plane.cell(*both) for both in zip(upper, lower, strict=True)] for upper, lower in pairs]


def _line(grid: Grid, place: float) -> list[Value]:
    """The values along a line from left to right, at a place between two rows of the grid."""
    below, part = _split(place, grid.size)
    return [_mixed(one, other, part) for one, other in zip(grid.values[below], grid.values[below + 1], strict=True)]


def _between(line: list[Value], place: float) -> Value:
    left, part = _split(place, len(line))
    return _mixed(line[left], line[left + 1], part)


def _split(place: float, size: int) -> tuple[int, float]:
    before = min(max(int(place), 0), size - 2)
    return before, min(max(place - before, 0.0), 1.0)


def _mixed(one: Value, other: Value, part: float) -> Value:
    return None if one is None or other is None else one + (other - one) * part


def _place(grid: Grid, x: float, y: float) -> tuple[float, float]:
    """Where a point lies, as shares of the plane from its lower left corner."""
    return (x - grid.x_low) / (grid.x_high - grid.x_low), (y - grid.y_low) / (grid.y_high - grid.y_low)


def _at(grid: Grid, x: float, y: float, blended: bool = True) -> Value:
    """What the network says at a point, as far as the grid tells."""
    across, up = (share * (grid.size - 1) for share in _place(grid, x, y))
    below, part = _split(up if blended else round(up), grid.size)
    lower, upper = (_between(line, across if blended else round(across)) for line in grid.values[below : below + 2])
    return _mixed(lower, upper, part)


def _known(grid: Grid) -> list[tuple[float, float, float]]:
    """The points without those that hold no number."""
    return [(x, y, label) for x, y, label in grid.points if x is not None and y is not None and label is not None]


def _points(grid: Grid, cells: list[Cells], plane: _Plane) -> None:
    """Put training rows upon the plane, as many as leave it in sight."""
    high, wide = len(cells), len(cells[0])
    taken: set[tuple[int, int]] = set()
    for x, y, label in _known(grid):
        if len(taken) * CROWD >= high * wide:
            break
        across, up = _place(grid, x, y)
        line, column = min(int((1 - up) * high), high - 1), min(int(across * wide), wide - 1)
        if (line, column) not in taken:
            taken.add((line, column))
            glyph, ink = plane.sign(label)
            cells[line][column] = glyph, f"{ink}/{_ground(cells[line][column][1])}"


def _ground(ink: str) -> str:
    """What a point stands on: the ground of the cell that it takes."""
    return ink.partition("/")[2]


def _beside(legend: list[Segment], place: int) -> Row:
    return (("  ", ""), legend[place]) if place < len(legend) else ()
