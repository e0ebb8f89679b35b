"""The journal on the full screen: found, sorted, marked, compared, deleted and brought back, by keys and by mouse."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.widgets import Input

from tests.tui.reading import rows, settle, text, words
from tests.tui.staging import Stage, held
from tutor.tui.screens.compare import CompareScreen
from tutor.tui.screens.journal import JournalScreen
from tutor.tui.screens.laboratory import LaboratoryScreen
from tutor.tui.screens.openbench import OpenBenchScreen
from tutor.tui.screens.records import SETTLE
from tutor.tui.screens.run import RecreateScreen, RunScreen
from tutor.tui.screens.title import TitleScreen
from tutor.tui.screens.works import WorksScreen
from tutor.tui.widgets.choices import Choices
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.rowlist import RowList

SIZES = [(60, 20), (80, 24), (100, 30), (160, 50)]


async def fill(stage: Stage) -> None:
    """At the bench: three practice runs, then a verdict that fails and leads away."""
    game: Any = stage.game
    game.choose(1)
    for dropout in (0.0, 0.5, 0.9):
        if dropout:
            game.bench.turn("dropout", dropout)
        await game.practise()
    await game.judge()
    game.go_on()
    await settle(stage.pilot)


async def opened(stage: Stage) -> JournalScreen:
    """From the tale to the gate, and into the journal."""
    await stage.press("escape")
    assert stage.on(TitleScreen)
    labels = [item.label for item in stage.app.screen.query_one(Choices).items]
    await stage.press(str(labels.index("Journal") + 1))
    screen = stage.app.screen
    assert isinstance(screen, JournalScreen)
    return screen


async def filled(stage: Stage) -> JournalScreen:
    await fill(stage)
    return await opened(stage)


def ids(screen: JournalScreen) -> list[int]:
    return [entry.id for entry in screen.entries]


def row(stage: Stage, words: str) -> str:
    """The row of the screen with these words."""
    return next(line for line in rows(stage.app) if words in line)


async def point(stage: Stage, x: int, y: int) -> None:
    """Click into the list."""
    await stage.pilot.click(RowList, offset=(x, y))
    await settle(stage.pilot)


async def read_through(stage: Stage) -> str:
    """The whole page, from its top to its end."""
    page, told = stage.app.screen.query_one("#page"), text(stage.app)
    while page.scroll_offset.y < page.max_scroll_y:
        await stage.press("pagedown")
        told += text(stage.app)
    return told


# what is seen


def test_an_empty_journal_says_how_to_begin_it(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        assert "nothing is written in it yet" in text(stage.app)
        screen = await opened_from_title(stage)
        assert "Nothing is written here yet." in text(stage.app) and "Train one in any laboratory" in words(stage.app)
        await stage.press("enter", "space", "c", "d", "u", "r", "y", "s")
        assert stage.app.screen is screen and "There is no deletion to take back" in words(stage.app)
        await stage.press("escape")
        assert stage.on(TitleScreen)

    stage(test, begin=False)


async def opened_from_title(stage: Stage) -> JournalScreen:
    labels = [item.label for item in stage.app.screen.query_one(Choices).items]
    await stage.press(str(labels.index("Journal") + 1))
    screen = stage.app.screen
    assert isinstance(screen, JournalScreen)
    return screen


@pytest.mark.parametrize("size", SIZES)
def test_every_run_has_a_line_that_fits(stage: Any, size: tuple[int, int]) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        assert ids(screen) == [4, 3, 2, 1] and "4 runs, newest first" in rows(stage.app)[1]
        seen = rows(stage.app)
        assert max(map(len, seen)) <= size[0]
        for said in ("✗ failed", "practice", "as found", "dropout 0.9", "val. 50.", "test 68.0% ±"):
            assert said in text(stage.app), said
        assert "▸" in row(stage, "✗ failed") and "F1" in seen[-1]
        assert "marks a run" in words(stage.app)

    stage(test, size=size)


def test_a_wide_window_shows_the_run_beside_the_list(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.pilot.pause(SETTLE * 3)
        await settle(stage.pilot)
        assert "5 seeds (1000 to 1004); cpu" in text(stage.app) and "test accuracy" in text(stage.app)
        assert screen.query_one(Curves).series
        await stage.press("end")
        await stage.pilot.pause(SETTLE * 3)
        await settle(stage.pilot)
        assert "one seed (0); cpu" in text(stage.app) and "test accuracy" not in text(stage.app)

    stage(test, size=(160, 50))


def test_a_narrow_one_says_it_under_the_list(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await filled(stage)
        await stage.press("down")
        assert "#3  The Trial, bench" in text(stage.app) and not stage.app.screen.query_one("#card").display

    stage(test)


def test_its_help_names_its_keys(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("f1")
        assert "The journal" in text(stage.app) and "{" not in text(stage.app)
        await stage.press("escape")
        assert stage.app.screen is screen

    stage(test, size=(100, 50))


# finding and sorting


def test_words_find_runs_as_they_are_typed(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("slash", *"verdict")
        assert ids(screen) == [4] and "1 of 4 runs, newest first" in text(stage.app) and screen.typing
        await stage.press(*" d c u r y s 1 ?")  # all of it is typed, none of it a command
        assert screen.query_one(Input).value == "verdict d c u r y s 1 ?" and stage.app.screen is screen
        assert ids(screen) == [] and "No run holds all of these words. Esc clears them." in words(stage.app)
        await stage.press("escape")
        assert ids(screen) == [4, 3, 2, 1] and isinstance(stage.app.focused, RowList)
        await stage.press("slash", *"practice", "enter", "down")
        assert ids(screen) == [3, 2, 1] and screen.entry and screen.entry.id == 2
        await stage.press("slash", "down", "escape")
        assert ids(screen) == [4, 3, 2, 1] and stage.app.screen is screen
        await stage.press("escape")
        assert stage.on(TitleScreen)

    stage(test)


def test_s_sorts_by_time_and_by_what_was_measured(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("s")
        assert screen.by == "test_accuracy" and ids(screen)[0] == 4
        assert "Sorted by test accuracy, the highest first" in text(stage.app)
        assert "by test accuracy" in rows(stage.app)[1]
        while screen.by != "train_loss":
            await stage.press("s")
        assert ids(screen)[0] in (1, 3, 4) and ids(screen)[-1] == 2
        await stage.press("S", "S", "S", "S", "S", "S")
        while screen.by:
            await stage.press("S")
        assert ids(screen) == [4, 3, 2, 1] and "Sorted by time" in text(stage.app)

    stage(test, size=(100, 30))


def test_a_title_sorts_by_mouse(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        at = rows(stage.app)[2].index("reached")
        await point(stage, at, 0)
        assert screen.by == "test_accuracy"
        await point(stage, rows(stage.app)[2].index("when"), 0)
        assert screen.by == ""
        await point(stage, rows(stage.app)[2].index("settings"), 0)
        assert screen.by == ""

    stage(test)


# two side by side


@pytest.mark.parametrize("size", SIZES)
def test_two_marked_runs_are_compared(stage: Any, size: tuple[int, int]) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("c")
        assert "Two runs are compared: mark them with Space, then press c." in words(stage.app)
        await stage.press("end", "space")
        assert "A is #1. Mark another" in text(stage.app)
        assert [line[1] for line in rows(stage.app) if line.startswith("▸")] == ["A"]
        await stage.press("up", "space")
        assert "A is #1 and B is #2. c compares them." in text(stage.app)
        await stage.press("c")
        compared = stage.app.screen
        assert isinstance(compared, CompareScreen)
        assert max(map(len, rows(stage.app))) <= size[0] and "run 1 beside run 2" in rows(stage.app)[0]
        curves = compared.query_one(Curves)
        assert [(series.name, series.dotted) for series in curves.series] == [
            ("run 1" if size[0] == 60 else "A, run 1", False),
            ("run 2" if size[0] == 60 else "B, run 2", True),
        ]
        told = await read_through(stage)
        for said in ("▸ dropout", "training accuracy", "-7.0 points", "have one seed each", "nn.Dropout(0.5)"):
            assert said in told, said
        assert "test accuracy" not in told
        await stage.press("escape")
        assert stage.app.screen is screen and screen.marked == [1, 2]

    stage(test, size=size)


def test_m_goes_from_curve_to_curve(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await filled(stage)
        await stage.press("end", "space", "up", "c")
        compared = stage.app.screen
        assert isinstance(compared, CompareScreen) and compared.found.curves == ("validation_loss", "train_loss")
        assert "validation loss, night by night" in text(stage.app)
        await stage.press("m")
        assert "training loss, night by night" in text(stage.app)
        await stage.press("M")
        assert "validation loss, night by night" in text(stage.app)
        await stage.press("y")
        assert "+            nn.Dropout(0.5)" in stage.app.clipboard and stage.app.clipboard.startswith("--- run 1")

    stage(test)


def test_a_third_mark_takes_the_place_of_the_first(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("space", "down", "space", "down", "space")
        assert screen.marked == [3, 2]
        await stage.press("space")
        assert screen.marked == [3] and "A is #3" in text(stage.app)

    stage(test)


def test_marks_and_runs_by_mouse(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await point(stage, 1, 2)
        await point(stage, 1, 4)
        assert screen.marked == [3, 1] and screen.entry and screen.entry.id == 1
        await point(stage, 20, 2)
        assert stage.app.screen is screen and screen.entry.id == 3
        await point(stage, 20, 9)  # below the last
        assert screen.entry.id == 3
        await point(stage, 20, 2)
        assert stage.on(RunScreen)

    stage(test)


# one run


@pytest.mark.parametrize("size", SIZES)
def test_a_run_is_shown_in_full(stage: Any, size: tuple[int, int]) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("down", "down", "enter")
        assert stage.on(RunScreen) and max(map(len, rows(stage.app))) <= size[0]
        told = await read_through(stage)
        for said in ("#2  The Trial, bench", "▸ dropout", "validation accuracy", "class Net", "one seed (0)"):
            assert said in told, said
        assert "test accuracy" not in told and "unseen" in told
        assert "stay unseen" in str(stage.app.screen.query_one("#unseen").render())
        await stage.press("y")
        assert "nn.Dropout(0.5)" in stage.app.clipboard
        await stage.press("r")
        assert stage.on(RecreateScreen)
        await stage.press("escape", "escape")
        assert stage.app.screen is screen and screen.entry and screen.entry.id == 2

    stage(test, size=size)


def test_a_run_is_made_again_from_its_code(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("r")
        line = str(stage.app.screen.query_one("#command").render())
        assert screen.entry and screen.entry.command.split() == line.replace(":\n", ":").split()
        assert all(row in text(stage.app) for row in line.split("\n"))
        await stage.press("y")
        assert stage.app.clipboard == screen.entry.command and "on the clipboard" in words(stage.app)
        await stage.press("escape", "down", "y")
        assert screen.entry.id == 3 and stage.app.clipboard == screen.entry.command

    stage(test)


@pytest.mark.parametrize("way", [("r",), ("enter", "r")])
def test_a_run_is_taken_up_in_the_laboratory(stage: Any, way: tuple[str, ...]) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        entry = screen.entry
        assert entry
        await stage.press(*way, "enter")
        assert stage.on(OpenBenchScreen) and stage.game and stage.game.free, "past all that lay over the game"
        assert {name: stage.game.free.settings[name] for name in entry.turned} == {
            name: entry.settings[name] for name in entry.turned
        }
        assert [type(screen).__name__ for screen in stage.app.screen_stack] == ["TitleScreen", "OpenBenchScreen"]
        await stage.press("escape")
        assert stage.on(WorksScreen)

    stage(test)


def test_why_a_run_cannot_be_taken_up_is_said_in_its_box(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        go = held(stage.game)
        recipe = screen.journal.report(4).recipe
        working = asyncio.create_task(stage.game.laboratory.run("practice", recipe, (0,)))  # type: ignore[union-attr]
        await stage.press("r", "enter")
        assert stage.on(RecreateScreen) and "is still learning" in words(stage.app)
        go.set()
        await working
        await stage.press("r")
        assert stage.app.screen is screen, "the key that opened the box closes it"

    stage(test)


# deleting


def test_a_deleted_run_goes_and_comes_back(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("space", "down", "d")
        assert ids(screen) == [4, 2, 1] and "#3, The Trial, bench, is deleted. u brings it back." in words(stage.app)
        await stage.press("home", "d")
        assert ids(screen) == [2, 1] and screen.marked == []
        await stage.press("u")
        assert ids(screen) == [4, 2, 1] and "#4, The Trial, bench, is back." in text(stage.app)
        await stage.press("slash", *"deleted", "enter")
        assert ids(screen) == [3] and "1 deleted, newest first" in text(stage.app)
        await stage.press("d")
        assert "Run 3 is deleted already." in text(stage.app)
        await stage.press("u", "escape")
        assert ids(screen) == [4, 3, 2, 1]
        await stage.press("u")
        assert "There is no deletion to take back." in text(stage.app)
        await stage.press("d", "escape")
        assert stage.on(TitleScreen) and "3 runs" in row(stage, "Journal")

    stage(test)


def test_the_bench_forgets_what_is_deleted(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        game: Any = stage.game
        await stage.press("2")
        await game.practise()
        await settle(stage.pilot)
        assert stage.on(LaboratoryScreen) and game.bench.last
        await opened(stage)
        await stage.press("d", "escape", "1")
        assert stage.on(LaboratoryScreen) and game.bench.last is None and not game.bench.locked

    stage(test)


def test_over_the_laboratory_it_waits_for_the_run_under_way(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        game: Any = stage.game
        await stage.press("2")
        await game.practise()
        go = held(game)
        await stage.pilot.press("t")
        stage.app.push_screen(JournalScreen(), lambda _: stage.app.follow())
        await stage.pilot.pause(0.3)
        screen: Any = stage.app.screen
        assert game.training and ids(screen) == [1]
        go.set()
        await settle(stage.pilot)
        screen._look()
        await settle(stage.pilot)
        assert ids(screen) == [2, 1] and not game.training
        await stage.press("escape")
        assert stage.on(LaboratoryScreen)

    stage(test)


def test_a_run_that_ends_meanwhile_appears(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        screen = await filled(stage)
        await stage.press("down")
        report = screen.journal.report(1)
        from tutor.savebook import Run

        stage.app.game.book.add_run("trial/bench", Run("practice", {}, report))
        screen._look()
        await settle(stage.pilot)
        assert ids(screen) == [5, 4, 3, 2, 1] and screen.entry and screen.entry.id == 3

    stage(test)


def test_thousands_of_runs_are_gone_through(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await fill(stage)
        game: Any = stage.game
        db = game.book._db
        db.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1996) INSERT INTO run "
            "(slot, game, scene, kind, sha256, settings, report, made) "
            "SELECT slot, game, scene, kind, sha256, settings, report, made FROM run, n WHERE id = 1"
        )
        db.execute(
            "INSERT INTO entry SELECT run.id, note, passed, deleted, entry.made FROM run, entry "
            "WHERE entry.run = 1 AND run.id > 4"
        )
        screen = await opened(stage)
        assert "2,000 runs, newest first" in text(stage.app)
        await stage.press("end")
        assert screen.entry and screen.entry.id == 1 and "▸" in rows(stage.app)[-6]
        await stage.press("pageup", "home", "slash", *"0.9", "enter")
        assert ids(screen) == [4, 3]

    stage(test)
