"""The castle at the gate: painted or drawn, with a light for what is done."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake import FakeGame
from tests.tui.reading import play, rows, text
from tutor.places import PLACES
from tutor.tui.app import CastleApp
from tutor.tui.widgets.canvas import Canvas
from tutor.tui.widgets.castle import Castle
from tutor.tui.widgets.castleview import DARK, LIT, WINDOWS, castle

SIZES = [(84, 14), (88, 18), (108, 20), (112, 30)]


def shown(canvas: Canvas, tone: str) -> set[tuple[int, int]]:
    """The cells of the windows of a tone."""
    cells = set()
    for y in range(canvas.height):
        row = canvas.row(y)
        for span in row.spans:
            if str(span.style).startswith(tone) and set(row.plain[span.start : span.end]) <= {"▪", "▫"}:
                cells |= {(x, y) for x in range(span.start, span.end)}
    return cells


def test_every_room_of_the_tale_has_its_windows() -> None:
    assert set(WINDOWS) == set(PLACES.values())


@pytest.mark.parametrize("size", SIZES)
def test_all_windows_of_what_is_done_are_lit_one_of_what_is_open_none_of_what_is_locked(size: tuple[int, int]) -> None:
    dark = castle(*size, {})
    assert not shown(dark, LIT)
    seen: set[tuple[int, int]] = set()
    for place, windows in WINDOWS.items():
        done, going = (shown(castle(*size, {place: state}), LIT) for state in ("done", "open"))
        assert len(done) % windows.count == 0 and done and len(going) == 1 and going <= done, place
        assert not done & seen, f"{place} shares a window"
        seen |= done
        (row,) = {y for _, y in going}
        places = sorted(x for x, y in done if y == row)
        assert len({b - a for a, b in pairwise(places)}) <= 1, f"{place}: not equally far apart"
    assert seen == shown(dark, DARK)


@pytest.mark.parametrize("size", [(60, 24), (80, 24), (80, 27), (99, 28), (80, 30), (100, 30), (120, 34), (160, 50)])
def test_the_castle_leaves_room_for_every_way_and_the_words_about_them(size: tuple[int, int]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "C A S T L E" in text(app) and "1. Continue" in text(app) and "9. Quit" in text(app)
        assert "training: cpu" in text(app) and rows(app)[-1].strip().endswith("^p more")
        drawn = app.query_one(Castle)
        assert drawn.region.y >= 0 and drawn.region.bottom <= app.query_one("#name").region.y
        assert ("█" in text(app)) == (size[0] >= 100 and size[1] >= 30)

    play(test, FakeGame(), size)


def test_a_window_is_lit_when_its_chapter_is_done() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert text(app).count("▪") == WINDOWS["gate"].count

    play(test, FakeGame(), (100, 30))
