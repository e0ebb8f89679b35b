"""A long list in columns under a row of titles: only the rows in view are made ready for the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.visual import Visual

from tutor.tui.widgets.marking import lit, marked

FRONT = 3
"""Cells in front of a row: the marker, its letter, a space."""
TITLES = 1
"""Rows of titles, which do not scroll."""

Cell = tuple[str, str]
"""Text and style."""


@dataclass(frozen=True)
class Column:
    """A column; one of width 0 takes what the others leave."""

    title: str
    width: int
    key: str | None = None
    """What a click on the title is about; None for nothing."""


class RowList(ScrollView, can_focus=True):
    """Rows of cells with a cursor; ``letters`` marks some of them."""

    DEFAULT_CSS = """
    RowList { height: 1fr; width: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "previous", show=False),
        Binding("down", "move(1)", "next", show=False),
        Binding("pageup", "leaf(-1)", "a page up", show=False),
        Binding("pagedown", "leaf(1)", "a page down", show=False),
        Binding("home", "jump(0)", "first", show=False),
        Binding("end", "jump(-1)", "last", show=False),
        Binding("space", "tick", "mark", tooltip="Mark this one, or take its mark away"),
        Binding("enter", "open", "open", tooltip="Show all of this one"),
    ]

    cursor: reactive[int] = reactive(0, repaint=False)

    @dataclass
    class Pointed(Message):
        """The cursor stands elsewhere."""

        number: int

    @dataclass
    class Opened(Message):
        """A row was asked for."""

        number: int

    @dataclass
    class Ticked(Message):
        """A row was marked, or its mark taken away."""

        number: int

    @dataclass
    class Titled(Message):
        """A title was clicked."""

        key: str

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self._columns: Callable[[int], Sequence[Column]] = lambda room: ()
        self.rows: Sequence[Any] = ()
        self.letters: dict[int, str] = {}
        """Number of a row -> the letter that marks it."""
        self._cells: Callable[[Any, int], Sequence[Cell]] = lambda row, room: ()
        self._strips: dict[tuple[int, bool, bool], Strip] = {}

    def show(
        self,
        columns: Callable[[int], Sequence[Column]],
        rows: Sequence[Any],
        cells: Callable[[Any, int], Sequence[Cell]],
        letters: dict[int, str],
        cursor: int = 0,
    ) -> None:
        """Show these rows; what the columns are, and what stands in those of one row, depends on the width."""
        self._columns, self.rows, self._cells, self.letters = columns, rows, cells, letters
        self._strips.clear()
        self.virtual_size = Size(self.room, len(rows) + TITLES)
        self.cursor = min(max(cursor, 0), max(len(rows) - 1, 0))
        self.into_view()
        self.refresh()

    @property
    def room(self) -> int:
        """The width that rows may take: the scrollbar has its place even where there is none."""
        return max(self.size.width - 1, 1)

    @property
    def columns(self) -> Sequence[Column]:
        """The columns at this width."""
        return self._columns(self.room)

    def into_view(self) -> None:
        """Scroll so that the row under the cursor is seen."""
        top, seen = round(self.scroll_offset.y), self.size.height - TITLES
        if seen > 0 and not top <= self.cursor < top + seen:
            self.scroll_to(
                y=self.cursor if self.cursor < top else self.cursor - seen + 1, animate=False, immediate=True
            )

    def on_resize(self) -> None:
        self._strips.clear()
        self.virtual_size = Size(self.room, len(self.rows) + TITLES)
        self.into_view()

    def watch_cursor(self) -> None:
        self.into_view()
        self.refresh()
        if self.rows:
            self.post_message(self.Pointed(self.cursor))

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    # keys and mouse

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return None if action in ("tick", "open") and not self.rows else True

    def action_move(self, by: int) -> None:
        """Move the cursor; it stops at either end."""
        self.cursor = min(max(self.cursor + by, 0), max(len(self.rows) - 1, 0))

    def action_leaf(self, by: int) -> None:
        """Move by what is seen at once."""
        self.action_move(by * max(self.size.height - TITLES - 1, 1))

    def action_jump(self, to: int) -> None:
        """To the first or the last."""
        self.cursor = 0 if to == 0 else max(len(self.rows) - 1, 0)

    def action_open(self) -> None:
        """Ask for the row under the cursor."""
        if self.rows:
            self.post_message(self.Opened(self.cursor))

    def action_tick(self) -> None:
        """Mark the row under the cursor."""
        if self.rows:
            self.post_message(self.Ticked(self.cursor))

    def on_click(self, event: events.Click) -> None:
        """A title says what it is about; a row comes under the cursor, and opens where it stood there already."""
        event.stop()
        if self.text_selection:  # the mouse was drawn over words, to mark them
            return
        if event.y < TITLES:
            place = FRONT
            for column, width in zip(self.columns, self._widths(), strict=True):
                if place <= event.x < place + width and column.key is not None:
                    self.post_message(self.Titled(column.key))
                place += width + 1
            return
        number = event.y - TITLES + round(self.scroll_offset.y)
        if number >= len(self.rows):
            return
        if event.x < FRONT - 1:
            self.cursor = number
            self.action_tick()
        elif number == self.cursor:
            self.action_open()
        else:
            self.cursor = number

    # painting

    def _widths(self) -> list[int]:
        columns = self.columns
        left = self.room - FRONT - sum(column.width + 1 for column in columns) + 1
        return [column.width or max(left, 4) for column in columns]

    def render_line(self, y: int) -> Strip:
        number = y - TITLES + round(self.scroll_offset.y)
        if y < TITLES:
            return lit(self, self._strip(Content.styled(self._titles(), "$muted")), y)
        if number >= len(self.rows):
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        key = (number, number == self.cursor, self.has_focus)
        if key not in self._strips:
            self._strips[key] = self._strip(self._row(number))
        return lit(self, self._strips[key], number + TITLES)

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        return marked(selection, self._plain, len(self.rows) + TITLES), "\n"

    def text_select_all(self) -> None:
        """A second click opens a row: it does not mark the whole list."""

    def _plain(self, row: int) -> str:
        return (self._titles() if row < TITLES else self._row(row - TITLES).plain).rstrip()

    def _strip(self, content: Content) -> Strip:
        return Visual.to_strips(self, content, self.size.width, 1, self.visual_style)[0]

    def _titles(self) -> str:
        titles = (f"{clip(c.title, width):<{width}}" for c, width in zip(self.columns, self._widths(), strict=True))
        return " " * FRONT + " ".join(titles)

    def _row(self, number: int) -> Content:
        here = number == self.cursor
        ground = " on $cursor-bg" if here else ""
        parts = [("▸" if here else " ", ("$turned bold" if self.has_focus else "$muted") + ground)]
        parts.append((f"{self.letters.get(number, ' ')} ", f"$turned bold{ground}"))
        for (text, style), width in zip(self._cells(self.rows[number], self.room), self._widths(), strict=False):
            parts.append((f"{clip(text, width):<{width}} ", f"{style}{ground}"))
        row = Content.assemble(*((text, style.strip()) for text, style in parts))
        return row + Content.styled(" " * max(self.room - row.cell_length, 0), ground.strip())


def clip(text: str, width: int) -> str:
    """A text in that many cells, with dots where something is left out."""
    return text if len(text) <= width else text[: max(width - 1, 0)].rstrip() + "…"
