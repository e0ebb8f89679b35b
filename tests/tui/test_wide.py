"""What a wide window shows beside what a narrow one shows alone: the map, a program, a diff, a whole command."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, questions
from tests.tui.reading import play, settle, text
from tests.tui.rooms import furnish, game, press, visit
from tests.tui.test_map import book
from tutor import places
from tutor.tui.app import CastleApp
from tutor.tui.screens.map import MapScreen
from tutor.tui.screens.run import RecreateScreen, folded
from tutor.tui.screens.story import StoryScreen
from tutor.tui.widgets.castlemap import StillMap

WIDE, NARROW = (120, 34), (119, 34)
CODE = "tutor run --from castle1:dropout=0.5:widths=256,128:label_noise=0.3:seed=1000:seeds=2"


# the map beside the tale


def test_a_wide_window_shows_where_we_are_beside_the_tale(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, StoryScreen) and not app.screen.query(StillMap), "no room for it, none is made"
        await pilot.resize_terminal(*WIDE)
        await settle(pilot)
        house, tale = app.screen.query_one(StillMap), app.screen.query_one("#tale")
        assert house.room and house.room.place == "forge" and house.room.here
        assert "◆ here" in text(app) and text(app).count("✓ done") == 5
        assert tale.region.right <= house.region.x and tale.region.width > 60
        assert house not in app.screen.focus_chain
        await pilot.resize_terminal(*NARROW)
        await settle(pilot)
        assert "◆ here" not in text(app)

    furnish(tmp_path, 5, scene=1)
    visit(test, game(tmp_path), "1", size=NARROW)


def test_the_map_beside_the_tale_goes_on_with_it(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        house = app.screen.query_one(StillMap)
        assert house.room and house.room.place == "forge"
        app.attempt(app.game.open_chapter, "lines-in-fog")
        await settle(pilot)
        assert app.screen.query_one(StillMap) is house and house.room.place == "moor"

    furnish(tmp_path, 5, scene=1)
    visit(test, game(tmp_path), "1", size=WIDE)


def test_the_map_beside_the_tale_is_not_walked_about_and_opens_the_one_that_is(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        house = app.screen.query_one(StillMap)
        tower = house.regions()[2]
        await pilot.hover(StillMap, offset=(tower.x + 4, tower.y + 2))
        await settle(pilot)
        assert house.room and house.room.place == "forge"
        await pilot.click(StillMap, offset=(tower.x + 4, tower.y + 2))
        await settle(pilot)
        assert isinstance(app.screen, MapScreen)
        await press(pilot, "escape")
        assert isinstance(app.screen, StoryScreen)

    furnish(tmp_path, 5, scene=1)
    visit(test, game(tmp_path), "1", size=WIDE)


def test_a_tale_of_one_chapter_has_no_map_beside_it(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        tale = app.screen.query_one("#tale").region
        assert not app.screen.query(StillMap)
        assert abs(tale.x - (WIDE[0] - tale.right)) <= 1, "it stands in the middle"

    visit(test, game(tmp_path / "home", chapter=book(tmp_path / "book", 1)), "2", size=WIDE)


def test_the_outline_of_the_castle_is_that_of_the_map_without_the_save_book(tmp_path: Path) -> None:
    furnish(tmp_path, 5)
    made = game(tmp_path)
    made.load()
    whole, plain = places.rooms(made), places.outline(made)
    assert [(r.id, r.place, r.state, r.here) for r in plain] == [(r.id, r.place, r.state, r.here) for r in whole]
    assert any(room.best for room in whole) and not any(room.best or room.won or room.unwon for room in plain)
    made.book.close()


def test_a_question_stands_in_the_middle_of_a_high_window() -> None:
    asking = FakeGame()
    asking.asked = questions("quiz")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1", "1")
        for height in (50, 30):
            await pilot.resize_terminal(100, height)
            await settle(pilot)
            page = app.screen.query_one("#page").region
            assert page.height < 12 and abs(page.y - (height - page.bottom)) <= 1, (page, height)
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert app.screen.query_one("#page").region.y == 1

    play(test, asking)


# runs


@pytest.mark.parametrize("keys", [("7", "enter"), ("7", "space", "down", "c")])
def test_the_code_stands_beside_the_numbers_where_there_is_room(tmp_path: Path, keys: tuple[str, ...]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        numbers, code = app.screen.query_one(".numbers"), app.screen.query_one("#code")
        assert code.region.y >= numbers.region.bottom
        await pilot.resize_terminal(160, 50)
        await settle(pilot)
        assert code.region.y == numbers.region.y < 30 and code.region.x > numbers.region.right
        settings, measured = app.screen.query_one("#settings"), app.screen.query_one("#measured")
        assert settings.region.bottom < measured.region.y + 1 and measured.region.bottom <= numbers.region.bottom
        page = app.screen.query_one("#page")
        assert all(part.region.right < page.scrollable_content_region.right for part in page.children)

    furnish(tmp_path, 2)
    visit(test, game(tmp_path), *keys, size=(100, 30))


def test_the_line_that_makes_a_run_again_is_cut_between_its_settings(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, RecreateScreen)
        line = app.screen.query_one("#command")
        narrow = str(line.render()).split("\n")
        assert len(narrow) > 1 and all(len(row) <= line.content_size.width for row in narrow)
        assert all(row.endswith((":", "--from")) for row in narrow[:-1])
        await pilot.resize_terminal(160, 50)
        await settle(pilot)
        assert len(str(line.render()).split("\n")) < len(narrow) and line.content_size.width > 100

    furnish(tmp_path, 2)
    visit(test, game(tmp_path), "7", "r", size=(60, 24))


@pytest.mark.parametrize("width", [20, 40, 57, 70, 84, 85, 200])
def test_a_folded_command_is_the_command(width: int) -> None:
    lines = folded(CODE, width)
    assert "".join(lines).replace(" ", "") == CODE.replace(" ", "")
    assert all(len(line) <= max(width, len("label_noise=0.3:")) for line in lines)
    assert all(line.endswith((":", "run", "--from", "tutor")) for line in lines[:-1])
    assert (len(lines) == 1) == (width >= len(CODE))
