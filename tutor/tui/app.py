"""The full-screen application: holds the game, paints it on a timer, and goes from screen to screen."""

from __future__ import annotations

import asyncio
import gc
import signal
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.driver import Driver
from textual.screen import Screen
from textual.widget import Widget

from lessons.mistakes import Mistake
from tutor.preferences import Preferences
from tutor.tui.preferring import PreferringApp
from tutor.tui.screens.base import CastleScreen, Overlay
from tutor.tui.screens.title import TitleScreen
from tutor.tui.terminal import Lasting, until_hung_up
from tutor.watching import WatchedGame

if TYPE_CHECKING:
    from tutor.game import Game

LOOKS = 2
"""Times a second that the files of a chapter that is being written are looked at."""

PAINTS = 15
"""Times a second that changes reach the screen; what comes faster is painted together."""

SWITCH = 0.0005
"""Seconds until Textual's writing thread gets its turn, for what is painted is seen only then."""

SEEN_BLIND = ("ctrl+c",)
"""The keys that work where the window is too small; the word about it names them."""

SCREENS = {
    "story": "StoryScreen",
    "laboratory": "LaboratoryScreen",
    "verdict": "VerdictScreen",
    "openbench": "OpenBenchScreen",
}
"""What the game may stand at -> the screen that shows it, in the module of the same name."""


class CastleApp(PreferringApp):
    """Castle Dracula."""

    TITLE = "Castle Dracula"
    # Textual reads the stylesheet of a screen when it is pushed, and the first one never is.
    CSS_PATH: ClassVar[list[str | PurePath]] = ["app.tcss", "screens/title.tcss"]
    HORIZONTAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [
        (0, "-tiny"),
        (60, "-narrow"),
        (100, "-roomy"),
        (120, "-wide"),
    ]
    VERTICAL_BREAKPOINTS: ClassVar[list[tuple[int, str]] | None] = [
        (0, "-flat"),
        (20, "-low"),
        (24, "-middle"),
        (28, "-tall"),
    ]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark", "help", "help", tooltip="What this is, its keys, how to play", id="help"),
        Binding("ctrl+p", "command_palette", "more", True, "^p", True, "Everything that can be done here", "all"),
        Binding("f2", "settings", "settings", show=False, tooltip="Colours, pace, device, keys", id="settings"),
        Binding("ctrl+c", "interrupt", "stop or quit", show=False, tooltip="End the run; where there is none, leave"),
    ]

    def __init__(self, game: Game, at_once: bool = False, preferences: Preferences | None = None) -> None:
        """``at_once``: straight into the tale, past the title."""
        super().__init__(game, preferences or Preferences())
        self.heard: set[object] = set()
        """The passages that have been told once: they are not told letter by letter again."""
        self.watched = game if isinstance(game, WatchedGame) else None
        """The game, where its chapter is being written."""
        self.at_once = at_once
        self.playing = False
        """Whether a playthrough is on the screen, rather than the title."""
        self.taken = ""
        """When the chapter that is being written was taken up last, in words."""
        self._remark = ("", "", "")
        self.fault: Mistake | None = None
        """Why the game could not be opened."""
        self._dirty = False
        game.on_change = self._mark

    def get_default_screen(self) -> Screen[Any]:
        return TitleScreen()

    # opening

    def on_mount(self) -> None:
        self.call_after_refresh(self._open)
        self.set_interval(1 / PAINTS, self._paint)
        self.set_interval(1 / LOOKS, self._look, pause=self.watched is None)

    def _open(self) -> None:
        """Behind the first frame: read the tale, then wake the training process."""
        if self.preferences.keys:
            self.set_keys()
        try:
            self.game.load()
            if self.at_once and self.game.loaded:
                self.game.begin()
                self.playing = True
        except Mistake as error:
            self.fault = error
            return self.exit(return_code=2)
        self.tidy()
        self.run_worker(self.game.wake(), name="wake")
        _warn(self.screen_stack)
        self.follow()

    def tidy(self) -> None:
        """Look for garbage, now that nobody presses a key, and not in what was there when the tale had been read.

        Left to itself, Python looks through everything every few seconds of play, and takes a tenth of a second for it.
        """
        if not self.is_headless:  # tests open many in one process, and what is set aside would never be let go
            gc.collect()
            if not gc.get_freeze_count():
                gc.freeze()

    # following the author

    def _look(self) -> None:
        """Take up what was saved in the chapter, unless help or the palette lies over the game."""
        top, game = self._top, self.watched
        if game is None or game.laboratory is None or not isinstance(top, CastleScreen) or not top.here or top.patient:
            return
        waited = not game.loaded
        top.settle()
        try:
            # Under a screen that waits for an answer, what is faulty is not taken up: it could close it.
            if not game.look(faulty=not isinstance(top, Overlay)):
                return
        except Mistake as error:  # not about the chapter: the save book cannot be opened
            self.fault = error
            return self.exit(return_code=2)
        self.taken = "" if game.stale else f"taken up {datetime.now():%H:%M:%S}"
        if not game.stale:
            if waited:
                self.playing = self.attempt(game.begin)
            elif game.begun:
                self._remark = (" ".join(self._notices()), game.title, game.place)
            top.renew()
        _warn(self.screen_stack)
        self.follow()

    @property
    def remark(self) -> str:
        """What became of the place in the tale with the last save; said as long as one stands there."""
        words, *at = self._remark
        return words if words and at == [self.game.title, self.game.place] else ""

    # following the game

    def _mark(self) -> None:
        self._dirty = True

    def _paint(self) -> None:
        if self._dirty and self._in_view:
            self._dirty = False
            self.follow()

    @property
    def _in_view(self) -> bool:
        """Whether a screen of the game is on top; what lies over it goes away by itself."""
        return isinstance(self._top, CastleScreen) and not isinstance(self._top, Overlay)

    def follow(self) -> None:
        """Show where the game stands now: on this screen if it can, else on the one that can."""
        if not self.is_running:
            return
        for notice in self._notices():
            self.notify(notice, timeout=10, markup=False)
        if not self._in_view:
            self._mark()
            return
        screen = cast(CastleScreen, self.screen)
        wanted = self.standing if self.playing else "title"
        if screen.shows(wanted):
            if screen.here:  # it paints itself when it is
                screen.sync()
                screen.warn()
        elif wanted == "title":
            self.pop_screen()
        elif screen.shows("title"):
            self.push_screen(self._make(wanted))
        else:
            self.switch_screen(self._make(wanted))

    @property
    def standing(self) -> str:
        """Which kind of screen the game calls for."""
        if self.game.verdict:
            return "verdict"
        if self.game.free:
            return "openbench"
        return "laboratory" if self.game.bench and not self.game.questions() else "story"

    @staticmethod
    def _make(kind: str) -> CastleScreen:
        """The screen of that kind; its module is loaded now, which is after the first frame."""
        return getattr(import_module(f"tutor.tui.screens.{kind}"), SCREENS[kind])()

    def _notices(self) -> list[str]:
        notices = list(self.game.notices)
        self.game.notices.clear()
        return notices

    def attempt(self, action: Any, *arguments: Any) -> bool:
        """Do something that the game may refuse; its reason is shown."""
        try:
            action(*arguments)
        except Mistake as error:
            self.refuse(error)
            return False
        self.follow()
        return True

    # keys

    async def on_event(self, event: events.Event) -> None:
        typed = event.key if isinstance(event, events.Key) else ""
        if isinstance(event, (events.InputEvent, events.Paste)) and self._top is None:
            return  # pressed while the last screen goes
        blind = isinstance(self._top, CastleScreen) and self._top.too_small and typed not in SEEN_BLIND
        if blind and isinstance(event, (events.Key, events.Paste)):
            return  # nobody turns a dial or commits to a prediction that cannot be seen
        if typed and not event.is_forwarded and isinstance(self._top, CastleScreen) and self._top.hurry(typed):
            return
        await super().on_event(event)

    @property
    def _top(self) -> Screen[Any] | None:
        """The screen on top; None before there is one."""
        return self.screen_stack[-1] if self.is_running and self._screen_stacks.get(self.current_mode) else None

    async def run_action(
        self,
        action: Any,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """A key may arrive after its screen has gone, or before it is composed: then it does nothing.

        What the keys before it have done is carried out first.
        """
        if isinstance(self._top, CastleScreen) and self._top.here:
            self._top.settle()
        if isinstance(default_namespace, Widget):
            at = default_namespace if isinstance(default_namespace, Screen) else self._top
            if isinstance(at, CastleScreen) and not (at.here and at.is_current):
                return False
        return await super().run_action(action, default_namespace, namespaces)

    # what can be done everywhere

    def action_help(self) -> None:
        """Open the help of this screen, or close it."""
        from tutor.tui.screens.help import HelpScreen

        if isinstance(self.screen, HelpScreen):
            self.screen.dismiss()
        elif isinstance(self.screen, CastleScreen):
            self.push_screen(HelpScreen(self.screen), lambda _: self.follow())

    def action_interrupt(self) -> None:
        """Ctrl+c: end the run under way; where there is none, quit."""
        if self.game.training:
            self.run_worker(self.game.stop(), name="stop")
        else:
            self.action_leave()

    def action_leave(self) -> None:
        """Quit; everything is saved already."""
        self.exit(return_code=0)

    def action_to_title(self) -> None:
        """Back to the title; Continue leads here again."""
        self.playing = False
        self.follow()

    def crash(self) -> BaseException | None:
        """What ended the application, if it was a fault (Textual keeps it in a private place)."""
        return self._exception

    def _build_driver(self, *arguments: Any, **options: Any) -> Driver:
        driver = super()._build_driver(*arguments, **options)
        if hasattr(driver, "_file"):
            driver._file = Lasting(driver._file)
        return driver

    def _fatal_error(self) -> None:
        # Textual would print a page of local variables here; whoever called run_tui says it in a line.
        self._close_messages_no_wait()


def _warn(screens: Iterable[Screen[Any]]) -> None:
    for screen in screens:
        if isinstance(screen, CastleScreen) and screen.here:
            screen.warn()


async def play(app: CastleApp) -> int:
    """Run until the player leaves or the terminal goes away; the training process ends with it."""
    sys.setswitchinterval(SWITCH)
    loop = asyncio.get_running_loop()
    for name in ("SIGTERM", "SIGHUP"):
        with suppress(NotImplementedError, AttributeError, ValueError):
            loop.add_signal_handler(getattr(signal, name), partial(app.exit, return_code=0))
    watching = loop.create_task(until_hung_up(partial(app.exit, return_code=0)))
    try:
        await app.run_async()
    finally:
        watching.cancel()
        await app.game.close()
    for error in (app.fault, app.crash()):
        if error is not None:
            raise error
    return app.return_code or 0


def run_tui(game: Game, preferences: Preferences | None = None) -> int:
    """Play on the full screen; the exit code. A ``Mistake`` or a fault is raised once the terminal is restored."""
    return asyncio.run(play(CastleApp(game, bool(game.options.scene), preferences)))
