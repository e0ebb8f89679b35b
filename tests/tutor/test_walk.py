"""Walks: transcripts that an author writes, held against what is told."""

import asyncio
import os

import pytest

from lessons.client import Client
from lessons.wire import Ready
from story.faults import ChapterErrors
from story.reading import read_tale
from tests.prose import holes
from tests.walking import WALKS, copied, found, play
from tutor import laboratory
from tutor.chapters import chapter_files
from tutor.walk import patterns, playing
from tutor.walk.finding import walks_for
from tutor.walk.playing import play_walk
from tutor.walk.script import read_walk


@pytest.fixture
def folder(tmp_path):
    """The well and its walks, to be broken."""
    return copied(tmp_path)


@pytest.fixture
def asleep(monkeypatch):
    """No training process may be started."""

    async def start(self):
        raise AssertionError("a training process was started")

    monkeypatch.setattr(Client, "start", start)


def shipped_walks(train):
    """Those that need training, or those that do not; there are both."""
    walks, findings = walks_for(chapter_files([]))
    fit = [pytest.param(walk, id=walk.path.name) for walk in walks if walk.trains == train]
    assert findings == [] and fit
    return fit


def test_every_chapter_of_the_castle_has_a_walk():
    walked = {walk.values[0].place for walk in shipped_walks(train=False)}
    assert walked == set(chapter_files([]))


@pytest.mark.slow
@pytest.mark.parametrize("walk", shipped_walks(train=False))
def test_the_walks_of_the_castle(walk, asleep):
    walked = play_walk(walk)
    assert found(walked) == [] and walked.seconds > 0
    assert holes(walked.transcript, read_tale(chapter_files([]))) == []


ELSEWHERE = "the-masters-trial"
"""Its chapter's trained walks, the longest, are played by ``test_endings.py``."""


@pytest.mark.slow
@pytest.mark.parametrize(
    "walk",
    [walk for walk in shipped_walks(train=True) if ELSEWHERE not in walk.id]
    + [pytest.param(read_walk(WALKS / "the-well.trained.walk"), id="the-well")],
)
def test_a_walk_with_real_training(walk):
    assert walk.trains
    walked = play_walk(walk, device="cpu")
    assert found(walked) == [] and "Passed." in walked.transcript


@pytest.mark.parametrize("name", ["the-well.walk", "the-well.deep.walk"])
def test_the_walks_of_the_well(name, asleep):
    walk = read_walk(WALKS / name)
    assert not walk.trains and walk.brief == ("deep" in name)
    assert found(play_walk(walk)) == []


def test_the_players_saves_are_left_alone(folder, tmp_path, monkeypatch):
    home = tmp_path / "home"
    monkeypatch.setenv("TUTOR_HOME", str(home))
    assert play(folder, "> choose lamp", "How many fathoms?").passed
    assert not home.exists()


PLANTED = {
    "a word that is not told": ("Not passed.", "Not pasted.", "Not pasted.", 'The nearest is: "Not passed."'),
    "other capitals": ("Not so.", "NOT SO.", "NOT SO.", 'told with other capitals: "Not so."'),
    "a word that is told": ("!You have seen", "!mended in", "!mended in", "must not be"),
    "another order": ("> choose Look", "How deep\n> choose Look", "How deep", "expected and not told"),
    "a pattern": ("(nothing|everything)", "[0-9]", "/It knows", "the pattern /It knows [0-9] of the rope/"),
    "a choice": ("> choose Look", "> choose Leap", "> choose Leap", "no choice here is 'Leap'. There is: "),
    "two choices": ("> choose Look", "> choose Lower", "> choose Lower", "2 choices fit 'Lower'"),
    "an answer": ("> answer wrong", "> answer Twelve", "> answer Twelve", "no answer here is 'Twelve'"),
    "a choice before the answer": ("> answer wrong", "> choose Draw", "> choose Draw", "a question comes first"),
    "an answer to nothing": ("> choose Look", "> answer Look", "> answer Look", "nothing is asked in scene 'rim'"),
    "a number too high": ("> 1\n", "> 7\n", "> 7", "There is one choice here."),
    "no command": ("> 1\n", "> jump\n", "> jump", "'jump' was refused: 'jump' is not a command"),
    "a file to write": (
        "> choose Try\n> predict",
        "> choose Try\n> export x.py\n> predict",
        "> export",
        "not a command",
    ),
    "a bad setting": ("> predict fall", "> set lr 1", "> set lr 1", "'set lr 1' was refused: Setting 'lr'"),
    "a bad prediction": ("> predict fall", "> predict up", "> predict up", "Prediction 'up' is not known"),
    "a lesson where none is": (
        "> choose Look",
        "> judge as pass",
        "> judge as pass",
        "no lesson to train in scene 'rim'",
    ),
    "a pass that misses": (
        "pass test_accuracy=0.9",
        "pass gap=0.3",
        "> judge as pass",
        "'pass' with gap=0.3 cannot be",
    ),
    "a pass by another way": (
        "pass test_accuracy=0.9",
        "pass test_accuracy=0.7 gap=0.2",
        "> judge as pass",
        "cannot be: it would lead to deep, whose goal 'test_accuracy >= 0.6' is met first. "
        "Write: judge as pass deep. Or give other numbers, or fewer.",
    ),
    "a fail that passes": (
        "fail overfit gap=0.2",
        "fail overfit gap=0.05",
        "> judge as fail overfit",
        "that is underfit",
    ),
    "a metric of others": (
        "pass test_acc",
        "pass wrong_label_acc",
        "> judge as pass",
        "is not measured in this lesson",
    ),
    "a way of others": ("pass test_accuracy=0.9", "pass wet", "> judge as pass", "wet is not where this lesson leads"),
    "a first run too late": ("pass test_accuracy=0.9", "pass start.gap=0.3", "> judge as pass", "already"),
    "after the end": (
        "Here the tale rests.",
        "Here the tale rests.\n> look",
        "> look",
        "the walk goes on, and the game is",
    ),
    "after leaving": ("> choose Look", "> quit\n> choose Look", "> choose Look", "the walk goes on"),
}


@pytest.mark.parametrize("old, new, at, message", PLANTED.values(), ids=PLANTED)
def test_a_fault_planted_in_a_walk(folder, asleep, old, new, at, message):
    path = folder / "the-well.walk"
    text = path.read_text(encoding="utf-8")
    assert old in text
    text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    line, said = found(play_walk(read_walk(path)))[0]
    assert text.splitlines()[line - 1].startswith(at) and message in said


def test_a_fault_planted_in_the_chapter(folder, asleep):
    path = folder / "the-well.md"
    path.write_text(path.read_text(encoding="utf-8").replace("eleven places", "ten places"), encoding="utf-8")
    walk = read_walk(folder / "the-well.walk")
    ((line, said),) = found(play_walk(walk))
    assert line == 3 and "in ten places" in said


def test_a_chapter_that_cannot_be_read_is_a_finding_of_its_own(folder):
    walk, path = read_walk(folder / "the-well.walk"), folder / "the-well.md"
    path.write_text(path.read_text(encoding="utf-8").replace("(#depth)", "(depth)", 1), encoding="utf-8")
    walked = play_walk(walk)
    assert not walked.passed and {finding.path for finding in walked.findings} == {path}


def test_every_expectation_that_fails_is_found(folder):
    lines = found(play(folder, "no such words", "> choose Look", "nor these", "!Lower", "> 1"))
    assert [line for line, _ in lines] == [1, 3, 4]


def test_a_refusal_may_be_expected(folder):
    assert play(
        folder, "> 9", "There are 3 choices here.", "> hm", "/not a command/", "> back", "nothing to take"
    ).passed
    asked = ("> choose Lower the lamp", "How many fathoms?", "> frob")
    assert play(folder, *asked, "Type a number from 1 to 3, back, look or help.", "> back", "Lower the lamp").passed
    ((line, said),) = found(play(folder, *asked, "> look"))
    assert line == 3 and "'frob' was refused: Type a number from 1 to 3, back, look or help. To expect that" in said
    vague = (["/.*./"], ["/[A-Z].+/"], ["e"], ["!There are 3", "There are 3 choices"], ["!/nothing/"])
    for lines in vague:
        ((line, said),) = found(play(folder, "The Well", "> 9", *lines))
        assert line == 2 and "'9' was refused: There are 3 choices here. To expect that" in said


def test_what_must_not_be_told_is_found_with_any_capitals_and_by_a_pattern(folder, asleep):
    opening = "It is a twenty-five fathom rope"
    ((line, said),) = found(play(folder, opening, "!IT IS A twenty-FIVE"))
    assert line == 2 and '"IT IS A twenty-FIVE" is told, and must not be' in said
    ((line, said),) = found(play(folder, opening, "!/mended in [a-z]+ places/"))
    assert line == 2 and "the pattern /mended in [a-z]+ places/ is told, and must not be" in said
    assert play(folder, opening, "!/mended in [0-9]+ places/", "!\\/mended/", "!the stairs END").passed


def test_a_pattern_that_takes_years_is_given_up(folder, asleep, monkeypatch):
    monkeypatch.setattr(patterns, "PATIENCE", 0.5)
    before = sum(os.times()[:4])
    for hard in (r"/(\w+\s?)+(\w+\s?)+\$zz/", r"!/(\w+\s?)+(\w+\s?)+\$zz/", r"/(.|\s|\w)+\$zz/"):
        ((line, said),) = found(play(folder, "The Well", "> look", hard, "> look", hard))
        assert line == 3 and "took longer than" in said and "Expect plain words." in said
    with pytest.raises(ChapterErrors, match="takes too long to be found"):
        play(folder, "/(((((|){99}){99}){99}){99}){99}x/")
    assert sum(os.times()[:4]) - before < 10  # of the processor, by us and what we started


def test_a_pattern_with_many_choices_finds_what_it_finds(folder, asleep):
    assert play(folder, r"/It is an? (twenty|thirty)-\w+ (fathom|foot) rope/", "/has.*mended (in|at) .*places/").passed
    assert not play(folder, "/has.*mended (in|at) .*places/", r"/It is an? (twenty|thirty)-\w+ rope?/").passed


def test_a_run_gets_the_patience_of_a_proof_and_then_the_walk_fails_at_its_line(folder, monkeypatch):
    class Slow(Client):
        async def start(self):
            return Ready("2.0", ["cpu"], 0.1)

        async def train(self, *rest):
            await asyncio.sleep(600)

    monkeypatch.setattr(laboratory, "Client", Slow)
    path = folder / "the-well.md"
    path.write_text(path.read_text(encoding="utf-8").replace("seeds = 3", "seeds = 3\ntime_limit = 0.1"))
    asked, real = [], playing._patience
    monkeypatch.setattr(playing, "_patience", lambda game, seeds: asked.append(real(game, seeds)) or 0.05)
    ((line, said),) = found(play(folder, "The Well", "> 1", "> answer right", "> 1", "> train", "Validation"))
    assert line == 5 and "the run did not come to its end: took longer than" in said and "time_limit" in said
    assert asked == [30 + 2 * 0.1]


def test_what_is_typed_is_not_what_is_told(folder):
    assert found(play(folder, "> look", "> help", "> look", "look"))[0][0] == 4


def test_words_are_found_across_the_end_of_a_line_and_marks_lose_their_meaning(folder):
    walked = play(folder, "and it   has been mended in eleven places by a man who was afraid", "> help", "\\> look")
    assert [line for line, _ in found(walked)] == [3]
    assert play(folder, "\\Renfield: Lower", "!\\Renfield").passed


@pytest.mark.parametrize("how", ["overfit", "underfit", "diverged"])
def test_a_made_up_failure_is_of_its_kind(folder, asleep, how):
    told = {"overfit": "by heart", "underfit": "knows nothing", "diverged": "The rope is gone."}[how]
    walked = play(folder, "> 1", "> answer right", "> 1", f"> judge as fail {how}", "Not passed.", told)
    assert found(walked) == []


def test_numbers_given_are_told_to_the_last_digit(folder, asleep):
    begin = ["> 1", "> answer right", "> 1"]
    judge = "> judge as pass dry start.test_accuracy=0.513 start.train_accuracy=0.9 test_accuracy=0.777 gap=0.061"
    assert play(folder, *begin, judge, "You predicted rise, wrongly.", "77.7%, and 51.3% before.").passed
    practice = ["> train as validation_accuracy=0.431 train_accuracy=0.987", "validation accuracy: 43.1%"]
    assert play(folder, *begin, *practice, "> settings", "validation accuracy 43.1%").passed


def test_the_same_settings_are_judged_anew(folder, asleep):
    """Real verdicts on the same settings are taken together; made-up ones must be what was asked for."""
    again = ["> choose Try", "> judge as fail overfit gap=0.4", "by heart: 40.0 points"]
    lines = ["> 1", "> answer right", "> 1", "> judge as fail overfit gap=0.2", "over 3 seeds:", *again]
    assert play(folder, *lines, "> choose Try", "> judge as pass test_accuracy=0.8 gap=0.01", "over 3 seeds:").passed


def test_a_run_that_is_lost_fails_the_walk(folder, monkeypatch):
    from lessons.client import TrainingDied

    async def nothing(self, *rest):
        raise TrainingDied("the training process died")

    monkeypatch.setattr(Client, "start", nothing)
    monkeypatch.setattr(Client, "train", nothing)
    ((line, said),) = found(play(folder, "> 1", "> answer right", "> 1", "> train", "Validation"))
    assert line == 4 and "did not come to its end: the training process died" in said
