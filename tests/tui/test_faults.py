"""Faults that testers found on the full screen, so that none comes back."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from lessons import goals
from lessons.challenge import Prediction, Way
from tests.tui.fake import FakeBench, FakeGame, columns, judgement, made, told
from tests.tui.reading import play, rows, settle, text, words
from tutor.tui.app import CastleApp
from tutor.tui.screens import benchview
from tutor.tui.screens.story import StoryScreen
from tutor.tui.widgets.choices import Choices
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.prose import Prose


def lesson() -> FakeGame:
    game = FakeGame()
    game.bench = FakeBench()
    game.bench.last = made()
    return game


async def enter(pilot: Pilot[Any], *keys: str) -> None:
    """Into the tale, then these keys, each carried out before the next."""
    for key in ("1", *keys):
        await pilot.press(key)
        await settle(pilot)


def test_what_waits_for_a_painting_does_nothing_on_a_screen_that_has_gone() -> None:
    game = lesson()

    def undo() -> bool:
        game.bench = None
        return True

    game.undo = undo  # type: ignore[method-assign]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        bench: Any = app.screen
        bench.action_hint()
        bench.action_tab("code")
        bench._retitle()
        bench.action_undo()
        await settle(pilot)
        assert isinstance(app.screen, StoryScreen) and not bench.here
        bench.later(lambda: bench.query_one("#tale"))
        await settle(pilot)

    play(test, game)


def test_a_screen_that_is_not_composed_ignores_sizes_and_keys() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        fresh = StoryScreen()
        fresh._fit()
        assert not await app.run_action("undo", fresh)
        assert "undo" not in app.game.log

    play(test, FakeGame())


def test_the_gate_knows_of_the_tale_that_was_just_begun() -> None:
    game = FakeGame()
    game.can_continue = False

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "nothing is saved yet" not in text(app) and "No Mirror, the dining hall" in text(app)
        assert app.screen.query_one(Choices).cursor == 0 and app.screen.query_one(Choices).items[0].enabled

    play(test, game)


def test_the_gate_points_at_continue_after_the_tale_but_not_after_a_look_at_the_settings() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for keys, cursor in ((("8", "escape"), 7), (("2", "1", "escape"), 0)):
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            assert app.screen.query_one(Choices).cursor == cursor

    play(test, FakeGame())


def test_up_and_down_stay_on_the_dials_and_tab_skips_their_pane() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        dials = list(app.screen.query(Dial))
        await pilot.press("up")
        assert app.focused is dials[0]
        await pilot.press(*["down"] * 9)
        assert app.focused is dials[-1]
        for _ in range(9):
            await pilot.press("tab")
            assert app.focused is not None and app.focused.id != "dials-pane"

    play(test, lesson())


def test_a_scene_that_grows_goes_on_at_the_first_new_passage() -> None:
    game = FakeGame()
    game.tale = [told(f"Passage {n} of the night in the dining hall.") for n in range(20)]
    game.won = [SimpleNamespace(technique="Dropout", does="Sets outputs to zero.")]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        prose = app.screen.query_one(Prose)
        old = list(prose.children)
        assert "Passage 0 " in text(app) and "Dropout" not in text(app)
        game.tale = [*game.tale, *(told(f"Then came number {n}.") for n in range(20))]
        app.follow()
        await settle(pilot)
        assert [row for row in rows(app) if row.strip()][1].strip().startswith("Then came number 0.")
        assert list(prose.children)[:20] == old[:20]
        prose.scroll_end(animate=False)
        await settle(pilot)
        assert text(app).count("A page for the grimoire: Dropout.") == 1 and "╭" in text(app)
        game.tale = [told("Another room.")]
        app.follow()
        await settle(pilot)
        assert "Another room." in text(app) and prose.scroll_y == 0

    play(test, game)


@pytest.mark.parametrize("bench", [False, True])
def test_who_goes_on_speaking_is_named_once(bench: bool) -> None:
    game = lesson() if bench else FakeGame()
    game.tale = [told("One.", "Mina"), told("Two.", "Mina"), told("Three.", "Igor"), told("Four.", "Mina")]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        assert text(app).count("Mina") == 2 and text(app).count("Igor") == 1 and "Two." in text(app)

    play(test, game)


def test_a_question_shows_the_code_that_the_scene_told_last() -> None:
    game = FakeGame()
    game.tale = [
        SimpleNamespace(kind="code", speaker="", spans=(("", source),)) for source in ("first = 1", "loss.backward()")
    ]
    kinds = {"quiz": (), "mend": ("own = 2",)}
    game.asked = [
        SimpleNamespace(id=kind, kind=kind, ask=f"Ask {kind}?", options=("a", "b"), code=code, fault=0, job="")
        for kind, code in kinds.items()
    ]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot, "1")
        assert text(app).index("loss.backward()") < text(app).index("Ask quiz?") and "first = 1" not in text(app)
        await pilot.press("1", "1")
        await settle(pilot)
        assert "own = 2" in text(app) and "loss.backward()" not in text(app)

    play(test, game)


def test_no_key_acts_where_the_window_is_too_small() -> None:
    game = lesson()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot, "down")
        before, log = app.focused, list(game.log)
        await pilot.resize_terminal(50, 15)
        await settle(pilot)
        assert "larger window" in words(app) and "dropout" not in text(app)
        assert not app.screen.show_vertical_scrollbar
        assert "ctrl+c ends a run, or leaves." in words(app)
        await pilot.press("right", "3", "t", "j", "h", "b", "escape", "tab", "ctrl+p", "f1", "f2")
        await settle(pilot)
        assert game.log == log and game.bench.settings["optimizer"] == "adam"
        await pilot.resize_terminal(80, 24)
        await settle(pilot)
        assert app.focused is before and "▸ optimiser" in text(app), "no help was opened where nobody could read it"
        await pilot.press("j")
        await settle(pilot)
        await pilot.resize_terminal(59, 24)
        await settle(pilot)
        await pilot.press("1", "enter")
        await settle(pilot)
        assert game.bench.prediction is None
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert app.return_code == 0

    play(test, game)


def test_page_keys_read_the_code() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot, "c")
        view = app.screen.query_one("CodeView")
        before = view.scroll_y
        await pilot.press("pagedown")
        await settle(pilot)
        assert view.scroll_y > before
        await pilot.press("pageup")
        await settle(pilot)
        assert view.scroll_y == before

    play(test, lesson())


def test_a_run_of_one_night_ends_at_night_one_and_bands_are_explained() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        app.game.bench.last = replace(made(), history={0: columns(1)})
        app.follow()
        await settle(pilot)
        assert "night 1" in text(app) and "night 2" not in text(app) and "between" not in text(app)

    play(test, lesson())


def test_the_hatching_of_a_verdict_is_in_the_legend() -> None:
    game = FakeGame()
    game.verdict = judgement([0.79, 0.8, 0.795, 0.81, 0.79])
    task = game.verdict.report.recipe.task
    game.verdict.report = made((1, 2, 3))

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        app.screen.query_one(Curves).show(benchview.series(game.verdict.report.history, task))
        app.screen.query_one("#page").scroll_end(animate=False)
        await settle(pilot)
        assert "⡐⠄ between the seeds" in text(app)
        assert "points to spare" in words(app)

    play(test, game)


def test_a_predicted_number_is_shown_as_its_metric_is() -> None:
    asked = Prediction("Which test accuracy?", metric="test_accuracy")
    game = lesson()
    game.bench.challenge = replace(game.bench.challenge, predict=asked)
    game.bench.prediction = 1.0
    assert ("said", "100.0%", "") in benchview.facts(game.bench, None)  # type: ignore[arg-type]
    game = FakeGame()
    game.verdict = judgement([0.79, 0.8, 0.795, 0.81, 0.79])
    game.verdict.predict_metric, game.verdict.predicted, game.verdict.truth = "test_accuracy", 1.0, 0.665

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        assert "You said 100.0%; it was 66.5%." in words(app)

    play(test, game)


def test_a_bench_whose_verdict_has_settled_cannot_be_left() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        bench: Any = app.screen
        app.game.bench = None
        assert bench.check_action("leave_bench", ()) is False and bench.check_action("train", ()) is None
        bench.refresh_bindings()
        await settle(pilot)
        assert "x leave" not in words(app)

    play(test, lesson())


def test_every_goal_of_which_one_is_enough_is_on_the_smallest_common_screen() -> None:
    game = lesson()
    challenge = game.bench.challenge
    second = Way(goals.parse("train_accuracy <= 0.9"), "pass")
    game.bench.challenge = replace(challenge, ways=(*challenge.ways, second))

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        shown = text(app)
        assert "goal test accuracy at least 75.0%" in shown and "or   training accuracy at most" in shown
        assert "last 66.3%" in shown and "measured" in shown

    play(test, game)


def test_the_number_of_a_loss_is_asked_for_with_a_loss() -> None:
    game = lesson()
    asked = Prediction("Which test loss?", metric="test_loss")
    game.bench.challenge = replace(game.bench.challenge, predict=asked)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot, "j")
        assert "a number, such as 0.192" in text(app) and "75%" not in text(app)

    play(test, game)
