"""The panes of a bench: the goal above the dials, what was tried, what numbers belong to, and the way back by Esc."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from textual.pilot import Pilot

from lessons import goals
from lessons.challenge import Offer, Way
from tests.tui.fake import CHALLENGE, FakeBench, FakeGame, learning, lesson, made
from tests.tui.reading import SIZES, play, rows, settle, text, words
from tests.tui.rooms import game, press, visit
from tests.tui.test_free_laboratory import entered
from tutor import journal
from tutor.savebook import Run
from tutor.tui.app import CastleApp
from tutor.tui.screens import benchview
from tutor.tui.screens.laboratory import MANY, LaboratoryScreen
from tutor.tui.screens.title import TitleScreen
from tutor.tui.widgets.tries import LEAST, Tries

Size = tuple[int, int]
OFFERS = (
    Offer("activation", ("sigmoid", "tanh", "relu"), "sigmoid"),
    Offer("norm", ("none", "batch", "layer"), "none"),
    Offer("init", ("default", "kaiming_normal"), "default"),
    Offer("shift", (0, 2, 10), 0),
    Offer("dropout", (0.0, 0.2, 0.5), 0.0),
    Offer("schedule", ("constant", "cosine"), "constant"),
    Offer("lr", (0.001, 0.003, 0.01), 0.001),
    Offer("epochs", (30, 40), 30),
)
WAYS = (Way(goals.parse("test_accuracy >= 0.75"), "pass"), Way(goals.parse("train_accuracy <= 0.9"), "pass"))


def trial() -> FakeGame:
    """A lesson with eight dials and two goals of which one is enough."""
    found = lesson()
    found.bench = FakeBench(replace(CHALLENGE, offers=OFFERS, ways=WAYS))
    found.bench.last = replace(made(), recipe=found.bench.challenge.recipe_for({}))
    return found


@pytest.mark.parametrize("size", [(60, 20), *SIZES, (160, 50)])
def test_the_goals_stay_above_eight_dials_whichever_is_in_hand(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1")
        screen = app.screen
        assert len(screen.dials) == 8 > MANY
        for dial in screen.dials:
            assert screen.focused is dial and dial.region.bottom <= screen.query_one("#dials").region.bottom
            top = next(y for y, row in enumerate(rows(app)) if "goal test accuracy at least 75.0%" in row)
            assert "or   training accuracy at most" in "\n".join(rows(app)[top + 1 : top + 3])
            assert top < dial.region.y
            await press(pilot, "down")
        assert (sum("▸" in row for row in rows(app))) == 1

    play(test, trial(), size)


def test_at_the_usual_size_eight_dials_are_seen_at_once_and_what_was_reached() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1", "down", "right")
        for said in ("activation", "learning rate", "epochs", "last 66.3%", "training accuracy", "night 30"):
            assert said in words(app), said
        await press(pilot, "w")
        assert "Srivastava" in text(app) and "activation" not in text(app), "theory takes the whole bench all the same"

    play(test, trial())


@pytest.mark.parametrize("size", SIZES)
def test_numbers_of_other_settings_say_of_which(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1")
        assert "last 66.3% (practice, one seed)" in words(app) and "with dropout" not in words(app)
        await press(pilot, "3")
        assert app.game.bench.settings["dropout"] == 0.5
        assert "66.3% (practice, one seed) with dropout 0" in told(app) and "measured with dropout 0 " in text(app)
        app.game.bench.running = learning(12, (1000, 1001))
        app.follow()
        await settle(pilot)
        assert "measured " in text(app) and "measured with" not in text(app), "of a run under way"
        app.game.bench.running = None
        app.follow()
        await press(pilot, "1")
        assert "with dropout" not in words(app)

    play(test, lesson(), size)


def told(app: CastleApp) -> str:
    """What stands under the dials, in a line."""
    return " ".join(said for _, said, _ in app.screen.query_one("#facts").rows)


def test_of_many_settings_that_differ_three_are_named() -> None:
    bench: Any = trial().bench
    recipe = bench.challenge.recipe_for({"norm": "batch", "dropout": 0.5})
    assert journal.settled(recipe, bench.settings) == "normalisation batch, dropout 0.5"
    recipe = bench.challenge.recipe_for({"norm": "batch", "dropout": 0.5, "lr": 0.01, "epochs": 40, "shift": 2})
    assert journal.settled(recipe, bench.settings) == "normalisation batch, shift 2, dropout 0.5 and 2 more"
    assert journal.apart(bench, None) == "" == journal.apart(bench, bench.last)


# what was tried


def test_tries_say_what_was_turned_and_what_came_of_it() -> None:
    bench: Any = lesson().bench
    tried = [
        Run("verdict", {}, replace(made((1, 2, 3)), recipe=bench.challenge.recipe_for({"dropout": 0.5}))),
        Run("practice", {}, made(diverged=True)),
        Run("practice", {}, made()),
    ]
    stands: Any = SimpleNamespace(tried=tried, challenge=bench.challenge)
    assert benchview.tries(stands, ["validation_accuracy"]) == [
        ("your tries", "validation accuracy"),
        ("dropout 0.5", "test 66.3% ± 0.5%"),
        ("as found", "diverged"),
        ("as found", "66.3%"),
    ]
    (titles, *_, oldest) = benchview.tries(stands, ["validation_accuracy", "test_accuracy"])
    assert titles[1] == "validation accuracy, test accuracy" and oldest[1] == "66.3%, 66.3%"
    stands.tried = []
    assert benchview.tries(stands, ["validation_accuracy"]) == []


@pytest.mark.parametrize(("size", "seen"), [((160, 50), True), ((80, 24), False)])
def test_tries_stand_under_the_measures_where_there_is_room(size: Size, seen: bool) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1")
        assert (app.screen.query_one(Tries).size.height >= LEAST) == seen
        assert any("your tries" in row and "validation accuracy" in row for row in rows(app)) == seen
        assert any("as found" in row and row.endswith("66.3%") for row in rows(app)) == seen

    play(test, lesson(), size)


def test_a_bench_of_free_play_lists_its_tries_too(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "t", "right", "t", "j")
        listed = [row for row in rows(app) if "dropout 0.1  " in row or "as found  " in row]
        assert ["test 90.0%" in row for row in listed] == [True, False, False] and "50.0%" in listed[-1]

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path), size=(160, 50))


# titles


@pytest.mark.parametrize("size", [*SIZES, (160, 50)])
def test_titles_are_small_and_stand_free(size: Size) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1")
        for names in ("tale · why", "dials", "accuracy, night by night", "measured"):
            assert any(f"─ {names} " in row for row in rows(app)), names
        assert ("─ code ─" in text(app)) == (size[0] >= 100) != ("why · code ─" in text(app))

    play(test, lesson(), size)


@pytest.mark.parametrize("name", ["tale", "why", "code"])
def test_the_page_in_hand_has_no_colour_of_its_own_in_a_title_that_is_turned_round(name: str) -> None:
    pages = ("tale", "why", "code")
    assert f"[b u]{name}[/]" in benchview.tabs(pages, name, in_hand=True)
    assert f"[b u $foreground]{name}[/]" in benchview.tabs(pages, name, in_hand=False)

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1", *{"tale": "", "why": "w", "code": "c"}[name])
        pane = app.screen.query_one("#code-pane" if name == "code" else "#tale-pane")
        app.screen.set_focus(pane.query_one("CodeView" if name == "code" else f"#{name}"))
        await settle(pilot)
        assert pane.has_focus_within
        title = [seg for seg in app.screen._compositor.render_strips()[1] if seg.text.strip() in (*pages, "·")]
        looks = {(seg.style.color, seg.style.bgcolor, seg.style.reverse) for seg in title}
        assert len(title) == 5 and len(looks) == 1 and looks.pop()[2], "turned round from end to end"
        assert [seg.text for seg in title if seg.style.underline and seg.style.bold] == [name]

    play(test, lesson())


# the way back


def test_esc_closes_the_page_then_the_picture_and_leads_to_the_gate_only_then() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1", "p", "w")
        screen = app.screen
        assert isinstance(screen, LaboratoryScreen) and "w or Esc closes this page." in words(app)
        await press(pilot, "escape")
        assert app.screen is screen and "The table was laid" in words(app) and "dropout at work" in text(app)
        assert "closes this page" not in words(app)
        await press(pilot, "escape")
        assert app.screen is screen and "accuracy, night by night" in text(app)
        await press(pilot, "c", "escape")
        assert app.screen is screen and "class Net" not in text(app) and screen.focused in screen.dials
        await press(pilot, "escape")
        assert isinstance(app.screen, TitleScreen)

    play(test, lesson())


@pytest.mark.parametrize("keys", [(), ("c",), ("p",)])
def test_with_room_esc_has_only_the_theory_to_close(keys: tuple[str, ...]) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1", *keys, "w")
        assert "closes this page" not in words(app), "it hides nothing"
        await press(pilot, "escape")
        assert isinstance(app.screen, LaboratoryScreen) and "The table was laid" in words(app)
        await press(pilot, "escape")
        assert isinstance(app.screen, TitleScreen)

    play(test, lesson(), (120, 34))


def test_what_comes_of_a_run_is_said_over_the_theory_too() -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1", "w", "t")
        assert "short by 8.7 points" in words(app) and "closes this page" not in words(app)
        await press(pilot, "w", "w")
        assert "closes this page" in words(app)
        await pilot.resize_terminal(120, 34)
        await settle(pilot)
        await settle(pilot)
        assert "closes this page" not in words(app) and "←→ turns a dial; t trains one apprentice" in words(app)

    play(test, lesson())


def test_at_a_bench_of_free_play_esc_closes_the_program_and_the_picture_first(tmp_path: Path) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        bench = app.screen
        await press(pilot, "c")
        assert "class Net" in text(app)
        await press(pilot, "escape")
        assert app.screen is bench and "class Net" not in text(app)
        await press(pilot, "p", "escape")
        assert app.screen is bench and bench.picture == -1 and "accuracy, night by night" in text(app)
        await press(pilot, "escape")
        assert app.screen is not bench

    visit(lambda app, pilot: entered(app, pilot, "moons", test), game(tmp_path))


@pytest.mark.parametrize("trained", [True, False])
def test_what_a_bench_invites_to_fits_a_row(trained: bool) -> None:
    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        await press(pilot, "1")
        assert rows(app)[-2].endswith("verdict." if trained else "then the dials open.")
        assert app.screen.query_one("ProgressLine").size.height == 1

    play(test, lesson(trained))
