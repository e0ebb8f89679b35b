"""Whatever is pressed, and however fast: nothing breaks, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, learning, lesson, questions
from tests.tui.random_play import Player, play
from tests.tui.reading import play as begin
from tests.tui.reading import settle
from tests.tui.staging import Stage
from tests.tui.test_keys import typed
from tutor.tui.app import CastleApp

WANTED = {"StoryScreen", "LaboratoryScreen", "MapScreen"}
"""Screens that so many keys lead to, whatever the lots."""
BENCH = 30
"""Widgets of a laboratory, at least."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", [2])
def test_a_thousand_keys_by_lot(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # some of them write files

    async def test(player: Player) -> None:
        before = player.alive()
        await player.press(1000)
        for _ in range(12):  # which keys meet which screen is a matter of moments, too
            if not player.seen >= WANTED:
                await player.press(250)
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


def test_questions_are_opened_once_by_however_many_keys() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        typed(app, "enter", "enter", "1", "1")
        await settle(pilot)
        assert [type(screen).__name__ for screen in app.screen_stack] == [
            "TitleScreen",
            "StoryScreen",
            "QuestionScreen",
        ]

    game = FakeGame()
    game.asked = questions("quiz", "quiz")
    begin(test, game)


def test_a_choice_in_a_hurry_is_not_one_that_the_next_scene_lacks(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        typed(stage.app, *["2"] * 6)
        await settle(stage.pilot)
        assert not list(stage.app._notifications) and stage.app.crash() is None

    stage(test)


def test_a_prediction_whose_run_cannot_begin_says_so_and_is_kept() -> None:
    """The run of the key before it had not begun when the question came up."""

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for key in ("1", "j"):
            await pilot.press(key)
            await settle(pilot)
        bench = app.game.bench
        assert bench and type(app.screen).__name__ == "PredictScreen"
        bench.running = learning(12, (1000,))
        await pilot.press("2")
        await settle(pilot)
        assert bench.prediction == "fall" and "judge" not in app.game.log  # type: ignore[attr-defined]
        (notice,) = app._notifications
        assert notice.message.endswith("What you said is kept; when it is over, j asks for the verdict.")

    begin(test, lesson())


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


def test_a_command_taken_twice_closes_the_palette_once() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("ctrl+p")
        await settle(pilot)
        await pilot.pause(0.3)  # it looks for what fits in the background
        palette: Any = app.screen
        palette._list_visible, palette._selected_command = False, SimpleNamespace(command=lambda: None)
        palette._select_or_command()
        palette._select_or_command()
        await settle(pilot)
        assert app.crash() is None and type(app.screen_stack[0]).__name__ == "TitleScreen"

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
