"""A playthrough: places, flags, variants, questions, verdicts, undo, saves."""

from __future__ import annotations

import json
import math
from pathlib import Path

import pytest

from lessons.mistakes import Mistake
from story.chapter import Tale
from story.reading import read_tale
from story.telling import Answered, Judged, Playthrough
from tests.story.conftest import edit, verdict


def texts(play: Playthrough) -> list[str]:
    return [p.text for p in play.passages()]


def labels(play: Playthrough) -> list[str]:
    return [c.label for c in play.choices()]


def pick(play: Playthrough, label: str) -> None:
    play.choose(labels(play).index(label))


def at_forge(tale: Tale) -> Playthrough:
    play = Playthrough(tale)
    pick(play, "As Jonathan")
    pick(play, "Go up")
    return play


def at_trial(tale: Tale) -> Playthrough:
    play = Playthrough(tale)
    play.open_chapter("second")
    pick(play, "To the trial")
    return play


def test_it_begins_at_the_beginning(tale: Tale) -> None:
    play = Playthrough(tale)
    assert (play.chapter.id, play.scene.id, play.player, play.ended) == ("first", "gate", "", False)
    assert texts(play) == ["You knock once, and twice, with knock().", "It takes a while."]
    assert play.undo() is False


def test_brief(tale: Tale) -> None:
    assert len(Playthrough(tale, brief=True).passages()) == 1


@pytest.mark.parametrize(
    ("label", "name", "other"), [("As Jonathan", "Jonathan", "Lucy"), ("As Lucy", "Lucy", "Jonathan")]
)
def test_the_player_and_the_other(tale: Tale, label: str, name: str, other: str) -> None:
    play = Playthrough(tale)
    pick(play, label)
    knocked = "You knocked" if name == "Jonathan" else "You did not knock"
    assert texts(play) == [f"{knocked}, {name}.", f"I am {other}."]
    assert [p.speaker for p in play.passages()] == ["The Count", other]


def test_flags_and_once_only_choices(tale: Tale) -> None:
    play = Playthrough(tale)
    pick(play, "As Jonathan")
    assert labels(play) == ["Look at the clock", "Forget the knock", "Go up"]
    pick(play, "Look at the clock")
    assert labels(play) == ["Forget the knock", "Go up", "Go down"]
    pick(play, "Forget the knock")
    assert play.flags == {"looked"}
    assert labels(play) == ["Go up", "Go down"]
    pick(play, "Go down")
    assert play.ended and play.choices() == []


@pytest.mark.parametrize("index", [-1, 3, True, "0", None, 1.0])
def test_a_choice_that_is_not_there(tale: Tale, index: object) -> None:
    play = at_forge(tale)
    with pytest.raises(Mistake, match="is not there"):
        play.choose(index)  # type: ignore[arg-type]
    assert play.scene.id == "forge"


def test_a_lesson_scene(tale: Tale) -> None:
    play = at_forge(tale)
    assert play.lesson is not None and not play.ended and play.tries == 0
    assert labels(play) == ["Walk away"]
    assert [p.kind for p in play.passages()] == ["narration", "code"]
    assert play.why()[0].text.startswith("Dropout (Srivastava")
    pick(play, "Walk away")
    assert play.lesson is None and play.why() == []


def test_a_failed_verdict_quotes_the_numbers(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict())
    assert play.scene.id == "starved"
    assert texts(play) == ["69.7% after 1, from 70.0%, with 0.5.", "Overfit one.", "The gap was missed."]
    pick(play, "Back")
    assert play.tries == 1
    play.settle(verdict(tries=3, outcomes=[("gap", False, 2.0)]))
    assert texts(play)[1:] == ["Overfit two.", "You have tried often."]


def test_a_pass(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict(passed=True, to="freed", predicted_right=True, predicted="fall", truth="fall", diagnosis=""))
    assert play.scene.id == "freed"
    assert texts(play) == ["You said fall; it was fall.", "Right."]
    assert [p.technique for p in play.pages()] == ["dropout"]
    assert play.state["predictions"] == {"right": 1, "made": 1}
    assert play.choices()[0].chapter == "second"
    pick(play, "On")
    assert (play.chapter.id, play.scene.id) == ("second", "arrival")


def test_the_way_met_decides(tale: Tale) -> None:
    play = at_trial(tale)
    play.settle(Judged(True, "other-way"))
    assert play.scene.id == "other-way"


@pytest.mark.parametrize("judged", [verdict(to="freed"), verdict(passed=True), verdict(to="hall")])
def test_a_verdict_leads_only_where_the_lesson_says(tale: Tale, judged: Judged) -> None:
    play = at_forge(tale)
    before = play.state
    with pytest.raises(Mistake, match="scene after the verdict"):
        play.settle(judged)
    assert play.state == before


def test_no_verdict_without_a_lesson(tale: Tale) -> None:
    with pytest.raises(Mistake, match="no lesson to settle"):
        Playthrough(tale).settle(verdict())


def test_what_is_missing_becomes_plain_words(tale: Tale) -> None:
    play = at_forge(tale)
    nan = {"test_accuracy": math.nan, "gap": None}
    play.settle(verdict(metrics=nan, start={}, settings={}, diagnosis="diverged", predicted=None, truth=None))
    assert texts(play)[0] == "beyond number after 1, from beyond number, with nothing."
    json.dumps(play.state, allow_nan=False)
    pick(play, "Back")
    play.settle(verdict(passed=True, to="freed", predicted=None, truth=None, predicted_right=None))
    assert texts(play)[0] == "You said nothing; it was nothing."


def test_a_number_predicted_is_shown_as_its_metric(tale: Tale) -> None:
    play = at_trial(tale)
    play.settle(Judged(True, "won", metrics={"weight_norm": 12.34}, predicted=0.1, truth=0.0912))
    assert texts(play) == ["You said 0.100; it was 0.091. The norm is 12.3."]


def test_variants_stay_within_a_visit_and_do_not_return_until_all_are_used(tale: Tale) -> None:
    play = at_forge(tale)
    seen = []
    for diagnosis in ["overfit", "underfit", "overfit", "overfit", "diverged", "overfit", "underfit"]:
        play.settle(verdict(diagnosis=diagnosis))
        assert texts(play) == texts(play)
        seen.append(texts(play)[1])
        pick(play, "Back")
    assert seen[:4] == ["Overfit one.", "Underfit one.", "Overfit two.", "Anything."]
    assert seen[4:] == ["Anything.", "Overfit one.", "Underfit one."]


def test_questions_and_answers(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict(passed=True, to="freed"))
    reason, quiz = play.questions()
    assert sorted(quiz.options) == sorted(["Zeroes at random.", "Nothing.", "Sorts.", "Cuts."])
    assert play.questions()[1] == quiz
    wrong = play.answer(reason.id, reason.options.index("Luck."))
    assert (wrong.right, wrong.say, wrong.correct) == (False, "Luck does not pass.", "Because.")
    right = play.answer(quiz.id, quiz.options.index("Zeroes at random."))
    assert (right.right, right.say) == (True, "It is in the name.")
    assert play.questions() == []
    with pytest.raises(Mistake, match="question"):
        play.answer(quiz.id, 0)
    assert play.state["answers"] == {
        "first/reason-freed": {"asked": 1, "right": 0, "last": 1},
        "first/what": {"asked": 1, "right": 1, "last": 0},
    }
    pick(play, "On")
    recalled, find, mend = play.questions()
    assert find.kind == "find" and find.options == mend.code  # lines stand in their order
    assert play.answer(find.id, 1) == Answered(False, "", "model.eval()")
    assert recalled == quiz and (mend.kind, mend.fault, mend.code[0]) == ("mend", 1, "model.eval()")
    with pytest.raises(Mistake, match="answer 9 is not there"):
        play.answer(mend.id, 9)
    play.answer(recalled.id, recalled.options.index("Cuts."))
    assert play.state["answers"]["first/what"] == {"asked": 2, "right": 1, "last": 3}


def test_the_right_option_is_not_always_first(folder: Path) -> None:
    quiz = '```toml quiz\nid = "q{n}"\nask = "?"\nright = "yes"\nwrong = ["a", "b", "c"]\nbecause = "so"\n```\n\n'
    edit(
        folder / "02-second.md",
        "It is day.",
        "It is day.\n\n" + "".join(quiz.replace("{n}", str(n)) for n in range(40)),
    )
    play = at_trial(read_tale(folder.glob("*.md")))
    play.settle(Judged(True, "won"))
    pick(play, "On")
    places = [q.options.index("yes") for q in play.questions()]
    assert {places.count(n) > 2 for n in range(4)} == {True}


def test_undo_takes_back_place_and_flags(tale: Tale) -> None:
    play = Playthrough(tale)
    pick(play, "As Jonathan")
    pick(play, "Look at the clock")
    assert play.undo()
    assert (play.scene.id, play.flags) == ("hall", {"knocked"})
    assert "Look at the clock" in labels(play)
    assert play.undo()
    assert (play.scene.id, play.player, play.flags) == ("gate", "", frozenset())
    assert not play.undo()


def test_undo_keeps_predictions_and_answers(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict(passed=True, to="freed"))
    told = texts(play)
    play.answer("first/what", 0)
    pick(play, "On")
    play.answer("first/what", 0)
    assert play.undo()
    assert texts(play) == told
    assert [q.id for q in play.questions()] == ["first/reason-freed"]
    assert play.undo()
    assert (play.scene.id, play.tries) == ("forge", 1)
    assert play.state["predictions"] == {"right": 0, "made": 1}
    assert play.state["answers"]["first/what"]["asked"] == 2


def test_undo_shows_the_verdict_that_was_shown_there(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict(passed=True, to="freed"))
    told = texts(play)
    pick(play, "On")
    pick(play, "To the trial")
    play.settle(Judged(True, "won", predicted=0.5))
    for _ in range(3):
        assert play.undo()
    assert texts(play) == told


def test_undo_leaves_a_question_open_that_was_only_answered_later(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict(passed=True, to="freed"))
    pick(play, "On")
    play.answer("first/what", 0)
    assert play.undo()
    assert [q.id for q in play.questions()] == ["first/reason-freed", "first/what"]


def test_undo_shows_the_same_variant(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict())
    told = texts(play)
    pick(play, "Back")
    assert play.undo()
    assert texts(play) == told


def test_undo_goes_back_two_hundred_steps(tale: Tale) -> None:
    play = at_forge(tale)
    for _ in range(150):
        pick(play, "Walk away")
        pick(play, "Go up")
    assert len(play.state["undo"]) == 200
    assert sum(play.undo() for _ in range(300)) == 200


def test_a_save_is_plain_json_and_goes_on_where_it_was(tale: Tale) -> None:
    play = at_forge(tale)
    play.settle(verdict())
    pick(play, "Back")
    play.settle(verdict(passed=True, to="freed", tries=2))
    play.answer("first/what", 1)
    again = Playthrough(tale, state=json.loads(json.dumps(play.state, allow_nan=False)))
    assert again.notice == ""
    while True:
        assert again.state == play.state
        assert (again.passages(), again.choices(), again.questions()) == (
            play.passages(),
            play.choices(),
            play.questions(),
        )
        assert again.verdict == play.verdict
        went = play.undo()
        assert again.undo() is went
        if not went:
            break


def test_a_scene_that_has_vanished(folder: Path, tale: Tale) -> None:
    play = at_forge(tale)
    state = play.state
    edit(folder / "01-first.md", "## forge", "## smithy")
    again = Playthrough(read_tale(folder.glob("*.md")), state=state)
    assert again.scene.id == "gate" and again.flags == {"knocked"} and again.player == "jonathan"
    assert "'forge'" in again.notice and "The First" in again.notice


def test_a_chapter_that_has_vanished(folder: Path, tale: Tale) -> None:
    state = at_trial(tale).state
    again = Playthrough(read_tale([folder / "01-first.md"]), state=state)
    assert (again.chapter.id, again.scene.id) == ("first", "gate") and "'second'" in again.notice


def test_undo_steps_over_scenes_that_have_vanished(folder: Path, tale: Tale) -> None:
    play = Playthrough(tale)
    pick(play, "As Jonathan")
    pick(play, "Go up")
    edit(folder / "01-first.md", "## hall", "## aula")
    again = Playthrough(read_tale(folder.glob("*.md")), state=play.state)
    assert again.undo() and again.scene.id == "gate"


GARBAGE = [
    None,
    3,
    "x",
    [],
    {},
    {"a": 1},
    [1],
    {"right": 5, "made": 1},
    -1,
    True,
    [[]],
    {"x": {"passed": 1}},
    [{"flags": 1}],
]


@pytest.mark.parametrize("value", GARBAGE, ids=str)
def test_garbage_in_a_save_never_stops_the_tale(tale: Tale, value: object) -> None:
    play = at_forge(tale)
    play.settle(verdict())
    sound = play.state
    for key in sound:
        try:
            again = Playthrough(tale, state={**sound, key: value, "unheard of": value})
        except Mistake as mistake:
            assert key == "version", mistake
            continue
        again.passages(), again.choices(), again.questions(), again.undo()
        json.dumps(again.state, allow_nan=False)


@pytest.mark.parametrize("state", [3, "x", [], True])
def test_a_state_that_is_no_table_is_refused(tale: Tale, state: object) -> None:
    with pytest.raises(Mistake, match="is not a table"):
        Playthrough(tale, state=state)


def test_an_unreadable_part_is_named(tale: Tale) -> None:
    again = Playthrough(tale, state={**at_forge(tale).state, "flags": 3, "verdicts": 4})
    assert "flags" in again.notice and "verdicts" in again.notice and again.scene.id == "forge"


def test_a_later_version_is_refused(tale: Tale) -> None:
    with pytest.raises(Mistake, match="version 9"):
        Playthrough(tale, state={**Playthrough(tale).state, "version": 9})


def test_a_verdict_goes_to_json_and_back() -> None:
    judged = verdict(predicted=0.5, truth=math.inf, metrics={"gap": math.nan})
    back = Judged.from_dict(json.loads(json.dumps(judged.to_dict(), allow_nan=False)))
    assert back.metrics == {"gap": None} and back.truth is None and back.predicted == 0.5
    assert back.outcomes == judged.outcomes and back.margin == -4.0
    for bad in (None, {}, {"passed": 1, "to": "x"}, {"passed": True}, {"passed": True, "to": "x", "outcomes": [1]}):
        with pytest.raises(Mistake, match="not readable"):
            Judged.from_dict(bad)


def test_a_choice_that_leads_nowhere_says_so(folder: Path) -> None:
    edit(folder / "01-first.md", "[Walk away](#hall)", "[Walk away](#hal)")
    play = at_forge(read_tale(folder.glob("*.md")))
    with pytest.raises(Mistake, match="Did you mean 'hall'"):
        pick(play, "Walk away")
    assert play.scene.id == "forge"


def test_a_tale_without_chapters_is_refused() -> None:
    with pytest.raises(Mistake, match="no chapters"):
        Playthrough(Tale(()))


def test_what_follows_a_question_is_told_once_it_is_answered(folder):
    path = folder / "01-first.md"
    text = path.read_text(encoding="utf-8")
    scene = (
        '\n## asked\n\nBefore.\n\n```toml quiz\nid = "one"\nask = "First?"\nright = "yes"\nwrong = ["no"]\n'
        'because = "So."\n```\n\nBetween.\n\n```toml quiz\nid = "two"\nask = "Second?"\nright = "yes"\n'
        'wrong = ["no"]\nbecause = "So."\n```\n\nAfter.\n\n- [On](#asked)\n'
    )
    path.write_text(text + scene, encoding="utf-8")
    play = Playthrough(read_tale(sorted(folder.glob("*.md"))))
    play._enter(play.chapter.id, "asked")
    told = lambda: [p.text for p in play.passages()]  # noqa: E731
    assert told() == ["Before."]
    play.answer(play.questions()[0].id, 0)
    assert told() == ["Before.", "Between."]
    play.answer(play.questions()[0].id, 0)
    assert told() == ["Before.", "Between.", "After."]
    assert Playthrough(play.tale, state=play.state).passages() == play.passages()


def test_a_chapter_is_done_when_it_is_left_or_ended(tale):
    play = Playthrough(tale)
    first, second = (c.id for c in tale.chapters)
    assert play.done == frozenset()
    play.open_chapter(second)  # looking ahead finishes nothing
    assert play.done == frozenset()
    play._enter(first, tale.chapters[0].scenes[0].id)
    assert play.done == {second}
    assert Playthrough(tale, state=play.state).done == {second}
    play.undo()
    assert play.done == {second}
