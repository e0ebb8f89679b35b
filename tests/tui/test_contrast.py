"""Nobody is left out: contrast in every theme, greys where NO_COLOR asks for them, a focus that needs no colour."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.geometry import Region
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widget import Widget

from tests.tui import rooms
from tests.tui.fake import FakeGame, judgement, lesson, questions, run
from tests.tui.reading import settle
from tutor.game import Game
from tutor.preferences import Preferences
from tutor.tui.app import CastleApp
from tutor.tui.themes import MEANINGS, THEMES

INKS = ("turned", "count", "met", "muted", "training", "validation", "truth", "falsehood", "spoken")
"""The colours that words are written in, besides that of the text."""
PLAIN = ("background", "panel", "heading-bg", "cursor-bg")
"""The grounds that any of them may stand on."""
CODE = ("turned", "met", "muted", "training")
"""The inks of a line of code, which may be lit."""


def luminance(colour: Color) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in colour.normalized)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2.2, from 1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def wanted(theme: str) -> float:
    return 7.0 if theme == "castle-high-contrast" else 4.5


def colours(theme: Theme) -> dict[str, Color]:
    named = {"text": theme.foreground, "background": theme.background, "panel": theme.panel, **theme.variables}
    return {name: Color.parse(value) for name, value in named.items() if value}


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
    assert contrast(Color.parse("#767676"), Color.parse("#fff")) == pytest.approx(4.54, abs=0.01)


def test_every_colour_of_ours_is_an_ink_a_ground_or_a_line() -> None:
    assert set(MEANINGS) == {*INKS, "heading-bg", "cursor-bg", "lit", "rule"}


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_ink_can_be_read_on_every_ground(theme: Theme) -> None:
    found = colours(theme)
    pairs = [(ink, ground) for ink in ("text", *INKS) for ground in PLAIN] + [(ink, "lit") for ink in ("text", *CODE)]
    faint = {pair: contrast(found[pair[0]], found[pair[1]]) for pair in pairs}
    assert {pair: ratio for pair, ratio in faint.items() if ratio < wanted(theme.name)} == {}
    assert contrast(found["turned"], found["background"]) >= wanted(theme.name), (
        "what is under the cursor is turned round"
    )


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_every_ink_can_be_read_in_greys(theme: Theme) -> None:
    found = {name: colour.monochrome for name, colour in colours(theme).items()}
    for ink in ("text", *INKS):
        for ground in ("background", "panel"):
            assert contrast(found[ink], found[ground]) >= 4.5, (ink, ground)


# on the screens themselves


def painted(app: CastleApp) -> list[list[Segment]]:
    """What the terminal is given, row by row; of a box that lies over a screen, only the box."""
    boxes = [box.region for box in app.screen.query("#box, #--input, CommandList")]
    place = Region.from_union(boxes) if boxes else app.screen.region
    strips = app.screen._compositor.render_strips()[place.y : place.bottom]
    return [list(strip.crop(place.x, place.right)) for strip in strips]


def written(app: CastleApp) -> Iterator[tuple[str, Color, Color]]:
    """Words on the screen, their ink and their ground."""
    for row in painted(app):
        for segment in row:
            style = segment.style
            if any(letter.isalnum() for letter in segment.text) and style and style.color and style.bgcolor:
                ink, ground = Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)
                yield segment.text.strip(), *((ground, ink) if style.reverse else (ink, ground))


def told(folder: Path) -> FakeGame:
    return FakeGame()


def bench(folder: Path) -> FakeGame:
    return lesson()


def judged(folder: Path) -> FakeGame:
    game = FakeGame()
    game.verdict = judgement([0.79, 0.8, 0.795, 0.81, 0.79])
    return game


def asked(folder: Path) -> FakeGame:
    game = FakeGame()
    game.asked = questions("quiz", "mend")
    game.asked[0].code, game.asked[0].fault = ("def f(x):", "    return x  # nothing"), 2
    return game


def due(folder: Path) -> FakeGame:
    game = FakeGame()
    game.again = questions("quiz", "quiz")
    return game


def far(folder: Path) -> Game:
    """The real tale, six chapters on."""
    rooms.furnish(folder, 6)
    return rooms.game(folder)


BACK = "Take back the last step of the tale"
SCREENS: dict[str, tuple[Any, tuple[str, ...], str]] = {
    "title": (told, (), "TitleScreen"),
    "story": (told, ("1",), "StoryScreen"),
    "laboratory": (bench, ("1",), "LaboratoryScreen"),
    "code": (bench, ("1", "2", "c"), "LaboratoryScreen"),
    "why": (bench, ("1", "w"), "LaboratoryScreen"),
    "picture": (bench, ("1", "p"), "LaboratoryScreen"),
    "verdict": (judged, ("1",), "VerdictScreen"),
    "question": (asked, ("1", "1"), "QuestionScreen"),
    "reason": (asked, ("1", "1", "2"), "QuestionScreen"),
    "predict": (bench, ("1", "j"), "PredictScreen"),
    "ask": (told, ("2",), "AskScreen"),
    "review": (due, ("5",), "ReviewScreen"),
    "map": (far, ("3",), "MapScreen"),
    "grimoire": (far, ("6",), "GrimoireScreen"),
    "journal": (far, ("7",), "JournalScreen"),
    "run": (far, ("7", "enter"), "RunScreen"),
    "compare": (far, ("7", "space", "down", "c"), "CompareScreen"),
    "works": (far, ("4",), "WorksScreen"),
    "free": (far, ("4", "enter"), "OpenBenchScreen"),
    "settings": (told, ("f2",), "SettingsScreen"),
    "help": (bench, ("1", "f1"), "HelpScreen"),
    "palette": (bench, ("1", "ctrl+p"), "CommandPalette"),
}
"""A game for each screen, the keys that lead there, and what is there then."""


def see(name: str, test: Any, size: tuple[int, int] = (100, 30), theme: str | None = None) -> None:
    """Run a test on a screen."""

    async def begin() -> None:
        app = CastleApp(game, preferences=Preferences(None, {"theme": theme}))
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            if name == "palette":
                await pilot.pause(0.3)  # it looks for what fits in the background
            assert type(app.screen).__name__ == kind
            await test(app, pilot)

    make, keys, kind = SCREENS[name]
    with TemporaryDirectory() as folder:
        game = make(Path(folder))
        try:
            run(begin())
        finally:
            run(game.close())


@pytest.mark.parametrize("name", SCREENS)
def test_every_word_on_every_screen_can_be_read(name: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        # The palette is painted once, when it opens.
        for theme in [app.current_theme] if name == "palette" else THEMES:
            app.theme = theme.name
            await settle(pilot)
            words = list(written(app))
            assert len(words) > 5
            low = wanted(theme.name)
            faint = [(text, ink.hex, ground.hex) for text, ink, ground in words if contrast(ink, ground) < low]
            assert not faint, theme.name

    for first in THEMES if name == "palette" else THEMES[:1]:
        see(name, test, theme=first.name)


@pytest.mark.parametrize("name", SCREENS)
def test_with_no_color_every_screen_is_grey_and_can_be_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert app.theme == "castle-high-contrast"
        for text, ink, ground in written(app):
            assert ink.monochrome == ink and ground.monochrome == ground, text
            assert contrast(ink, ground) >= 4.5, text

    see(name, test)


def without_colour(app: CastleApp) -> list[list[tuple[object, ...]]]:
    """The screen for one who sees no colour at all: letters, bold, underlined, turned round."""
    return [
        [(s.text, *((s.style.bold, s.style.underline, s.style.reverse) if s.style else ())) for s in row]
        for row in painted(app)
    ]


@pytest.mark.parametrize(
    "name",
    [
        *("story", "laboratory", "code", "why", "question", "settings", "verdict", "map", "journal", "works"),
        *("free", "predict", "grimoire", "review"),
    ],
)
def test_where_the_focus_is_can_be_seen_without_colour(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        seen: dict[str, Widget | None] = {}
        first, places = app.screen.focused, 0
        app.screen.set_focus(None)
        await settle(pilot)
        seen[repr(without_colour(app))] = None
        app.screen.set_focus(first)
        await settle(pilot)
        while places == 0 or (app.screen.focused is not first and places < 12):
            picture = repr(without_colour(app))
            assert picture not in seen, f"{app.screen.focused} looks like {seen.get(picture)}"
            assert app.screen.focused is not None
            seen[picture] = app.screen.focused
            places += 1
            app.screen.focus_next()
            await settle(pilot)

    see(name, test)


@pytest.mark.parametrize("name", ["run", "compare", "help"])
def test_a_page_needs_no_mark_for_it_alone_can_have_the_focus(name: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        page = app.screen.query_one("#page")
        assert app.screen.focus_chain == [page] and app.focused is page
        await pilot.press("tab")
        await settle(pilot)
        assert app.focused is page

    see(name, test)


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
def test_what_is_under_the_mark_of_the_palette_stands_out(theme: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        ground = Color.parse(app.current_theme.panel or "")
        turned = Color.parse(app.current_theme.variables["turned"])
        assert {words for words, _, under in written(app) if under == turned} == {"Back  (b)", BACK}
        assert contrast(turned, ground) >= 3
        assert app.screen.query_one("#--input").region.width <= 84

    see("palette", test, theme=theme)


def test_what_is_under_the_mark_of_the_palette_is_underlined(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        lines = [" ".join(s.text for s in row if s.style and s.style.underline) for row in painted(app)]
        assert [n for n, line in enumerate(lines) if "(" in line] == [5], "one command, and it alone"

    see("palette", test)
