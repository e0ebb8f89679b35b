"""Screens as SVG, drawn run by run: one alone, or many as a film that plays without a script."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from typing import Any

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.color import Color

from tests.pictures.shapes import SHAPES

CELL, ROW, LETTERS = 10, 19, 16.6
"""Width and height of a cell, and the size at which the letters of most fonts are one cell wide."""
EDGE = 14
"""What is left around the cells."""
FONTS = "ui-monospace,'Cascadia Mono','SF Mono',Menlo,Consolas,'DejaVu Sans Mono',monospace"
LINES = "\u2500-\u257f"
"""Lines: they are stretched to their cells, so that they meet."""
INKED = "".join(SHAPES)
"""Blocks and dots: many fonts have none of them, or others, so they are drawn as shapes."""
DRAWN = re.compile(f"[{LINES}]+(?: [{LINES}]+)*")
WORDS = re.compile(f"{DRAWN.pattern}|[{INKED}]+|[^\\s{LINES}{INKED}]+(?: [^\\s{LINES}{INKED}]+)*")
"""Several blanks in a row would be drawn as one, so they part what is drawn."""
MARKS = {"b": "font-weight:bold", "i": "font-style:italic", "u": "text-decoration:underline"}


@dataclass(frozen=True)
class Run:
    """Cells side by side that look alike."""

    x: int
    text: str
    ink: str
    ground: str
    marks: str = ""
    """Some of the letters of ``MARKS``."""


Row = tuple[Run, ...]
Frame = tuple[Row, ...]


@dataclass(frozen=True)
class Shot:
    """A frame of a film, and how long it stays."""

    frame: Frame
    seconds: float


def seen(app: App[Any]) -> Frame:
    """The whole screen as a terminal is given it now; under a box, what lies below it."""
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return tuple(_row(segment for strip in line for segment in strip) for line in update.strips)  # type: ignore[union-attr]


def _row(segments: Iterable[Segment]) -> Row:
    looks = ((segment.text, *_look(segment)) for segment in segments if not segment.control and segment.text)
    runs, x = [], 0
    for look, alike in groupby(looks, key=lambda look: look[1:]):
        text = "".join(text for text, *_ in alike)
        runs.append(Run(x, text, *look))
        x += cell_len(text)
    return tuple(runs)


def _look(segment: Segment) -> tuple[str, str, str]:
    """Ink, ground and marks. Blanks have no ink of their own."""
    style = segment.style
    assert style is not None and style.bgcolor is not None
    ground = Color.from_rich_color(style.bgcolor)
    ink = Color.from_rich_color(style.color) if style.color else ground
    if style.reverse:
        ink, ground = ground, ink
    if style.dim:
        ink = ground.blend(ink, 0.5)
    if segment.text.isspace():
        return ground.hex.lower(), ground.hex.lower(), ""
    marks = "b" * bool(style.bold) + "i" * bool(style.italic) + "u" * bool(style.underline)
    return ink.hex.lower(), ground.hex.lower(), marks


def text(row: Row) -> str:
    """What can be read in a row."""
    return "".join(run.text for run in row).rstrip()


# drawing


def still(frame: Frame, ground: str) -> str:
    """One screen."""
    return film([Shot(frame, 1.0)], ground, 0)


def film(shots: Sequence[Shot], ground: str, poster: int) -> str:
    """The shots again and again. ``poster`` is the one to be seen where nothing moves.

    Whatever is drawn is drawn once, and shown as long as it is part of a shot.
    """
    inks = _Names("c")
    pieces: dict[str, list[int]] = {}
    for number, shot in enumerate(shots):
        for piece in _pieces(shot.frame, ground, inks):
            pieces.setdefault(piece, []).append(number)
    times = _Names("k")
    together: dict[tuple[bool, str], list[str]] = {}
    for piece, numbers in pieces.items():
        when = "" if len(numbers) == len(shots) else times(tuple(numbers))
        together.setdefault((piece.startswith("<text"), when), []).append(piece)
    groups = [_group(when, poster, times, parts) for (_, when), parts in sorted(together.items())]
    rules = [f".{name}{{{look}}}" for look, name in inks.items()]
    whole = sum(shot.seconds for shot in shots)
    for numbers, name in times.items():
        rules.append(f"@keyframes {name}{{{''.join(_moments(shots, set(numbers)))}}}.{name}{{animation-name:{name}}}")
    width = max(run.x + cell_len(run.text) for shot in shots for row in shot.frame for run in row) * CELL
    height = max(len(shot.frame) for shot in shots) * ROW
    return SVG.format(
        width=width + 2 * EDGE,
        height=height + 2 * EDGE,
        ground=ground,
        edge=EDGE,
        fonts=FONTS,
        size=LETTERS,
        seconds=f"{whole:.2f}",
        rules="\n".join(rules),
        groups="\n".join(groups),
    )


SVG = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">
<style>
text{{font-family:{fonts};font-size:{size}px}}
.f{{visibility:hidden;animation:0s step-end infinite;animation-duration:{seconds}s}}
.p{{visibility:visible}}
@media (prefers-reduced-motion:reduce){{.f{{animation:none}}}}
{rules}
</style>
<rect width="{width}" height="{height}" rx="10" fill="{ground}"/>
<g transform="translate({edge} {edge})">
{groups}
</g>
</svg>
"""


class _Names(dict[Any, str]):
    """A short name for everything that is asked for."""

    def __init__(self, letter: str) -> None:
        super().__init__()
        self._letter = letter

    def __call__(self, what: Any) -> str:
        return self.setdefault(what, f"{self._letter}{len(self)}")


def _group(when: str, poster: int, times: _Names, parts: Sequence[str]) -> str:
    if not when:
        return "\n".join(parts)
    here = any(poster in numbers for numbers, name in times.items() if name == when)
    return f'<g class="f{" p" * here} {when}">{"".join(parts)}</g>'


def _moments(shots: Sequence[Shot], numbers: set[int]) -> Iterator[str]:
    """When something comes and goes, in hundredths of the whole film."""
    whole, at, before = sum(shot.seconds for shot in shots), 0.0, None
    for number, shot in enumerate(shots):
        if (number in numbers) != before:
            before = number in numbers
            yield f"{100 * at / whole:.5g}%{{visibility:{'visible' if before else 'hidden'}}}"
        at += shot.seconds


def _pieces(frame: Frame, ground: str, named: Callable[[str], str]) -> Iterator[str]:
    """Everything that is drawn of a frame: the grounds, and the words on them."""
    for y, row in enumerate(frame):
        for shade, alike in groupby(row, key=lambda run: run.ground):
            runs = list(alike)
            if shade != ground:
                cells = sum(cell_len(run.text) for run in runs)
                look = named(f"fill:{shade}")
                box = f'x="{runs[0].x * CELL}" y="{y * ROW}" width="{cells * CELL}" height="{ROW}"'
                yield f'<rect class="{look}" {box}/>'
        for run in row:
            look = ";".join([f"fill:{run.ink}", *(MARKS[mark] for mark in run.marks)])
            for words in WORDS.finditer(run.text):
                x = run.x + cell_len(run.text[: words.start()])
                if words[0][0] in SHAPES:
                    boxes = "".join(_boxes(letter, x + n, y) for n, letter in enumerate(words[0]))
                    yield f'<path class="{named(look)}" d="{boxes}"/>'
                    continue
                length = cell_len(words[0]) * CELL
                stretched = ' lengthAdjust="spacingAndGlyphs"' * bool(DRAWN.match(words[0]))
                place = f'x="{x * CELL}" y="{y * ROW + 14}" textLength="{length}"{stretched}'
                yield f'<text class="{named(look)}" {place}>{escape(words[0], quote=False)}</text>'


def _boxes(letter: str, x: int, y: int) -> str:
    """The shapes of a letter in its cell, as a path."""
    path = ""
    for left, top, right, bottom in SHAPES[letter]:
        place = f"M{_pixels(CELL * (x + left))} {_pixels(ROW * (y + top))}"
        wide, high = _pixels(CELL * (right - left)), _pixels(ROW * (bottom - top))
        path += f"{place}h{wide}v{high}h-{wide}z"
    return path


def _pixels(length: float) -> str:
    return f"{length:.2f}".rstrip("0").rstrip(".")
