"""What is on the screen, as rows of text."""

from __future__ import annotations

import html
import re
from collections.abc import Awaitable, Callable
from typing import Any

from textual.app import App
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, run
from tutor.tui.app import CastleApp

SIZES = [(80, 24), (100, 30), (120, 34)]
_TEXT = re.compile(r'<text class="[^"]*-r\d+"[^>]* x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</text>')
CELL = 12.2
"""Width of a cell in Textual's picture of a screen."""


def rows(app: App[Any]) -> list[str]:
    """The rows of the screen; blank ones are left out."""
    found: dict[float, list[str]] = {}
    for x, y, text in _TEXT.findall(app.export_screenshot()):
        row = found.setdefault(float(y), [])
        start = round(float(x) / CELL)
        row += [" "] * (start + len(html.unescape(text)) - len(row))
        for place, glyph in enumerate(html.unescape(text).replace("\xa0", " "), start):
            row[place] = glyph
    return ["".join(row).rstrip() for _, row in sorted(found.items())]


def text(app: App[Any]) -> str:
    """The whole screen."""
    return "\n".join(rows(app))


def words(app: App[Any]) -> str:
    """The whole screen with every run of blanks as one, for sentences that are folded."""
    return re.sub(r"\s+", " ", text(app))


def play(
    test: Callable[[CastleApp, Pilot[Any]], Awaitable[None]], game: FakeGame, size: tuple[int, int] = (80, 24)
) -> None:
    """Run the whole application on a fake game."""

    async def begin() -> None:
        app = CastleApp(game)  # type: ignore[arg-type]
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            await test(app, pilot)

    run(begin())


async def settle(pilot: Pilot[Any]) -> None:
    """Wait until what was asked for has been carried out and painted, and nothing slides any more."""
    await pilot.pause()
    await pilot.app.workers.wait_for_complete()
    await pilot.wait_for_scheduled_animations()
    if isinstance(pilot.app, CastleApp):
        pilot.app._paint()  # which a timer would do ten times a second
    await pilot.pause()
