"""A dial over a list of choices: its name, its value, and where in the list the value stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

LABEL = 16
"""Cells for the name, unless told; longer names are cut."""


@dataclass(frozen=True)
class Spot:
    """A stretch of the dial that can be clicked."""

    start: int
    end: int
    place: int
    """Which choice it leads to."""


class Dial(Widget, can_focus=True):
    """Turned with left, right, home, end and digits, with the wheel, and by clicking."""

    DEFAULT_CSS = """
    Dial { height: 1; width: 1fr; }
    Dial:focus { background: $cursor-bg; }
    Dial:hover { background: $cursor-bg 60%; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "turn down", show=False),
        Binding("right", "step(1)", "turn up", show=False),
        Binding("home", "go(0)", "first value", show=False),
        Binding("end", "go(-1)", "last value", show=False),
        Binding("down", "move(1)", "next dial", show=False),
        Binding("up", "move(-1)", "previous dial", show=False),
        *(Binding(str(n), f"go({n - 1})", f"value {n}", show=False) for n in range(1, 10)),
    ]

    sign: reactive[str] = reactive(" ")
    """One cell in front of the name."""
    place: reactive[int] = reactive(0)
    """Which of the choices is set, from 0."""
    locked: reactive[bool] = reactive(False)
    """A locked dial shows its value and does not turn."""

    @dataclass
    class Turned(Message):
        """The player has set a dial."""

        name: str
        value: Any

    @dataclass
    class Refused(Message):
        """The player has tried to turn a dial that is locked."""

        name: str

    def __init__(
        self,
        name: str,
        label: str,
        choices: Sequence[Any],
        shown: Sequence[str],
        value: Any,
        words: bool = False,
        help: str = "",
        label_width: int = LABEL,
    ) -> None:
        """``shown`` are the choices as the player reads them; ``words`` lays them out side by side."""
        super().__init__(name=name, id=f"dial-{name}")
        self.label, self.choices, self.shown, self.words = label, tuple(choices), tuple(shown), words
        self.tooltip = help or None
        self.help = help
        self.label_width = label_width
        self.set_reactive(Dial.place, self.choices.index(value))
        self.turned = False
        """Whether the player has turned it, and nobody has taken that up; whoever does sets it back."""
        self._spots: list[Spot] = []

    @property
    def value(self) -> Any:
        """The choice that is set."""
        return self.choices[self.place]

    def show(self, value: Any, locked: bool = False) -> None:
        """Set it from outside; nobody is told."""
        self.place, self.locked = self.choices.index(value), locked

    def action_move(self, by: int) -> None:
        """To the next dial; the list ends at either end, so that no key is lost to what is not a dial."""
        dials = [dial for dial in self.parent.query(Dial) if dial.display] if self.parent else []
        to = dials.index(self) + by if self in dials else -1
        if 0 <= to < len(dials):
            # At once: Widget.focus() waits its turn, and the next key may be handled before.
            self.screen.set_focus(dials[to])

    def action_step(self, by: int) -> None:
        """Turn by some clicks; it stops at either end."""
        self._turn(min(max(self.place + by, 0), len(self.choices) - 1))

    def action_go(self, place: int) -> None:
        """Turn to a choice by its place; -1 is the last."""
        if place < len(self.choices):
            self._turn(place % len(self.choices))

    def _turn(self, place: int) -> None:
        if self.locked:
            self.post_message(self.Refused(self.name or ""))
        elif place != self.place:
            self.place, self.turned = place, True
            self.post_message(self.Turned(self.name or "", self.value))

    def on_click(self, event: events.Click) -> None:
        event.stop()
        for spot in self._spots:
            if spot.start <= event.x < spot.end:
                self._turn(min(max(spot.place, 0), len(self.choices) - 1))

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.action_step(1)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.action_step(-1)

    def render(self) -> Content:
        marker = ("▸" if self.has_focus else " ") + self.sign
        wide = self.label_width
        name = self.label if len(self.label) < wide else self.label[: wide - 2] + "…"
        parts: list[tuple[str, str]] = [(marker, "$turned bold"), (f"{name:<{wide}}", "bold" if self.has_focus else "")]
        start, room = len(marker) + wide, self.size.width - len(marker) - wide
        side_by_side = sum(len(word) for word in self.shown) + 3 * len(self.shown) + 1
        if self.words and side_by_side <= room:
            parts += self._words(start)
        else:
            parts += self._number(start, room)
        return Content.assemble(*parts)

    @property
    def _ink(self) -> str:
        return "$muted" if self.locked else "$turned bold"

    def _words(self, start: int) -> list[tuple[str, str]]:
        parts, self._spots = [], []
        for place, word in enumerate(self.shown):
            here = place == self.place
            text = f"( {word} )" if here else f" {word} "
            self._spots.append(Spot(start, start + len(text), place))
            parts.append((text, self._ink if here else "$muted"))
            start += len(text)
        return parts

    def _number(self, start: int, room: int) -> list[tuple[str, str]]:
        longest = min(max(len(word) for word in self.shown), max(room - 4, 1))
        last = len(self.choices) - 1
        arrow = "$muted" if self.locked else "$turned"
        value = f" {self.shown[self.place][:longest]:^{longest}} "
        after = start + 1 + len(value)
        self._spots = [Spot(start, start + 1, self.place - 1), Spot(after, after + 1, self.place + 1)]
        parts = [
            ("<" if self.place else " ", arrow),
            (value, self._ink),
            (">" if self.place < last else " ", arrow),
        ]
        bar = min(room - longest - 6, 4 * last, 20)
        if bar < 3 or not last:
            return parts
        filled = round(self.place / last * bar)
        parts += [("  ", ""), ("━" * filled, arrow), ("─" * (bar - filled), "$rule")]
        self._spots += [
            Spot(after + 3 + cell, after + 4 + cell, round(cell / max(bar - 1, 1) * last)) for cell in range(bar)
        ]
        return parts
