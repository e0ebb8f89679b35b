"""The leaves of a book in a row, one of which lies open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

EMPTY = "·"
"""What stands for a leaf on which nothing is written; the others have their numbers."""


class Ribbon(Widget, can_focus=True):
    """Posts ``Turned`` when another leaf lies open."""

    DEFAULT_CSS = """
    Ribbon { height: 1; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "turn(1)", "next leaf", key_display="←→", tooltip="Turn to the next leaf"),
        Binding("left", "turn(-1)", "leaf before", show=False, tooltip="Turn to the leaf before"),
        Binding("home", "open(0)", "first leaf", show=False, tooltip="Turn to the first leaf"),
        Binding("end", "open(-1)", "last leaf", show=False, tooltip="Turn to the last leaf"),
    ]

    leaf: reactive[int] = reactive(0)

    @dataclass
    class Turned(Message):
        """Another leaf lies open."""

        leaf: int

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.written: tuple[bool, ...] = ()

    def show(self, written: Sequence[bool], leaf: int) -> None:
        """Which leaves are written, and which one lies open."""
        self.written = tuple(written)
        self.action_open(leaf)
        self.refresh()

    def action_turn(self, by: int) -> None:
        """To a leaf beside this one; at either cover the book stays as it is."""
        self.leaf = min(max(self.leaf + by, 0), max(len(self.written) - 1, 0))

    def action_open(self, leaf: int) -> None:
        """To a leaf by its place; -1 is the last."""
        last = max(len(self.written) - 1, 0)
        self.leaf = last if leaf < 0 else min(leaf, last)

    def watch_leaf(self) -> None:
        if self.is_mounted:
            self.post_message(self.Turned(self.leaf))

    def on_click(self, event: events.Click) -> None:
        start, count, left = self._window()
        place = (event.x - left) // self._step
        if 0 <= place < count:
            self.leaf = start + place

    @property
    def _step(self) -> int:
        """Cells that a leaf takes."""
        return len(str(len(self.written))) + 2

    def _window(self) -> tuple[int, int, int]:
        """The first leaf that is shown, how many are, and the cell at which they begin."""
        step = self._step
        count = min(len(self.written), max(self.size.width // step, 1))
        start = min(max(self.leaf - count // 2, 0), len(self.written) - count)
        return start, count, (self.size.width - count * step) // 2

    def render(self) -> Content:
        start, count, left = self._window()
        parts: list[tuple[str, str]] = [(" " * left, "")]
        for leaf in range(start, start + count):
            mark = str(leaf + 1) if self.written[leaf] else EMPTY
            if leaf == self.leaf:
                parts += [(f"‹{mark}›".rjust(self._step), "$turned bold")]
            else:
                parts += [(f"{mark} ".rjust(self._step), "$spoken" if self.written[leaf] else "$muted")]
        return Content.assemble(*parts)
