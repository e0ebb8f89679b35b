"""The screens on a fake game, at three sizes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from lessons.fullsets import FULL
from tests.tui.fake import FakeGame, asking, judgement, learning, lesson, told
from tests.tui.reading import SIZES, play, rows, settle, text, words
from tutor.tui.app import CastleApp
from tutor.tui.screens.help import PAGES
from tutor.tui.screens.question import _reason

Size = tuple[int, int]


@pytest.mark.parametrize("size", SIZES)
def test_the_title_says_where_continue_leads_and_what_will_train(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for said in ("No Mirror, the dining hall", "New", "Chapters", "Quit", "cpu, 1 thread", "C A S T L E"):
            assert said in text(app)
        assert "wake" in app.game.log

    play(test, FakeGame(), size)


def test_without_a_save_there_is_nothing_to_continue() -> None:
    game = FakeGame()
    game.can_continue = False

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        assert "resume" not in game.log
        await pilot.press("2")
        assert "new" in game.log

    play(test, game)


def test_a_new_game_over_a_saved_one_asks_first() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("2")
        await settle(pilot)
        assert "Begin the tale anew?" in text(app)
        await pilot.press("2")
        await settle(pilot)
        assert "new" not in app.game.log and "Continue" in text(app)
        await pilot.press("2", "1")
        await settle(pilot)
        assert "new" in app.game.log

    play(test, FakeGame())


@pytest.mark.parametrize("size", SIZES)
def test_the_story_tells_and_offers(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        for said in ("No Mirror", "the dining hall", "chapter 5 of 12", "The Count", "Renfield", "Count the flies"):
            assert said in text(app)
        await pilot.press("2")
        await settle(pilot)
        assert ("choose", 1) in app.game.log
        assert "the next room" in text(app) and "Go further" in text(app)

    play(test, FakeGame(), size)


def test_the_story_by_arrows_and_by_mouse() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("down", "down", "enter")
        await settle(pilot)
        await pilot.click("Choices", offset=(6, 0))
        await settle(pilot)
        assert app.game.log[-2:] == [("choose", 2), ("choose", 0)]

    play(test, FakeGame())


def test_digits_choose_while_the_prose_has_the_focus() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        app.screen.query_one("#tale").focus()
        await pilot.press("3")
        await settle(pilot)
        assert ("choose", 2) in app.game.log

    play(test, FakeGame())


@pytest.mark.parametrize("key", ["b", "backspace"])
def test_back_undoes_until_there_is_nothing(key: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press(key, key)
        await settle(pilot)
        assert app.game.log.count("undo") == 2
        assert "There is no step before this one." in words(app)

    play(test, FakeGame())


def test_long_prose_leaves_room_for_the_choices() -> None:
    game = FakeGame()
    game.tale = game.tale * 8

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "Follow the lamp" in text(app)
        before = text(app)
        await pilot.press("pagedown")
        await settle(pilot)
        assert text(app) != before

    play(test, game)


def test_questions_are_asked_before_the_choices_and_answered_with_a_reason() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "Say why it worked" in text(app) and "Follow the lamp" not in text(app)
        await pilot.press("1")
        await settle(pilot)
        assert "Question 0?" in text(app)
        await pilot.press("2")
        await settle(pilot)
        assert "✗ Not so." in text(app) and "Right would be: Right" in words(app)
        await pilot.press("enter")
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        assert "✓ Right." in text(app)
        await pilot.press("1")
        await settle(pilot)
        assert "Follow the lamp" in text(app)
        assert [entry for entry in app.game.log if entry[0] == "answer"] == [("answer", "q0", 1), ("answer", "q1", 0)]

    play(test, asking("reason", "quiz"))


def test_a_mending_task_marks_the_faulty_line() -> None:
    game = asking("mend")
    game.asked[0].code, game.asked[0].fault = ("x = 1", "y = x.backward()"), 2

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("1")
        await settle(pilot)
        assert any(row.strip().startswith(">") and "backward" in row for row in rows(app))

    play(test, game)


def test_code_in_a_sentence_has_no_indent() -> None:
    told = SimpleNamespace(right=False, say="Because.", correct="    loss = criterion(x)")
    assert "Right would be: loss = criterion(x)" in _reason("    x = 1", told).plain
    assert "You said: x = 1\n" in _reason("    x = 1", told).plain


def test_the_end_leads_to_the_gate() -> None:
    game = FakeGame()
    game.ended, game.offered = True, []

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert "The tale ends here" in text(app)
        await pilot.press("enter")
        await settle(pilot)
        assert "C A S T L E" in text(app)

    play(test, game)


def test_changes_reach_the_screen_by_themselves() -> None:
    game = lesson()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        game.bench.running = learning(17)
        game.on_change()
        await pilot.pause(0.15)
        assert "17 of 30 nights" in text(app)

    play(test, game)


def test_what_is_told_between_two_questions_is_read_before_the_second() -> None:
    game = FakeGame()
    game.asked = [
        SimpleNamespace(id=id, kind="quiz", ask=f"Question {id}?", options=("yes", "no"), code=(), fault=0, job="")
        for id in ("one", "two", "three")
    ]
    answer = game.answer

    def answered(id: str, option: int) -> SimpleNamespace:
        if id == "one":
            game.tale = [*game.tale, told("This stands between the first question and the second.")]
        return answer(id, option)

    game.answer = answered  # type: ignore[method-assign]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for key in ("1", "1", "1", "enter"):
            await pilot.press(key)
            await settle(pilot)
        assert "This stands between" in words(app)
        await pilot.press("1", "1", "enter")
        await settle(pilot)
        assert "Question three?" in words(app)  # nothing was told in between

    play(test, game)


@pytest.mark.parametrize("size", SIZES)
def test_a_verdict_that_was_met(size: Size) -> None:
    game = FakeGame()
    game.verdict = judgement([0.79, 0.8, 0.795, 0.81, 0.79])

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        for said in ("✓ The goal is met.", "goal 75.0%", "79.7%", "to spare", "You said it will fall; it fell."):
            assert said in words(app)
        assert text(app).count("●") == 5 and "Enter choose" in rows(app)[-1]
        await pilot.press("enter")
        await settle(pilot)
        assert game.log[-1] == "go on" and "Follow the lamp" in text(app)

    play(test, game, size)


def test_a_verdict_that_was_missed_and_one_that_left_the_numbers() -> None:
    for values, diverged, said in (
        ([0.69, 0.7, 0.71, 0.7, 0.7], False, "short by"),
        ([None] * 5, True, "left the numbers at night 3"),
    ):
        game = FakeGame()
        game.verdict = judgement(values, diverged, predicted=None)

        async def test(app: CastleApp, pilot: Pilot[Any], said: str = said) -> None:
            await pilot.press("1")
            await settle(pilot)
            assert "✗" in text(app) and said in words(app)

        play(test, game)


def test_help_is_about_the_screen_and_every_screen_has_a_page() -> None:
    for name in ("play", "story", "laboratory", "verdict", "predict", "question", "review", "watch"):
        assert (PAGES / f"{name}.md").exists()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("f1")
        await settle(pilot)
        assert "The laboratory" in text(app)
        await pilot.press("f1")
        await settle(pilot)
        assert "The table was laid" in words(app)
        await pilot.press("question_mark")
        await settle(pilot)
        assert "The laboratory" in text(app)
        await pilot.press("escape")
        await settle(pilot)
        assert "The table was laid" in words(app)

    play(test, lesson())


def test_a_notice_is_said_once() -> None:
    game = FakeGame()
    game.notices = ["The old save was set aside."]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "set aside" in words(app) and game.notices == []

    play(test, game)


def test_the_palette_holds_every_action() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        names = [command.title for command in app.get_system_commands(app.screen)]
        assert names[:3] == ["Train  (t)", "Judge  (j)", "Hint  (h)"], "what the screen does comes first"
        for name in ("Copy the code  (y)", "To the gate  (Esc)", "Help  (F1)", "Settings  (F2)"):
            assert name in names
        assert "dropout: 0.5" in names and names[-2:] == ["Colours", "Quit"]
        assert not {"Turn up  (right)", "Next part  (Tab)"} & {*names}, "nobody looks for the keys that only move about"

    play(test, lesson())


def test_no_key_that_a_terminal_takes_is_bound() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        assert not {"ctrl+b", "ctrl+j", "ctrl+o", "ctrl+s", "ctrl+q"} & set(app.screen.active_bindings)

    play(test, lesson())


@pytest.mark.parametrize("theme", ["castle-by-day", "castle-high-contrast"])
def test_other_colours(theme: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        app.theme = theme
        await pilot.press("1")
        await settle(pilot)
        assert "dropout" in text(app)
        assert app.current_theme.variables["turned"].lower() in app.export_screenshot().lower()

    play(test, lesson())


def test_the_gate_and_back_again() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("escape")
        await settle(pilot)
        assert "C A S T L E" in text(app)
        await pilot.press("1")
        await settle(pilot)
        assert "dropout" in text(app) and app.game.log.count("resume") == 1

    play(test, lesson())


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (200, 60)])
def test_every_way_in_is_seen_at_every_size(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        ways = (
            "Continue",
            "New",
            "Chapters",
            "Laboratory",
            "The Count asks again",
            "Grimoire",
            "Journal",
            "Settings",
            "Quit",
        )
        for said in (*(f"{n}. {way}" for n, way in enumerate(ways, 1)), "cpu, 1 thread"):
            assert said in text(app)

    play(test, FakeGame(), size)


def test_the_gate_says_whether_the_full_data_set_is_at_hand(tmp_path: Path) -> None:
    game = FakeGame()
    game.options.data = tmp_path

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "cpu, 1 thread; full MNIST: not at hand" in words(app)
        for file in FULL["mnist"].files:
            path = tmp_path / file.path
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as made:
                made.truncate(file.size)
        await pilot.press("f2", "escape")
        await settle(pilot)
        assert "cpu, 1 thread; full MNIST: at hand" in words(app), "it was downloaded meanwhile"

    play(test, game, (60, 20))
