"""What all our screens have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.css.query import NoMatches
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Static

from tutor.tui import keymap
from tutor.tui.widgets.choices import Choices
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.keyline import KeyLine
from tutor.tui.widgets.mistakes import Mistakes

if TYPE_CHECKING:
    from tutor.game import Game
    from tutor.tui.app import CastleApp


TOO_SMALL = "The castle needs a larger window:\n60 columns and 20 rows at least.\nctrl+c ends a run, or leaves."


class CastleScreen(Screen[Any], inherit_bindings=False):  # Textual's own are said in our words
    """A heading, a body, a line of keys; digits always choose; a word where the window is too small."""

    AUTO_FOCUS = "Choices"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(n), f"pick({n})", f"take {n}", show=False) for n in range(1, 10)),
        Binding("pageup", "page(-1)", "read back", False, tooltip="The page before of what is read", id="read-back"),
        Binding("pagedown", "page(1)", "read on", False, tooltip="The next page of what is read", id="read-on"),
        Binding("tab", "app.focus_next", "next part", show=False),
        Binding("shift+tab", "app.focus_previous", "part before", show=False),
        Binding(
            "ctrl+c,super+c",
            "screen.copy_text",
            "copy what is selected",
            show=False,
            tooltip="Copy the words that are marked with the mouse",
        ),
    ]

    # As in Textual, but that a move of the focus does not paint the whole screen anew: the widgets paint themselves.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)

    kind = ""
    """What of the game it shows, in the words of ``CastleApp.standing``."""
    about = "play"
    """The help page about it."""
    patient = False
    """Whether what an author saves meanwhile waits until this screen is closed."""

    @property
    def castle(self) -> CastleApp:
        """The application, under its own type."""
        return cast("CastleApp", self.app)

    @property
    def game(self) -> Game:
        """The game that is shown."""
        return self.castle.game

    @property
    def here(self) -> bool:
        """Whether its widgets can be asked for: it is composed, and not on its way out."""
        return self.is_mounted and self.is_running and self in self.app.screen_stack

    @property
    def too_small(self) -> bool:
        """Whether the window is so small that nothing but a word about it is shown."""
        return self.has_class("-tiny") or self.has_class("-flat")

    def later(self, callback: Callable[[], object]) -> None:
        """Do something after the next painting, unless this screen has gone by then."""

        def call() -> None:
            # A screen that is being taken down may lose its widgets before it leaves the stack.
            with suppress(NoMatches):
                if self.here:
                    callback()

        self.call_after_refresh(call)

    def dismiss(self, result: Any = None) -> AwaitComplete:
        """Go away, once: a second key in a hurry would take the screen below with it, or the whole program."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def spell(self, words: str, **more: str) -> str:
        """A sentence with the player's keys in place of the actions that stand in braces; ``more`` stands there too."""
        return keymap.filled(words, {**keymap.named(type(self), self.castle.chosen), **more})

    @property
    def prompt(self) -> Content:
        """What stands before a line to find by, where a screen has one: its key, and what it does."""
        return Content.assemble((self.spell("{find}"), "$turned bold"), (" find ", "$foreground"))

    def shows(self, kind: str) -> bool:
        """Whether this screen can show the game as it stands."""
        return kind == self.kind

    def sync(self) -> None:
        """Paint what the game says now."""

    def renew(self) -> None:
        """The tale was edited: show nothing that is not so any more."""

    def warn(self) -> None:
        """Say what is wrong with a chapter that is being written."""
        if watched := self.castle.watched:
            panel = self.query_one(Mistakes)
            panel.show(watched.standing, watched.mistakes, watched.stale, self.castle.remark)
            self.set_class(panel.display, "-mistaken")

    def settle(self) -> None:
        """Tell the game what a key has done on this screen only; no action begins before that."""

    def hurry(self, key: str) -> bool:
        """A key was pressed: what is told at a pace is shown whole. Whether the key has done its work with that."""
        return False

    def compose(self) -> ComposeResult:
        yield Heading()
        yield from self.body()
        if self.castle.watched:
            yield Mistakes()
        yield KeyLine()
        yield Static(TOO_SMALL, id="too-small")

    def body(self) -> ComposeResult:
        """What stands between the heading and the keys."""
        yield from ()

    def on_mount(self) -> None:
        for box in self.query("Input"):
            box.cursor_blink = self.app.animation_level != "none"  # type: ignore[attr-defined]
        self.sync()
        self.warn()

    def head(self, place: str = "") -> None:
        """Write the heading: chapter, place, device, position."""
        game = self.game
        self.query_one(Heading).show(
            game.title,
            place or game.place,
            game.lab_words,
            self.castle.taken or f"chapter {game.number} of {game.of}",
        )

    def action_pick(self, number: int) -> None:
        """Take a choice by its digit, whatever has the focus."""
        for choices in self.query(Choices):
            if choices.display:
                choices.pick(number - 1)
                return

    def action_page(self, by: int) -> None:
        """Scroll what is read, whatever has the focus."""
        for read in self.read():
            if read.display:
                read.scroll_relative(y=by * max(read.size.height - 2, 1), animate=False)

    def action_copy_text(self) -> None:
        super().action_copy_text()
        self.notify("Copied, if this terminal allows it.")

    def read(self) -> Iterable[Widget]:
        """What is read here, and scrolls by pages."""
        return self.query("Prose, #page")


class Overlay(CastleScreen):
    """A screen that lies over another until it is answered."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "close", tooltip="Back to the screen below", id="close"),
    ]

    def action_close(self) -> None:
        """Go away without an answer."""
        self.dismiss(None)
