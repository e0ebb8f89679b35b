"""A dial that may stand at any value: it clicks through steps, and other values are typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive

from lessons.free import OpenOffer
from lessons.settings import Choice, Switch, setting
from tutor.tui.widgets.dial import Dial

TURNED = "•"
"""In front of a setting that stands otherwise than at the start."""
WIDEST = 16
"""Letters of a value; a longer one, a list of many numbers, is cut."""


class OpenDial(Dial):
    """Knows whether its setting does anything, and whether it was moved from where it stood."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "ask", "type a value", show=False, tooltip="Any value, not only those of the dial"),
    ]

    idle: reactive[bool] = reactive(False)
    """Whether it does nothing among the others as they stand."""

    @dataclass
    class Asked(Message):
        """The player wants to type a value."""

        name: str

    def __init__(self, offer: OpenOffer, value: Any, label_width: int) -> None:
        self.offer, self.kind = offer, setting(offer.name)
        self.in_words = isinstance(self.kind, (Choice, Switch))
        steps = offer.among(value)
        super().__init__(
            offer.name, self.kind.label, steps, self._named(steps), value, self.in_words, self.kind.words, label_width
        )

    def _named(self, steps: tuple[Any, ...]) -> tuple[str, ...]:
        words = (self.kind.show(step) for step in steps)
        return tuple(word if len(word) <= WIDEST else word[: WIDEST - 1] + "…" for word in words)

    def show(self, value: Any, locked: bool = False) -> None:
        steps = self.offer.among(value)
        if steps != self.choices:
            self.choices, self.shown = steps, self._named(steps)
            self.refresh()
        super().show(value, locked)
        self.sign = TURNED if value != self.offer.start else " "

    def watch_idle(self) -> None:
        self.words = self.in_words and not self.idle

    def action_ask(self) -> None:
        """Ask for a value that no click leads to."""
        if self.locked:
            self.post_message(self.Refused(self.name or ""))
        else:
            self.post_message(self.Asked(self.name or ""))

    @property
    def _ink(self) -> str:
        return "$muted" if self.idle else super()._ink

    @property
    def _name_ink(self) -> str:  # type: ignore[override]
        return "$muted" if self.idle else ""

    def _number(self, start: int, room: int) -> list[tuple[str, str]]:
        parts = super()._number(start, room)
        return [(text, "$muted") for text, _ in parts] if self.idle else parts

    def _bar(self, start: int, bar: int, ink: str) -> list[tuple[str, str]]:
        return [("idle", "$muted")] if self.idle else super()._bar(start, bar, ink)
