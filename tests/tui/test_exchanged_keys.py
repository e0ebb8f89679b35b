"""With every key exchanged that can be, no screen says an old one, and the sentences say the new ones."""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.fake import FakeGame, lesson, run
from tests.tui.reading import settle
from tests.tui.test_contrast import SCREENS, bench, far
from tutor.preferences import Preferences
from tutor.tui import keymap
from tutor.tui.app import CastleApp
from tutor.tui.palette import commands
from tutor.tui.screens.base import CastleScreen
from tutor.tui.screens.help import help_text
from tutor.tui.widgets.curves import Curves

NEW = {id: chr(ord("а") + number) for number, id in enumerate(keymap.actions())}
"""A Cyrillic letter for each action: no screen has one otherwise."""
OLD = {keymap.shown(key) for action in keymap.actions().values() for key in action.keys} | {"^p"}
OLD -= {keymap.shown(key) for key in keymap._fixed()}
SAID = re.compile(rf"(?<![^\s(])({'|'.join(map(re.escape, sorted(OLD)))})(?![^\s,.;:)])")
"""An old key as a word of its own."""
SECONDS = re.compile(r"\d s\b")
DRAWN = "CodeView, CodeBlock, Curves, PictureView, Castle, #name, #diff"
"""What shows a program or a drawing, in which a letter is no key."""


def locked(folder: Path) -> FakeGame:
    return lesson(trained=False)


MORE: dict[str, tuple[Any, tuple[str, ...], str]] = {
    "locked": (locked, ("1",), "train"),
    "refused": (locked, ("1", "right"), "train"),
    "trained": (bench, ("1",), "judge"),
    "copied": (bench, ("1", "y"), "export"),
    "at the list of works": (far, ("4",), "find"),
    "no such work": (far, ("4", "slash", *"zzz"), "close"),
    "at a bench of free play": (far, ("4", "enter"), "judge"),
    "finding a dial": (far, ("4", "enter", "slash", *"zzz"), "train"),
    "typing a value": (far, ("4", "enter", "enter"), "close"),
    "at the journal": (far, ("7",), "compare"),
    "no such run": (far, ("7", "slash", *"zzz"), "close"),
    "finding a run": (far, ("7", "slash"), "compare"),
    "one run marked": (far, ("7", "space"), "compare"),
    "none marked": (far, ("7", "c"), "compare"),
    "deleted": (far, ("7", "d"), "undelete"),
    "two runs": (far, ("7", "space", "down", "c"), "next-curve"),
    "share code": (far, ("7", "r"), "take-up"),
}
"""A game, the keys that lead to a place where a sentence names a key, and the action that it names."""


async def press(app: CastleApp, pilot: Pilot[Any], *keys: str) -> None:
    """Press what the first keys have become."""
    for key in keys:
        bound = keymap._all(type(app.screen)) if isinstance(app.screen, CastleScreen) else []
        await pilot.press(next((NEW[b.id] for b in bound if b.id and b.key == key), key))
        await settle(pilot)


def see(name: str, test: Any) -> None:
    """Run a test in a place."""

    async def begin() -> None:
        preferences = Preferences(None, None, {})
        preferences.keys = dict(NEW)
        app = CastleApp(game, preferences=preferences)
        async with app.run_test(size=(120, 34), notifications=True) as pilot:
            await settle(pilot)
            assert app.chosen == NEW
            await press(app, pilot, *keys)
            if name == "palette":
                await pilot.pause(0.3)  # it looks for what fits in the background
            await test(app, pilot)

    make, keys, _ = {**SCREENS, **MORE}[name]
    with TemporaryDirectory() as folder:
        game = make(Path(folder))
        try:
            run(begin())
        finally:
            run(game.close())


def told(app: CastleApp) -> str:
    """The words on the screen, without programs and drawings; of one that lies over another, its box and its keys."""
    rows = [list(strip.text) for strip in app.screen._compositor.render_strips()]
    for box in app.screen.query("#box, #--container"):
        place = box.region
        rows = [row[place.x : place.right] for row in rows[place.y : place.bottom]] + rows[-1:]
    for place in (widget.region for widget in app.screen.query(DRAWN) if widget.display):
        for row in rows[max(place.y, 0) : place.bottom]:
            row[place.x : place.right] = " " * len(row[place.x : place.right])
    return SECONDS.sub("", "\n".join("".join(row).rstrip() for row in rows))


@pytest.mark.parametrize("name", [*SCREENS, *MORE])
def test_no_screen_says_an_old_key(name: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        said = told(app)
        true = {keymap.shown(key) for key in app.screen.active_bindings}  # such as Backspace in a line to type in
        assert len(said.split()) > 10 and not {*SAID.findall(said)} - true, said
        if isinstance(app.screen, CastleScreen):
            help = re.sub(r"`[^`]*`", "", help_text(app.screen)).replace("**", "")
            assert not {*SAID.findall(help)} - true, help
            titles = [command.title for command in commands(app, app.screen)]
            assert titles and not {key for title in titles for key in SAID.findall(title.rpartition("  ")[2])} - true

    see(name, test)


@pytest.mark.parametrize("name", MORE)
def test_a_sentence_names_the_key_that_was_chosen(name: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        *sentences, keys = told(app).split("\n")
        new = NEW[MORE[name][2]]
        assert new in (keys if name == "share code" else "\n".join(sentences))

    see(name, test)


def test_an_old_key_is_found_where_it_is_said() -> None:
    for sentence in ("t trains one", "it opens; j asks", "Press t.", "Esc leaves it", "Train  (t)", " ^p all"):
        assert SAID.search(sentence), sentence
    for sentence in ("the apprentice's own", "castle1:r=2", "What is it?", "trained"):
        assert not SAID.search(sentence), sentence


def test_a_key_that_is_exchanged_over_a_list_is_named_in_it_afterwards() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert f"{NEW['compare']} compares" in told(app)
        await press(app, pilot, "f2")
        app.prefer("keys.compare", "k")
        await press(app, pilot, "escape")
        assert "k compares" in told(app)

    see("journal", test)


def test_the_empty_curves_name_the_key_that_trains() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        waiting = f"nothing trained here yet: {NEW['train']} trains the first one"
        assert app.screen.query_one(Curves).waiting == waiting
        await press(app, pilot, "f2")
        app.prefer("keys.train", "k")
        await press(app, pilot, "escape")
        assert app.screen.query_one(Curves).waiting == "nothing trained here yet: k trains the first one"

    see("locked", test)
