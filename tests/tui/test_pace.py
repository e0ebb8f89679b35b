"""The tale at a reading pace: nothing moves, no key waits, and whoever wants no motion gets none."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, run, told
from tests.tui.reading import settle, text, words
from tests.tui.test_keys import work  # noqa: F401 (a fixture)
from tests.tui.test_widgets import Holder, hold
from tutor.preferences import Preferences
from tutor.tui.app import CastleApp
from tutor.tui.widgets.prose import Prose

LINES = [told("One two three four five six seven eight nine ten."), told("Come in.", "The Count"), told("He bowed.")]


def seen(app: Holder | CastleApp) -> str:
    """The letters that are shown."""
    return "".join(words(app).split())


def test_letters_come_in_order_and_nothing_moves() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        (prose,) = app.query(Prose)
        prose.show(LINES, 10)
        prose._begin = lambda: None  # type: ignore[method-assign] (no timer: the test tells it)
        await pilot.pause()
        whole, heights, before = "", [block.region for block in prose.children], ""
        assert seen(app) == ""
        for _ in range(40):
            prose.tell(2.5)
            await pilot.pause()
            now = seen(app)
            assert now.startswith(before) and len(now) <= len(before) + 4, "two or three letters, and maybe the line"
            before = now
            assert [block.region for block in prose.children] == heights
            if not prose.telling:
                break
        whole = words(app)
        assert "One two three four five six seven eight nine ten." in whole
        assert "The Count" in whole and "Come in." in whole and "He bowed." in whole

    hold(test, Prose())


def test_what_is_behind_is_told_letter_by_letter() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        (prose,) = app.query(Prose)
        prose._begin = lambda: None  # type: ignore[method-assign]
        prose.show(LINES, 10)
        await pilot.pause()
        prose.tell(7)
        await pilot.pause()
        assert words(app).strip() == "One two"
        prose.tell(5)
        await pilot.pause()
        assert words(app).strip() == "One two thre"
        assert prose.finish() and not prose.finish()
        await pilot.pause()
        assert "He bowed." in words(app)

    hold(test, Prose())


def test_only_the_row_that_is_told_is_painted(work: Counter[str]) -> None:  # noqa: F811
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        (prose,) = app.query(Prose)
        prose._begin = lambda: None  # type: ignore[method-assign]
        prose.show(LINES, 10)
        await pilot.pause()
        await pilot.pause()
        work.clear()
        for _ in range(12):
            prose.tell(5)
            await pilot.pause()
        assert not work, "neither a layout nor a whole screen"

    hold(test, Prose())


def test_a_part_of_a_row_is_painted_as_that_part() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        (prose,) = app.query(Prose)
        prose._begin = lambda: None  # type: ignore[method-assign]
        prose.show(LINES, 10)
        await pilot.pause()
        prose.tell(9)
        block = prose.children[0]
        (whole,) = block.render_lines(Region(0, 0, block.outer_size.width, 1))
        assert whole.text.rstrip() == "One two t"
        for left, right in ((0, 4), (4, 20), (8, 9), (9, 30), (2, 9)):
            (part,) = block.render_lines(Region(left, 0, right - left, 1))
            assert part.text == whole.text[left:right] and part.cell_length == right - left

    hold(test, Prose())


def test_what_would_be_told_below_the_last_row_is_told_at_once() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        (prose,) = app.query(Prose)
        prose._begin = lambda: None  # type: ignore[method-assign]
        prose.show([told(f"Line {n} " + "and on " * 30) for n in range(9)], 10)
        await pilot.pause()
        steps = 0
        while prose.telling:
            prose.tell(50)
            steps += 1
        assert 5 < steps < 30
        prose.scroll_end(animate=False)
        await settle(pilot)
        assert "Line 8" in words(app)

    hold(test, Prose())


def test_only_what_is_new_is_told() -> None:
    async def test(app: Holder, pilot: Pilot[Any]) -> None:
        (prose,) = app.query(Prose)
        prose._begin = lambda: None  # type: ignore[method-assign]
        prose.show(LINES[:1], 10)
        await pilot.pause()
        prose.show(LINES, 10)
        await pilot.pause()
        assert "seven eight nine ten." in words(app) and "Come in." not in words(app)

    hold(test, Prose())


# in the tale


def tale(test: Any, pace: int = 40) -> None:
    """Run the application as if it were no test, from the first scene on."""

    async def begin() -> None:
        app = CastleApp(FakeGame(), preferences=Preferences(None, None, {}))  # type: ignore[arg-type]
        async with app.run_test(notifications=True) as pilot:
            await settle(pilot)
            await pilot.press("1")
            await pilot.pause()
            await test(app, pilot)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CastleApp, "pace", property(lambda self: pace))
        run(begin())


LAST = "not looked at."
"""The end of what is told in the first scene."""


def telling(app: CastleApp) -> bool:
    return app.screen.query_one(Prose).telling


@pytest.mark.parametrize("key", ["enter", "space"])
def test_the_keys_that_go_on_show_the_rest_first(key: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert telling(app) and LAST not in words(app) and "Follow the lamp" in words(app)
        await pilot.press(key)
        await settle(pilot)
        assert not telling(app) and LAST in words(app) and app.game.log[-1:] != [("choose", 0)]
        await pilot.press(key)
        await settle(pilot)
        assert app.game.log[-1] == ("choose", 0)

    tale(test)


def test_every_other_key_does_its_work_at_once() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert telling(app)
        await pilot.press("down")
        await settle(pilot)
        assert not telling(app) and "▸ 2." in text(app)
        await pilot.press("b")
        assert "undo" in app.game.log

    tale(test)


def test_a_digit_chooses_while_the_tale_is_told() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert telling(app)
        await pilot.press("3")
        await settle(pilot)
        assert app.game.log[-1] == ("choose", 2)

    tale(test)


def test_a_click_on_the_tale_shows_all_of_it() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.click(Prose)
        await settle(pilot)
        assert not telling(app) and LAST in words(app)

    tale(test)


def test_the_tale_comes_by_itself_and_is_told_once() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        first = len(seen(app))
        await pilot.pause(0.5)
        assert len(seen(app)) > first
        for _ in range(60):
            if not telling(app):
                break
            await pilot.pause(0.1)
        assert LAST in words(app)
        await pilot.press("escape", "1")
        await settle(pilot)
        assert not telling(app) and LAST in words(app), "what was told once is there at once"

    tale(test, pace=400)


def test_resizing_while_it_is_told() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for size in ((60, 20), (50, 15), (120, 34), (80, 24)):
            await pilot.resize_terminal(*size)
            await pilot.pause(0.1)
        await pilot.press("space")
        await settle(pilot)
        assert LAST in words(app)

    tale(test)


def test_a_headless_game_and_one_with_little_motion_tell_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    app = CastleApp(FakeGame(), preferences=Preferences(None, {"pace": 60}, {}))  # type: ignore[arg-type]
    assert app.pace == 60
    monkeypatch.setattr(CastleApp, "is_headless", property(lambda self: True))
    assert app.pace == 0
    monkeypatch.setattr(CastleApp, "is_headless", property(lambda self: False))
    still = CastleApp(FakeGame(), preferences=Preferences(None, {"pace": 60, "motion": "reduced"}, {}))  # type: ignore[arg-type]
    assert still.pace == 0 and still.animation_level == "none"


def test_with_little_motion_nothing_blinks() -> None:
    async def begin(motion: str) -> set[bool]:
        app = CastleApp(FakeGame(), preferences=Preferences(None, {"motion": motion}, {}))  # type: ignore[arg-type]
        async with app.run_test() as pilot:
            await settle(pilot)
            await pilot.press("f2")
            await settle(pilot)
            found = [app.screen.query_one("#set-data").cursor_blink]  # type: ignore[attr-defined]
            await pilot.press("escape", "ctrl+p")
            await settle(pilot)
            return {*found, app.screen.query_one("CommandInput").cursor_blink}  # type: ignore[attr-defined]

    async def both() -> None:
        assert await begin("full") == {True} and await begin("reduced") == {False}

    run(both())
