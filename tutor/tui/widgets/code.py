"""Source text that can be read in a narrow pane: lines are folded, changed lines are lit and marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget

GUTTER = 5
"""Cells in front of the text: the mark, the line number, a space."""


class CodeView(VerticalScroll):
    """Shows a source; ``show`` gives the text and the lines, from 0, that are lit."""

    DEFAULT_CSS = """
    CodeView { height: 1fr; scrollbar-size-vertical: 1; }
    CodeView > Rows { width: 1fr; height: auto; }
    """
    BORDER_TITLE = "code"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.source = ""
        self.lit: tuple[int, ...] = ()
        self._rows: dict[int, int] = {}
        self._painted: tuple[str, tuple[int, ...], int] | None = None

    def compose(self) -> ComposeResult:
        yield Rows(classes="code--text")

    def show(self, source: str, lit: Sequence[int] = ()) -> None:
        """Paint this source; the first lit line is scrolled into view when the lit lines change."""
        changed = tuple(lit) != self.lit or source != self.source
        self.source, self.lit = source, tuple(lit)
        self._paint()
        if changed and self.lit:
            self.call_after_refresh(self.go_to, self.lit[0])

    def go_to(self, line: int) -> None:
        """Scroll so that a line of the source stands a third from the top."""
        self.scroll_to(y=max(self._rows.get(line, 0) - self.size.height // 3, 0), animate=False)

    def on_resize(self) -> None:
        self._paint()

    def _paint(self) -> None:
        width = self.size.width - self.styles.scrollbar_size_vertical
        wanted = (self.source, self.lit, width)
        if not self.is_mounted or width <= GUTTER + 8 or wanted == self._painted:
            return
        self._painted = wanted
        rows, self._rows = [], {}
        for number, line in enumerate(highlighted(self.source)):
            self._rows[number] = len(rows)
            rows += _numbered(line, number, number in self.lit, width)
        self.query_one(Rows).show(rows)


class Rows(Widget):
    """Rows of text, of which only those that come into view are made ready for the screen: a source has many."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.rows: list[Content] = []

    def show(self, rows: list[Content]) -> None:
        """Paint these, each as wide as this widget at most."""
        grown = len(rows) != len(self.rows)
        self.rows = rows
        self.refresh(layout=grown)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self.rows)

    def render(self) -> Content:
        return Content("\n").join(self.rows)

    def render_line(self, y: int) -> Strip:
        if y >= len(self.rows):
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        row = self.rows[y]
        if self.text_selection and (span := self.text_selection.get_span(y)):
            start, end = span
            style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
            row = row.stylize(style, start, None if end < 0 else end)
        strip = Visual.to_strips(self, row, self.size.width, 1, self.visual_style, apply_selection=False)[0]
        return strip.apply_offsets(0, y)


class CodeBlock(Widget):
    """A few lines of code in a text: as high as they are, folded to the width there is, one line lit at most."""

    DEFAULT_CSS = """
    CodeBlock { height: auto; width: 1fr; background: $panel; padding: 0 1; }
    """

    def __init__(self, source: str = "", lit: int | None = None, **kwargs: object) -> None:
        """``lit`` is the line, from 0, that is in question; with it, lines are numbered."""
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.show(source, lit)

    def show(self, source: str, lit: int | None = None) -> None:
        """Paint this."""
        self.lit = lit
        self._lines = highlighted(source.rstrip("\n"))
        self.refresh(layout=True)

    def _rows(self, width: int) -> list[Content]:
        rows: list[Content] = []
        for number, line in enumerate(self._lines):
            numbered = self.lit is not None
            rows += _numbered(line, number, number == self.lit, width) if numbered else folded(line, width)
        return rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._rows(max(width, GUTTER + 8)))

    def render(self) -> Content:
        return Content("\n").join(self._rows(max(self.size.width, GUTTER + 8)))


@lru_cache(16)
def highlighted(source: str) -> tuple[Content, ...]:
    """The lines of a Python source, coloured."""
    from textual.highlight import highlight  # Pygments: only when the first code is shown

    from tutor.tui.widgets.inks import CodeInks

    inked = highlight(source, language="python", theme=CodeInks)
    # Textual lays its own text colour under everything; ours is the one of the pane.
    inked = Content(inked.plain, [span for span in inked.spans if span.style != "$text"])
    return tuple(inked.split("\n", allow_blank=True))


def folded(line: Content, room: int) -> list[Content]:
    """A line as the rows it takes; what does not fit goes on below, indented further than the line."""
    indent = len(line.plain) - len(line.plain.lstrip())
    pieces, rest, hang = [], line, 0
    while True:
        cut = _cut(rest.plain, room - hang)
        pieces.append(Content(" " * hang) + rest[:cut])
        rest = rest[cut:]
        if not rest.plain:
            return pieces
        hang = min(indent + 4, room // 3)


def _numbered(line: Content, number: int, lit: bool, width: int) -> list[Content]:
    """The rows of a line, the gutter in front of each."""
    rows = []
    for fold, piece in enumerate(folded(line, width - GUTTER)):
        mark = ">" if lit else " "
        count = f"{number + 1:>3}" if fold == 0 else "  ·"
        row = Content.assemble((mark, "$turned bold"), (count, "$turned" if lit else "$muted 70%"), " ") + piece
        rows.append(row.pad_right(max(width - row.cell_length, 0)).stylize("on $lit") if lit else row)
    return rows


def _cut(text: str, room: int) -> int:
    """How many letters of a text go on one row: up to the last space, comma or bracket that fits."""
    if len(text) <= room:
        return len(text)
    for mark in (", ", " ", "(", "."):
        place = text.rfind(mark, len(text) - len(text.lstrip()) + 1, room)
        if place > room // 2:
            return place + len(mark)
    return room
