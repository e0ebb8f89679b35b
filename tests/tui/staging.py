"""A chapter on the screen, and the file that it is read from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from textual.pilot import Pilot

from tests.tui.fake import run
from tests.tui.reading import settle
from tests.tutor.authors import CHAPTER
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.game import Options
from tutor.tui.app import CastleApp
from tutor.tui.widgets.mistakes import Mistakes
from tutor.watching import AGREE_LOST, WatchedGame


class Stage:
    """The screen, and the file that is shown on it."""

    def __init__(self, app: CastleApp, pilot: Pilot[Any], path: Path) -> None:
        self.app, self.pilot, self.path = app, pilot, path
        self.game = app.watched
        assert self.game

    async def save(self, *edits: tuple[str, str]) -> None:
        """Edit the file and let the timer come round until the edit has settled."""
        written = self.path.read_text(encoding="utf-8")
        for old, new in edits:
            assert old in written
            written = written.replace(old, new)
        self.path.write_text(written, encoding="utf-8")
        await self.look()

    async def look(self) -> None:
        for _ in range(AGREE_LOST + 1):
            self.app._look()
        await settle(self.pilot)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.pilot.press(key)
            await settle(self.pilot)

    def on(self, kind: type) -> bool:
        return type(self.app.screen) is kind

    @property
    def panel(self) -> str:
        """What the panel says; empty where it is not shown."""
        (panel,) = self.app.screen.query(Mistakes)
        return str(panel.render()) if panel.display else ""


def perform(
    folder: Path,
    test: Callable[[Stage], Awaitable[None]],
    size: tuple[int, int] = (80, 24),
    chapter: str = CHAPTER,
    begin: bool = True,
    **options: Any,
) -> None:
    """Play a test on the chapter, from its first scene on."""
    path = folder / "trial.md"
    path.write_text(chapter, encoding="utf-8")

    async def whole() -> None:
        game = WatchedGame(Options(home=folder / "home", chapter=path, **options))
        numbers = lambda recipe: GOOD if recipe.dropout == 0.5 else OVERFIT  # noqa: E731
        game.laboratory = FakeLaboratory(numbers, game._changed)  # type: ignore[assignment]
        app = CastleApp(game, at_once=bool(options.get("scene")))
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                stage = Stage(app, pilot, path)
                await settle(pilot)
                if begin:
                    await stage.press("2")
                await test(stage)
        finally:
            await game.close()

    run(whole())


def held(game: Any) -> asyncio.Event:
    """From now on every run waits until this is set."""
    go, real = asyncio.Event(), game.laboratory.run

    async def slow(kind: str, recipe: Any, seeds: Any) -> Any:
        game.laboratory.running = SimpleNamespace(
            recipe=recipe,
            views={},
            curves={},
            seeds=seeds,
            done=set(),
            epoch=0,
            epochs=30,
            progress=0.0,
            seconds_left=None,
        )
        game._changed()
        await go.wait()
        return await real(kind, recipe, seeds)

    game.laboratory.run = slow
    return go
