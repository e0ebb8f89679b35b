"""A numbered list of which one is taken: by digit, by arrows and enter, or by clicking."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

HANG = 5
"""Cells in front of a label: the marker, the number, a space."""


@dataclass(frozen=True)
class Item:
    """One line of the list; ``note`` says more about it, quietly."""

    label: str
    note: str = ""
    enabled: bool = True


class Choices(Widget, can_focus=True):
    """Posts ``Picked`` with the place, from 0, of what was taken."""

    DEFAULT_CSS = """
    Choices { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "previous", show=False),
        Binding("down", "move(1)", "next", show=False),
        Binding("home", "jump(0)", "first", show=False),
        Binding("end", "jump(-1)", "last", show=False),
        Binding("enter,space", "take", "choose", key_display="↑↓ Enter", tooltip="Take the one that is pointed at"),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Picked(Message):
        """The player has taken one."""

        choices: Choices
        number: int

        @property
        def control(self) -> Choices:
            return self.choices

    def __init__(
        self, items: Sequence[Item | str] = (), cursor: int = 0, numbered: bool = True, **kwargs: object
    ) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self._last = 9 if numbered else 0
        """How many of them a digit takes."""
        self.items: tuple[Item, ...] = ()
        self._rows: list[int] = []
        self.show(items, cursor)

    def show(self, items: Sequence[Item | str], cursor: int = 0) -> None:
        """Offer these; the cursor moves to the first that can be taken, from ``cursor`` on.

        With -1 it stands nowhere until it is moved: what counts is not answered by a key that was pressed too often.
        """
        offered = tuple(Item(item) if isinstance(item, str) else item for item in items)
        if offered == self.items and cursor >= 0:
            return
        self.items = offered
        free = [n for n, item in enumerate(offered) if item.enabled]
        self.cursor = -1 if cursor < 0 else next((n for n in free if n >= cursor), free[0] if free else 0)
        self.refresh(layout=True)

    def pick(self, number: int) -> None:
        """Take one by its place, if it is there and can be taken."""
        if 0 <= number < len(self.items) and self.items[number].enabled:
            self.cursor = number
            self.post_message(self.Picked(self, number))

    def action_take(self) -> None:
        """Take the one under the cursor, if there is one."""
        self.pick(self.cursor)

    def action_move(self, by: int) -> None:
        """Move the cursor over what can be taken; it stops at either end."""
        if self.cursor < 0:
            return self.action_jump(min(by, 0))
        free = [n for n, item in enumerate(self.items) if item.enabled]
        ahead = [n for n in free if (n - self.cursor) * by > 0]
        if ahead:
            self.cursor = min(ahead, key=lambda n: abs(n - self.cursor))

    def action_jump(self, to: int) -> None:
        """To the first or the last."""
        free = [n for n, item in enumerate(self.items) if item.enabled]
        if free:
            self.cursor = free[to]

    def watch_cursor(self) -> None:
        if self.is_mounted and self.cursor in self._rows:
            self.scroll_visible_row(self._rows.index(self.cursor))

    def scroll_visible_row(self, row: int) -> None:
        """Bring a row into view where the list is longer than its place."""
        parent = self.parent
        if isinstance(parent, Widget) and parent.is_scrollable:
            parent.scroll_to_region(self.virtual_region.translate((0, row)).crop_size(Size(1, 1)), animate=False)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if (number := self._at(event.y)) is not None and self.items[number].enabled:
            self.cursor = number

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if (number := self._at(event.y)) is not None:
            self.pick(number)

    def _at(self, row: int) -> int | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(len(self._lay(width)), 1)

    def render(self) -> Content:
        rows = self._lay(self.size.width)
        return Content("\n").join(row for row, _ in rows)

    def _lay(self, width: int) -> list[tuple[Content, int]]:
        """The rows, each with the place of the item that it belongs to."""
        laid: list[tuple[Content, int]] = []
        longest = max((len(item.label) for item in self.items), default=0)
        if HANG + longest + 2 + max((len(item.note) for item in self.items), default=0) > width:
            longest = 0  # no column of notes: each stands behind its own label, if there is room
        for number, item in enumerate(self.items):
            here = number == self.cursor and self.has_focus
            mark = "▸ " if here else "▹ " if number == 0 and self.cursor < 0 and self.has_focus else "  "
            ground = " on $cursor-bg" if here else ""
            ink = ("$foreground bold" if here else "$foreground") if item.enabled else "$muted"
            lines = textwrap.wrap(item.label, max(width - HANG, 10)) or [""]
            for fold, line in enumerate(lines):
                if item.note and len(lines) == 1:
                    line = f"{line:<{longest}}"
                front = mark if fold == 0 else "  "
                count = (f"{number + 1}. " if number < self._last else "   ") if fold == 0 else "   "
                parts = [(front, f"$turned bold{ground}"), (count, f"$turned{ground}"), (line, ink + ground)]
                row = Content.assemble(*parts)
                room = width - row.cell_length
                if fold == len(lines) - 1 and item.note and len(item.note) + 2 <= room:
                    row = row + Content.styled(f"  {item.note}", f"$muted{ground}")
                row = row + Content.styled(" " * max(width - row.cell_length, 0), ground.strip())
                laid.append((row, number))
        self._rows = [number for _, number in laid]
        return laid
