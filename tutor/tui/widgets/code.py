"""Source text that can be read in a narrow pane: lines are folded, changed lines are lit and marked."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from textual.content import Content
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual

from tutor.tui.widgets.telling import Telling

GUTTER = 5
"""Cells in front of the text: the mark, the line number, a space."""


class CodeView(ScrollView):
    """Shows a source; ``show`` gives the text and the lines, from 0, that are lit.

    Its rows are made ready for the screen one by one: only those that come into view, and only when they change.
    """

    DEFAULT_CSS = """
    CodeView { height: 1fr; overflow-x: hidden; scrollbar-size-vertical: 1; }
    """
    BORDER_TITLE = "code"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.source = ""
        self.lit: tuple[int, ...] = ()
        self._rows: list[Content] = []
        self._begins: list[int] = []
        """The row in which each line begins."""
        self._strips: dict[int, Strip] = {}
        """The rows that are ready."""
        self._painted: tuple[str, tuple[int, ...], int] | None = None

    def show(self, source: str, lit: Sequence[int] = ()) -> None:
        """Paint this source; the first lit line is scrolled into view when the lit lines change."""
        changed = tuple(lit) != self.lit or source != self.source
        self.source, self.lit = source, tuple(lit)
        self._paint()
        if changed and self.lit:
            self.go_to(self.lit[0])

    def go_to(self, line: int) -> None:
        """Scroll so that a line of the source stands a third from the top."""
        row = self._begins[line] if line < len(self._begins) else 0
        # Force: whether there is a scrollbar yet is a matter of chance where the source has just been painted.
        self.scroll_to(y=max(row - self.size.height // 3, 0), animate=False, force=True)

    def on_resize(self) -> None:
        first = self._painted is None
        self._paint()
        if first and self.lit:
            self.go_to(self.lit[0])

    def _paint(self) -> None:
        width = self.size.width - self.styles.scrollbar_size_vertical
        wanted = (self.source, self.lit, width)
        if not self.is_mounted or width <= GUTTER + 8 or wanted == self._painted:
            return
        self._painted = wanted
        before, self._rows, self._begins = self._rows, [], []
        for number, line in enumerate(highlighted(self.source)):
            self._begins.append(len(self._rows))
            self._rows += _numbered(line, number, number in self.lit, width)
        same = {y for y, (old, new) in enumerate(zip(before, self._rows, strict=False)) if new.is_same(old)}
        self._strips = {y: strip for y, strip in self._strips.items() if y in same}
        self.virtual_size = Size(width, len(self._rows))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        row = y + self.scroll_offset.y
        if row >= len(self._rows):
            return Strip.blank(self.size.width, self.visual_style.rich_style)
        if row not in self._strips:
            text = self._rows[row]
            if self.text_selection and (span := self.text_selection.get_span(row)):
                start, end = span
                style = Style.from_styles(self.screen.get_component_styles("screen--selection"))
                text = text.stylize(style, start, None if end < 0 else end)
            strip = Visual.to_strips(self, text, self.size.width, 1, self.visual_style, apply_selection=False)[0]
            self._strips[row] = strip.apply_offsets(0, row)  # by which a selection knows where it is
        return self._strips[row]

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._strips.clear()

    def get_selection(self, selection: Selection) -> tuple[str, str]:
        return selection.extract("\n".join(row.plain for row in self._rows)), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        self._strips.clear()
        super().selection_updated(selection)


class CodeBlock(Telling):
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
        row = Content.assemble((mark, "$turned bold"), (count, "$turned" if lit else "$muted"), " ") + piece
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
