"""Plain labelled lines of measures, some with a bar."""

from __future__ import annotations

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

ROOMY = 12
"""Cells from which on a bar stands beside its value."""


@dataclass(frozen=True)
class Measure:
    """One line: what it is, its value as shown, and a share to draw, if it is one."""

    label: str
    value: str
    share: float | None = None
    tone: str = "$foreground"
    solid: bool = True
    """Whether the bar is solid or broken, for whoever cannot tell its colour."""
    words: str = ""
    """What it says, in one plain sentence."""


class Measures(Widget, can_focus=True):
    """The lines one under another; the one that is pointed at explains itself."""

    DEFAULT_CSS = """
    Measures { height: auto; width: 1fr; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "previous measure", show=False),
        Binding("down", "move(1)", "next measure", show=False),
    ]

    cursor: reactive[int] = reactive(0)

    @dataclass
    class Explained(Message):
        """A line has been pointed at."""

        words: str

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.lines: tuple[Measure, ...] = ()
        self._rows: list[int] = []

    def show(self, lines: Sequence[Measure]) -> None:
        """Paint these."""
        if tuple(lines) != self.lines:
            grown = len(lines) != len(self.lines)
            self.lines = tuple(lines)
            self.refresh(layout=grown)

    def action_move(self, by: int) -> None:
        """Point at the next line; at either end, leave the list."""
        if 0 <= self.cursor + by < len(self.lines):
            self._point(self.cursor + by)
        elif by > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def on_focus(self) -> None:
        self._point(self.cursor)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if event.y < len(self._rows):
            self._point(self._rows[event.y])

    def _point(self, line: int) -> None:
        if line < len(self.lines):
            self.cursor = line
            self.post_message(self.Explained(f"{self.lines[line].label}: {self.lines[line].words}"))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return max(len(self._lay(width)), 1)

    def render(self) -> Content:
        if not self.lines:
            return Content.styled("  nothing yet", "$muted")
        rows = self._lay(self.size.width)
        self._rows = [number for _, number in rows]
        return Content("\n").join(row for row, _ in rows)

    def _lay(self, width: int) -> list[tuple[Content, int]]:
        """The rows, each with the number of its line; a bar that has no room beside its value goes under it."""
        label = max((len(line.label) for line in self.lines), default=0) + 1
        value = max((len(line.value) for line in self.lines), default=0)
        label += label + value + 2 < width
        beside = width - label - value - 5
        rows = []
        for number, line in enumerate(self.lines):
            here = self.has_focus and number == self.cursor
            front = [("▸ ", "$turned bold"), (f"{line.label:<{label}}", "bold")]
            parts = front if here else [("  ", ""), (f"{line.label:<{label}}", "$muted")]
            parts.append((f"{line.value:>{value}}", "bold"))
            if line.share is None:
                rows.append((Content.assemble(*parts), number))
            elif beside >= ROOMY:
                rows.append((Content.assemble(*parts, ("  ", ""), *_bar(line, beside)), number))
            else:
                rows.append((Content.assemble(*parts), number))
                rows.append((Content.assemble(("  ", ""), *_bar(line, max(width - 3, 1))), number))
        return rows


def _bar(line: Measure, width: int) -> list[tuple[str, str]]:
    filled = round(min(max(line.share or 0.0, 0.0), 1.0) * width)
    return [(("━" if line.solid else "╍") * filled, line.tone), ("─" * (width - filled), "$rule")]
