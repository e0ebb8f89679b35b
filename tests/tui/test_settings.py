"""The settings on the screen: made from their declarations, kept at once, in force at once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fake import FakeGame, lesson, run
from tests.tui.reading import rows, settle, text, words
from tutor.preferences import FILE, PREFERENCES, Preferences
from tutor.tui.app import CastleApp
from tutor.tui.keymap import actions
from tutor.tui.screens.settings import SettingsScreen
from tutor.tui.screens.title import TitleScreen
from tutor.tui.themes import THEMES
from tutor.tui.widgets.choices import Choices
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.keyrow import KeyRow

Test = Callable[[CastleApp, Pilot[Any]], Awaitable[None]]


def settings(
    test: Test,
    folder: Path | None,
    game: FakeGame | None = None,
    size: tuple[int, int] = (80, 24),
    given: dict[str, Any] | None = None,
    **environ: str,
) -> None:
    """Run the application on a folder, and open its settings."""

    async def begin() -> None:
        app = CastleApp(game or lesson(), preferences=Preferences(folder, given, environ))  # type: ignore[arg-type]
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await pilot.press("f2")
            await settle(pilot)
            assert isinstance(app.screen, SettingsScreen)
            await test(app, pilot)

    run(begin())


async def press(pilot: Pilot[Any], *keys: str) -> None:
    await pilot.press(*keys)
    await settle(pilot)


def test_the_themes_are_those_that_may_be_preferred() -> None:
    declared = next(p for p in PREFERENCES if p.name == "theme")
    assert list(declared.choices) == [theme.name for theme in THEMES]


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (120, 34)])
def test_there_is_a_row_for_everything_that_is_declared(tmp_path: Path, size: tuple[int, int]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for preference in PREFERENCES:
            (row,) = app.screen.query(f"#dial-{preference.name}, #set-{preference.name}")
            row.focus()
            await settle(pilot)
            assert preference.words.split(".")[0] in words(app), preference.name
        assert [row.action for row in app.screen.query(KeyRow)] == list(actions())
        for id in ("train", "gate"):
            app.screen.query_one(f"#key-{id}").focus()
            await settle(pilot)
            assert f"▸ {id}" in text(app)

    settings(test, tmp_path, size=size)


def test_the_keys_stand_in_columns_under_the_places_where_they_hold(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        page = app.screen.query_one("#page")
        heads = [str(head.render()) for head in app.screen.query(".group")]
        assert heads == ["Everywhere", "Tale", "Laboratory", "Journal", "Grimoire"]
        for row in app.screen.query(KeyRow):
            told = str(row.render())
            assert told[2:19] == f"{row.action:<17}" and told[18] == " " and told[19:].startswith(row.keys), told
        assert app.screen.query_one("#key-delete", KeyRow).keys == "d, Delete"
        dial = app.screen.query_one("#dial-theme", Dial)
        assert rows(app)[dial.region.y].index("( lamplight )") == page.region.x + 1 + 19

    settings(test, tmp_path)


def test_a_turn_holds_at_once_and_is_in_the_file(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "right")
        assert app.theme == "castle-by-day" and "( by day )" in text(app)
        await press(pilot, "down", "1", "down", "right")
        assert app.preferences["pace"] == 0 and app.animation_level == "none"
        await press(pilot, "down", "2", "down", "right")
        assert app.game.log[-2:] == [("use", "cpu", 1), ("use", "cpu", 2)]
        assert "From the next run on: cpu, 1 thread." in words(app)
        found = Preferences(tmp_path, None, {})
        said = [found[name] for name in ("theme", "pace", "motion", "device", "threads")]
        assert said == ["castle-by-day", 0, "reduced", "cpu", 2]
        await press(pilot, "left", "up", "up", "left")
        assert app.animation_level == "full" and Preferences(tmp_path, None, {})["threads"] == 1
        await press(pilot, "escape")
        assert isinstance(app.screen, TitleScreen)

    settings(test, tmp_path)


def test_by_mouse(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        dial = app.screen.query_one("#dial-theme", Dial)
        await pilot.click(offset=(rows(app)[dial.region.y].index("high contrast"), dial.region.y))
        await settle(pilot)
        assert app.theme == "castle-high-contrast"
        row = app.screen.query_one("#key-help", KeyRow)
        await pilot.click(offset=(10, row.region.y))
        await settle(pilot)
        await press(pilot, "f9")
        assert Preferences(tmp_path, None, {}).keys == {"help": "f9"}

    settings(test, tmp_path)


def test_a_folder_is_typed(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, *["down"] * 5)
        assert isinstance(app.focused, Input) and "from the next start" in words(app)
        app.focused.value = str(tmp_path / FILE)
        (tmp_path / FILE).touch()
        await press(pilot, "enter")
        assert "that is a file" in words(app) and not Preferences(tmp_path, None, {})["data"]
        app.focused.value = str(tmp_path / "sets")
        await press(pilot, "enter")
        assert Preferences(tmp_path, None, {})["data"] == str(tmp_path / "sets") and "Kept." in words(app)
        assert "There is no such folder yet." in words(app)
        (tmp_path / "sets").mkdir()
        await press(pilot, "enter")
        assert "Kept." in words(app) and "no such folder" not in words(app)
        await press(pilot, "down")
        assert isinstance(app.focused, KeyRow), "the arrows lead on"
        await press(pilot, "up", "up")
        assert isinstance(app.focused, Dial)

    settings(test, tmp_path)


def test_keys_are_chosen_refused_and_taken_back(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        row = app.screen.query_one("#key-train", KeyRow)
        app.screen.set_focus(row)
        await press(pilot, "enter")
        assert "press the new key" in text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, SettingsScreen) and row.keys == "t", "Esc leaves it as it is"
        await press(pilot, "enter", "j")
        assert "Train cannot be j: there it is the key of judge already" in words(app) and row.keys == "t"
        await press(pilot, "enter", "k")
        assert row.keys == "k" and Preferences(tmp_path, None, {}).keys == {"train": "k"}
        await press(pilot, "escape", "1")
        await press(pilot, "k")
        assert "practise" in app.game.log
        await press(pilot, "f2")
        app.screen.set_focus(app.screen.query_one("#key-train"))
        await press(pilot, "delete")
        assert Preferences(tmp_path, None, {}).keys == {}
        await press(pilot, "escape", "t")
        assert app.game.log.count("practise") == 2

    settings(test, tmp_path)


def test_what_the_command_line_says_is_locked_and_says_so(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "right")
        assert app.theme == "castle-by-day" and "Now it is as the command line says." in words(app)
        await press(pilot, "down", "down", "left")
        assert app.animation_level == "none" and "as TEXTUAL_ANIMATIONS=none says" in words(app)
        assert not (tmp_path / FILE).exists()

    settings(test, tmp_path, given={"theme": "castle-by-day"}, TEXTUAL_ANIMATIONS="none")


def test_a_number_from_the_file_that_no_dial_offers_is_shown(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("threads = 5\n")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        dial = app.screen.query_one("#dial-threads", Dial)
        assert dial.value == 5
        dial.focus()
        await press(pilot, "right")
        assert app.preferences["threads"] == 6

    settings(test, tmp_path)


def test_what_cannot_be_kept_is_said_and_holds(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where the folder should be")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "right")
        assert "The settings cannot be kept" in words(app) and app.theme == "castle-by-day"
        await press(pilot, "right")
        assert app.theme == "castle-high-contrast"

    settings(test, tmp_path / "home")


def test_colours_in_the_palette_lead_to_the_settings(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "escape", "ctrl+p", *"colours")
        await pilot.pause(0.3)  # the palette looks for what fits in the background
        await press(pilot, "enter", "right")
        assert type(app.screen).__name__ == "SettingsScreen"
        assert app.theme == Preferences(tmp_path, None, {})["theme"] == "castle-by-day"

    settings(test, tmp_path)


def test_the_way_in_from_the_gate() -> None:
    async def begin() -> None:
        app = CastleApp(FakeGame())  # type: ignore[arg-type]
        async with app.run_test(size=(80, 30)) as pilot:
            await settle(pilot)
            ways = app.screen.query_one(Choices)
            ways.pick([item.label for item in ways.items].index("Settings"))
            await settle(pilot)
            assert isinstance(app.screen, SettingsScreen)
            await press(pilot, "f2")
            assert [type(screen) for screen in app.screen_stack].count(SettingsScreen) == 1

    run(begin())
