"""Words are marked with the mouse and copied with ctrl+c, which goes out to the terminal (OSC 52)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

import pytest
from textual.geometry import Region
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, lesson
from tests.tui.reading import play, rows, settle, words
from tests.tui.views import see
from tutor.tui.app import CastleApp
from tutor.tui.widgets.picture import PictureView
from tutor.tui.widgets.rowlist import RowList


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
    await drag(pilot, (seen[y1].index(first), y1), (seen[y2].index(last) + len(last) - 1, y2))


async def drag(pilot: Pilot[Any], start: tuple[int, int], end: tuple[int, int]) -> None:
    """Hold the button down from the first place to the second, both of them marked."""
    await pilot.mouse_down(offset=start)
    await pilot.hover(offset=end)
    await pilot.mouse_up(offset=end)
    await settle(pilot)


def lines(app: CastleApp, place: Region) -> Iterator[tuple[int, str]]:
    """The rows of a part of the screen, as wide as the screen; what lies beside that part is blank."""
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        if place.y <= y < place.bottom:
            yield y, " " * place.x + strip.text[place.x : place.right]


def ground(app: CastleApp, x: int, y: int) -> object:
    """What a cell is painted on."""
    (segment,) = app.screen._compositor.render_strips()[y].crop(x, x + 1)
    return segment.style and segment.style.bgcolor


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


def test_the_sentence_under_a_picture(sent: list[str]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        view = app.screen.query_one(PictureView)
        place, first, last = view.content_region, view.words[:12], view.words.split()[-1]
        ends = [(x, y) for y, row in lines(app, place) for x in [row.find(first)] if x >= 0]
        ends += [(x + len(last) - 1, y) for y, row in lines(app, place) for x in [row.rfind(last)] if x >= 0][-1:]
        before = ground(app, *ends[0])
        await drag(pilot, *ends)
        assert ground(app, *ends[0]) == ground(app, *ends[1]) != before, "what is marked is lit"
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert len(sent) == 1 and " ".join(sent[0].split()) == view.words and len(sent[0].split()) > 5

    see("picture", test, (100, 30))


def test_rows_of_the_journal(sent: list[str]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await mark(app, pilot, "The Trial     ✗", "practice dropout")
        runs = app.screen.query_one(RowList)
        assert type(app.screen).__name__ == "JournalScreen" and runs.cursor == 0, "nothing was opened or pointed at"
        await pilot.press("ctrl+c")
        await settle(pilot)
        ((one, two),) = [words.split("\n") for words in sent]
        assert re.fullmatch(r"The Trial +✗ failed dropout 0\.9 +test 80\.0% ±1\.0 +\S{8}", one)
        assert re.fullmatch(r" +20:33 +The Trial +practice dropout", two)
        await pilot.click(RowList, offset=(20, 3))
        await settle(pilot)
        assert runs.cursor == 2 and not runs.text_selection, "a click points, and takes the mark away"
        await pilot.click(RowList, offset=(20, 3), times=2)
        await settle(pilot)
        assert type(app.screen).__name__ == "RunScreen" and not runs.text_selection, "a second one opens"

    see("journal", test, (80, 24))


def test_rows_that_were_scrolled(sent: list[str]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("end")
        await settle(pilot)
        works: Any = app.screen
        title = works.found[-2].title
        await mark(app, pilot, title, title)
        await pilot.press("ctrl+c")
        await settle(pilot)
        assert sent == [title] and works.rows.scroll_offset.y > 0

    see("works", test, (80, 24))


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
