"""The laboratory on a fake game, at three sizes."""

from __future__ import annotations

from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from tests.tui.fake import FakeBench, learning, lesson
from tests.tui.reading import SIZES, play, rows, settle, text, words
from tutor.tui.app import CastleApp
from tutor.tui.screens import benchview
from tutor.tui.widgets.dial import Dial

Size = tuple[int, int]


@pytest.mark.parametrize("size", SIZES)
def test_the_laboratory_holds_everything(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        for said in (
            "No Mirror",
            "cpu, 1 thread",
            "chapter 5 of 12",
            "tale",
            "why",
            "code",
            "dropout",
            "optimiser",
            "( adam )",
            "test accuracy at least 75.0%",
            "66.3% (practice, one seed)",
            "training",
            "validation",
            "weight norm",
            "sparsity",
            "true labels learned",
            "false labels learned",
            "━",
            "╍",
        ):
            assert said in words(app), said

    play(test, lesson(), size)


@pytest.mark.parametrize("size", SIZES)
def test_the_keys_of_the_laboratory_fit(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        line = rows(app)[-1]
        for key in ("t train", "j judge", "h hint", "c code", "w why", "p view", "x leave", "F1 help", "^p more"):
            assert key in line
        assert ("b back" in line) == (size[0] > 80), "what has no room is left out whole"
        assert len(line) <= size[0]

    play(test, lesson(), size)


def test_the_first_run_comes_before_the_dials() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "The dials are locked: first" in text(app) and "then the dials open" in text(app)
        await pilot.press("right", "w")
        await settle(pilot)
        assert app.game.bench.settings["dropout"] == 0.0
        assert "This page opens after the first run" in words(app)
        await pilot.press("t")
        await settle(pilot)
        assert "practise" in app.game.log and "short by 8.7 points" in words(app)
        assert "Srivastava" in words(app)
        await pilot.press("w")
        await settle(pilot)
        await pilot.press("right")
        await settle(pilot)
        assert app.game.bench.settings["dropout"] == 0.2

    play(test, lesson(trained=False))


def test_turning_lights_the_code() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("c", "3")
        await settle(pilot)
        lit = [row for row in rows(app) if row.startswith(">")]
        assert lit and "nn.Dropout(0.5)" in lit[0]
        await pilot.press("c")
        await settle(pilot)
        assert "nn.Dropout" not in text(app)

    play(test, lesson())


@pytest.mark.parametrize("size", SIZES[1:])
def test_with_room_the_code_stands_beside_the_tale(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "class Net" in text(app) and "The table was laid" in words(app)

    play(test, lesson(), size)


def test_the_laboratory_by_mouse() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        dial = app.screen.query_one("#dial-dropout")
        row = rows(app)[dial.region.y]
        await pilot.click(offset=(row.index(">", dial.region.x), dial.region.y))
        await settle(pilot)
        assert app.game.bench.settings["dropout"] == 0.2
        top = rows(app)[1]
        await pilot.click(offset=(top.index("code") + 1, 1))
        await settle(pilot)
        assert "class Net" in text(app) or "nn.Linear" in text(app)
        await pilot.click(offset=(rows(app)[-1].index("train"), 23))
        await settle(pilot)
        assert "practise" in app.game.log

    play(test, lesson())


def test_the_verdict_is_predicted_first() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("j")
        await settle(pilot)
        assert "Predict first" in text(app) and "What will dropout do" in text(app)
        assert "it stood at 99.0% in your first run" in text(app), "what a rise is a rise from"
        await pilot.press("escape")
        await settle(pilot)
        assert "judge" not in app.game.log
        await pilot.press("j")
        await settle(pilot)
        await pilot.press("2")
        await settle(pilot)
        assert "judge" in app.game.log
        await pilot.pause(0.1)
        assert "The goal is met." in text(app)

    play(test, lesson())


def test_no_verdict_before_the_first_run() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("j")
        await settle(pilot)
        assert "Train once before you ask for a verdict." in words(app)

    play(test, lesson(trained=False))


@pytest.mark.parametrize("size", SIZES)
def test_a_run_under_way_is_told_in_nights(size: Size) -> None:
    game = lesson()
    game.bench.running = learning()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "The apprentice is learning ... 12 of 30 nights, 2 s left" in text(app)
        await pilot.press("t")
        assert "practise" not in app.game.log
        await pilot.press("s")
        await settle(pilot)
        assert "stop" in app.game.log

    play(test, game, size)


def test_resizing_while_a_run_is_under_way() -> None:
    game = lesson()
    game.bench.running = learning(4, (1, 2, 3, 4, 5))

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        for night, (width, height) in enumerate([(120, 34), (70, 20), (50, 15), (80, 24)], 5):
            game.bench.running = learning(night, (1, 2, 3, 4, 5))
            game.on_change()
            await pilot.resize_terminal(width, height)
            await pilot.pause(0.1)
            said = "larger window" if width < 60 else f"{night} of 30 nights"
            assert said in words(app)

    play(test, game)


def test_a_lesson_can_be_left_where_the_scene_offers_a_way() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "x leave" in words(app)
        await pilot.press("x")
        await settle(pilot)
        assert "Leave the bench?" in text(app) and "Follow the lamp" in text(app)
        await pilot.press("4")  # stay
        await settle(pilot)
        assert not [entry for entry in app.game.log if entry[0] == "choose"]
        await pilot.press("x")
        await settle(pilot)
        await pilot.press("3")
        await settle(pilot)
        assert ("choose", 2) in app.game.log

    play(test, lesson())


def test_a_lesson_without_another_way_offers_none() -> None:
    game = lesson()
    game.offered = []

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "x leave" not in words(app)
        await pilot.press("x")
        await settle(pilot)
        assert "Leave the bench?" not in text(app)

    play(test, game)


def test_hints_stay_in_the_tale() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("h")
        await settle(pilot)
        assert words(app).count("Watch the false labels.") == 2

    play(test, lesson())


def test_the_code_is_copied_and_exported() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("y")
        assert app.clipboard == app.game.bench.source.text
        await pilot.press("e")
        await settle(pilot)
        assert "Written: experiment.py" in text(app)

    play(test, lesson())


def test_measures_explain_themselves_from_the_keyboard() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        app.screen.query_one("Measures").focus()
        await pilot.press("down", "down", "down")
        await settle(pilot)
        assert "memorising, made visible" in words(app)

    play(test, lesson())


def test_a_number_is_predicted_by_typing_it() -> None:
    from dataclasses import replace

    from lessons.challenge import Prediction

    game = lesson()
    asked = Prediction("Which test accuracy?", metric="test_accuracy")
    game.bench.challenge = replace(game.bench.challenge, predict=asked)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        bench = game.bench
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("j")
        await settle(pilot)
        await pilot.press("x", "enter")
        await settle(pilot)
        assert "is not a number" in words(app) and "judge" not in game.log
        await pilot.press("backspace", "8", "0", "%", "enter")
        await settle(pilot)
        assert bench.prediction == 0.8 and "judge" in game.log

    play(test, game)


def test_a_number_is_predicted_with_the_mouse_alone() -> None:
    from dataclasses import replace

    from lessons.challenge import Prediction

    game = lesson()
    asked = Prediction("Which test accuracy?", metric="test_accuracy")
    game.bench.challenge = replace(game.bench.challenge, predict=asked)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        async def click(word: str) -> None:
            y = next(n for n, row in enumerate(rows(app)) if word in row)
            await pilot.click(offset=(rows(app)[y].index(word), y))
            await settle(pilot)

        await pilot.press("1", "j")
        await settle(pilot)
        assert "< 50.0%" in text(app), "it stands in the middle, and says nothing of what was measured"
        line, dial = app.screen.query_one(Input), app.screen.query_one("#dial-number", Dial)
        await click("Commit to this number")
        assert "is not a number" in words(app) and "judge" not in game.log
        await pilot.click(dial, offset=(dial.size.width - 2, 0))
        await click("<")
        assert dial.place == 99 or dial.value < 1.0
        assert line.value == f"{dial.value:g}"
        await click("Commit to this number")
        assert game.bench is None and "judge" in game.log
        assert predicted == [dial.value]

    predicted: list[Any] = []
    predict = game.bench.predict
    game.bench.predict = lambda said: (predicted.append(float(said)), predict(said))  # type: ignore[method-assign]
    play(test, game)


def test_the_round_numbers_of_a_prediction_are_of_the_size_of_its_unit() -> None:
    from lessons import metrics
    from lessons.challenge import Prediction

    for name in ("", *metrics.METRICS):
        asked = Prediction("?", metric=name)
        numbers = benchview.round_numbers(asked)
        assert numbers == sorted(set(numbers)) and (numbers[0] < 0) == (name in benchview.SIGNED)
        assert all(asked.parse(f"{number:.10g}") == number for number in numbers), name
        assert max(numbers) >= {"share": 1, "loss": 10, "norm": 100, "count": 10**5}.get(asked.unit, 10)


def test_another_lesson_gets_another_bench() -> None:
    game = lesson()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        first = app.screen
        game.bench = FakeBench()
        game.on_change()
        await pilot.pause(0.15)
        await settle(pilot)
        assert app.screen is not first and "nothing yet" in text(app)

    play(test, game)
