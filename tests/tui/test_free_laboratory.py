"""The Laboratory of the gate on the screen: the experiments, a bench with every dial, several seeds, share codes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.reading import rows, settle, text, words
from tests.tui.rooms import game, press, visit
from tests.tui.staging import Stage, held
from tutor.journal import Journal
from tutor.tui.app import CastleApp
from tutor.tui.palette import commands
from tutor.tui.screens.journal import JournalScreen
from tutor.tui.screens.laboratory import LaboratoryScreen
from tutor.tui.screens.openbench import OpenBenchScreen
from tutor.tui.screens.title import TitleScreen
from tutor.tui.screens.works import WorkList, WorksScreen
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.opendial import OpenDial

Size = tuple[int, int]
SIZES = [(60, 20), (80, 24), (100, 30), (160, 50)]
CODE = "castle1:data=xor:train_size=200:widths=8:lr=0.01:seed=7"


def typed(line: str) -> list[str]:
    """The keys that write a line."""
    names = {"/": "slash", ":": "colon", "=": "equals_sign", ".": "full_stop", ",": "comma", " ": "space", "-": "minus"}
    return [names.get(letter, letter) for letter in line]


async def write(pilot: Pilot[Any], line: str, *then: str) -> None:
    """Type a line, and press these keys after it."""
    await pilot.press(*typed(line))
    await press(pilot, *then)


async def take_up(pilot: Pilot[Any], name: str) -> None:
    """From the title to the bench of what is named."""
    await press(pilot, "4", "slash")
    await write(pilot, name, "enter", "enter")


def dial(app: CastleApp, name: str) -> OpenDial:
    return app.screen.query_one(f"#dial-{name}", OpenDial)


# the experiments


@pytest.mark.parametrize("size", SIZES)
def test_the_experiments_stand_by_their_data_with_title_and_words(tmp_path: Path, size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, WorksScreen)
        for said in ("Laboratory", "MNIST digits", "A hundred digits", "few-digits", "learn by heart", "100 of 2,000"):
            assert said in words(app), said
        await press(pilot, "end")
        assert "FashionMNIST" in text(app) and "not at hand" in text(app) and "tutor data fashion" in words(app)
        assert all(len(row) <= size[0] for row in rows(app))

    visit(test, game(tmp_path), "4", size=size)


def test_every_row_names_its_data_and_what_is_set_is_called_so(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "set: training rows 100" in words(app) and "/ find" in rows(app)[1] and "44 experiments" in rows(app)[1]
        await press(pilot, "pagedown", "pagedown")
        listed = app.screen.query_one(WorkList)
        assert listed.scroll_offset.y > 0
        seen = rows(app)[listed.region.y + 1 : listed.region.bottom]
        assert all(row[4:18].strip() for row in seen), seen

    visit(test, game(tmp_path), "4", size=(80, 24))


def test_words_narrow_the_experiments_and_one_is_taken_up(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "slash")
        await write(pilot, "spirals")
        assert "1 of 44 experiments" in text(app) and "A hundred digits" not in text(app)
        await write(pilot, " wurst")
        assert "No experiment has all of these words about it. Esc clears them." in words(app)
        await press(pilot, "escape")
        assert "A hundred digits" in text(app) and isinstance(app.screen, WorksScreen)
        await press(pilot, "down", "enter")
        assert isinstance(app.screen, OpenBenchScreen) and app.game.free.key == "laboratory/hundred-features"
        await press(pilot, "escape")
        assert isinstance(app.screen, WorksScreen) and app.game.free is None
        await press(pilot, "escape")
        assert isinstance(app.screen, TitleScreen)

    visit(test, game(tmp_path), "4")


def test_what_is_not_at_hand_says_what_to_do_and_stays(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "end", "enter")
        assert isinstance(app.screen, WorksScreen) and app.game.free is None
        assert "FashionMNIST is not in" in words(app) and "Download it (about 31 MB)" in words(app)

    visit(test, game(tmp_path), "4", size=(120, 40))


def test_a_share_code_and_a_table_are_taken_up_in_the_line(tmp_path: Path) -> None:
    table = tmp_path / "guests.csv"
    table.write_text("a,b,label\n" + "".join(f"{n},{n % 7},{n % 2}\n" for n in range(40)), encoding="utf-8")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "slash")
        app.screen.query_one(Input).value = CODE.replace("widths", "width")
        await press(pilot, "enter")
        assert "Did you mean 'widths'" in words(app) and isinstance(app.screen, WorksScreen)
        app.screen.query_one(Input).value = f"tutor run --from {CODE}"
        await settle(pilot)
        assert "Press Enter, and what is named there is taken up." in words(app)
        await press(pilot, "enter")
        assert app.game.free.settings["widths"] == (8,) and "a share code" in text(app)
        await press(pilot, "t")
        assert app.game.laboratory.asked[-1][2] == (7,)
        await press(pilot, "escape", "slash")
        app.screen.query_one(Input).value = str(table)
        await press(pilot, "enter")
        assert app.game.free.key == "laboratory/guests.csv" and "guests.csv" in rows(app)[0]

    visit(test, game(tmp_path / "home"), "4")


# the bench


@pytest.mark.parametrize("size", SIZES)
def test_the_bench_holds_every_setting_in_its_group(tmp_path: Path, size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        bench = app.game.free
        assert [d.name for d in app.screen.query(Dial)] == list(bench.settings) and len(bench.settings) == 50
        for said in ("Clean digits", "MNIST digits", "network", "dropout", "idle", "nothing yet"):
            assert said in words(app), said
        assert ("class Net" in text(app)) == (size[0] >= 100)
        await press(pilot, "c")
        assert "class Net" in text(app)
        assert all(len(row) <= size[0] for row in rows(app))
        app.screen.set_focus(app.screen.dials[-3])
        await press(pilot, "down", "down", "down")
        last = app.screen.focused
        assert isinstance(last, OpenDial) and last.name == list(bench.settings)[-1] == "label_smoothing"
        assert "label smoothing" in text(app), "the list scrolls along"

    visit(lambda app, pilot: entered(app, pilot, "clean-digits", test), game(tmp_path), size=size)


async def entered(app: CastleApp, pilot: Pilot[Any], name: str, test: Any) -> None:
    await take_up(pilot, name)
    assert isinstance(app.screen, OpenBenchScreen)
    await test(app, pilot)


@pytest.mark.parametrize("size", SIZES[1:])
def test_the_keys_of_the_bench_fit(tmp_path: Path, size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        line = rows(app)[-1]
        for key in ("t train", "j five", "/ find", "r reset", "c code", "p view", "Esc leave", "F1 help"):
            assert key in line

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path), size=size)


def test_dials_turn_at_once_mark_what_was_turned_and_are_reset(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        bench = app.game.free
        await press(pilot, "right", "right")
        assert bench.settings["dropout"] == 0.2 and "▸•dropout" in text(app) and "1 turned" in text(app)
        await press(pilot, "down", "2")
        assert bench.settings["norm"] == "batch" and not dial(app, "norm_momentum").idle
        await press(pilot, "r")
        assert bench.settings["norm"] == "none" and dial(app, "norm_momentum").idle and bench.turned == ["dropout"]
        await press(pilot, "R")
        assert bench.turned == [] and "•" not in text(app)

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


def test_any_value_may_be_typed_and_one_that_cannot_be_says_why(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        bench = app.game.free
        await press(pilot, "enter")
        assert "Dropout: numbers from 0 below 1" in words(app)
        await write(pilot, "2", "enter")
        assert "Dropout cannot be 2. Allowed: numbers from 0 below 1" in words(app) and bench.settings["dropout"] == 0.0
        await press(pilot, "ctrl+u", "enter")
        assert "Dropout has no value: nothing was typed. Allowed: numbers from 0 below 1" in words(app)
        await write(pilot, "0.35", "enter")
        assert bench.settings["dropout"] == 0.35 and dial(app, "dropout").has_focus and "0.35" in text(app)
        await press(pilot, "left")
        assert bench.settings["dropout"] == 0.3
        await press(pilot, "enter")
        await write(pilot, "0.9", "escape")
        assert bench.settings["dropout"] == 0.3 and dial(app, "dropout").has_focus

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


def test_a_list_is_typed_and_shown_however_long_it_is(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        app.screen.set_focus(dial(app, "widths"))
        await press(pilot, "enter")
        await write(pilot, "32, 16, 8, 4, 32, 16, 8, 4", "enter")
        assert app.game.free.settings["widths"] == (32, 16, 8, 4, 32, 16, 8, 4)
        assert "32, 16, 8, 4, 3…" in text(app)

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


def test_a_combination_that_cannot_be_is_turned_back_with_its_reason(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "down", "5")
        assert "Norm cannot be instance: two" in text(app)
        assert app.game.free.settings["norm"] == "none" and dial(app, "norm").value == "none"

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path), size=(100, 30))


def test_words_find_dials_and_enter_leads_to_the_one_that_is_called_so(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "slash")
        await write(pilot, "optimiser")
        shown = [d.name for d in app.screen.query(OpenDial) if d.display]
        assert "l1_step" in shown and "optimizer" in shown and "epochs" not in shown
        assert f"{len(shown)} of 43" in text(app) and "network" not in rows(app)[3]
        await press(pilot, "enter")
        assert app.screen.focused is dial(app, "optimizer")
        await press(pilot, "up", "down", "left")
        assert app.game.free.settings["optimizer"] == "sgd"
        await press(pilot, "escape")
        assert all(d.display for d in app.screen.query(OpenDial)) and "optimiser" in text(app)
        await press(pilot, "slash")
        await write(pilot, "turned")
        assert [d.name for d in app.screen.query(OpenDial) if d.display] == ["optimizer"]
        await press(pilot, "ctrl+u")
        await write(pilot, "wurst")
        assert "No setting has all of these" in text(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, OpenBenchScreen) and isinstance(app.screen.focused, Dial)

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


def test_dials_by_mouse(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        place = dial(app, "dropout").region
        row = rows(app)[place.y]
        await pilot.click(offset=(row.index(">", place.x), place.y))
        await settle(pilot)
        assert app.game.free.settings["dropout"] == 0.1
        await pilot.click(offset=(rows(app)[-1].index("five"), 23))
        await settle(pilot)
        assert len(app.game.free.readers) == 1

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


# running


def test_training_draws_lights_the_code_and_five_readers_say_mean_and_error(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "t")
        assert "Validation accuracy 50.0%, training accuracy 92.0% (one seed)." in words(app)
        assert "last 50.0% validation accuracy" in words(app)
        await press(pilot, "right", "c")
        assert any(row[42:].strip("│ ").startswith(">") and "nn.Dropout(0.1)" in row for row in rows(app))
        await press(pilot, "c", "j")
        assert "5 readers: test accuracy 90.0% ± 0.0%, training accuracy" in words(app)
        assert "mean ± error, 5 seeds" in text(app) and "mean 90.0% ± 0.0% test accuracy" in words(app)
        assert "The goal" not in text(app) and isinstance(app.screen, OpenBenchScreen)
        await press(pilot, "right", "j")
        assert "was  90.0% ± 0.0% test accuracy with" in text(app), "and the same sentence is said again"
        assert "5 readers: test accuracy 90.0% ± 0.0%" in words(app)
        assert len(Journal(app.game.book).select("moons")) == 3

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


def test_a_run_under_way_locks_the_dials_and_nothing_is_left(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        go = held(app.game)
        app.game.laboratory.running = None
        await pilot.press("t")
        await pilot.pause(0.1)
        await pilot.press("right", "r", "enter", "escape")
        await pilot.pause(0.1)
        assert app.game.free.turned == [] and isinstance(app.screen, OpenBenchScreen)
        assert "s stop" in rows(app)[-1] and "The dials are locked while a run" in text(app)
        go.set()
        await settle(pilot)
        assert app.game.free.last
        await press(pilot, "right", "escape")
        assert isinstance(app.screen, WorksScreen)

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


def test_pictures_go_round_and_the_journal_opens(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        pictures = app.game.free.pictures
        assert pictures[0] == "boundary" and "weights" in pictures and "digits" not in pictures
        shown = set()
        for _ in pictures:
            await press(pilot, "p")
            shown.add(app.screen.picture)
        assert shown == set(range(len(pictures)))
        await press(pilot, "p")
        assert app.screen.picture == -1 and "accuracy, night by night" in text(app)
        await press(pilot, "t", "n")
        assert isinstance(app.screen, JournalScreen) and "Laboratory" in text(app)
        await press(pilot, "d", "escape")
        assert app.game.free.newest is None and "nothing yet" in words(app)

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


def test_a_regression_shows_losses(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "j")
        assert "loss, night by night" in text(app) and "test loss 0.5" in words(app) and "accuracy" not in text(app)

    visit(lambda app, pilot: entered(app, pilot, "blank-page", test), game(tmp_path))


# beside the tale


def test_from_a_lesson_to_the_laboratory_and_back(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2")
        assert stage.on(LaboratoryScreen)
        lesson = stage.game.bench.key
        await stage.press("escape", "4")
        await stage.press("slash", *"moons", "enter", "enter", "t")
        assert stage.on(OpenBenchScreen) and stage.game.free.last
        await stage.save(("The bench is lit.", "The bench is dark."))
        assert stage.on(OpenBenchScreen), "what an author saves meanwhile does not take the bench away"
        await stage.press("escape", "escape", "1")
        assert stage.on(LaboratoryScreen) and stage.game.bench.key == lesson and stage.game.bench.last is None

    stage(test)


def test_what_can_be_done_is_in_the_palette(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        there = {command.title: command.callback for command in commands(app, app.screen)}
        there["Laboratory"]()
        await settle(pilot)
        assert isinstance(app.screen, WorksScreen)

    visit(test, game(tmp_path))


def test_the_bench_at_changing_sizes(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "c", "t")
        for width, height in ((160, 50), (60, 20), (100, 30), (40, 10), (80, 24)):
            await pilot.resize_terminal(width, height)
            await settle(pilot)
            assert ("larger window" if width < 60 else "dropout") in words(app)
            await asyncio.sleep(0)
        await press(pilot, "c")
        assert "accuracy, night by night" in text(app)

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))
