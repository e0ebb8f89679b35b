"""Nobody is left out: contrast in every theme, greys where NO_COLOR asks for them, a focus that needs no colour."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rich.segment import Segment
from textual.color import Color
from textual.geometry import Region
from textual.pilot import Pilot
from textual.theme import Theme
from textual.widget import Widget

from tests.tui.fake import FakeGame, judgement, lesson, questions, run
from tests.tui.reading import settle
from tutor.preferences import Preferences
from tutor.tui.app import CastleApp
from tutor.tui.screens.ask import AskScreen
from tutor.tui.screens.help import HelpScreen
from tutor.tui.screens.predict import PredictScreen
from tutor.tui.screens.question import QuestionScreen
from tutor.tui.screens.settings import SettingsScreen
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
    assert contrast(found["turned"], found["background"]) >= wanted(theme.name), "what is under the cursor is turned round"


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


def judged() -> FakeGame:
    game = FakeGame()
    game.verdict = judgement([0.79, 0.8, 0.795, 0.81, 0.79])
    return game


def asked() -> FakeGame:
    game = FakeGame()
    game.asked = questions("quiz", "mend")
    game.asked[0].code, game.asked[0].fault = ("def f(x):", "    return x  # nothing"), 2
    return game


SCREENS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "title": (FakeGame, ()),
    "story": (FakeGame, ("1",)),
    "laboratory": (lesson, ("1",)),
    "code": (lesson, ("1", "2", "c")),
    "why": (lesson, ("1", "w")),
    "verdict": (judged, ("1",)),
    "question": (asked, ("1", "1")),
    "reason": (asked, ("1", "1", "2")),
    "predict": (lesson, ("1", "j")),
    "ask": (FakeGame, ("2",)),
    "settings": (FakeGame, ("f2",)),
    "help": (lesson, ("1", "f1")),
    "palette": (lesson, ("1", "ctrl+p")),
}
"""A game for each screen, and the keys that lead there."""


def see(name: str, test: Any, size: tuple[int, int] = (100, 30), theme: str | None = None) -> None:
    async def begin() -> None:
        make, keys = SCREENS[name]
        app = CastleApp(make(), preferences=Preferences(None, {"theme": theme}))
        async with app.run_test(size=size, notifications=True) as pilot:
            await settle(pilot)
            for key in keys:
                await pilot.press(key)
                await settle(pilot)
            if name == "palette":
                await pilot.pause(0.3)  # it looks for what fits in the background
            await test(app, pilot)

    run(begin())


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
@pytest.mark.parametrize("name", SCREENS)
def test_every_word_on_every_screen_can_be_read(name: str, theme: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        words = list(written(app))
        assert len(words) > 5
        faint = [(text, ink.hex, ground.hex) for text, ink, ground in words if contrast(ink, ground) < wanted(theme)]
        assert not faint

    see(name, test, theme=theme)


@pytest.mark.parametrize("name", SCREENS)
def test_with_no_color_every_screen_is_grey_and_can_be_read(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert app.theme == "castle-high-contrast"
        for text, ink, ground in written(app):
            assert ink.monochrome == ink and ground.monochrome == ground, text
            assert contrast(ink, ground) >= 4.5, text

    see(name, test)


def without_colour(app: CastleApp) -> list[tuple[str, ...]]:
    """The screen as one sees it who sees no colour at all: letters, bold, and what is turned round."""
    return [
        tuple(f"{s.text}{'*' * bool(s.style and s.style.bold)}{'!' * bool(s.style and s.style.reverse)}" for s in row)
        for row in painted(app)
    ]


@pytest.mark.parametrize("name", ["story", "laboratory", "code", "why", "question", "settings", "verdict"])
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
        while places == 0 or app.screen.focused is not first:
            picture = repr(without_colour(app))
            assert picture not in seen, f"{app.screen.focused} looks like {seen.get(picture)}"
            assert app.screen.focused is not None
            seen[picture] = app.screen.focused
            places += 1
            app.screen.focus_next()
            await settle(pilot)

    see(name, test)


def test_what_is_under_the_mark_of_the_palette_is_turned_round(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        turned = [s.text for row in painted(app) for s in row if s.style and s.style.reverse and s.text.strip()]
        assert turned

    see("palette", test)


def test_the_screens_that_are_looked_at_are_the_ones_that_they_are_called() -> None:
    for name, kind in (
        ("question", QuestionScreen),
        ("predict", PredictScreen),
        ("ask", AskScreen),
        ("settings", SettingsScreen),
        ("help", HelpScreen),
    ):

        async def test(app: CastleApp, pilot: Pilot[Any], kind: type = kind) -> None:
            assert isinstance(app.screen, kind)

        see(name, test)
