"""A chapter that is edited while it is on the screen."""

from __future__ import annotations

import os
from typing import Any

import pytest
from textual.pilot import Pilot

from tests.tui.reading import SIZES, rows, settle, text, words
from tests.tui.staging import Stage, held
from tests.tutor.authors import CHAPTER
from tutor.tui.app import CastleApp
from tutor.tui.screens.ask import AskScreen
from tutor.tui.screens.help import HelpScreen
from tutor.tui.screens.laboratory import LaboratoryScreen
from tutor.tui.screens.map import MapScreen
from tutor.tui.screens.predict import PredictScreen
from tutor.tui.screens.question import QuestionScreen
from tutor.tui.screens.story import StoryScreen
from tutor.tui.screens.verdict import VerdictScreen
from tutor.tui.widgets.mistakes import Mistakes
from tutor.watching import AGREE_LOST

PREDICT = 'predict = "What will it do?"\npredictions = ["rise", "fall"]\npredict_metric = "train_accuracy"\n'


def test_new_prose_and_choices_at_the_same_scene(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("1")
        await stage.save(("You knocked.", "You knocked twice."), ("What does", "What might"))
        assert "You knocked twice." in words(stage.app) and "taken up " in rows(stage.app)[0]
        assert stage.game.play.scene.id == "hall" and stage.panel == ""
        await stage.press("b")
        await stage.save(("[Knock]", "[Knock hard]"))
        assert "1. Knock hard" in text(stage.app)

    stage(test)


def test_the_timer_itself_looks(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        beside = stage.path.with_name("trial.md.new")
        beside.write_text(CHAPTER.replace("oak", "elm"))
        os.replace(beside, stage.path)
        for _ in range(200):
            await stage.pilot.pause(0.05)
            if "elm" in text(stage.app):
                return
        raise AssertionError(text(stage.app))

    stage(test)


@pytest.mark.parametrize("size", [(60, 20), *SIZES])
def test_a_mistake_stays_on_the_screen_until_it_is_mended(stage: Any, size: tuple[int, int]) -> None:
    async def test(stage: Stage) -> None:
        await stage.save(("teaches", "teachs"), ("oak", "elm"), ('right = "Zeroes', 'rihgt = "Zeroes'))
        stage.app.clear_notifications()
        await settle(stage.pilot)
        said = words(stage.app)
        assert "✗ Not taken up: the tale goes on as it was. The first of" in said
        assert "trial.md:6: key 'teachs' is not known. Did you mean 'teaches'?" in said
        for row in ("oak", "1. Knock", "2. To the bench", "F1"):
            assert row in said
        await stage.press("2")
        assert stage.on(LaboratoryScreen) and "trial.md:6:" in words(stage.app) and "dropout" in text(stage.app)
        await stage.press("escape")
        assert "trial.md:6:" in words(stage.app) and "1. Continue" in text(stage.app)
        await stage.press("1", "b")
        await stage.save(("teachs", "teaches"), ("rihgt", "right"))
        assert stage.panel == "" and "elm" in text(stage.app) and "trial.md" not in text(stage.app)

    stage(test, size)


@pytest.mark.parametrize("size", [(60, 20), (80, 24), (100, 30)])
def test_the_panel_hides_no_choice(stage: Any, size: tuple[int, int]) -> None:
    long = "\n\n".join(f"Passage {n}: and it went on for a while in the dark, step after step." for n in range(20))
    more = "".join(f"- [Way {n}](#hall)\n" for n in range(3, 6))

    async def test(stage: Stage) -> None:
        await stage.save(('"trial"', '"trial'))
        stage.app.clear_notifications()
        await settle(stage.pilot)
        for said in ("Passage 0", "1. Knock", "2. To the bench", "3. Way 3", "5. Way 5", "trial.md:5"):
            assert said in text(stage.app), text(stage.app)

    chapter = CHAPTER.replace("A door of oak.", long).replace("- [To the bench](#bench)\n\n## hall", f"{more}\n## hall")
    stage(test, size, chapter.replace("- [Way 3]", "- [To the bench](#bench)\n- [Way 3]", 1))


def test_what_is_taken_up_though_something_is_wrong_says_so(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.save(("oak", "elm"), ("(#hall)", "(#hal)"))
        assert "elm" in text(stage.app)
        assert "Taken up, but something is still wrong." in stage.panel and "Did you mean 'hall'?" in stage.panel
        await stage.press("1")  # leads nowhere, and ends nothing
        assert stage.on(StoryScreen) and stage.game.play.scene.id == "door"

    stage(test)


def test_the_scene_in_which_one_stands_is_deleted(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("1", "1")
        assert stage.on(QuestionScreen)
        await stage.save(("## hall", "## room"), ("(#hall)", "(#room)"))
        assert stage.on(StoryScreen) and "A door of oak." in text(stage.app)
        assert "The scene 'hall' is no longer there" in words(stage.app)

    stage(test)


def test_the_dials_change_under_the_hand(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "t", "2")
        before = stage.app.screen
        assert stage.game.bench.settings["dropout"] == 0.5
        await stage.pilot.press("down", "1")  # not settled yet: the look does it
        await stage.save(("setting.dropout", "setting.weight_decay"), ("[0.0, 0.5, 0.9]", "[0.0, 0.01]"))
        assert stage.game.mistakes and stage.app.screen is before  # the solution does not fit
        await stage.save(("{ dropout = 0.5 }", "{ weight_decay = 0.01 }"))
        stage.app.clear_notifications()
        await settle(stage.pilot)
        assert stage.on(LaboratoryScreen) and "weight decay" in text(stage.app) and stage.panel == ""
        assert stage.game.bench.settings == {"weight_decay": 0.0, "epochs": 10} and not stage.game.bench.locked
        await stage.press("2")
        assert stage.game.bench.settings["weight_decay"] == 0.01

    stage(test)


def test_prose_of_a_lesson_changes_and_its_bench_does_not(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "t", "w")
        before = stage.app.screen
        await stage.save(("Dropout drops units.", "Dropout drops some units."), ("The bench is lit", "It is dark"))
        assert stage.app.screen is before and "Dropout drops some units." in words(stage.app)
        await stage.press("w")
        assert "It is dark" in text(stage.app) and "x leave" in rows(stage.app)[-1]
        await stage.save(("- [Back to the door](#door)\n", ""))
        assert stage.app.screen is before and "x leave" not in rows(stage.app)[-1]

    stage(test)


def test_a_lesson_becomes_a_tale_and_a_lesson_again(stage: Any) -> None:
    start = CHAPTER.index("```toml lesson")
    fence = CHAPTER[start : CHAPTER.index("```", start + 3) + 3]
    why = "### Why\n\nDropout drops units.\n"

    async def test(stage: Stage) -> None:
        await stage.press("2")
        await stage.save((fence, "Nothing stands here."), (why, ""))
        assert not stage.game.stale, stage.game.mistakes
        assert stage.on(StoryScreen) and "Nothing stands here." in text(stage.app)
        await stage.save(("Nothing stands here.", fence))
        assert stage.on(LaboratoryScreen)

    stage(test)


def test_nothing_changes_during_a_run(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2")
        game, go = stage.game, held(stage.game)
        await stage.pilot.press("t")
        await stage.pilot.pause()
        stage.path.write_text(CHAPTER.replace("The bench is lit", "It is dark").replace(">= 0.75", ">= 0.8"))
        for _ in range(AGREE_LOST + 1):
            stage.app._look()
        await stage.pilot.pause()
        assert game.training and "The bench is lit" in text(stage.app) and "75.0%" in text(stage.app)
        go.set()
        await settle(stage.pilot)
        await stage.look()
        assert not game.training and "It is dark" in text(stage.app) and "80.0%" in text(stage.app)
        assert not game.bench.locked

    stage(test)


def test_broken_at_launch_it_begins_by_itself(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        assert "trial.md:4:" in words(stage.app) and "as soon as the chapter can be read" in words(stage.app)
        await stage.press("1", "2", "3", "f1", "escape")
        await stage.save(("format = ", "format = 1"))
        assert stage.on(StoryScreen) and "A door of oak." in text(stage.app) and stage.panel == ""

    stage(test, chapter=CHAPTER.replace("format = 1", "format = "), begin=False)


def test_a_question_that_is_open_is_the_one_that_is_written(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("1", "1")
        await stage.save(("What does dropout do?", "What might dropout do?"))
        assert stage.on(QuestionScreen) and "What might dropout do?" in text(stage.app)
        await stage.press("1")
        assert "You said:" in text(stage.app)
        await stage.save(("What might dropout do?", "What may dropout do?"))
        assert "You said:" in text(stage.app)  # the reason is read to its end
        await stage.press("enter")
        assert stage.on(QuestionScreen) and "What may dropout do?" in text(stage.app)
        start = CHAPTER.index("```toml quiz")
        quiz = CHAPTER[start : CHAPTER.index("```", start + 3) + 3].replace("does dropout", "may dropout")
        await stage.save((quiz, ""))
        assert stage.on(StoryScreen) and "1. To the bench" in text(stage.app)

    stage(test)


def test_a_prediction_that_is_open_closes_where_another_lesson_begins(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "t", "j")
        assert stage.on(PredictScreen)
        await stage.save(("The bench is lit", "It is dark"))
        assert stage.on(PredictScreen)
        await stage.save(("What will it do?", "What would it do?"))
        assert stage.on(LaboratoryScreen)
        await stage.press("j")
        assert "What would it do?" in text(stage.app)

    stage(test, chapter=CHAPTER.replace("goal =", PREDICT + "goal ="))


def test_ways_that_are_offered_are_closed(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "x")
        assert stage.on(AskScreen)
        await stage.save(("- [Back to the door](#door)", "- [To the hall](#hall)\n- [Back to the door](#door)"))
        assert stage.on(LaboratoryScreen)
        await stage.press("x", "1")
        assert stage.game.play.scene.id == "hall"

    stage(test)


def test_the_map_is_of_what_is_written(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("escape", "3")
        await stage.save(("# The Trial", "# The Ordeal"))
        assert stage.on(MapScreen) and "The Ordeal" in text(stage.app)

    stage(test)


def test_what_is_saved_while_help_is_read_waits(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        for key in ("f1", "ctrl+p"):
            await stage.press(key)
            top = stage.app.screen
            await stage.save(("oak", "elm"))
            assert stage.app.screen is top and "A door of oak." in stage.game.passages()[0].text
            await stage.press("escape")
            await stage.look()
            assert "A door of elm." in text(stage.app)
            await stage.save(("elm", "oak"))
        assert not stage.on(HelpScreen)

    stage(test)


def test_a_verdict_stays_and_leads_to_what_is_written(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        await stage.press("2", "t", "j")
        assert stage.on(VerdictScreen)
        await stage.save(("Not yet.", "Not quite yet."), ("teaches", "teachs"))
        assert stage.on(VerdictScreen) and "trial.md:6:" in stage.panel
        await stage.save(("teachs", "teaches"))
        assert stage.on(VerdictScreen) and stage.panel == ""
        await stage.press("enter")
        assert "Not quite yet." in text(stage.app)

    stage(test)


def test_a_scene_at_once(stage: Any) -> None:
    async def test(stage: Stage) -> None:
        assert stage.on(StoryScreen) and stage.game.play.scene.id == "hall"

    stage(test, begin=False, scene="hall")


def test_a_game_that_nobody_edits_has_no_panel() -> None:
    from tests.tui.fake import FakeGame
    from tests.tui.reading import play

    async def test(app: CastleApp, pilot: Pilot[Any]) -> None:
        assert app.watched is None and not app.screen.query(Mistakes) and rows(app)

    play(test, FakeGame())
