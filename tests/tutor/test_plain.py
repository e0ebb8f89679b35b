"""Transcripts of the plain mode: the same game, line by line."""

import io
import re
from collections import Counter

import pytest

from lessons.metrics import METRICS
from lessons.settings import SETTINGS
from story.reading import SHIPPED
from tests.prose import holes
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.game import Game, Options
from tutor.plain.player import Plain
from tutor.walk.feed import REFUSALS


@pytest.fixture
def play(tmp_path):
    """Plays lines in one home; the transcript."""

    def play(*lines, numbers=None, **options):
        game = Game(Options(home=tmp_path, **options))
        numbers = numbers or (lambda recipe: GOOD if recipe.epochs in (50, 10) or recipe.dropout == 0.5 else OVERFIT)
        game.laboratory = FakeLaboratory(numbers, game._changed)
        out = io.StringIO()
        assert Plain(game, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
        return out.getvalue()

    return play


TO_BLANK_PAGE = ["1", "1", "1"]
WIN_BLANK_PAGE = ["train", "set epochs 50", "predict fall", "judge"]


def test_a_transcript_from_the_gate_to_a_pass(play):
    told = play(*TO_BLANK_PAGE, *WIN_BLANK_PAGE)
    for words in (
        "CASTLE DRACULA",
        "--- The Knock: gate ---",
        "1. Jonathan Harker",
        "--- The Knock: blank page ---",
        "goal: validation loss at most 0.100",
        "First see it fail",
        "Validation loss 0.190; the verdict wants",
        "epochs is now 50.\n      for epoch in range(1, 50 + 1):",
        "You predicted fall, rightly.",
        "Passed.",
        "--- The Knock: page closed ---",
        "Farewell",
    ):
        assert words in told, words
    assert "\x1b" not in told and "None" not in told and "{" not in told


def test_a_failed_verdict_leads_back_with_other_words_each_time(play):
    again = ["predict stay", "judge", "1"]
    told = play(*TO_BLANK_PAGE, "train", *again * 3)
    assert told.count("Not passed.") == 3 and told.count("--- The Knock: page misread ---") == 3
    said = [part.split("\n\n")[2] for part in told.split("--- The Knock: page misread ---")[1:]]
    assert len(set(said)) == 3
    assert "15 seeds, 10 of them from before" in told


def test_the_other_visitor_is_the_one_not_chosen(play):
    assert "Lucy: " in play("1", "1", "1") and "Jonathan: " in play("2", "yes", "2", "1", "1")


def test_what_cannot_be_done_is_said_and_the_game_goes_on(play):
    told = play(
        *TO_BLANK_PAGE,
        "set epochs 50",
        "judge",
        "why",
        "frobnicate",
        "9",
        "share",
        "train",
        "share",
        "set epochs 51",
        "set epochs",
        "set lr 0.1",
        "judge",
        "predict sideways",
        "predict fall",
        "export no/folder/x.py",
        "export x.txt",
        "",
        "judge",
    )
    for words in (
        "See it fail first",
        "Train once before",
        "opens after the first run",
        "'frobnicate' is not a command",
        "There is nothing to choose",
        "Nothing was trained here yet",
        "tutor run --from castle1:",
        "Offered: 10",
        "set NAME VALUE",
        "'lr' is not offered here",
        "Type: predict rise, fall, stay",
        "Prediction 'sideways' is not known",
        "cannot be written",
        "End it with .py",
        "Type train, settings, judge, or help",
        "The verdict",
    ):
        assert words in told, words


def test_code_marks_the_turned_lines(play):
    told = play(*TO_BLANK_PAGE, "train", "set epochs 50", "code")
    assert ">     for epoch in range(1, 50 + 1):" in told
    assert ">         optimizer.step()" not in told


def test_hints_are_earned(play):
    told = play(*TO_BLANK_PAGE, "hint", "train", "hint", "hint")
    assert told.count("A hint opens after each run that misses the goal") == 2
    assert "Two losses are drawn" in told


def test_questions_are_asked_in_their_place_and_answered(play):
    told = play(*TO_BLANK_PAGE, *WIN_BLANK_PAGE, "0", "x", "1", "1")
    assert told.count("Type a number from 1 to 4, back, look or help.") == 2
    assert "Right." in told or "Not so." in told
    asked = told.index("Why did your apprentice lose less")
    assert asked < told.index("Turn to the stair")


def test_back_look_and_help(play):
    told = play("back", "1", "back", "look", "help", "quit")
    assert "nothing to take back" in told and told.count("--- The Knock: gate ---") == 3
    assert "Type the number of what you want to do" in told and told.rstrip().endswith("Everything is saved.")


def test_help_reads_a_page(play):
    told = play("1", "help verdict", "help quiz", "help jurnal", "help", "quit")
    assert "THE VERDICT" in told and "Each dot is one apprentice." in told and "A QUESTION" in told
    assert "Page 'jurnal' is not known. Did you mean 'journal'?" in told
    assert "screen-reader" in told.split("Pages that help PAGE reads:")[1] and "**" not in told


def test_continue_leads_back(play):
    play(*TO_BLANK_PAGE, "train")
    told = play("x", "1", "settings")
    assert "1. Continue: The Knock, blank page" in told and "Type 1 to continue" in told
    assert "last: validation loss 0.190 (one seed)" in told
    told = play("2", "yes")
    assert "--- The Knock: gate ---" in told


def test_brief_tells_less(play):
    long, brief = play(*TO_BLANK_PAGE), play("2", "yes", *TO_BLANK_PAGE, brief=True)
    assert len(brief) < 0.75 * len(long)


def test_the_end_of_the_input_ends_the_game(play):
    assert "Farewell" in play()
    assert "Farewell" in play("1", "1", "1", "1")


@pytest.mark.parametrize("player", ["jonathan", "lucy"])
@pytest.mark.parametrize(
    ("chapter", "after", "page"),
    [("00-the-knock", "Lines in Fog", "learning rate"), ("04-no-mirror", "The Iron Collar", "dropout")],
)
def test_a_chapter_is_played_to_the_next(tmp_path, player, chapter, after, page):
    """Every lesson failed once and then won, every question answered; the whole tale: ``test_endings.py``."""
    game = Game(Options(home=tmp_path, chapter=SHIPPED / f"{chapter}.md", player=player))
    walker, out = Walker(game, player), io.StringIO()
    game.laboratory = FakeLaboratory(walker.numbers, game._changed)
    assert Plain(game, walker.lines(), out, prompt=False).play() == 0
    told = out.getvalue()
    assert re.findall(r"^--- (.*): .* ---$", told, re.MULTILINE)[-1] == after
    lessons = {scene.id for scene in game.tale.chapters[0].scenes if scene.lesson}
    assert walker.failed == walker.won == lessons
    assert told.count("Not passed.") == len(lessons) == told.count("\nPassed.")
    assert re.findall(r"grimoire is written: (.*?)\.", " ".join(told.split())) == [page]
    assert not REFUSALS.search(told) and holes(told, game.tale) == []


class Walker:
    """Types as it is told to: loses each lesson once and then wins it, and else takes what it took least often."""

    def __init__(self, game, player):
        self.game, self.player = game, player
        self.failed, self.won, self.taken = set(), set(), Counter()

    def numbers(self, recipe):
        bench = self.game.bench
        return GOOD if recipe == bench.challenge.recipe_for(bench.challenge.ways[0].solution) else OVERFIT

    def lines(self):
        for _ in range(300):
            if self.game.play.chapter is not self.game.tale.chapters[0]:
                return
            if asked := self.game.questions():
                yield "1"
                if asked[0].job:
                    yield "yes"
            elif self.game.bench:
                yield from self.lesson(self.game.bench)
            else:
                yield self.choice()
        raise AssertionError(f"no end in sight: {self.taken}")

    def lesson(self, bench):
        scene = self.game.play.scene.id
        yield "train"
        if scene in self.failed:
            for name, value in bench.challenge.ways[0].solution.items():
                yield f"set {name} {SETTINGS[name].spell(SETTINGS[name].check(value))}"
            yield f"predict {'fall' if bench.challenge.predict.options else GOOD['test_accuracy']}"
            self.won.add(scene)
        else:
            yield f"predict {'stay' if bench.challenge.predict.options else 0.5}"
            self.failed.add(scene)
        yield "judge"

    def choice(self):
        """Where the visitor is chosen, the one that is meant."""
        scene, open_ = self.game.play.scene.id, self.game.play._open()
        number = min(
            range(len(open_)), key=lambda n: (open_[n].player not in ("", self.player), self.taken[scene, open_[n].key])
        )
        self.taken[scene, open_[number].key] += 1
        return str(number + 1)


def test_what_is_on_trial_is_named(play, tmp_path):
    from tests.tutor.authors import CHAPTER
    from tests.tutor.test_game import two_ways

    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "trial.md").write_text(two_ways(), encoding="utf-8")
    told = play("2", "yes", chapter=folder / "trial.md")
    assert "\nOn trial: The Trial\n" in told
    assert "goal: test accuracy at least 95.0%, or test accuracy at least 75.0% and" in told
    (folder / "z.md").write_text(CHAPTER.replace('"trial"', '"next"'), encoding="utf-8")
    assert "\nOn trial: The Trial, and 1 more chapter\n" in play(chapter=folder)
    assert "On trial" not in play()


def test_the_example_of_a_number_is_one_of_its_metric():
    from lessons.challenge import Prediction
    from tutor.bench import example

    assert example(Prediction("?", metric="test_loss")) == "a number, such as 0.192"
    assert example(Prediction("?", metric="test_accuracy")) == "a number, such as 0.75 or 75%"
    assert example(Prediction("?")) == "a number, such as 0.75 or 75%"
    for name, metric in METRICS.items():
        assert ("%" in example(Prediction("?", metric=name))) == (metric.unit == "share")
