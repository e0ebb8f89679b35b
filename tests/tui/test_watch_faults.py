"""What a tester found while a chapter was written on the screen, so that none comes back."""

from __future__ import annotations

from typing import Any

import pytest

from tests.tui.reading import SIZES, rows, settle, text
from tests.tui.staging import Stage, held
from tests.tutor.authors import CHAPTER
from tutor.tui.screens.ask import AskScreen
from tutor.tui.screens.help import HelpScreen
from tutor.tui.screens.laboratory import LaboratoryScreen
from tutor.tui.screens.predict import PredictScreen
from tutor.tui.screens.question import QuestionScreen
from tutor.tui.screens.story import StoryScreen
from tutor.watching import AGREE_LOST, SAVED

PREDICT = 'predict = "What will it do?"\npredictions = ["rise", "fall"]\npredict_metric = "train_accuracy"\n'


async def under_way(stage: Stage, *keys: str) -> Any:
    """A run that goes on until what is returned is set."""
    go = held(stage.game)
    await stage.pilot.press(*keys)
    for _ in range(10):
        await stage.pilot.pause()
    assert stage.game.training
    return go


async def saved(stage: Stage, *edits: tuple[str, str]) -> None:
    """Save during a run, which nobody may wait for."""
    written = stage.path.read_text(encoding="utf-8")
    for old, new in edits:
        assert old in written
        written = written.replace(old, new)
    stage.path.write_text(written, encoding="utf-8")
    for _ in range(AGREE_LOST + 1):
        stage.app._look()
    stage.app._paint()
    await stage.pilot.pause(0.15)
    await stage.pilot.pause()


def test_a_save_is_told_in_the_heading_and_covers_nothing(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("1")
        await stage.save(("You knocked.", "You knocked twice."))
        assert not stage.app._notifications and "taken up " in rows(stage.app)[0]
        await stage.save(("teaches", "teachs"))
        assert "taken up" not in rows(stage.app)[0] and "Not taken up" in stage.panel

    stage(test)


@pytest.mark.parametrize("size", [(60, 20), (80, 24)])
def test_a_scene_that_has_gone_is_told_above_the_keys_as_long_as_one_stands_there(
    stage: Any, size: tuple[int, int]
) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("1")
        await stage.save(("## hall", "## room"), ("(#hall)", "(#room)"))
        assert not stage.app._notifications and "The scene 'hall' is no longer there" in stage.panel
        for said in ("A door of oak.", "1. Knock", "2. To the bench"):
            assert said in text(stage.app)
        await stage.press("1")
        assert stage.game.play.scene.id == "room" and stage.panel == ""

    stage(test, size)


def test_what_is_saved_during_a_run_is_said_at_once_and_so_are_its_mistakes(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2")
        go = await under_way(stage, "t")
        await saved(stage, ("The bench is lit", "It is dark"))
        assert stage.panel == SAVED and "The bench is lit" in text(stage.app) and stage.game.training
        await saved(stage, ("teaches", "teachs"))
        assert "Saved, but it cannot be read; the run goes on." in stage.panel and "trial.md:6:" in stage.panel
        await saved(stage, ("teachs", "teaches"))
        assert stage.panel == SAVED
        go.set()
        await settle(stage.pilot)
        await stage.look()
        assert stage.panel == "" and "It is dark" in text(stage.app) and "taken up " in rows(stage.app)[0]

    stage(test)


@pytest.mark.parametrize("fault", [('pass = "done"', 'pass = "dune"'), ("teaches", "teachs"), ("## bench", "## bank")])
def test_a_save_that_is_faulty_closes_nothing_and_is_taken_up_once_that_is_answered(
    stage: Any, fault: tuple[str, str]
) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "t", "j")
        before = stage.app.screen
        await stage.save(fault)
        assert stage.on(PredictScreen) and stage.app.screen is before and stage.game.mistakes
        assert "Not taken up: the tale goes on as it was." in stage.panel and "trial.md:" in stage.panel
        await stage.press("escape")
        await stage.look()
        held_back = fault[0] == "teaches"
        assert ("Not taken up" if held_back else "Taken up, but") in stage.panel
        assert stage.on(StoryScreen if fault[0] == "## bench" else LaboratoryScreen)

    stage(test, chapter=CHAPTER.replace("goal =", PREDICT + "goal ="))


def test_a_fault_closes_neither_the_ways_out_nor_a_question(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "x")
        await stage.save(('pass = "done"', 'pass = "dune"'))
        assert stage.on(AskScreen)
        await stage.press("1", "1", "1")
        assert stage.on(QuestionScreen)
        await stage.save(("What does dropout do?", "What might it do?"))  # the other fault is still there
        assert stage.on(QuestionScreen) and "What does dropout do?" in text(stage.app)
        await stage.save(('pass = "dune"', 'pass = "done"'))
        assert stage.on(QuestionScreen) and "What might it do?" in text(stage.app) and stage.panel == ""

    stage(test)


def test_a_chapter_that_is_deleted_is_said_to_be_gone(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        written = stage.path.read_text(encoding="utf-8")
        stage.path.unlink()
        await stage.look()
        assert stage.panel == "✗ trial.md is gone; the game goes on with what it had."
        await stage.press("1")
        assert "You knocked." in text(stage.app)
        stage.path.write_text(written.replace("You knocked.", "You knocked twice."), encoding="utf-8")
        await stage.look()
        assert stage.panel == "" and "You knocked twice." in text(stage.app)

    stage(test)


def test_the_panel_says_what_shows_all_of_the_mistakes(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.save(("teaches", "teachs"), ('right = "Zeroes', 'rihgt = "Zeroes'))
        assert "; tutor check shows all:" in stage.panel and "The first of " in stage.panel

    stage(test)


@pytest.mark.parametrize("keys", [("t",), ("j",)])
def test_dials_are_locked_during_a_run_and_it_is_said_why(stage: Any, keys: tuple[str, ...]) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "t", "2")
        bench = stage.game.bench
        assert bench.settings["dropout"] == 0.5
        go = await under_way(stage, *keys, "3", "right", "down", "1")
        await stage.pilot.pause(0.15)
        assert bench.settings == {"dropout": 0.5, "epochs": 30}
        assert [dial.value for dial in stage.app.screen.dials] == [0.5, 30]
        facts = stage.app.screen.query_one("#facts")
        assert facts.rows[-1][1] == "The dials are locked while a run is under way."
        await stage.pilot.press("1")
        await stage.pilot.pause(0.15)
        assert "(the dials are locked)" in rows(stage.app)[-2] and bench.settings["epochs"] == 30
        go.set()
        await settle(stage.pilot)
        if keys == ("t",):
            await stage.press("1")
            assert bench.settings["epochs"] == 10

    stage(test)


def test_the_title_names_what_is_on_trial(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        shown = rows(stage.app)
        name = next(n for n, row in enumerate(shown) if "C A S T L E" in row)
        assert shown[name + 1].strip() == "The Trial"
        await stage.save(("# The Trial", "# The Ordeal"))
        assert "The Ordeal" in text(stage.app) and "The Trial" not in text(stage.app)

    stage(test, begin=False)


@pytest.mark.parametrize("size", SIZES)
def test_the_ways_from_the_title_stay_in_view_beside_a_mistake(stage: Any, size: tuple[int, int]) -> None:
    async def test(stage: Stage) -> None:
        await stage.save(('id = "trial"', 'id = "trial"\n' + "frob = 1 # " + "much " * 60))
        assert stage.panel and "9. Quit" in text(stage.app), stage.panel
        await stage.save(("frob = 1 # " + "much " * 60, ""))
        assert not stage.panel and "9. Quit" in text(stage.app)

    stage(test, size=size, begin=False)


def test_help_tells_an_author_what_a_save_does(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("f1")
        assert stage.on(HelpScreen) and "While you write" in text(stage.app)

    stage(test)
