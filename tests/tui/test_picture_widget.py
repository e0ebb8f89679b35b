"""The picture widget: what the pictures say, in the theme's colours and at every size."""

from __future__ import annotations

import dataclasses
import re
import textwrap
from collections.abc import Awaitable, Callable
from typing import Any

from rich.color import Color as Paint
from textual.app import App, ComposeResult
from textual.color import Color
from textual.pilot import Pilot

from tests.tui import views
from tests.tui.fake import run
from tests.tui.reading import rows, settle, text, words
from tests.tutor import sights
from tutor.pictures import choosing
from tutor.pictures.picture import Sight
from tutor.tui.app import CastleApp
from tutor.tui.themes import THEMES
from tutor.tui.widgets.picture import PictureView
from tutor.tui.widgets.progress import HIGHEST, ProgressLine

WAITING = "Nothing was trained here yet."
ALL = {
    "digits": (sights.full(), ("mask", "weights", "layers", "dead", "rate", "labels", "digits")),
    "points": (sights.full(sights.POINTS), ("boundary",)),
}


class Wall(App[None]):
    """One picture."""

    CSS = "Screen { background: $background; }"

    def compose(self) -> ComposeResult:
        yield PictureView(WAITING)

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name


def hang(test: Callable[[Wall, PictureView, Pilot[Any]], Awaitable[None]], size: tuple[int, int] = (80, 20)) -> None:
    """Run the test with the widget on the screen."""

    async def begin() -> None:
        app = Wall()
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            await test(app, app.query_one(PictureView), pilot)

    run(begin())


async def resize(pilot: Pilot[Any], width: int, height: int) -> None:
    """Give the terminal another size, and wait until everything in it is laid out."""
    await pilot.resize_terminal(width, height)
    view = pilot.app.query_one(PictureView)
    while pilot.app.screen.size != (width, height) or (view.size.width != width and height > 4):  # else it scrolls
        await pilot.pause(0.01)


def test_each_picture_stands_over_its_sentence_at_every_size() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        for size in ((30, 8), (41, 8), (58, 16), (80, 20), (100, 40)):
            await resize(pilot, *size)
            for sight, names in ALL.values():
                for name in names:
                    view.show(name, sight)
                    await pilot.pause()
                    said = choosing.draw(name, sight, 1, 1).words
                    shown = rows(app)
                    assert len(shown) <= size[1] and all(len(row) <= size[0] for row in shown)
                    assert said[:20] in words(app) and (said in words(app)) != view.cut, (name, size)
                    assert view.words == said and view.cut == shown[-1].endswith("…")
                    first = next(n for n, row in enumerate(shown) if row.startswith(said[:20]))
                    assert any(row.strip() for row in shown[:first]), (name, size)
                    assert size[0] < 40 or said in words(app)

    hang(test)


def test_in_a_small_place_the_sentence_is_whole_and_the_picture_gets_the_rest() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        view.show("mask", sights.full())
        await pilot.pause()
        assert ["■" in row for row in rows(app)[:4]] == [False, True, False, True]
        assert view.words in words(app) and not view.cut

    hang(test, (41, 8))


def test_where_the_sentence_would_leave_nothing_each_gets_half_and_the_view_says_that_it_is_cut() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        view.show("mask", sights.full())
        await pilot.pause()
        assert sum("■" in row or "layer" in row for row in rows(app)[:4]) == 4 and rows(app)[6].endswith("…")
        assert view.cut
        view.show("dead", sights.full())
        await pilot.pause()
        assert view.words in words(app) and not view.cut
        view.show("boundary", sights.full())  # nothing to draw
        await resize(pilot, 12, 5)
        assert view.cut and "…" in text(app)

    hang(test, (22, 7))


def test_each_picture_says_one_sentence() -> None:
    off = sights.sight()
    said = [choosing.draw(name, sight, 60, 9).words for sight, names in ALL.values() for name in names]
    said += [choosing.draw("mask", off, 60, 9).words]
    lost = dataclasses.replace(sights.histogram(), total=43)
    said += [choosing.draw("weights", sights.sight(weights=lost), 60, 9).words]
    for sentence in said:
        assert sentence.endswith(".") and not re.search(r"[.!?] [A-Z]", sentence), sentence


def test_before_the_first_run_and_without_a_picture_a_sentence_stands_in_the_middle() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        assert WAITING in text(app) and (view.words, view.title) == (WAITING, "")
        view.show("boundary", sights.full())
        await pilot.pause()
        assert "There is no plane to draw" in words(app) and view.words.startswith("There is no plane")
        view.show("weights", sights.full())
        await pilot.pause()
        assert view.title == "weights by size, after night 12" and view.words.startswith("Bars count")
        view.clear()
        await pilot.pause()
        assert words(app).strip() == WAITING

    hang(test)


def colours(view: PictureView) -> set[str]:
    """Every colour that it paints with, grounds too."""
    found: set[Paint | None] = set()
    for y in range(view.size.height):
        for segment in view.render_line(y):
            if segment.style:
                found |= {segment.style.color, segment.style.bgcolor}
    return {paint.get_truecolor().hex for paint in found if paint}


def test_inks_are_the_colours_of_the_theme_and_change_with_it() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        for theme in THEMES:
            app.theme = theme.name
            view.show("labels", sights.full())
            await pilot.pause()
            meant = {theme.variables[name].lower() for name in ("truth", "falsehood", "muted", "rule")}
            assert meant <= colours(view)

    hang(test)


def test_a_share_of_an_ink_lies_between_the_ground_and_the_ink() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        view.show("boundary", sights.full(sights.POINTS))
        await pilot.pause()
        theme = THEMES[0]
        ground, ink = Color.parse(str(theme.background)), Color.parse(theme.variables["validation"])
        assert ground.blend(ink, 0.4).hex.lower() in colours(view)

    hang(test)


def test_it_is_drawn_anew_only_when_what_it_shows_has_changed(monkeypatch: Any) -> None:
    drawn: list[str] = []
    draw = choosing.draw

    def counted(name: str, *rest: Any) -> Any:
        drawn.append(name)
        return draw(name, *rest)

    monkeypatch.setattr(choosing, "draw", counted)

    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        sight = sights.full()
        view.show("weights", sight)
        await pilot.pause()
        before = len(drawn)
        for nights in (sight.nights[:5], sight.nights[:6]):  # the curves go on, the look is the same
            view.show("weights", dataclasses.replace(sight, nights=nights))
            await pilot.pause()
        view.refresh()
        await pilot.pause()
        assert len(drawn) == before > 0
        view.show("labels", sight)
        await pilot.pause()
        after = len(drawn)
        view.show("labels", dataclasses.replace(sight, nights=sight.nights[:5]))
        await pilot.pause()
        assert len(drawn) > after > before and "night 5" in text(app)

    hang(test)


def test_a_hidden_picture_costs_nothing(monkeypatch: Any) -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        view.display = False
        await pilot.pause()

        def never(*_: Any) -> None:
            raise AssertionError("drawn though nobody sees it")

        monkeypatch.setattr(choosing, "draw", never)
        view.show("weights", sights.full())
        await pilot.pause()
        monkeypatch.undo()
        view.display = True
        await pilot.pause()
        assert "Bars count" in text(app)

    hang(test)


def test_no_size_breaks_it() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        for size in ((1, 1), (2, 3), (6, 5), (200, 60)):
            await resize(pilot, *size)
            for sight, names in [*ALL.values(), (Sight(sights.DIGITS), tuple(choosing.PICTURES))]:
                for name in names:
                    view.show(name, sight)
                    await pilot.pause()
                    assert all(len(row) <= size[0] for row in rows(app))

    hang(test)


def test_where_the_bench_is_too_small_for_a_sentence_the_line_under_it_says_it_whole() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        view, cut = app.screen.query_one(PictureView), 0
        line = app.screen.query_one(ProgressLine)
        for _ in range(len(app.screen.pictures)):  # type: ignore[attr-defined]
            await pilot.press("p")
            await settle(pilot)
            assert (line.words == view.words) == view.cut, view.words
            assert len(textwrap.wrap(view.words, line.size.width)) <= HIGHEST
            cut += view.cut
        assert cut
        await pilot.press("p")
        await settle(pilot)
        assert not app.screen.query_one("#picture-pane").display
        assert "asks for the verdict" in line.words

    views.see("laboratory", test, (60, 20))


def test_half_blocks_reach_the_screen() -> None:
    async def test(app: Wall, view: PictureView, pilot: Pilot[Any]) -> None:
        view.show("digits", sights.full())
        await pilot.pause()
        assert re.search("[▀▄█]{2}", text(app)) and "it says" in text(app)

    hang(test)
