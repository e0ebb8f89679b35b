"""The Count asks again, and a net that was mended is trained, on the full screen."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake import FakeBench, FakeGame, asking, learning, questions
from tests.tui.reading import SIZES, play, rows, settle, text, words
from tests.tui.staging import Stage, held
from tests.tutor.authors import CHAPTER
from tutor.tui.app import CastleApp
from tutor.tui.screens.question import QuestionScreen
from tutor.tui.screens.review import ReviewScreen
from tutor.tui.screens.story import StoryScreen
from tutor.tui.screens.title import TitleScreen

MENDED = "Mended, it trains for 30 nights: training accuracy 92.0% (one seed)."


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)


def due(*kinds: str) -> FakeGame:
    game = FakeGame()
    game.again = questions(*kinds)
    return game


# what is due


def test_nothing_due_is_nothing_to_open() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "nothing is due" in text(app)
        await press(pilot, "5")
        assert isinstance(app.screen, TitleScreen)

    play(test, FakeGame())


@pytest.mark.parametrize("size", [(60, 20), *SIZES])
def test_the_questions_that_are_due_are_asked_one_after_another_and_counted(size: tuple[int, int]) -> None:
    game = due("quiz", "quiz")
    game.foreseen = (3, 5)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "2 of your questions" in text(app)
        await press(pilot, "5")
        assert isinstance(app.screen, ReviewScreen) and "Question 0?" in text(app)
        assert "The Count asks again  1 more to come" in rows(app)[0]
        await press(pilot, "2")
        assert "✗ Not so." in text(app) and "Right would be: Right" in words(app)
        await press(pilot, "enter")
        assert "Question 1?" in text(app) and "the last" in rows(app)[0] and "Not so" not in text(app)
        await press(pilot, "1", "enter")
        assert "1 of 2 right; of what you predicted, 3 of 5." in text(app) and "Question" not in text(app)
        await press(pilot, "enter")
        assert isinstance(app.screen, TitleScreen) and "nothing is due" in text(app)
        assert game.log[-2:] == [("again", "q0", 1), ("again", "q1", 0)]

    play(test, game, size)


def test_without_a_prediction_none_is_counted() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "5", "1", "1")
        assert "1 of 1 right." in text(app) and "predicted" not in text(app)

    play(test, due("quiz"))


def test_who_leaves_in_between_has_answered_what_was_answered() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "5", "1", "enter", "escape")
        assert isinstance(app.screen, TitleScreen) and "1 of your questions" in text(app)
        await press(pilot, "f1", "escape", "5", "f1")
        assert "The Count asks again" in text(app) and "in a row you knew it" in words(app)

    play(test, due("quiz", "quiz"))


def test_a_question_that_is_edited_away_is_passed_over(stage: Any) -> None:
    start = CHAPTER.index("```toml quiz")
    quiz = CHAPTER[start : CHAPTER.index("```", start + 3) + 3]
    other = quiz.replace('"what"', '"which"').replace("What does", "Which does")

    async def test(stage: Stage) -> None:
        await stage.press("1", "1")
        for _ in range(2):
            await stage.press(wrong(stage), "enter")
        await stage.press("escape", "escape", "5")
        assert stage.on(ReviewScreen) and "What does dropout do?" in text(stage.app)
        await stage.save((other, ""))
        assert stage.on(ReviewScreen) and "the last" not in rows(stage.app)[0]
        await stage.press(wrong(stage), "enter")
        assert "0 of 1 right." in text(stage.app)

    stage(test, chapter=CHAPTER.replace(quiz, f"{quiz}\n\n{other}"))


def wrong(stage: Stage) -> str:
    """The digit of an answer that is wrong."""
    asked = stage.app.screen.asked  # type: ignore[attr-defined]
    return str(asked.options.index("Nothing.") + 1)


# what was mended


def mending() -> FakeGame:
    """A game in which a net waits to be trained; ``go`` ends its run."""
    game: Any = asking("mend", "quiz")
    game.asked[0].job = "blank-dropout"
    game.go = asyncio.Event()

    async def mend(asked: SimpleNamespace) -> None:
        game.log.append(("mend", asked.id))
        game.message, game.bench = "", FakeBench()
        game.bench.running = learning(12)
        await game.go.wait()
        game.bench, game.message = None, "Stopped. Nothing of this run was kept." if "stop" in game.log else MENDED

    async def stop() -> None:
        game.log.append("stop")
        game.go.set()

    game.mend, game.stop = mend, stop
    return game


async def begin_mending(pilot: Pilot[Any]) -> None:
    await press(pilot, "1", "1", "1")
    assert "1. Train the mended net" in text(pilot.app) and "2. Go on" in text(pilot.app)
    await pilot.press("1")
    await pilot.pause(0.25)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
def test_the_mended_net_is_trained_in_place(size: tuple[int, int]) -> None:
    game: Any = mending()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await begin_mending(pilot)
        assert "12 of 30 nights" in text(app) and "1. Stop" in text(app)
        game.go.set()
        await settle(pilot)
        assert MENDED in words(app) and "1. Go on" in text(app) and "Train the mended net" not in text(app)
        await press(pilot, "1")
        assert isinstance(app.screen, QuestionScreen) and "Question 1?" in text(app) and "Mended" not in text(app)
        assert [entry for entry in game.log if entry[0] == "mend"] == [("mend", "q0")]

    play(test, game, size)


def test_the_mended_net_need_not_be_trained() -> None:
    game: Any = mending()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1", "1", "1", "2")
        assert "Question 1?" in text(app) and ("mend", "q0") not in game.log

    play(test, game)


@pytest.mark.parametrize("key", ["1", "ctrl+c", "escape"])
def test_the_run_of_a_mended_net_can_be_stopped_and_is_not_left_alone(key: str) -> None:
    game: Any = mending()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await begin_mending(pilot)
        await press(pilot, key)
        assert game.log.count("stop") == 1 and not game.training
        if key == "escape":
            assert isinstance(app.screen, StoryScreen)
        else:
            assert "Stopped." in text(app) and "1. Go on" in text(app)

    play(test, game)


def test_a_mended_net_with_the_laboratory(stage: Any) -> None:
    mend = """```toml mend
code = ["model.eval()", "loss.backward()"]
fault = 1
repairs = ["model.train()", "model.zero_grad()"]
right = 1
because = "Training wants training mode."
job = "clean-digits"
```
"""

    async def test(stage: Stage) -> None:
        await stage.press("1", "1", "1", "1")
        go = held(stage.game)
        await stage.press("1")
        assert "1. Train the mended net" in text(stage.app)
        await stage.pilot.press("1")
        await stage.pilot.pause(0.25)
        assert "The apprentice takes its place" in text(stage.app) and stage.game.training
        go.set()
        await settle(stage.pilot)
        assert "Mended, it trains for " in words(stage.app) and stage.on(QuestionScreen)

    start = CHAPTER.index("```toml quiz")
    quiz = CHAPTER[start : CHAPTER.index("```", start + 3) + 3]
    stage(test, chapter=CHAPTER.replace(quiz, mend))
