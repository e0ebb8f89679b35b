"""Transcripts of the plain mode: the same game, line by line."""

import io
import re

import pytest

from lessons.metrics import METRICS
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.game import Game, Options
from tutor.plain.player import Plain


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
    assert "Lucy: " in play("1", "1", "1") and "Jonathan: " in play("2", "2", "1", "1")


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
        "Type a number, or help",
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
    assert "Type a number from 1 to 4." in told
    assert "Right." in told or "Not so." in told
    asked = told.index("Why did your apprentice lose less")
    assert asked < told.index("Turn to the stair")


def test_back_look_and_help(play):
    told = play("back", "1", "back", "look", "help", "quit")
    assert "nothing to take back" in told and told.count("--- The Knock: gate ---") == 3
    assert "Type the number of what you want to do" in told and told.rstrip().endswith("Everything is saved.")


def test_continue_leads_back(play):
    play(*TO_BLANK_PAGE, "train")
    told = play("x", "1", "settings")
    assert "1. Continue: The Knock, blank page" in told and "Type 1 to continue" in told
    assert "last: validation loss 0.190 (one seed)" in told
    told = play("2")
    assert "--- The Knock: gate ---" in told


def test_brief_tells_less(play):
    long, brief = play(*TO_BLANK_PAGE), play("2", *TO_BLANK_PAGE, brief=True)
    assert len(brief) < 0.75 * len(long)


def test_the_end_of_the_input_ends_the_game(play):
    assert "Farewell" in play()
    assert "Farewell" in play("1", "1", "1", "1")


@pytest.mark.parametrize("player", ["1", "2"])
def test_the_whole_tale_can_be_walked_to_its_end(play, player):
    """Both chapters, every lesson failed once and then won, every question answered, by first choices."""
    lines = [player]
    tale = Walker(play, lines)
    told = tale.walk()
    assert "Here the tale rests." in told and "--- No Mirror: last chair ---" in told
    assert "A page of your grimoire is written: dropout" in told
    told = told.replace("None was dismissed", "")  # the English word
    for wrong in ("None", "nan", "Traceback", "{", "}", "\x1b"):
        assert wrong not in told, wrong


WINS = {
    "blank page": ["train", "set epochs 50", "predict fall", "judge"],
    "first figures": ["train", "set epochs 10", "set lr 0.001", "predict rise", "judge"],
    "dining hall": ["train", "set dropout 0.5", "predict fall", "judge"],
    "the feast": ["train", "set eval_mode on", "predict 0.8", "judge"],
}


class Walker:
    """Plays again and again with one line more, decided by what was told last."""

    def __init__(self, play, lines):
        self.play, self.lines, self.failed = play, lines, set()

    def numbers(self, recipe):
        won = (
            recipe.epochs == 50
            or (recipe.lr == 0.001 and recipe.epochs == 10)
            or (recipe.dropout == 0.5 and recipe.eval_mode and recipe.epochs == 30)
        )
        return GOOD if won else OVERFIT

    def walk(self):
        for step in range(80):
            begin = ["2"] if step else []
            told = self.play(*begin, *self.lines, numbers=self.numbers)
            if "Here the tale rests." in told:
                return told
            place = re.findall(r"^--- .*: (.*) ---$", told, re.MULTILINE)[-1]
            if place in WINS and place not in self.failed:
                self.failed.add(place)
                said = "0.5" if place == "the feast" else "stay"
                self.lines += ["train", f"predict {said}", "judge"]
            elif place in WINS:
                self.lines += WINS[place]
            else:
                self.lines.append("1")
        raise AssertionError(f"no end in sight; the last words were:\n{told[-2000:]}")


def test_what_is_on_trial_is_named(play, tmp_path):
    from tests.tutor.authors import CHAPTER
    from tests.tutor.test_game import two_ways

    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "trial.md").write_text(two_ways(), encoding="utf-8")
    told = play("2", chapter=folder / "trial.md")
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
