"""The keys of the laboratory: none is lost or overtaken, and none costs more than it must."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections import Counter
from typing import Any

import pytest
from textual import events
from textual._compositor import Compositor
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import SELECT_ALL, Selection

from lessons.mistakes import Mistake
from tests.tui.fake import FakeGame, learning, lesson
from tests.tui.reading import play, settle, text, words
from tutor.tui.app import CastleApp
from tutor.tui.screens.laboratory import LaboratoryScreen
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.facts import Facts

Size = tuple[int, int]


async def enter(pilot: Pilot[Any]) -> LaboratoryScreen:
    await pilot.press("1")
    await settle(pilot)
    await settle(pilot)
    assert isinstance(pilot.app.screen, LaboratoryScreen)
    return pilot.app.screen


def typed(app: CastleApp, *keys: str) -> None:
    """All of them at once, as a terminal hands over what was pasted or typed in a hurry."""
    for key in keys:
        app.post_message(events.Key(key, None))


def test_keys_in_a_hurry_go_to_the_dial_that_has_the_focus_by_then() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        before = dict(app.game.bench.settings)
        typed(app, "down", "left", "up", "right", "right", "down", "down", "right", "up")
        await settle(pilot)
        after = {"dropout": 0.5, "optimizer": "sgd", "eval_mode": False}
        assert app.game.bench.settings == {**before, **after}
        assert {dial.name: dial.value for dial in screen.dials} == after
        assert screen.focused is screen.dials[1]

    play(test, lesson())


def test_a_digit_goes_to_the_first_dial_and_what_follows_too() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        screen.query_one("Measures").focus()
        await settle(pilot)
        typed(app, "2", "right")
        await settle(pilot)
        assert app.game.bench.settings["dropout"] == 0.5

    play(test, lesson())


@pytest.mark.parametrize("key", ["t", "y", "e", "h", "escape"])
def test_what_was_turned_holds_for_the_key_after_it(key: str) -> None:
    game = lesson()
    turned: list[float] = []
    turn = game.bench.turn

    def noted(name: str, value: Any) -> None:
        turn(name, value)
        turned.append(value)

    game.bench.turn = noted  # type: ignore[method-assign]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await enter(pilot)
        run_action = app.run_action
        seen: list[tuple[str, list[float]]] = []

        async def watched(action: Any, *arguments: Any) -> bool:
            done = await run_action(action, *arguments)
            seen.append((str(action), list(turned)))
            return done

        app.run_action = watched  # type: ignore[method-assign]
        typed(app, "right", "right", key)
        await settle(pilot)
        assert turned == [0.2, 0.5], "each turn once, in order"
        assert seen[-1][1] == [0.2, 0.5], "before the action, not after it"

    play(test, game)


def test_a_dial_that_cannot_be_turned_is_turned_back() -> None:
    game = lesson()

    def refuse(name: str, value: Any) -> None:
        raise Mistake("these two do not go together.")

    game.bench.turn = refuse  # type: ignore[method-assign]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        await pilot.press("right")
        await settle(pilot)
        assert screen.dials[0].value == 0.0 and not screen.dials[0].turned
        assert "These two do not go together." in words(app)

    play(test, game)


def test_a_painting_between_a_turn_and_its_saving_loses_nothing() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        screen.dials[0].action_step(1)
        screen.sync()
        assert screen.dials[0].value == app.game.bench.settings["dropout"] == 0.2

    play(test, lesson())


def test_what_something_else_has_set_is_not_turned_back() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        app.game.bench.turn("dropout", 0.9)
        app.follow()
        await settle(pilot)
        assert screen.dials[0].value == app.game.bench.settings["dropout"] == 0.9

    play(test, lesson())


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """Counts what is expensive: layouts, and paintings of the whole screen."""
    done: Counter[str] = Counter()
    for name in ("reflow", "render_full_update"):
        real = getattr(Compositor, name)

        def counted(self: Compositor, *args: Any, real: Any = real, name: str = name, **options: Any) -> Any:
            done[name] += 1
            return real(self, *args, **options)

        monkeypatch.setattr(Compositor, name, counted)
    return done


def test_moving_the_focus_and_training_lay_nothing_out_anew(work: Counter[str]) -> None:
    game = lesson()
    game.bench.running = learning(5, (1, 2, 3, 4, 5))

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        await pilot.press("down", "up")
        await settle(pilot)
        work.clear()
        for key in ("down", "down", "up", "up"):
            await pilot.press(key)
            await settle(pilot)
        assert screen.focused is screen.dials[0] and not work
        for night in (6, 7, 8):
            game.bench.running = learning(night, (1, 2, 3, 4, 5))
            game.on_change()
            await pilot.pause(0.15)
            assert f"{night} of 30 nights" in text(app)
            work.subtract(render_full_update=1)  # the picture just looked at
        assert not +work

    play(test, game, (120, 34))


def test_turning_a_dial_lays_nothing_out_where_the_code_is_not_seen(work: Counter[str]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        await pilot.press("right", "left")
        await settle(pilot)
        work.clear()
        await pilot.press("right")
        await settle(pilot)
        assert not work and "nn.Dropout" not in screen.query_one(CodeView).source
        await pilot.press("c")
        await settle(pilot)
        assert "nn.Dropout(0.2)" in text(app)

    play(test, lesson())


def test_the_pane_that_has_the_focus_is_marked() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)

        def marked() -> list[str | None]:
            return [pane.id for pane in screen.query("#bench > .-in-hand")]

        assert marked() == ["dials-pane"]
        screen.query_one("Measures").focus()
        await settle(pilot)
        assert marked() == ["measures-pane"]
        app.app_focus = False
        await settle(pilot)
        assert marked() == []

    play(test, lesson())


def test_facts_are_read_to_their_end_whatever_room_there_is() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        facts, pane = screen.query_one("#facts", Facts), screen.query_one("#dials")
        short = [("goal", "little", "")]
        for rows in (short, [("goal", "word " * 80 + "end", "")], short):
            facts.show(rows)
            await settle(pilot)
            needed = len(facts._lay(facts.size.width))
            assert facts.size.height >= needed
            assert (pane.max_scroll_y > 0) == (needed > 10)
            pane.scroll_end(animate=False)
            await settle(pilot)
            assert rows[0][1].split()[-1] in text(app)

    play(test, lesson())


def test_code_can_be_selected() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        screen = await enter(pilot)
        view = screen.query_one(CodeView)
        plain = view.render_line(1)
        screen.selections = {view: Selection(Offset(5, 0), Offset(12, 1))}
        await settle(pilot)
        assert screen.get_selected_text() == "class Net(nn.Module):\n   2     def"
        assert view.render_line(1).text == plain.text and view.render_line(1) != plain
        screen.selections = {view: SELECT_ALL}
        assert "yield epoch" in (screen.get_selected_text() or "")
        screen.clear_selection()
        await settle(pilot)
        assert view.render_line(1) == plain

    play(test, lesson(), (100, 30))


def test_textual_may_paint_as_often_as_keys_ask_for_it() -> None:
    says = "import tutor.tui.app, textual.constants; print(textual.constants.MAX_FPS)"
    assert int(subprocess.run([sys.executable, "-c", says], capture_output=True, check=True).stdout) >= 120


def test_what_is_there_is_left_out_when_garbage_is_looked_for() -> None:
    try:
        CastleApp(FakeGame()).tidy()  # type: ignore[arg-type]
        assert gc.get_freeze_count() > 10 * gc.get_count()[0]
    finally:
        gc.unfreeze()


def test_a_dial_alone_is_turned_only_by_the_player() -> None:
    dial = Dial("dropout", "dropout", (0.0, 0.2), ("0", "0.2"), 0.0)
    dial.show(0.2)
    assert dial.value == 0.2 and not dial.turned
