"""The gate: the castle, and the ways in."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Center, Vertical
from textual.widgets import Static

from tutor import home
from tutor.tui.screens.base import CastleScreen
from tutor.tui.widgets.castle import Castle
from tutor.tui.widgets.choices import Choices, Item

WORDS = "in which apprentices are raised, and learn to read"


def _runs(count: int) -> str:
    """How many runs the journal holds, in words."""
    return f"{count:,} run{'s' * (count != 1)}" if count else "nothing is written in it yet"


class TitleScreen(CastleScreen):
    """Continue, New, Chapters, Laboratory, what is asked again, Grimoire, Journal, Settings, Quit; what will train."""

    kind = "title"
    about = "title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "app.leave", "quit", tooltip="Leave the castle; everything is saved already", id="quit"),
    ]

    _away = False
    _full = ""
    """Whether the full data set is at hand; looked up once each time that the gate is reached."""

    def on_screen_suspend(self) -> None:
        self._away = self.castle.playing

    def on_screen_resume(self) -> None:
        if not self.here:
            return
        self._full = ""
        self.sync()
        ways = self.query_one(Choices)
        if self._away and ways.items and ways.items[0].enabled:
            ways.cursor = 0  # whoever comes back from the tale will mostly want to go on
        self._away = False

    def body(self) -> ComposeResult:
        with Vertical(id="gate"):
            with Center():
                yield Castle()
            yield Static("C A S T L E   D R A C U L A", id="name")
            yield Static(WORDS, id="words", markup=False)
            with Center():
                yield Choices(id="ways")
            yield Static(id="device")

    def sync(self) -> None:
        game = self.game
        if not game.loaded:
            broken = self.castle.watched and self.castle.watched.mistakes
            words = "the tale begins as soon as the chapter can be read" if broken else "the book is being opened ..."
            return self.query_one("#device", Static).update(words)
        self.query_one("#words", Static).update(game.trial or WORDS)
        from tutor import places  # behind the first frame, as all that is asked of a game that is loaded

        self.query_one(Castle).show(places.states(game))
        due = len(game.due())
        where = game.where if game.can_continue or game.begun else ""
        self.query_one(Choices).show(
            [
                Item("Continue", where or "nothing is saved yet", bool(where)),
                Item("New", "begin at the door"),
                Item("Chapters", "the map of the castle"),
                Item("Laboratory", "free play, every setting open"),
                Item("The Count asks again", f"{due} of your questions" if due else "nothing is due", bool(due)),
                Item("Grimoire", "what you have won"),
                Item("Journal", _runs(game.book.count())),
                Item("Settings", "colours, pace, device, keys"),
                Item("Quit", ""),
            ]
        )
        if not self._full:
            from lessons import fullsets

            lost = fullsets.missing("mnist", home.data(game.options.data))
            self._full = f"full MNIST: {'not at hand' if lost else 'at hand'}"
        self.query_one("#device", Static).update(f"training: {game.lab_words}; {self._full}")

    @on(Choices.Picked)
    def take(self, event: Choices.Picked) -> None:
        """One of the ways was taken; a second one in a hurry would open two screens."""
        if not self.is_active:
            return
        ways = (
            self.resume,
            self.new,
            self.chapters,
            self.laboratory,
            self.review,
            self.grimoire,
            self.journal,
            self.castle.action_settings,
            self.castle.action_leave,
        )
        ways[event.number]()

    def resume(self) -> None:
        """Go on where the tale was left."""
        self.castle.playing = True
        if self.game.begun:
            self.castle.follow()
        else:
            self.castle.attempt(self.game.resume)

    def new(self) -> None:
        """Begin anew, after a question where something would be left behind."""
        if not (self.game.can_continue or self.game.begun):
            return self._begin(0)
        from tutor.tui.screens.ask import AskScreen

        ask = AskScreen(
            "Begin the tale anew?",
            f"You are at: {self.game.where}. Your place in the tale is given up; your runs stay in the journal.",
            ("Begin anew", "Stay"),
        )
        self.app.push_screen(ask, self._begin)

    def _begin(self, answer: int | None) -> None:
        if answer == 0:
            self.castle.playing = True
            self.castle.attempt(self.game.new)

    def chapters(self) -> None:
        """The map, and into one of its rooms."""
        from tutor.tui.screens.map import MapScreen

        self.app.push_screen(MapScreen(), self._go)

    def laboratory(self) -> None:
        """The experiments that may be taken up without a story, and to one of their benches."""
        from tutor.tui.screens.works import WorksScreen

        self.app.push_screen(WorksScreen(), self._take_up)

    def _take_up(self, taken: bool | None) -> None:
        self.castle.playing = bool(taken)
        self.castle.follow()

    def review(self) -> None:
        """What was asked on earlier evenings."""
        from tutor.tui.screens.review import ReviewScreen

        self.app.push_screen(ReviewScreen(), lambda _: self.castle.follow())

    def grimoire(self) -> None:
        """What was won so far."""
        from tutor.tui.screens.grimoire import GrimoireScreen

        self.app.push_screen(GrimoireScreen(), lambda _: self.castle.follow())

    def journal(self) -> None:
        """Every run so far."""
        from tutor.tui.screens.journal import JournalScreen

        self.app.push_screen(JournalScreen(), lambda _: self.castle.follow())

    def _go(self, way: Callable[[], None] | None) -> None:
        if way is not None:
            self.castle.playing = True
            self.castle.attempt(way)
