"""Where the rooms of the map are, at every size."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest

from tutor.places import PLACES
from tutor.tui.widgets.castleplan import castle, stair


def test_the_castle_has_every_place_of_the_tale() -> None:
    assert set(castle(66, 28).rooms) == set(PLACES.values())


@pytest.mark.parametrize("width", [53, 55, 60, 66, 79, 105, 140])
@pytest.mark.parametrize("height", [12, 17, 22, 26, 28, 40, 60])
def test_at_every_size_every_room_is_within_and_apart_from_the_others(width: int, height: int) -> None:
    plan = castle(width, height)
    inside = {name: room.shrink((1, 1, 1, 1)) for name, room in plan.rooms.items()}
    cells = Counter(
        (x, y) for room in inside.values() for x in range(room.x, room.right) for y in range(room.y, room.bottom)
    )
    assert max(cells.values()) == 1
    for name, room in plan.rooms.items():
        assert room.x >= 0 and room.y >= 0 and room.right <= width and room.bottom <= height, name
        assert inside[name].height >= 1 and inside[name].width >= len(name), name


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9, 14, 40])
@pytest.mark.parametrize("size", [(53, 22), (60, 12), (110, 48)])
def test_a_stair_of_any_height_winds_upwards(count: int, size: tuple[int, int]) -> None:
    plan = stair([str(n) for n in range(count)], *size)
    regions = list(plan.rooms.values())
    assert len({(r.x, r.y) for r in regions}) == count and all(r.right <= size[0] for r in regions)
    assert all(r.y >= 0 and r.bottom <= plan.height for r in regions)
    for one, other in pairwise(regions):
        beside = one.y == other.y and abs(one.x - other.x) == one.width - 1
        assert beside or (one.x == other.x and other.y == one.y - one.height + 1), "the next room is beside, or above"
