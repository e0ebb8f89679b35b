"""Every screen is reached with keys alone, and again with the mouse alone, on one way through the game."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from textual.pilot import Pilot
from textual.widget import Widget

from tests.pictures.drawing import seen, text
from tests.tui.fake import run
from tests.tui.reading import settle
from tests.tui.views import screens
from tests.tutor.authors import CHAPTER
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.game import Game, Options
from tutor.tui.app import CastleApp
from tutor.tui.widgets.castlemap import CastleMap
from tutor.tui.widgets.choices import Choices
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.keyline import KeyLine
from tutor.tui.widgets.rowlist import TITLES, RowList

PREDICTS = 'predict = "What will it do?"\npredictions = ["rise", "fall"]\npredict_metric = "train_accuracy"\n'
STAYS = ("New", "Continue", "Quit")
"""The ways at the gate that lead into the tale, or out of the castle."""


class Hand(ABC):
    """Somebody who plays in one way only, and remembers which screens were reached."""

    def __init__(self, app: CastleApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot = app, pilot
        self.reached: list[str] = []

    async def at(self, name: str = "") -> None:
        """Wait for what was done; this is where it must have led."""
        await settle(self.pilot)
        here = type(self.app.screen).__name__
        self.reached.append(here)
        assert not name or here == name, "\n".join(map(text, seen(self.app)))

    @abstractmethod
    async def take(self, label: str) -> None:
        """Take the choice with these words in it."""

    @abstractmethod
    async def do(self, id: str) -> None:
        """Do the action of this id."""

    @abstractmethod
    async def back(self) -> None:
        """Close what lies on top."""

    @abstractmethod
    async def palette(self) -> None:
        """Open the palette, and close it."""

    @abstractmethod
    async def open(self, row: int, mark: bool = False) -> None:
        """Open a row of the list, or mark it."""

    @abstractmethod
    async def turn(self) -> None:
        """Turn the first dial by one."""

    @abstractmethod
    async def enter(self) -> None:
        """Enter the room that is pointed at on the map."""

    def key(self, id: str) -> tuple[str, str]:
        """The key of an action of this screen, and as it is shown."""
        bound = (active.binding for active in self.app.screen.active_bindings.values())
        binding = next(binding for binding in bound if binding.id == id)
        return binding.key, self.app.get_key_display(binding)

    def number(self, label: str) -> int:
        """The place of a choice, from 0."""
        items = self.app.screen.query_one(Choices).items
        return next(n for n, item in enumerate(items) if label in item.label and item.enabled)


class Keys(Hand):
    """Nothing but keys."""

    async def take(self, label: str) -> None:
        await self.pilot.press(str(self.number(label) + 1))

    async def do(self, id: str) -> None:
        await self.pilot.press(self.key(id)[0])

    async def back(self) -> None:
        await self.pilot.press("escape")

    async def palette(self) -> None:
        await self.pilot.press("ctrl+p")
        await self.at("CommandPalette")
        await self.pilot.press("escape")

    async def open(self, row: int, mark: bool = False) -> None:
        await self.pilot.press("home", *["down"] * row, "space" if mark else "enter")

    async def turn(self) -> None:
        await self.pilot.press("right")

    async def enter(self) -> None:
        await self.pilot.press("enter")


class Mouse(Hand):
    """Nothing but clicks, on what can be read."""

    async def click(self, words: str, inside: Widget) -> None:
        """Click on some words in a part of the screen."""
        region = inside.region
        for y, row in enumerate(seen(self.app)):
            x = f"{text(row)} ".find(words, region.x)
            if region.y <= y < region.bottom and region.x <= x < region.right:
                await self.pilot.click(offset=(x + words.startswith(" "), y))
                return
        raise AssertionError(f"{words!r} cannot be read in {inside}")

    async def take(self, label: str) -> None:
        await self.click(label, self.app.screen.query_one(Choices))

    async def do(self, id: str) -> None:
        await self.click(f" {self.key(id)[1]} ", self.app.screen.query_one(KeyLine))

    async def back(self) -> None:
        await self.click(" Esc ", self.app.screen.query_one(KeyLine))

    async def palette(self) -> None:
        await self.do("all")
        await self.at("CommandPalette")
        await self.pilot.click(offset=(1, self.app.size.height - 1))  # beside it

    async def open(self, row: int, mark: bool = False) -> None:
        rows = self.app.screen.query_one(RowList)
        if not mark and rows.cursor != row:  # what is clicked for the first time is pointed at
            await self.pilot.click(rows, offset=(10, row + TITLES))
            await settle(self.pilot)
        await self.pilot.click(rows, offset=(0 if mark else 10, row + TITLES))

    async def turn(self) -> None:
        await self.click(">", self.app.screen.query(Dial).first())

    async def enter(self) -> None:
        rooms = self.app.screen.query_one(CastleMap)
        x, y, width, height = rooms.regions()[rooms.cursor]
        await self.pilot.click(rooms, offset=(x + width // 2, y + height // 2))


async def gate(hand: Hand) -> None:
    """From the gate into everything that it leads to, and back; the ways into the tale are left for later."""
    await hand.at("TitleScreen")
    await hand.do("help")
    await hand.at("HelpScreen")
    await hand.back()
    await hand.at("TitleScreen")
    await hand.palette()
    await hand.at("TitleScreen")
    ways = [item.label for item in hand.app.screen.query_one(Choices).items if item.enabled]
    for label in ways:
        if label not in STAYS:
            await hand.take(label)
            await hand.at()
            assert hand.reached[-1] != "TitleScreen", label
            await hand.back()
            await hand.at("TitleScreen")


async def story(hand: Hand) -> None:
    """Into the tale, through a question, to the map, and to the bench."""
    await hand.take("New")
    await hand.at("StoryScreen")
    await hand.take("Knock")
    await hand.at("StoryScreen")
    await hand.do("map")
    await hand.at("MapScreen")
    await hand.enter()  # the room where we are: it could be begun again
    await hand.at("AskScreen")
    await hand.take("Stay")
    await hand.at("MapScreen")
    await hand.back()
    await hand.at("StoryScreen")
    await hand.take("Answer a question")
    await hand.at("QuestionScreen")
    await hand.take("Zeroes at random")
    await hand.at("QuestionScreen")
    await hand.take("Go on")
    await hand.at("StoryScreen")
    await hand.take("To the bench")
    await hand.at("LaboratoryScreen")


async def lesson(hand: Hand) -> None:
    """Every page of the bench, a run, a prediction, a verdict."""
    screen: Any = hand.app.screen
    await hand.do("train")
    await hand.at("LaboratoryScreen")
    assert hand.app.game.bench and hand.app.game.bench.last
    for page in ("why", "code"):
        await hand.do(page)
        await hand.at("LaboratoryScreen")
        assert screen.tab == page
        await hand.do(page)
    await hand.do("picture")
    await hand.at("LaboratoryScreen")
    assert screen.query_one("#picture-pane").display
    await hand.turn()
    await hand.at("LaboratoryScreen")
    await hand.do("leave")
    await hand.at("AskScreen")
    await hand.take("Stay")
    await hand.at("LaboratoryScreen")
    await hand.do("judge")
    await hand.at("PredictScreen")
    await hand.take("fall")
    await hand.at("VerdictScreen")
    await hand.take("Go on")
    await hand.at("StoryScreen")
    await hand.do("gate")
    await hand.at("TitleScreen")


async def journal(hand: Hand) -> None:
    """All that the journal opens."""
    await hand.take("Journal")
    await hand.at("JournalScreen")
    await hand.open(1)
    await hand.at("RunScreen")
    await hand.back()
    await hand.at("JournalScreen")
    await hand.do("recreate")
    await hand.at("RecreateScreen")
    await hand.back()
    await hand.at("JournalScreen")
    for row in range(2):
        await hand.open(row, mark=True)
        await hand.at("JournalScreen")
    await hand.do("compare")
    await hand.at("CompareScreen")
    await hand.back()
    await hand.back()
    await hand.at("TitleScreen")


async def review(hand: Hand) -> None:
    """The Count asks again."""
    await hand.take("The Count")
    await hand.at("ReviewScreen")
    await hand.take("Zeroes at random")
    await hand.at("ReviewScreen")
    await hand.back()
    await hand.at("TitleScreen")


async def laboratory(hand: Hand) -> None:
    """Free play."""
    await hand.take("Laboratory")
    await hand.at("WorksScreen")
    await hand.open(0)
    await hand.at("OpenBenchScreen")


@pytest.mark.parametrize(("kind", "size"), [(Keys, (80, 24)), (Mouse, (100, 30))], ids=["keys", "mouse"])
def test_every_screen_is_reached(kind: Callable[..., Hand], size: tuple[int, int], tmp_path: Path) -> None:
    """A new screen is reached where it has a way of its own at the gate; else its way is added above."""
    path = tmp_path / "trial.md"
    path.write_text(CHAPTER.replace("solution =", f"{PREDICTS}solution ="), encoding="utf-8")

    async def begin() -> None:
        game = Game(Options(home=tmp_path / "home", chapter=path))
        game.laboratory = FakeLaboratory(lambda r: GOOD if r.dropout else OVERFIT, game._changed)  # type: ignore[assignment]
        app = CastleApp(game)
        try:
            async with app.run_test(size=size) as pilot:
                hand = kind(app, pilot)
                for part in (gate, story, lesson, journal, review, laboratory):
                    await part(hand)
                assert screens() - set(hand.reached) == set()
        finally:
            await game.close()

    days = timedelta(days=3)  # so that what is answered in the tale is asked again in the same evening
    with patch("tutor.savebook._now", lambda: (datetime.now(UTC) - days).isoformat(timespec="seconds")):
        run(begin())
