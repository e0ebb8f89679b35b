"""Every screen in a state that is always the same: no clock, no folder, no tale that somebody edits."""

from __future__ import annotations

import os
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import import_module
from itertools import count
from pathlib import Path
from pkgutil import iter_modules
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch

from textual.pilot import Pilot
from textual.screen import Screen

import tutor.tui.screens
from tests.tui.fake import RECIPE, FakeGame, judgement, learning, lesson, questions, run
from tests.tui.reading import settle, text
from tests.tui.rooms import report
from tests.tutor.authors import CHAPTER
from tests.tutor.fakes import FakeLaboratory
from tutor import places
from tutor.game import Game, Options
from tutor.grimoire import Won
from tutor.places import PLACES, Best, Leaf, Room
from tutor.preferences import Preferences
from tutor.savebook import Run
from tutor.tui.app import CastleApp
from tutor.tui.widgets.choices import Choices

BEGIN = datetime(1897, 5, 3, 20, 30, tzinfo=UTC)
"""When the first run of the journal was made."""
Test = Callable[[CastleApp, Pilot[Any]], Awaitable[None]]


@dataclass(frozen=True)
class View:
    """A game, the keys that lead to a screen of it, and what that screen is."""

    game: Callable[[Path], Any]
    keys: tuple[str, ...]
    screen: str


# games


def told(folder: Path) -> FakeGame:
    return FakeGame()


def bench(folder: Path) -> FakeGame:
    return lesson()


def locked(folder: Path) -> FakeGame:
    return lesson(trained=False)


def training(folder: Path) -> FakeGame:
    game = lesson()
    assert game.bench
    game.bench.running = learning(12, (1000, 1001, 1002, 1003, 1004))
    return game


def judged(folder: Path) -> FakeGame:
    game = FakeGame()
    game.verdict = judgement([0.79, 0.8, 0.795, 0.81, 0.79])
    return game


def failed(folder: Path) -> FakeGame:
    game = FakeGame()
    game.verdict = judgement([0.7, 0.66, 0.68, 0.71, 0.69], predicted=None)
    return game


def asked(folder: Path) -> FakeGame:
    game = FakeGame()
    game.asked = questions("quiz", "mend")
    game.asked[0].code, game.asked[0].fault = ("def f(x):", "    return x  # nothing"), 2
    return game


def due(folder: Path) -> FakeGame:
    game = FakeGame()
    game.again = questions("quiz", "quiz")
    return game


def written(folder: Path) -> Game:
    """A journal of four runs."""
    path = folder / "trial.md"
    path.write_text(CHAPTER, encoding="utf-8")
    first, game = (Game(Options(home=folder, chapter=path)) for _ in range(2))
    first.load()
    for dropout, kind in ((0.0, "practice"), (0.5, "practice"), (0.9, "verdict"), (0.5, "verdict")):
        made = report(RECIPE.turned(dropout=dropout))
        passed = dropout == 0.5 if kind == "verdict" else None
        first.book.add_run("trial/bench", Run(kind, {"dropout": dropout, "epochs": 30}, made, passed=passed))
    first.book.close()
    game.laboratory = FakeLaboratory(on_change=game._changed)  # type: ignore[assignment]
    return game


def rooms(game: Any) -> list[Room]:
    """The castle, four chapters done."""
    found = []
    for number, (id, place) in enumerate(PLACES.items(), 1):
        state = "done" if number < 5 else "open" if number == 5 else "locked"
        after = () if number < 6 else (f"Chapter {number - 1}",)
        best = (Best("hall", "test accuracy", "79.5% ± 0.3%", True),) if number < 6 else ()
        won, unwon = (("dropout",), 0) if number < 5 else ((), 2)
        room = Room(id, number, f"Chapter {number}", place, ("dropout",), state, number == 5, after, won, unwon, best)
        found.append(room)
    return found


def leaves(game: Any) -> list[Leaf]:
    """A grimoire of which three leaves are written."""
    does = "It zeroes a random share of the outputs while training, so that nothing hangs on a few units."
    won = Won("dropout", does, "dropout", "trial/bench", report(RECIPE.turned(dropout=0.5)))
    return [Leaf(f"Chapter {number}", number, won if number in (2, 4, 5) else None) for number in range(1, 15)]


VIEWS = {
    "title": View(told, (), "TitleScreen"),
    "story": View(told, ("1",), "StoryScreen"),
    "locked": View(locked, ("1",), "LaboratoryScreen"),
    "laboratory": View(bench, ("1", "3"), "LaboratoryScreen"),
    "training": View(training, ("1",), "LaboratoryScreen"),
    "code": View(bench, ("1", "3", "c"), "LaboratoryScreen"),
    "why": View(bench, ("1", "w"), "LaboratoryScreen"),
    "picture": View(bench, ("1", "p"), "LaboratoryScreen"),
    "predict": View(bench, ("1", "j"), "PredictScreen"),
    "verdict": View(judged, ("1",), "VerdictScreen"),
    "failed": View(failed, ("1",), "VerdictScreen"),
    "question": View(asked, ("1", "1"), "QuestionScreen"),
    "reason": View(asked, ("1", "1", "2"), "QuestionScreen"),
    "ask": View(told, ("2",), "AskScreen"),
    "map": View(told, ("1", "m"), "MapScreen"),
    "review": View(due, ("Count",), "ReviewScreen"),
    "grimoire": View(told, ("Grimoire",), "GrimoireScreen"),
    "journal": View(written, ("Journal",), "JournalScreen"),
    "run": View(written, ("Journal", "enter"), "RunScreen"),
    "recreate": View(written, ("Journal", "r"), "RecreateScreen"),
    "compare": View(written, ("Journal", "space", "down", "c"), "CompareScreen"),
    "works": View(written, ("Laboratory",), "WorksScreen"),
    "openbench": View(written, ("Laboratory", "enter"), "OpenBenchScreen"),
    "settings": View(told, ("f2",), "SettingsScreen"),
    "help": View(told, ("1", "f1"), "HelpScreen"),
    "palette": View(bench, ("1", "ctrl+p"), "CommandPalette"),
}
"""Every screen under a name."""


# opening them


class Standing(datetime):
    """A clock that stands: an hour after the first run of the journal."""

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return BEGIN + timedelta(hours=1)


@contextmanager
def still() -> Iterator[None]:
    """While this lasts no time goes by, nothing blinks, all machines are in one zone, and the castle is that above."""
    minutes, zone = count(), os.environ.get("TZ")
    made = lambda: (BEGIN + timedelta(minutes=3 * next(minutes))).isoformat()  # noqa: E731
    os.environ["TZ"] = "UTC"
    with (
        patch("tutor.savebook._now", made),
        patch("textual.widgets.Input._toggle_cursor", lambda box: None),  # it blinks
        patch("tutor.tui.screens.records.datetime", Standing),
        patch.object(places, "rooms", rooms),
        patch.object(places, "outline", rooms),
        patch.object(places, "states", lambda game: {room.place: room.state for room in rooms(game)}),
        patch.object(places, "minutes", lambda game, room: 25),
        patch.object(places, "leaves", leaves),
        patch.object(places, "newest", lambda game, found: 4),
    ):
        if hasattr(time, "tzset"):
            time.tzset()
        try:
            yield
        finally:
            os.environ.pop("TZ")
            if zone is not None:
                os.environ["TZ"] = zone
            if hasattr(time, "tzset"):
                time.tzset()


def see(name: str, test: Test, size: tuple[int, int]) -> None:
    """Run a test on a view."""
    view = VIEWS[name]

    async def begin(game: Any) -> None:
        app = CastleApp(game, preferences=Preferences(environ={}))
        try:
            async with app.run_test(size=size, notifications=True) as pilot:
                await settle(pilot)
                await press(app, pilot, *view.keys)
                assert type(app.screen).__name__ == view.screen, f"{app.screen}: {text(app)}"
                await test(app, pilot)
        finally:
            await game.close()

    with TemporaryDirectory() as folder, still():
        run(begin(view.game(Path(folder))))


async def press(app: CastleApp, pilot: Pilot[Any], *keys: str) -> None:
    """Press keys; one with a capital is a word of the gate's list, which is taken by its number."""
    for key in keys:
        await pilot.press(number(app, key) if key.istitle() else key)
        await settle(pilot)
    if keys[-1:] == ("ctrl+p",):
        await pilot.pause(0.3)  # the palette looks for what fits in the background


def number(app: CastleApp, word: str) -> str:
    """The digit of the way at the gate that has this word."""
    labels = [item.label for item in app.screen.query_one(Choices).items]
    return str(next(n for n, label in enumerate(labels, 1) if word in label))


# all of them

PARTS = {"CastleScreen", "Overlay", "Asking", "RecordsScreen", "PanesScreen", "BenchScreen"}
"""Screens that are never opened: others are made of them."""


def screens() -> set[str]:
    """Every screen that there is, and the palette."""
    found = {"CommandPalette"}
    for module in iter_modules(tutor.tui.screens.__path__, "tutor.tui.screens."):
        for name, value in vars(import_module(module.name)).items():
            if isinstance(value, type) and issubclass(value, Screen) and value.__module__ == module.name:
                found.add(name)
    return found - PARTS
