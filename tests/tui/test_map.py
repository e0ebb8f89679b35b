"""The map: every chapter a room with its sign, what is known of one, and the ways into it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from story.reading import read_tale, shipped
from tests.tui.reading import rows, settle, text, words
from tests.tui.rooms import Test, furnish, game, press, visit
from tests.tui.test_contrast import contrast, wanted, written
from tutor import places
from tutor.places import PLACES, Room
from tutor.tui.app import CastleApp
from tutor.tui.screens.ask import AskScreen
from tutor.tui.screens.map import MapScreen
from tutor.tui.screens.story import StoryScreen
from tutor.tui.screens.title import TitleScreen
from tutor.tui.themes import THEMES
from tutor.tui.widgets.castlemap import CastleMap

Size = tuple[int, int]
SIZES = [(80, 24), (100, 30), (160, 50)]
TINY = """# {title}

```toml chapter
format = 1
id = "{id}"
teaches = ["patience"]
requires = {requires}
ends = ["end"]
```

## begin

It begins.

- [On](#end)

## end

It ends.
"""


def onto_map(test: Test, folder: Path, *keys: str, done: int = 5, scene: int = 2, size: Size = (80, 24)) -> None:
    """Open the map at the gate, five chapters into the tale."""
    furnish(folder, done, scene)
    visit(test, game(folder), "3", *keys, size=size)


def of(app: CastleApp) -> CastleMap:
    return app.screen.query_one(CastleMap)


def told(app: CastleApp) -> list[str]:
    """What stands in the corner for a while."""
    return [notice.message for notice in app._notifications]


def at(app: CastleApp) -> tuple[str, str]:
    return app.game.play.chapter.id, app.game.play.scene.id


def book(folder: Path, count: int) -> Path:
    """Somebody else's tale: so many chapters, each of which requires the one before."""
    folder.mkdir()
    for n in range(1, count + 1):
        requires = [f"part-{n - 1}"] if n > 1 else []
        chapter = TINY.format(title=f"Part {n}", id=f"part-{n}", requires=str(requires).replace("'", '"'))
        (folder / f"{n:02}.md").write_text(chapter, encoding="utf-8")
    return folder


# what is drawn


def test_every_chapter_of_the_tale_has_its_place() -> None:
    assert [chapter.id for chapter in read_tale(shipped()).chapters] == list(PLACES)


@pytest.mark.parametrize("size", SIZES)
def test_every_room_has_its_name_its_sign_and_a_word_for_it(tmp_path: Path, size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, MapScreen)
        seen = text(app)
        for place in PLACES.values():
            assert place in seen, place
        drawn = "\n".join(row[: of(app).size.width] for row in rows(app)[1:])
        assert Counter(word for word in ("✓ done", "◆ here", "# locked") for _ in range(drawn.count(word))) == {
            "✓ done": 5,
            "◆ here": 1,
            "# locked": 8,
        }
        assert "5 of 14 done" in rows(app)[0]

    onto_map(test, tmp_path, size=size)


def test_in_the_smallest_window_the_signs_are_told_at_the_top(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "◆ here  ✓ done  ○ open  # locked" in rows(app)[0]
        for drawn in ("✓ dining hall", "◆ forge", "# great hall", "# boarding house"):
            assert drawn in text(app)
        assert "teaches  weight decay, L2 penalty, SGD, Adam and AdamW" in text(app) and "Esc close" in text(app)

    onto_map(test, tmp_path, size=(60, 20))


def test_in_large_rooms_stands_what_the_chapter_is_called(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "The Slowing Clock" in text(app) and "ballroom" in text(app)

    onto_map(test, tmp_path, size=(160, 50))


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
def test_every_word_can_be_read_in_every_theme(tmp_path: Path, theme: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        app.theme = theme
        await settle(pilot)
        said = list(written(app))
        assert len(said) > 40
        assert [(words, ink.hex) for words, ink, ground in said if contrast(ink, ground) < wanted(theme)] == []

    onto_map(test, tmp_path, size=(160, 50))


# what is told


def test_what_is_known_of_a_room(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for said in ("The Iron Collar", "the forge", "you are here", "SGD, Adam and AdamW", "one page to be won"):
            assert said in known(app)
        await press(pilot, "pageup")
        for said in ("No Mirror", "the dining hall", "dropout, train and eval", "✓ dropout", "80.0% ± 1.0%"):
            assert said in known(app)
        minutes = places.minutes(app.game, of(app).rooms[4])
        assert f"chapter 5, {minutes} minutes" in known(app) and 5 < minutes < 60
        await press(pilot, "end")
        assert "It opens when The Master's Trial is done." in known(app)

    onto_map(test, tmp_path, size=(100, 30))


def test_where_there_is_room_every_lesson_shows_its_best_and_elsewhere_the_last_one(tmp_path: Path) -> None:
    furnish(tmp_path, 5)

    async def all_of_them(app: CastleApp, pilot: Pilot[Any]) -> None:
        for place in ("dining hall", "the feast", "night copies"):
            assert f"✓ test accuracy 80.0% ± 1.0% {place}" in known(app)

    async def one(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "80.0% ± 1.0% night copies" in known(app) and known(app).count("80.0%") == 1

    visit(all_of_them, game(tmp_path), "3", "pageup", size=(160, 50))
    visit(one, game(tmp_path), "3", "pageup")


def known(app: CastleApp) -> str:
    return " ".join(str(app.screen.query_one("#room").render()).split())


def test_the_best_verdict_is_the_best_of_those_that_passed(tmp_path: Path) -> None:
    furnish(tmp_path, 1)
    made = game(tmp_path)
    made.load()
    runs = made.book.kept()
    assert [best.passed for best in places.rooms(made)[0].best] == [True, True]
    for run in runs:
        made.book.delete_run(run.id)
    assert places.rooms(made)[0].best == ()
    made.book.close()


# moving about


def reached(app: CastleApp) -> set[str]:
    """Every room that arrows lead to from the first."""
    house = of(app)
    todo, found = [0], {0}
    while todo:
        here = todo.pop()
        for way in ("left", "right", "up", "down"):
            house.cursor = here
            house.action_go(way)
            if house.cursor not in found:
                found.add(house.cursor)
                todo.append(house.cursor)
    return {house.rooms[n].id for n in found}


@pytest.mark.parametrize("size", [(60, 20), *SIZES])
def test_arrows_lead_to_every_room(tmp_path: Path, size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert reached(app) == set(PLACES)

    onto_map(test, tmp_path, size=size)


def test_arrows_go_where_they_point(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        way = [
            ("left", "gate"),
            ("up", "dining hall"),
            ("up", "north wall"),
            ("right", "copying room"),
            ("up", "tower"),
        ]
        way += [("down", "copying room"), ("right", "archive"), ("down", "ballroom"), ("right", "chapel")]
        way += [("down", "boarding house"), ("left", "inn"), ("left", "moor"), ("down", "moor"), ("home", "gate")]
        assert of(app).room.place == "forge"
        for key, place in way:
            await press(pilot, key)
            assert of(app).room.place == place, key
        await press(pilot, "pagedown")
        assert of(app).room.place == "moor"

    onto_map(test, tmp_path)


def test_the_mouse_points_and_enters(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        tower = of(app).regions()[2]
        await pilot.hover(CastleMap, offset=(tower.x + 4, tower.y + 2))
        await settle(pilot)
        assert of(app).room.place == "tower" and "First Breath" in words(app)
        await pilot.click(CastleMap, offset=(tower.x + 4, tower.y + 2))
        await settle(pilot)
        assert isinstance(app.screen, AskScreen) and "Go to First Breath?" in words(app)

    onto_map(test, tmp_path)


# going there


def test_a_locked_room_says_what_opens_it(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "right", "enter")
        assert isinstance(app.screen, MapScreen) and not app.game.begun
        assert told(app) == ["The Hungry Knife is locked. It opens when The Iron Collar is done."]

    onto_map(test, tmp_path)


def test_a_place_in_the_tale_is_not_given_up_unasked(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "2")
        assert "You are at: The Iron Collar, post." in words(app) and "That place is given up" in words(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, MapScreen) and not app.game.begun
        await press(pilot, "2", "1")
        assert isinstance(app.screen, StoryScreen) and at(app) == ("lines-in-fog", "doorstep")

    onto_map(test, tmp_path)


def test_at_the_beginning_of_a_chapter_nothing_is_asked(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "2")
        assert at(app) == ("lines-in-fog", "doorstep")

    onto_map(test, tmp_path, scene=0)


@pytest.mark.parametrize(("answer", "scene"), [("1", "post"), ("2", "forge")])
def test_the_room_where_we_are_goes_on_or_begins_again(tmp_path: Path, answer: str, scene: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "enter", answer)
        assert app.playing and at(app) == ("the-iron-collar", scene)

    onto_map(test, tmp_path)


def test_before_the_tale_has_begun_only_its_first_room_is_open(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "○ open" in "\n".join(rows(app)[1:]) and "◆ here" not in "\n".join(rows(app)[1:])
        await press(pilot, "enter")
        assert at(app) == ("the-knock", "gate")

    visit(test, game(tmp_path), "3")


def test_nobody_goes_anywhere_during_a_run(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        app.game.laboratory.running = SimpleNamespace(curves={})
        await press(pilot, "2")
        assert isinstance(app.screen, MapScreen) and not app.game.begun
        assert told(app)[0].startswith("The apprentice is still learning.")
        app.attempt(app.game.open_chapter, "lines-in-fog")
        assert not app.game.begun

    onto_map(test, tmp_path)


def test_a_verdict_that_was_not_put_away_does_not_stand_over_another_chapter(tmp_path: Path) -> None:
    furnish(tmp_path, 5)
    made = game(tmp_path)
    made.load()
    made.resume()
    made.verdict = SimpleNamespace()  # type: ignore[assignment]
    made.open_chapter("first-breath")
    assert made.verdict is None
    made.book.close()


def test_the_tale_shows_where_we_are(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, StoryScreen)
        await press(pilot, "m")
        assert isinstance(app.screen, MapScreen) and of(app).room.place == "forge" and "you are here" in words(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, StoryScreen) and at(app) == ("the-iron-collar", "order")
        await press(pilot, "m", "3", "1")
        assert isinstance(app.screen, StoryScreen) and at(app) == ("first-breath", "goose")
        await press(pilot, "m", "enter")
        assert isinstance(app.screen, StoryScreen) and at(app) == ("first-breath", "goose")
        await press(pilot, "escape")
        assert isinstance(app.screen, TitleScreen) and "Continue" in text(app)

    furnish(tmp_path, 5, scene=1)
    visit(test, game(tmp_path), "1")


# other people's tales


def test_another_tale_has_a_house_of_its_own(tmp_path: Path) -> None:
    folder = book(tmp_path / "book", 3)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "The chapters" in rows(app)[0]
        for said in ("Part 1", "Part 2", "Part 3", "○ open", "# locked", "patience", "chapter 1, "):
            assert said in text(app)
        await press(pilot, "2")
        assert told(app) == ["Part 2 is locked. It opens when Part 1 is done."]
        assert reached(app) == {"part-1", "part-2", "part-3"}

    visit(test, game(tmp_path / "home", chapter=folder), "3")


def test_a_house_higher_than_the_window_is_scrolled_to_the_room_in_hand(tmp_path: Path) -> None:
    folder = book(tmp_path / "book", 40)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "Part 1" in drawn(app) and "Part 40" not in drawn(app)
        await press(pilot, "end")
        assert "Part 40" in drawn(app) and "Part 2 " not in drawn(app)
        last = of(app).regions()[-1]
        await pilot.click(CastleMap, offset=(last.x + 2, last.y + 1 - of(app)._top))
        await settle(pilot)
        assert told(app) == ["Part 40 is locked. It opens when Part 39 is done."]
        await press(pilot, "home")
        assert "Part 1" in drawn(app)

    visit(test, game(tmp_path / "home", chapter=folder), "3")


def drawn(app: CastleApp) -> str:
    return str(of(app).render())


def test_a_room_that_needs_several_chapters_says_all_of_them() -> None:
    room = Room("c", 3, "C", "", (), "locked", False, ("A", "B"), (), 0, ())
    assert room.bars == "It opens when A and B are done." and room.pages == "none to be won"
