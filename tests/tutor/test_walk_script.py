"""Walk files: what may stand in them, and which chapter they belong to."""

import re

import pytest

from story.faults import ChapterErrors
from tests import trial
from tests.walking import copied, found, play
from tutor.walk.finding import walks_for
from tutor.walk.playing import play_walk
from tutor.walk.script import read_walk


@pytest.fixture
def folder(tmp_path):
    """The well and its walks, to be broken."""
    return copied(tmp_path)


MALFORMED = {
    "@breif": "directive '@breif' is not known. Did you mean",
    "x\n@brief": "@brief stands too late",
    ">": "nothing stands after >",
    "!": "nothing stands after !",
    "/abc": "is no pattern",
    "/(/": "cannot be read",
    f"/{'x' * 400}/": "300 are allowed",
    "> choose": "> choose needs a part",
    "> answer": "> answer needs a part",
    "> train now": "'as' for a made-up run",
    "> judge as": "a made-up verdict is pass or fail",
    "> judge as perhaps": "a made-up verdict is pass or fail",
    "> judge as fail badly": "diagnosis 'badly' is not known",
    "> judge as pass a b": "one word too many",
    "> judge as fail diverged gap=0.1": "a run that diverged has no numbers",
    "> judge as pass test_acuracy=0.1": "Did you mean 'test_accuracy'",
    "> judge as pass test_accuracy=much": "cannot be 'much'",
    "> judge as pass train_loss=nan": "finite",
    "> judge as pass test_accuracy=81": "Write test_accuracy=0.81",
    "> judge as pass gap=0.1 gap=0.2": "given twice",
    "> train as start.gap=0.1": "start. is for judge",
    "a\x1b[2Jb": "control character U+001B",
    "# only a comment": "the walk is empty",
    "!/abc": "is no pattern",
    "/x*/": "is found in every text",
    "!/(a|b|)/": "is found in every text",
    "/\\b/": "is found in every text",
    "**A:** Nobody": 'Write "Nobody", or the name of who speaks before it: "NAME: Nobody".',
    "!**A:** Nobody": 'Write "Nobody", or the name of who speaks before it: "NAME: Nobody".',
    "the `rope` is wet": 'Write "the rope is wet".',
    "!it is *very* deep": 'Write "it is very deep".',
    "- [Draw it up](#rope)": 'Write "- Draw it up".',
}


@pytest.mark.parametrize("text, message", MALFORMED.items(), ids=[repr(text)[:30] for text in MALFORMED])
def test_a_walk_that_cannot_be_read(folder, text, message):
    path = folder / "the-well.walk"
    path.write_text(text + "\n", encoding="utf-8")
    with pytest.raises(ChapterErrors) as error:
        read_walk(path)
    (fault,) = error.value.errors
    assert message in fault.message and fault.path == path and fault.line == text.count("\n") + 1


def test_a_walk_that_expects_nothing_is_refused(folder):
    with pytest.raises(ChapterErrors, match="expects nothing to be told"):
        play(folder, "> 1", "!The Well", "> answer right")


@pytest.mark.parametrize("words", ["a * b ** 2", "2 * 3 * 4", "[x](y)", "it's `", "**kwargs", "a*b*c"])
def test_what_is_no_mark_may_be_expected(folder, words):
    assert found(play(folder, "The Well", f"!{words}")) == []


def test_all_faults_of_a_walk_are_found_and_none_is_read_that_is_too_long(folder):
    path = folder / "the-well.walk"
    path.write_text("x\n>\n\n!\n", encoding="utf-8")
    with pytest.raises(ChapterErrors) as error:
        read_walk(path)
    assert [fault.line for fault in error.value.errors] == [2, 4]
    for text in ("x" * 300_000, "x\n" * 6000):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ChapterErrors, match="are allowed"):
            read_walk(path)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(ChapterErrors, match="not UTF-8"):
        read_walk(path)


def test_which_walks_belong_to_which_chapters(folder):
    (folder / "the-wall.walk").write_text("x\n", encoding="utf-8")
    (folder / "tale.all.walk").write_text("The Well\n", encoding="utf-8")
    well, other = folder / "the-well.md", folder / "the-other.md"
    walks, (orphan,) = walks_for([well])
    assert [walk.path.name for walk in walks] == [
        "tale.all.walk",
        "the-well.deep.walk",
        "the-well.trained.walk",
        "the-well.walk",
    ]
    assert orphan.path.name == "the-wall.walk" and "Did you mean 'the-well'" in orphan.message
    assert walks[0].place == folder and walks[1].place == well
    other.write_text(well.read_text(encoding="utf-8").replace('"the-well"', '"the-other"'), encoding="utf-8")
    assert "tale.all.walk" not in [walk.path.name for walk in walks_for([well])[0]]
    assert [walk.path.name for walk in walks_for([other])[0]] == []
    walks, _ = walks_for([well, other])
    assert found(play_walk(walks[0])) == []


def test_a_walk_that_cannot_be_read_is_a_finding(folder):
    (folder / "the-well.walk").write_text("x\n>\n", encoding="utf-8")
    walks, (finding,) = walks_for([folder / "the-well.md"])
    assert (finding.line, finding.severity) == (2, "error") and len(walks) == 2


def test_a_walk_may_say_who_is_played_and_what_was_set_before(tmp_path):
    chapter = trial.write(tmp_path, "Turn it.", "`if player = lucy and kept_a_fly` A fly, {player}.\n\nTurn it.")
    walk = chapter.with_suffix(".walk")
    walk.write_text("@player lucy\n@flags kept_a_fly knows_secret\nA fly, Lucy.\n", encoding="utf-8")
    assert play_walk(read_walk(walk)).findings == ()
    walk.write_text("@player lucy\n!A fly\nTurn it.\n", encoding="utf-8")  # without the flag
    assert play_walk(read_walk(walk)).findings == ()
    for line, says in (
        ("@player mina", "player 'mina'"),
        ("@player", "names one visitor"),
        ("@flags", "names none"),
        ("@flags Sad!", "is not a name"),
        ("@brief now", "stands alone"),
        ("@flag x", "Did you mean '@flags'"),
    ):
        walk.write_text(f"{line}\nTurn it.\n", encoding="utf-8")
        with pytest.raises(ChapterErrors, match=re.escape(says)):
            read_walk(walk)
