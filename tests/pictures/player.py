"""Plays the real game with keys, and takes pictures on the way."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from tests.pictures.drawing import Frame, seen
from tutor.game import Game, Options
from tutor.preferences import Preferences
from tutor.tui.app import CastleApp

CHAPTER = "no-mirror"
DONE = ["the-knock", "lines-in-fog", "first-breath", "two-shadows"]
PATIENCE = 120.0
"""Seconds until something is taken never to come."""


class Player:
    """Somebody at the keys."""

    def __init__(self, app: CastleApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot, self.game = app, pilot, app.game

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for a condition."""
        for _ in range(int(PATIENCE / 0.02)):
            await self.pilot.pause(0.02)
            if condition():
                return await self.pilot.pause()
        raise TimeoutError(f"never came; on {self.app.screen}: {self.game.message}")

    async def press(self, *keys: str) -> None:
        """Press them one after another; each is done before the next."""
        for key in keys:
            await self.pilot.press(key)
            await self.pilot.pause()

    async def onto(self, name: str, *keys: str) -> None:
        """Press keys, and wait for the screen that they lead to."""
        await self.press(*keys)
        await self.until(lambda: type(self.app.screen).__name__ == name)

    def frame(self) -> Frame:
        """What is on the screen."""
        return seen(self.app)

    # the tale

    def through(self, going: Callable[[], object], *won: str) -> None:
        """Through the tale, past scenes that were won; what is asked on the way is answered."""
        game = self.game
        if not game.begun:
            game.resume()
        while going():
            for question in game.questions():
                game.answer(question.id, 0)
            if going():
                game.choose(next(n for n, way in enumerate(game.play._open()) if way.scene not in won))
        self.app.playing = True
        self.app.follow()

    async def to_a_lesson(self, *won: str) -> None:
        """To the next workbench."""
        self.through(lambda: not self.game.bench, *won)
        await self.until(lambda: type(self.app.screen).__name__ == "LaboratoryScreen")


def play(test: Callable[[Player], Awaitable[None]], size: tuple[int, int]) -> None:
    """Play from the beginning of No Mirror, with the chapters before it done."""

    async def begin(home: Path) -> None:
        game = Game(Options(home=home))
        game.load()
        game.new()
        game.play.open_chapter(CHAPTER)
        game.book.save({**game.play.state, "done": DONE, "player": "lucy"})
        await game.close()
        game = Game(Options(home=home))
        app = CastleApp(game, preferences=Preferences())
        try:
            async with app.run_test(size=size) as pilot:
                player = Player(app, pilot)
                await player.until(lambda: game.loaded and game.laboratory.there)
                await test(player)
        finally:
            await game.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(begin(Path(folder)))
