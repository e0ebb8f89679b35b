"""Rows that a widget paints by itself, marked with the mouse and copied like those that Textual paints."""

from __future__ import annotations

from collections.abc import Callable

from rich.segment import Segment
from rich.style import Style as Ink
from textual.geometry import Offset
from textual.selection import Selection
from textual.strip import Strip
from textual.style import Style
from textual.widget import Widget


def lit(widget: Widget, strip: Strip, row: int) -> Strip:
    """A painted row with its place, by which Textual finds what is marked; that is lit."""
    selection = widget.text_selection
    span = selection.get_span(row) if selection else None
    if span is not None:
        start, end = span[0], strip.cell_length if span[1] < 0 else span[1]
        chosen = widget.visual_style + Style.from_styles(widget.screen.get_component_styles("screen--selection"))
        inked = Segment.apply_style(strip.crop(start, end), post_style=Ink(bgcolor=chosen.rich_style.bgcolor))
        strip = Strip.join([strip.crop(0, start), Strip(inked), strip.crop(end)])
    return strip.apply_offsets(0, row)


def marked(selection: Selection, line: Callable[[int], str], rows: int) -> str:
    """The words that are marked; only the lines of those rows are asked for."""
    first = selection.start.y if selection.start else 0
    last = min(selection.end.y, rows - 1) if selection.end else rows - 1
    start, end = (at and Offset(at.x, at.y - first) for at in selection)
    return Selection(start, end).extract("\n".join(map(line, range(first, last + 1))))
