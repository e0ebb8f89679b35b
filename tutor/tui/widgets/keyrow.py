"""A row that shows the keys of an action, and listens for another one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

LISTENS = "press the new key; Esc leaves it as it is"


class KeyRow(Widget, can_focus=True):
    """Enter, then a key: posts ``Chosen``. Delete takes the choice back."""

    DEFAULT_CSS = """
    KeyRow { height: 1; width: 1fr; }
    KeyRow:focus { background: $cursor-bg; }
    KeyRow:hover { background: $cursor-bg 60%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,space", "listen", "choose a key", show=False, tooltip="Press another key for this action"),
        Binding("delete", "forget", "as at first", show=False, tooltip="Give this action its first keys back"),
        Binding("down", "app.focus_next", "next row", show=False),
        Binding("up", "app.focus_previous", "row before", show=False),
    ]

    keys: reactive[str] = reactive("")
    """The keys as the player reads them."""
    listening: reactive[bool] = reactive(False)

    @dataclass
    class Chosen(Message):
        """A key was pressed for the action; None asks for those of the beginning."""

        row: KeyRow
        key: str | None

    def __init__(self, action: str, words: str, keys: str) -> None:
        super().__init__(id=f"key-{action}")
        self.action, self.words = action, words
        self.set_reactive(KeyRow.keys, keys)

    def action_listen(self) -> None:
        """Wait for a key."""
        self.listening = True

    def action_forget(self) -> None:
        """Back to the keys of the beginning."""
        self.post_message(self.Chosen(self, None))

    def on_key(self, event: events.Key) -> None:
        if not self.listening:
            return
        event.stop()
        event.prevent_default()
        self.listening = False
        if event.key != "escape":
            self.post_message(self.Chosen(self, event.key))

    def on_blur(self) -> None:
        self.listening = False

    def on_click(self, event: events.Click) -> None:
        event.stop()
        self.focus()
        self.action_listen()

    def render(self) -> Content:
        front, name = ("▸ ", "bold") if self.has_focus else ("  ", "")
        keys = (LISTENS, "$turned bold") if self.listening else (f"{self.keys:<16}", "$turned bold")
        rest = "" if self.listening else f"  {self.words}"
        parts = [(front, "$turned bold"), (f"{self.action:<17}", name), keys, (rest, "$muted")]
        return Content.assemble(*parts).truncate(self.size.width, ellipsis=True)
