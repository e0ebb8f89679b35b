"""The grimoire: a leaf for every page that can be won, and the run by which it was."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.reading import rows, settle, text
from tests.tui.rooms import Test, furnish, game, press, visit
from tests.tui.test_contrast import contrast, wanted, written
from tests.tui.test_map import book, told
from tutor import places
from tutor.grimoire import Won
from tutor.tui.app import CastleApp
from tutor.tui.screens.grimoire import EXPORTED, GrimoireScreen
from tutor.tui.screens.title import TitleScreen
from tutor.tui.themes import THEMES
from tutor.tui.widgets.code import CodeBlock
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.ribbon import Ribbon

Size = tuple[int, int]


def opened(test: Test, folder: Path, *keys: str, done: int = 6, size: Size = (80, 24)) -> None:
    """Open the book at the gate, six chapters into the tale."""
    furnish(folder, done)
    visit(test, game(folder), "6", *keys, size=size)


def seen(app: CastleApp, name: str) -> str:
    """What stands in a part of the leaf; empty where it is not shown."""
    (part,) = app.screen.query(name)
    return " ".join(str(part.render()).split()) if part.region.area else ""


@pytest.mark.parametrize("size", [(80, 24), (100, 30), (160, 50)])
def test_a_page_says_what_it_does_and_shows_the_run_that_is_its_evidence(tmp_path: Path, size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert isinstance(app.screen, GrimoireScreen)
        assert "7 of 15 pages won" in rows(app)[0] and "leaf 7 of 15" in rows(app)[0]
        assert "Weight decay (L2)" in text(app)
        assert "pulls every weight towards zero" in seen(app, "#does") and "AdamW." in seen(app, "#does")
        assert seen(app, "#won") == "won in The Iron Collar, worst copies"
        assert "weight_decay=" in seen(app, "CodeBlock") and "torch.optim.SGD" in seen(app, "CodeBlock")
        measured = seen(app, "#measured")
        assert "your best run, 2 apprentices" in measured and "test accuracy 80.0% ± 1.0%" in measured
        assert "exact zeros" not in measured, "what is nothing on every seed says nothing"
        assert "night 30" in text(app) and len(app.screen.query_one(Curves).series) == 2
        assert rows(app)[-1].startswith(" ←→ next leaf")

    opened(test, tmp_path, size=size)


def test_the_smallest_window_scrolls_the_leaf(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "Weight decay (L2)" in text(app) and "night 30" not in text(app)
        await press(pilot, "pagedown", "pagedown")
        assert "night 30" in text(app) and "Weight decay (L2)" not in text(app)

    opened(test, tmp_path, size=(60, 20))


def test_the_line_of_pytorch_is_that_of_the_run(tmp_path: Path) -> None:
    furnish(tmp_path, 11)
    made = game(tmp_path)
    made.load()
    for page in made.book.pages():
        value = getattr(page.report.recipe, page.setting)
        assert places.line(page) and (isinstance(value, (bool, str, tuple)) or f"{value:g}" in places.line(page))
    gone = Won("magic", "It is magic.", "wand", "no-mirror/dining-hall", page.report)
    assert places.line(gone) == ""
    made.book.close()


def test_leaves_are_turned_one_by_one_to_the_covers_and_by_clicking(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        turned = [("left", "Dropout"), ("home", "Learning rate"), ("left", "Learning rate"), ("right", "Activation")]
        turned += [("end", "The Long Night"), ("right", "The Long Night"), ("left", "The Master's Trial")]
        for key, title in turned:
            await press(pilot, key)
            assert seen(app, "#technique") == title, key
        ribbon = app.screen.query_one(Ribbon)
        assert str(ribbon.render()).split() == [*"1234567", *"······", "‹·›", "·"]
        await pilot.click(Ribbon, offset=(str(ribbon.render()).index("2"), 0))
        await settle(pilot)
        assert seen(app, "#technique") == "Activation"

    opened(test, tmp_path)


def test_a_page_not_yet_won_is_an_empty_leaf_with_its_chapter(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "right")
        assert seen(app, "#technique") == "The Hungry Knife" and "┈┈┈┈" in text(app)
        assert not any(seen(app, part) for part in ("#does", "#won", "#measured", "CodeBlock"))
        assert "L1" not in text(app) and "sparsity" not in text(app)
        await press(pilot, "left")
        assert seen(app, "#measured") and "┈" not in text(app)

    opened(test, tmp_path)


def test_an_empty_book_says_so_in_one_sentence(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert "0 of 15 pages won" in rows(app)[0] and seen(app, "#does") == places.EMPTY
        await press(pilot, "e")
        assert told(app) == [places.EMPTY]

    visit(test, game(tmp_path), "6")


def test_a_tale_without_pages_says_that(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert seen(app, "#does") == places.NO_PAGES
        await press(pilot, "right", "left", "end", "escape")
        assert isinstance(app.screen, TitleScreen)

    visit(test, game(tmp_path / "home", chapter=book(tmp_path / "book", 2)), "6")


def test_a_page_of_a_chapter_that_is_no_longer_there_stays_in_the_book(tmp_path: Path) -> None:
    furnish(tmp_path, 1)
    made = game(tmp_path)
    made.load()
    (page,) = made.book.pages()
    made.book.add_page(Won("waiting", "It waits.", "patience", "the-cellar/stairs", page.report))
    leaves = places.leaves(made)
    assert len(leaves) == 16 and leaves[-1].won and leaves[-1].chapter == "the-cellar"
    assert places.newest(made, leaves) == 15
    made.book.close()


def test_a_regression_shows_its_losses(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "home")
        assert app.screen.query_one(Curves).share is (app.game.book.pages()[0].report.recipe.task == "classification")
        assert seen(app, "CodeBlock") == seen(app, "CodeBlock").strip() != ""

    opened(test, tmp_path, done=1)


def test_all_pages_are_written_as_one_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "e")
        assert told(app) == [f"Written: {folder / EXPORTED}"]
        written = (folder / EXPORTED).read_text(encoding="utf-8")
        compile(written, EXPORTED, "exec")
        assert "class DropoutNet" in written and "class WeightDecayL2Net" in written

    opened(test, tmp_path / "home")
    (folder / EXPORTED).write_text("mine", encoding="utf-8")

    async def refused(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "e")
        assert told(app) == [
            f"Not written: {EXPORTED} exists and is no grimoire. Write it elsewhere: tutor export grimoire -o FILE.py"
        ]
        assert (folder / EXPORTED).read_text(encoding="utf-8") == "mine"

    visit(refused, game(tmp_path / "home"), "6")


@pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
def test_every_word_can_be_read_in_every_theme(tmp_path: Path, theme: str) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        app.theme = theme
        await settle(pilot)
        for key in ("right", "left"):
            await press(pilot, key)
            faint = [(said, ink.hex) for said, ink, ground in written(app) if contrast(ink, ground) < wanted(theme)]
            assert faint == []

    opened(test, tmp_path, size=(100, 30))


def test_no_line_where_its_setting_is_gone(tmp_path: Path) -> None:
    furnish(tmp_path, 1)
    made = game(tmp_path)
    made.load()
    (page,) = made.book.pages()
    made.book.add_page(Won("magic", "It is magic.", "wand", "the-knock/first-figures", page.report))
    made.book.close()

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert seen(app, "#technique") == "Magic" and not app.screen.query_one(CodeBlock).region.area
        await press(pilot, "home")
        assert app.screen.query_one(CodeBlock).region.area

    visit(test, game(tmp_path), "6")
