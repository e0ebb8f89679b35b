"""Whatever is pressed, and however fast: nothing breaks, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, lesson
from tests.tui.random_play import Player, play
from tests.tui.reading import play as begin
from tests.tui.reading import settle
from tests.tui.test_keys import typed
from tutor.tui.app import CastleApp

WANTED = {"StoryScreen", "LaboratoryScreen", "MapScreen", "JournalScreen", "SettingsScreen", "CommandPalette"}
"""Screens that so many keys lead to, whatever the lots."""
BENCH = 30
"""Widgets of a laboratory, at least."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1897])
def test_a_thousand_keys_by_lot(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some of them write files

    async def test(player: Player) -> None:
        before = player.alive()
        await player.press(1000)
        await player.home()
        assert player.app.crash() is None and player.seen >= WANTED, player.seen
        assert player.app.screen_stack == [player.app.screen]
        assert player.alive() < before + BENCH, "screens that were closed are still there"

    play(test, tmp_path, seed)


@pytest.mark.parametrize(
    ("first", "hurry", "screens"),
    [
        ((), ("8", "8"), 2),
        (("2",), ("2", "2"), 1),
        (("2",), ("enter", "enter"), 1),
        (("2",), ("escape", "escape"), 1),
        (("f2",), ("escape", "escape"), 1),
        (("ctrl+p",), ("escape", "escape"), 1),
    ],
)
def test_a_second_key_in_a_hurry(first: tuple[str, ...], hurry: tuple[str, ...], screens: int) -> None:
    """It opens no second screen, and closes no screen below."""

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for key in first:
            await pilot.press(key)
            await settle(pilot)
        typed(app, *hurry)
        await settle(pilot)
        assert len(app.screen_stack) == screens and app.crash() is None

    begin(test, FakeGame())


def test_keys_and_clicks_after_the_last_screen_has_gone() -> None:
    """Whoever leaves goes on pressing; nothing is there to hear it."""

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        gone = app._screen_stack.copy()
        app._screen_stack.clear()
        for event in (events.Key("x", "x"), events.Key("escape", None), events.Paste("words")):
            await app.on_event(event)
        app._screen_stack.extend(gone)
        assert app.crash() is None

    begin(test, FakeGame())


def test_a_page_of_the_palette_before_it_has_its_rows() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1", "ctrl+p")
        await settle(pilot)
        rows: Any = app.screen.query_one("CommandList")
        await pilot.pause(0.3)
        rows._option_to_line, rows._lines[:] = {}, []
        typed(app, "pagedown", "pageup")
        await settle(pilot)
        assert app.crash() is None and type(app.screen).__name__ == "CommandPalette"

    begin(test, lesson())
