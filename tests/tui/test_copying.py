"""Words are marked with the mouse and copied with ctrl+c, which goes out to the terminal (OSC 52)."""

from __future__ import annotations

import base64
import re
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, lesson
from tests.tui.reading import play, rows, settle, words
from tutor.tui.app import CastleApp


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the terminal is told to put on its clipboard."""
    from textual.drivers.headless_driver import HeadlessDriver

    copied: list[str] = []

    def write(self: HeadlessDriver, data: str) -> None:
        for text in re.findall(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\a", data):
            copied.append(base64.b64decode(text).decode())

    monkeypatch.setattr(HeadlessDriver, "write", write)
    return copied


async def mark(app: CastleApp, pilot: Pilot[Any], first: str, last: str) -> None:
    """Drag the mouse from the first of these words to the end of the last."""
    seen = rows(app)
    y1 = next(n for n, row in enumerate(seen) if first in row)
    y2 = next(n for n, row in enumerate(seen) if last in row)
    await pilot.mouse_down(offset=(seen[y1].index(first), y1))
    await pilot.hover(offset=(seen[y2].index(last) + len(last) - 1, y2))
    await pilot.mouse_up(offset=(seen[y2].index(last) + len(last) - 1, y2))
    await settle(pilot)


def test_words_of_the_tale(sent: list[str]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await mark(app, pilot, "table was", "twelve")
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert sent == ["table was laid for twelve"] == [app.clipboard]
        assert app.is_running and "Copied" in words(app)
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert len(sent) == 2, "as long as words are marked, it copies"
        await pilot.click(offset=(2, 20))
        await settle(pilot)
        await pilot.press("ctrl+c")
        await pilot.pause()
        assert app.return_code == 0 and len(sent) == 2, "where nothing is marked, it leaves"

    play(test, FakeGame())


def test_lines_of_the_code(sent: list[str]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1", "c")
        await settle(pilot)
        await mark(app, pilot, "class Net", "__init__")
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert len(sent) == 1 and sent[0].startswith("class Net(nn.Module):") and sent[0].endswith("__init__")
        assert app.is_running

    play(test, lesson())


def test_a_run_is_not_stopped_by_copying(sent: list[str]) -> None:
    from tests.tui.fake import learning

    game = lesson()
    game.bench.running = learning()  # type: ignore[union-attr]

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await mark(app, pilot, "table was", "table was")
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert sent == ["table was"] and "stop" not in app.game.log
        app.screen.clear_selection()
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert "stop" in app.game.log and app.is_running

    play(test, game)


def test_the_whole_program(sent: list[str]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1", "y")
        await settle(pilot)
        assert sent == [app.game.bench.source.text]

    play(test, lesson())
