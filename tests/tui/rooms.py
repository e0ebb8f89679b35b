"""The whole tale on the screen, as far as a test wants it: chapters done, verdicts passed, pages won."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lessons import metrics
from lessons.recipe import Recipe
from lessons.report import Report
from tests.tui.fake import columns, run
from tests.tui.reading import settle
from tests.tutor.fakes import GOOD, FakeLaboratory
from tutor.game import Game, Options
from tutor.grimoire import Won
from tutor.savebook import Run
from tutor.tui.app import CastleApp

Test = Callable[[CastleApp, Pilot[Any]], Awaitable[None]]
SEEDS = (1000, 1001)


def report(recipe: Recipe, nights: int = 30) -> Report:
    """A verdict of two apprentices; nothing was pruned to zero."""
    names = metrics.available(recipe)
    values: dict[str, list[float | None]] = {name: [0.5, 0.5] for name in names}
    values |= {"zeros": [0.0, 0.0], "test_loss": [0.6, 0.7]}
    if "test_accuracy" in names:
        values["test_accuracy"] = [0.79, 0.81]
    history = {seed: columns(nights, 0.01 * n) for n, seed in enumerate(SEEDS)}
    return Report(recipe, SEEDS, "cpu", 1, "0" * 64, values, history, {}, 1.0)


def game(folder: Path, **options: Any) -> Game:
    """A game whose laboratory answers at once."""
    made = Game(Options(home=folder, **options))
    made.laboratory = FakeLaboratory(lambda recipe: GOOD, made._changed)  # type: ignore[assignment]
    return made


def furnish(folder: Path, done: int, scene: int = 2, **options: Any) -> None:
    """A save book in which so many chapters are done and won, and the next one is under way at that scene."""
    made = game(folder, **options)
    made.load()
    made.new()
    chapters = made.tale.chapters
    for chapter in chapters[:done]:
        judged = None
        for place in chapter.scenes:
            if place.lesson:
                challenge = place.lesson.challenge
                solution = challenge.ways[0].solution
                judged = f"{chapter.id}/{place.id}", report(challenge.recipe_for(solution))
                made.book.add_run(judged[0], Run("verdict", solution, judged[1], passed=True))
            for page in place.pages:
                assert judged
                made.book.add_page(Won(page.technique, page.does, page.setting, *judged))
    here = chapters[done]
    at = {"chapter": here.id, "scene": here.scenes[scene].id, "shown": [], "player": "lucy"}
    made.book.save({**made.play.state, **at, "done": [chapter.id for chapter in chapters[:done]]})
    made.book.close()


def visit(test: Test, made: Game, *keys: str, size: tuple[int, int] = (80, 24)) -> None:
    """Run the application on a game, and press these keys before the test."""

    async def begin() -> None:
        app = CastleApp(made)
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                await settle(pilot)
                await press(pilot, *keys)
                await test(app, pilot)
        finally:
            await made.close()

    run(begin())


async def press(pilot: Pilot[Any], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await settle(pilot)
