"""Somebody who presses anything, on the whole tale, with runs that are made up."""

from __future__ import annotations

import asyncio
import gc
import random
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets._toast import Toast, ToastHolder, ToastRack

from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.game import Game, Options
from tutor.tui.app import CastleApp

LOTS: dict[str, float] = {
    **dict.fromkeys([*"456789abcdefghiklmnopqrsuvwxyzMRS", "slash", "backspace", "delete", "space"], 1),
    **dict.fromkeys(["shift+tab", "home", "end", "pageup", "pagedown", "ctrl+c"], 1),
    **dict.fromkeys(["enter", "escape", "up", "down", "left", "right", "tab", *"123tj"], 4),
    **dict.fromkeys(["f1", "f2", "question_mark", "ctrl+p"], 0.3),  # what they open takes long to lay out
}
"""Keys, and how often each is pressed beside the others."""
NOTICES = (Toast, ToastHolder, ToastRack)
MOST = 0.5
"""Seconds that a key is waited for."""


class Tower(FakeLaboratory):
    """A laboratory that trains nothing; half of what it makes up is good."""

    def __init__(self, uneven: random.Random, on_change: Callable[[], None]) -> None:
        super().__init__(lambda recipe: uneven.choice([GOOD, OVERFIT, {}]), on_change)

    def use(self, device: str, threads: int) -> None:
        """Any device will do."""


async def rest(seconds: float) -> None:
    """Wait until the loop has nothing to do, so long at most."""
    loop, quiet = asyncio.get_running_loop(), 0
    until = loop.time() + seconds
    while quiet < 3 and loop.time() < until:
        await asyncio.sleep(0)
        quiet = 0 if loop._ready else quiet + 1  # type: ignore[attr-defined]


class Player:
    """Presses keys by lot."""

    def __init__(self, app: CastleApp, pilot: Pilot[Any], uneven: random.Random) -> None:
        self.app, self.pilot, self._uneven = app, pilot, uneven
        self.seen: set[str] = set()
        """The screens that came up."""

    async def press(self, count: int) -> None:
        """So many keys; the next comes as soon as nothing is left to do, or sooner."""
        for key in self._uneven.choices([*LOTS], [*LOTS.values()], k=count):
            self.app.simulate_key(key)
            await rest(MOST)
            self.seen.add(type(self.app.screen).__name__)

    async def home(self) -> None:
        """Back to the gate, with the keys of the beginning; what was closed has time to go."""
        self.app.preferences.keys.clear()
        self.app.set_keys()
        self.app.clear_notifications()
        for _ in range(50):
            if len(self.app.screen_stack) == 1:
                return await self.pilot.pause(0.5)
            await self.pilot.press("escape")
            await self.pilot.pause(0.05)  # the palette takes its time
        raise AssertionError(f"no way home from {self.app.screen_stack}")

    def alive(self) -> int:
        """How many widgets there are, those that nothing shows any more among them, but no notices."""
        gc.collect()
        return sum(isinstance(thing, Widget) and not isinstance(thing, NOTICES) for thing in gc.get_objects())


def play(test: Callable[[Player], Awaitable[None]], folder: Path, seed: int = 1897) -> None:
    """Play in a folder, from the gate on."""

    async def begin() -> None:
        uneven = random.Random(seed)
        game = Game(Options(home=folder))
        game.laboratory = Tower(uneven, game._changed)  # type: ignore[assignment]
        app = CastleApp(game)
        app.action_leave = app.action_to_title  # type: ignore[method-assign]  # nobody leaves
        try:
            async with app.run_test(size=(80, 24), notifications=True) as pilot:
                await pilot.pause()
                await test(Player(app, pilot, uneven))
        finally:
            await game.close()

    asyncio.run(begin())
