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
VALUE = 10
"""Cells for the value where several dials keep to one column; a longer value takes some of its bar's."""
BAR, LEAST = 12, 4
"""Cells of the bar, where there is room, and of what has to have room beside a short value."""


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
        """``shown`` are the choices as the player reads them; ``words`` are not more or less of something.

        They stand side by side where there is room, else one of them beside a row of dots.
        """
        super().__init__(name=name, id=f"dial-{name}")
        self.label, self.choices, self.shown, self.words = label, tuple(choices), tuple(shown), words
        self.tooltip = help or None
        self.help = help
        self.label_width = label_width
        self.set_reactive(Dial.place, self.choices.index(value))
        self.turned = False
        """Whether the player has turned it, and nobody has taken that up; whoever does sets it back."""
        self.beside: Sequence[Dial] = (self,)
        """The dials whose values stand in one column with this one's."""
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
        ink = "bold" if self.has_focus else self._name_ink
        parts: list[tuple[str, str]] = [(marker, "$turned bold"), (f"{name:<{wide}}", ink)]
        start, room = len(marker) + wide, self.size.width - len(marker) - wide
        if self._fits(room):
            parts += self._words(start)
        else:
            parts += self._number(start, room)
        return Content.assemble(*parts)

    _name_ink = ""

    @property
    def _ink(self) -> str:
        return "$muted" if self.locked else "$turned bold"

    def _fits(self, room: int) -> bool:
        """Whether all of the choices stand side by side."""
        return self.words and sum(map(len, self.shown)) + 2 * len(self.shown) + 2 <= room

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
        last, most = len(self.choices) - 1, max(room - 4, 1)
        longest = max(len(word) for dial in self.beside if not dial._fits(room) for word in dial.shown)
        value = f"{self.shown[self.place][:most]:<{min(longest, VALUE, max(room - 6 - LEAST, 1))}}"
        after = start + len(value) + 3
        self._spots = [Spot(start, start + 1, self.place - 1), Spot(after, after + 1, self.place + 1)]
        arrow = "$muted" if self.locked else "$turned"
        parts = [
            ("<" if self.place else " ", arrow),
            (f" {value} ", self._ink),
            (">" if self.place < last else " ", arrow),
            ("  ", ""),
        ]
        return parts + self._bar(after + 3, min(room - len(value) - 6, BAR), arrow)

    def _bar(self, start: int, bar: int, ink: str) -> list[tuple[str, str]]:
        """Where among the choices the value stands: so much of a bar, or a dot among dots."""
        last = len(self.choices) - 1
        if bar < 3 or not last:
            return []
        if not self.words:
            filled = round(self.place / last * bar)
            self._spots += [Spot(start + x, start + x + 1, round(x / (bar - 1) * last)) for x in range(bar)]
            return [("━" * filled, ink), ("─" * (bar - filled), "$rule")]
        if last < bar:
            self._spots += [Spot(start + place, start + place + 1, place) for place in range(last + 1)]
            return [("○" * self.place, "$muted"), ("●", ink), ("○" * (last - self.place), "$muted")]
        words = f"{self.place + 1} of {last + 1}"
        return [(words, "$muted")] if len(words) <= bar else []


def in_column(dials: Sequence[Dial]) -> None:
    """Let the values of these dials begin and end at the same cells."""
    for dial in dials:
        dial.beside = dials
