"""What every screen looks like, kept as text: its letters, how each of them looks, and what the looks are.

python -m tests.tui.snapshots take [NAME ...]          keep the screens as they are now
python -m tests.tui.snapshots draw FOLDER [NAME ...]   draw what is kept, as SVG, in every theme
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from string import ascii_letters
from typing import Any

from textual.pilot import Pilot

from tests.pictures import drawing
from tests.pictures.drawing import Frame, Run
from tests.tui import views
from tests.tui.reading import settle
from tutor.tui.app import CastleApp
from tutor.tui.themes import THEMES

KEPT = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (100, 30), (160, 50)]
TRIES = 50
"""Looks at a screen, until it is at rest."""
LOOKS, KEY = "-- looks", "-- key"
"""The lines before the second and the third part of a snapshot."""

Look = tuple[str, str, str]
"""Ink, ground and marks; the colours by name, or the three that the themes make of a mixture."""


def colours() -> dict[tuple[str, ...], str]:
    """The colours that have a name: what they are in each theme."""
    named: dict[tuple[str, ...], str] = {}
    first = THEMES[0]
    for name in ("foreground", "background", "panel", *first.variables):
        values = [getattr(theme, name, None) or theme.variables[name] for theme in THEMES]
        named.setdefault(tuple(str(value).lower() for value in values), name)
    return named


# taking


def take(name: str) -> dict[str, str]:
    """Name of the file -> what a view looks like. The window grows from size to size while it is open."""
    found: dict[str, str] = {}

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        for width, height in SIZES:
            await pilot.resize_terminal(width, height)
            await rest(app, pilot)
            frames = []
            for theme in THEMES:
                app.prefer("theme", theme.name)
                if name == "palette":  # it is painted once, when it opens
                    await views.press(app, pilot, "escape", "ctrl+p")
                await settle(pilot)
                frames.append(drawing.seen(app))
            found[f"{name}.{width}x{height}.txt"] = written(frames)

    views.see(name, test, SIZES[0])
    return found


async def rest(app: CastleApp, pilot: Pilot[Any]) -> None:
    """Wait until nothing changes any more: what a new size scrolls into view comes a little later."""
    before: Frame | None = None
    for _ in range(TRIES):
        await settle(pilot)
        now = drawing.seen(app)
        if now == before:
            return
        before = now
        await pilot.pause(0.1)
    raise AssertionError(f"{app.screen} never comes to rest")


def written(frames: Sequence[Frame]) -> str:
    """A screen in every theme, as text."""
    letters, rows = list[str](), list[str]()
    names, named = dict[Look, str](), colours()
    for row in zip(*frames, strict=True):
        told = {"".join(run.text for run in one) for one in row}
        assert len(told) == 1, f"the themes differ in more than their colours: {told}"
        letters.append(told.pop().rstrip())
        cells = zip(*map(_cells, row), strict=True)
        looks = [_name(cell, names, named) for cell in cells]
        rows.append("".join(f"{name}{len(list(alike))}" for name, alike in groupby(looks)))
    key = [f"{name} {ink} {ground} {marks}".rstrip() for (ink, ground, marks), name in names.items()]
    return "\n".join([*letters, LOOKS, *rows, KEY, *key]) + "\n"


def _cells(row: Sequence[Run]) -> Iterator[Look]:
    """How each cell of a row looks."""
    for run in row:
        yield from [(run.ink, run.ground, run.marks)] * len(run.text)


def _name(cell: Sequence[Look], names: dict[Look, str], named: dict[tuple[str, ...], str]) -> str:
    """The letters for a cell's looks in the themes."""
    inks, grounds, marks = zip(*cell, strict=True)
    look = (named.get(inks) or ",".join(inks), named.get(grounds) or ",".join(grounds), marks[0])
    fresh = len(names)
    letter = ascii_letters[fresh % 52] if fresh < 52 else f"{ascii_letters[fresh % 52]}'"
    return names.setdefault(look, letter)


# drawing


def read(text: str, theme: int) -> Frame:
    """A kept screen in one of the themes."""
    letters, rest = text.split(f"{LOOKS}\n")
    rows, key = rest.split(f"{KEY}\n")
    values = {name: shades[theme] for shades, name in colours().items()}
    looks: dict[str, Look] = {}
    for line in key.splitlines():
        name, ink, ground, *marks = line.split()
        ink, ground = (values.get(shade) or shade.split(",")[theme] for shade in (ink, ground))
        looks[name] = (ink, ground, "".join(marks))
    frame = []
    for words, row in zip(letters.splitlines(), rows.splitlines(), strict=True):
        runs, x = [], 0
        for name, length in re.findall(r"(\D+)(\d+)", row):
            runs.append(Run(x, words[x : x + int(length)].ljust(int(length)), *looks[name]))
            x += int(length)
        frame.append(tuple(runs))
    return tuple(frame)


def draw(folder: Path, names: Sequence[str]) -> None:
    """Write the kept screens as pictures."""
    for path in sorted(KEPT.glob("*.txt")):
        for place, theme in enumerate(THEMES):
            if path.name.partition(".")[0] in names:
                svg = drawing.still(read(path.read_text(encoding="utf-8"), place), str(theme.background))
                (folder / f"{path.stem}.{theme.name}.svg").write_text(svg, encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Take or draw; the exit code."""
    match arguments:
        case ["take", *names] if not {*names} - {*views.VIEWS}:
            KEPT.mkdir(exist_ok=True)
            for name in names or views.VIEWS:
                for file, text in take(name).items():
                    (KEPT / file).write_text(text, encoding="utf-8")
        case ["draw", folder, *names] if not {*names} - {*views.VIEWS}:
            Path(folder).mkdir(parents=True, exist_ok=True)
            draw(Path(folder), names or list(views.VIEWS))
        case _:
            print(f"{__doc__}\nNames: {', '.join(views.VIEWS)}", file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
