"""Help: a page for every screen and for everything that can have the focus, and every key in words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen

from lessons.mistakes import Mistake
from tests.tui.fake import FakeGame, lesson
from tests.tui.reading import play, settle, text
from tests.tui.test_contrast import SCREENS, see
from tutor.pages import PAGES, page, pages, spoken
from tutor.preferences import Preferences
from tutor.tui import keymap
from tutor.tui.app import CastleApp
from tutor.tui.keymap import spelled
from tutor.tui.palette import OPEN, commands
from tutor.tui.screens.base import CastleScreen
from tutor.tui.screens.help import PARTS, SCROLLS, HelpScreen, about, help_text

ASKED = {
    *("title", "story", "laboratory", "why", "code", "pictures", "predict", "verdict", "question", "review"),
    *("map", "grimoire", "journal", "settings", "screen-reader", "keys", "play", "watch"),
}


def kinds() -> list[type[CastleScreen]]:
    """Every class of a screen."""
    return list(dict.fromkeys(keymap._classes(CastleScreen, "tutor.tui.screens")))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_every_screen_has_a_page(kind: type[CastleScreen]) -> None:
    assert kind.about in pages()


@pytest.mark.parametrize("path", [*PAGES.glob("*.md"), *PARTS.glob("*.md")], ids=lambda path: path.stem)
def test_every_page_is_plain_and_complete(path: Path) -> None:
    written = path.read_text(encoding="utf-8")
    title, *rest = written.splitlines()
    assert title.startswith("# ") and any(line.strip() for line in rest)
    assert "!" not in written.replace("`!`", "") and "TODO" not in written
    spell = spelled(written, {})
    assert not re.search(r"\{[a-z-]+\}", spell), "an action in braces that is none"


def test_everything_that_can_have_the_focus_says_what_it_is() -> None:
    widgets = [kind for kind in keymap._classes(keymap.Widget, "tutor.tui.widgets") if kind.can_focus]
    assert len(widgets) > 4
    for kind in widgets:
        assert any((PARTS / f"{base.__name__.lower()}.md").exists() for base in kind.__mro__), kind.__name__


def test_an_action_in_braces_is_spelled_as_its_keys() -> None:
    assert spelled("**{train}** {back} {nothing-like-it}", {}) == "**t** b or Backspace {nothing-like-it}"
    assert spelled("**{train}**", {"train": "f5,K"}) == "**F5 or K**"


def bound(screen: Screen[Any]) -> Iterator[tuple[str, str]]:
    """Every key that can be pressed on a screen and does more than to scroll, and its words."""
    for active in screen.active_bindings.values():
        if not active.binding.action.startswith(SCROLLS):
            yield active.binding.key, active.tooltip or active.binding.description


@pytest.mark.parametrize("name", [name for name in SCREENS if name not in ("help", "palette")])
def test_every_key_of_a_screen_is_in_its_help_and_what_it_does_in_the_palette(name: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, CastleScreen)
        keys = list(bound(app.screen))
        text = help_text(app.screen)
        listed = text[text.index("# The keys") : text.index("# How to play")]
        for key, words in keys:
            assert words, key
            if not key.isdigit() and not key.startswith("super+"):
                assert re.search(rf"^- \*\*(.*, )?{re.escape(keymap.shown(key))}(, .*)?\*\*: \w", listed, re.M), key
        if any(key.isdigit() for key, _ in keys):
            assert "**1 to 9**" in listed
        assert listed.count("\n- ") > 5 and "croll" not in listed
        focused = about(app.screen.focused)
        assert text.startswith(focused.split("\n")[0] or "# ")

        found = list(commands(app, app.screen))
        names = [command.title for command in found]
        for active in app.screen.active_bindings.values():
            binding = active.binding
            if active.enabled and binding.action != OPEN:
                named = any(title.startswith(f"{binding.description.capitalize()}  (") for title in names)
                assert named == bool(binding.id or active.tooltip), f"only what moves about is not there: {binding}"
        assert all(command.title and command.help for command in found)
        assert not [c.title for c in found if c.help == c.title.partition("  (")[0]], "no entry repeats itself"
        assert {"Colours"} <= set(names) and any(title.startswith("Quit") for title in names)

    see(name, test)


def test_what_can_be_chosen_is_in_the_palette_in_its_own_words() -> None:
    async def story(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        found = {command.title: command.callback for command in commands(app, app.screen)}
        found["Follow the lamp"]()
        await settle(pilot)
        assert ("choose", 2) in app.game.log

    async def laboratory(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        found = {command.title: command.callback for command in commands(app, app.screen)}
        found["dropout: 0.5"]()
        await settle(pilot)
        assert app.game.bench.settings["dropout"] == 0.5

    play(story, FakeGame())
    play(laboratory, lesson())


def test_an_action_of_the_palette_is_carried_out() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("ctrl+p")
        await pilot.pause(0.1)
        await pilot.press(*"train")
        await pilot.pause(0.3)
        await pilot.press("enter")
        await settle(pilot)
        await settle(pilot)
        assert "practise" in app.game.log

    play(test, lesson())


def test_help_begins_with_the_thing_in_hand_then_keys_then_how_to_play() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await pilot.press("1")
        await settle(pilot)
        await pilot.press("down", "f1")
        await settle(pilot)
        assert isinstance(app.screen, HelpScreen)
        heads = re.findall(r"^# (.*)$", app.screen.text, re.M)
        assert heads == ["A dial", "The laboratory", "The keys", "How to play", "With a screen reader"]
        assert app.screen.text.count("`tutor play --plain`") == 2, "both pages name the way in"
        assert "**optimiser**: " in app.screen.text and "A dial" in text(app)
        await pilot.press("escape", "c", "f1")
        await settle(pilot)
        assert re.findall(r"^# (.*)$", app.screen.text, re.M)[:3] == ["A dial", "The code", "The laboratory"]

    play(test, lesson())


def test_no_page_lies_about_unknown() -> None:
    """Every page is either a screen's, or one that is asked for by name."""
    used = {kind.about for kind in kinds()} | ASKED
    assert set(pages()) == used and all((PAGES / f"{name}.md").exists() for name in used)


@pytest.mark.parametrize("name", pages())
def test_a_page_can_be_read_line_by_line(name: str) -> None:
    told = spoken(name)
    assert told.split("\n")[0].isupper() and not re.search(r"\*\*|`|\{|^#", told, re.M)


def test_a_page_that_is_read_line_by_line_names_the_keys_that_were_chosen(tmp_path: Path) -> None:
    assert "\n  - t trains one apprentice. s stops it" in spoken("laboratory", tmp_path)
    preferences = Preferences(tmp_path)
    preferences.keep("keys.train", "k,f5")
    preferences.keep("keys.stop", "k")  # which cannot be: it is the other's
    assert "\n  - k or F5 trains one apprentice. s stops it" in spoken("laboratory", tmp_path)
    assert spoken("laboratory") == spoken("laboratory", tmp_path / "nowhere")


def test_a_page_that_is_not_there_is_named_with_the_nearest() -> None:
    assert page("Screen Reader") == page("screen-reader") and page("quiz") == page("question")
    with pytest.raises(Mistake, match="Did you mean 'journal'"):
        page("jurnal")
    with pytest.raises(Mistake, match="is not known"):
        page("../themes")
