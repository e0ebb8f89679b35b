"""The castle cut open, at any size: where its rooms are, and what stands around them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from textual.geometry import Region

from tutor.tui.widgets.canvas import Canvas

UNITS = 52
"""The castle is so many units wide; walls stand on whole ones."""
STOREYS = {
    4: {"tower": (13, 26)},
    3: {"north wall": (0, 12), "copying room": (12, 26), "archive": (26, 39)},
    2: {"dining hall": (0, 14), "great hall": (14, 26), "ballroom": (26, 39)},
    1: {"gate": (0, 13), "forge": (13, 25), "larder": (25, 39)},
}
"""Storey -> room -> where it begins and ends, in units."""
CHAPEL = (39, 52)
"""It is two storeys high, from the ground."""
VALLEY = {"moor": (0, 16), "inn": (19, 33), "boarding house": (36, 52)}
"""What lies below the rock."""
STONE, EARTH = "$rule", "$rule 45%"
WIDEST = 2 * UNITS + 1
LOWEST, HIGHEST = 1, 7
"""Rows of a room between its walls."""
NARROWEST = 17
"""Columns of a room in other people's tales, one wall included."""


@dataclass
class Plan:
    """Where everything is; ``height`` may be more than was asked for."""

    width: int
    height: int
    storey: int
    """Rows of a room between its walls."""
    rooms: dict[str, Region] = field(default_factory=dict)
    """The walls of each included."""
    open_air: frozenset[str] = frozenset()
    """Rooms without walls."""
    tops: list[Region] = field(default_factory=list)
    """Rooms under the sky, whose walls carry battlements."""
    tower: Region = field(default_factory=Region)
    """The room under the flag."""
    chapel: Region = field(default_factory=Region)
    """The room under the spire; empty where there is none."""
    houses: list[Region] = field(default_factory=list)
    """Rooms with eaves."""
    fog: Region = field(default_factory=Region)
    rock: Region = field(default_factory=Region)
    """What the castle stands on."""


def castle(width: int, height: int) -> Plan:
    """The rooms by their places, as large as there is room for."""
    wide = min(width - 1, WIDEST) - 1
    left = (width - wide - 1) // 2
    # Where there is little room, the roofs give way before the rooms.
    storey = min(max((height - 10) // 5, min((height - 7) // 5, 3), LOWEST), HIGHEST)
    low = min(storey, 4) if height >= 26 else min(storey, 2)
    spare = height - (4 * (storey + 1) + 1) - (low + 2)
    valley = height - low - 2
    ground = valley - max(min(3, spare // 3), 0) - 1
    plan = Plan(width, height, storey, open_air=frozenset({"moor"}))

    def across(units: tuple[int, int], top: int, bottom: int) -> Region:
        begin, end = (left + round(unit * wide / UNITS) for unit in units)
        return Region(begin, top, end - begin + 1, bottom - top + 1)

    def floor(number: int) -> int:
        return ground - (number - 1) * (storey + 1)

    for number, rooms in STOREYS.items():
        for name, units in rooms.items():
            plan.rooms[name] = across(units, floor(number + 1), floor(number))
    plan.rooms["chapel"] = plan.chapel = across(CHAPEL, floor(3), ground)
    for name, units in VALLEY.items():
        plan.rooms[name] = across(units, valley, height - 1)
    plan.tower, plan.houses = plan.rooms["tower"], [plan.rooms["inn"], plan.rooms["boarding house"]]
    plan.tops = [plan.rooms[name] for name in ("tower", "north wall", "archive")]
    plan.fog = Region(0, valley, plan.rooms["inn"].x - 2, low + 2)
    plan.rock = across((0, UNITS), ground + 1, valley - 1)
    return plan


def stair(names: list[str], width: int, height: int) -> Plan:
    """A house of as many storeys as it takes, whose stair winds upwards: to the right, to the left, and so on."""
    across = max(min((width - 1) // NARROWEST, math.ceil(math.sqrt(len(names)))), 1)
    floors = -(-len(names) // across)
    wide = min((width - 1) // across, WIDEST // 4)
    storey = max(min((height - 6) // floors - 1, HIGHEST), 2)
    left = (width - across * wide - 1) // 2
    whole = max(floors * (storey + 1) + 3, height)
    ground = whole - 1 - min((whole - floors * (storey + 1)) // 4, 3)
    plan = Plan(width, whole, storey)
    for number, name in enumerate(names):
        floor, place = divmod(number, across)
        column = place if floor % 2 == 0 else across - 1 - place
        plan.rooms[name] = Region(left + column * wide, ground - (floor + 1) * (storey + 1), wide + 1, storey + 2)
    rooms = [*plan.rooms.values()]
    plan.tops = [room for room in rooms if not any(room.x == other.x and other.y < room.y for other in rooms)]
    plan.tower = rooms[-1]
    plan.rock = Region(left, ground + 1, across * wide + 1, whole - ground - 1)
    return plan


def scenery(canvas: Canvas, plan: Plan) -> None:
    """Draw what stands around the rooms: the sky, the rock, the fog."""
    _sky(canvas, plan)
    _rock(canvas, plan.rock)
    _fog(canvas, plan.fog)
    for house in plan.houses:
        canvas.put(house.x + 1, house.y - 1, "▄" * (house.width - 2), STONE)


def roofs(canvas: Canvas, plan: Plan) -> None:
    """Draw battlements and roofs, over the walls that carry them."""
    for top in plan.tops:
        canvas.put(top.x, top.y, "▀" * top.width, STONE)
        for x in range(top.x, top.right, 2):
            canvas.put(x, top.y - 1, "▄", STONE)
    if plan.chapel:
        _roof(canvas, plan.chapel, 2, "+", "$muted")
    _roof(canvas, plan.tower, 1, "|>", "$count")


def _sky(canvas: Canvas, plan: Plan) -> None:
    """Stars, the same ones every night, and a moon where there is room for it."""
    highest = min((room.y for room in plan.rooms.values()), default=0)
    taken = [room.grow((4, 3, 0, 3)) for room in plan.rooms.values()]
    moon = Region(max(plan.width // 12, 3), max(min(highest - 1, 5), 1), 4, 3)
    shown = not any(room.overlaps(moon) for room in taken)
    halo = moon.grow((1, 3, 1, 3)) if shown else Region()
    for y in range(plan.rock.y):
        for x in range(plan.width):
            if chance(x, y) % 37 == 0 and not any(region.contains(x, y) for region in (*taken, halo)):
                canvas.put(x, y, "··.*+"[chance(y, x) % 5], "$rule")
    for row, piece in enumerate(("▗▄▀▘", "██", "▝▀▄▖") if shown else ()):
        canvas.put(moon.x, moon.y + row, piece, "$spoken")


def _roof(canvas: Canvas, under: Region, slope: int, crown: str, tone: str) -> None:
    """A pointed roof over the middle of a wall, and what stands on its point."""
    rows = max(min(under.y - 1, 5, under.width // (2 * slope) - (slope == 1)), 0)
    middle = under.x + under.width // 2
    for row in range(rows):
        y, reach = under.y - 1 - row, (rows - row) * slope
        edge = ("▟", "▙") if slope == 1 else ("▗▟", "▙▖")
        canvas.put(middle - reach, y, edge[0] + "█" * (2 * reach - 2 * slope) + edge[1], STONE)
    if rows > 1:
        canvas.put(middle, under.y - 1 - rows, crown, tone)


def _rock(canvas: Canvas, rock: Region) -> None:
    """It widens downwards."""
    for row in range(rock.height):
        reach = 2 * row
        canvas.clear(Region(rock.x - reach + 1, rock.y + row, rock.width + 2 * reach - 2, 1), EARTH)
        canvas.put(rock.x - reach, rock.y + row, "▟", EARTH)
        canvas.put(rock.right + reach - 1, rock.y + row, "▙", EARTH)


def _fog(canvas: Canvas, where: Region) -> None:
    for y in range(where.y, where.bottom):
        for x in range(where.x, where.right):
            if chance(x, y) % 5 == 0:
                canvas.put(x, y, "~≈"[chance(y, x) % 2], STONE)


def chance(x: int, y: int) -> int:
    """A number that looks like chance, the same at every painting."""
    return ((x * 2654435761 ^ y * 40503 * 65537) * 2246822519 >> 13) & 0xFFFF
