"""What a sound chapter becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessons.mistakes import Mistake
from story.blanks import metric, said, turned
from story.chapter import Blank, Question, Recall, Span, Tale, Variants
from story.reading import SHIPPED, read_chapter, read_tale, shipped
from tests.story.conftest import FIXTURES, edit, line_of


def test_facts(tale: Tale) -> None:
    chapter = tale.chapter("first")
    assert (chapter.title, chapter.teaches, chapter.ends) == ("The First", ("dropout",), ("cellar",))
    assert chapter.cast == {"D": "The Count", "R": "Renfield"}
    assert [c.id for c in tale.chapters] == ["first", "second"]
    assert [s.id for s in chapter.scenes] == ["gate", "hall", "cellar", "forge", "starved", "freed"]


def test_every_piece_carries_its_line(tale: Tale) -> None:
    text = (FIXTURES / "01-first.md").read_text(encoding="utf-8")
    forge = tale.scene("first", "forge")
    assert forge.line == line_of(text, "## forge")
    assert forge.choices[0].line == line_of(text, "[Walk away]")
    assert forge.lesson is not None
    assert forge.lesson.at("traps", 1) == line_of(text, "{ set = { epochs = 10 }")
    assert forge.lesson.at("setting", "epochs", "choices") == line_of(text, "setting.epochs")
    starved = tale.scene("first", "starved")
    assert [p.line for p in starved.paragraphs][1:3] == [line_of(text, "Overfit one"), line_of(text, "Overfit two")]


def test_styles(tale: Tale) -> None:
    paragraph = tale.scene("first", "gate").body[0]
    assert not isinstance(paragraph, Variants)
    assert paragraph.pieces == (
        Span("", "You knock "),
        Span("em", "once"),
        Span("", ", and "),
        Span("strong", "twice"),
        Span("", ", with "),
        Span("code", "knock()"),
        Span("", "."),
    )


def test_speech_conditions_and_blanks(tale: Tale) -> None:
    paragraph = next(tale.scene("first", "hall").paragraphs)
    assert (paragraph.kind, paragraph.speaker) == ("speech", "D")
    assert paragraph.condition is not None and paragraph.condition.flags == ("knocked",)
    assert next(p for p in paragraph.pieces if isinstance(p, Blank)).name == "player"


def test_choices(tale: Tale) -> None:
    gate, hall = tale.scene("first", "gate"), tale.scene("first", "hall")
    assert (gate.choices[0].player, gate.choices[0].sets) == ("jonathan", ("knocked",))
    assert hall.choices[0].once and hall.choices[0].sets == ("looked",)
    assert hall.choices[1].clears == ("knocked",) and hall.choices[1].condition is not None
    assert tale.land(tale.chapter("first"), tale.scene("first", "freed").choices[0]) == ("second", "arrival")


def test_the_lesson(tale: Tale) -> None:
    lesson = tale.scene("first", "forge").lesson
    assert lesson is not None
    challenge = lesson.challenge
    assert challenge.start == {"dropout": 0.0, "epochs": 30}
    assert challenge.ways[0].to == "freed" and challenge.fail == "starved" and challenge.seeds == 5
    assert challenge.predict is not None and challenge.predict.metric == "train_accuracy"
    assert [t.why for t in challenge.traps] == ["starves", "still memorises"]
    assert [(p.kind, p.pieces[0].text) for p in lesson.why if isinstance(p.pieces[0], Span)] == [
        ("narration", "Dropout"),
        ("narration", "• "),
        ("narration", "• "),
        ("code", "nn.Dropout(0.5)"),
    ]


def test_several_ways(tale: Tale) -> None:
    lesson = tale.scene("second", "trial").lesson
    assert lesson is not None
    assert [(w.to, w.solution) for w in lesson.challenge.ways] == [
        ("won", {"epochs": 50}),
        ("other-way", {"epochs": 10}),
    ]
    assert lesson.challenge.predict is not None
    assert (lesson.challenge.predict.options, lesson.challenge.predict.within) == ((), 0.03)


def test_questions_have_one_shape(tale: Tale) -> None:
    reason, quiz = tale.scene("first", "freed").questions
    assert isinstance(reason, Question) and isinstance(quiz, Question)
    assert (reason.id, reason.kind, reason.options) == ("first/reason-freed", "reason", ("Because.", "Luck."))
    assert reason.answers == ("", "Luck does not pass.")
    assert (quiz.id, quiz.right, len(quiz.options)) == ("first/what", 0, 4)
    recall, find, mend = tale.scene("second", "arrival").questions
    assert isinstance(recall, Recall) and isinstance(find, Question) and isinstance(mend, Question)
    assert (find.id, find.kind, find.options, find.right) == (f"{mend.id}-line", "find", mend.code, 0)
    assert (mend.kind, mend.right, mend.fault, mend.job) == ("mend", 0, 1, "clean-digits")


def test_the_order_is_that_of_the_file_names() -> None:
    paths = [FIXTURES / "02-second.md", FIXTURES / "01-first.md"]
    assert [c.id for c in read_tale(paths).chapters] == ["first", "second"]


def test_windows_line_ends_and_a_byte_order_mark_are_read(folder: Path) -> None:
    path = folder / "01-first.md"
    before = read_chapter(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_chapter(path) == before


def test_theory_may_hold_ordinary_markdown(folder: Path) -> None:
    path = folder / "01-first.md"
    edit(path, "- one thing", "1. first\n2. second\n\n> quoted\n\n#### Small print\n\n- one thing")
    lesson = read_chapter(path).scenes[3].lesson
    assert lesson is not None
    texts = ["".join(p.text for p in w.pieces if isinstance(p, Span)) for w in lesson.why]
    assert texts[1:5] == ["1. first", "2. second", "quoted", "Small print"]


def test_unknown_places_of_a_tale(tale: Tale) -> None:
    with pytest.raises(Mistake, match="Did you mean 'first'"):
        tale.chapter("frist")
    with pytest.raises(Mistake, match="Did you mean 'forge'"):
        tale.scene("first", "forg")


def test_shipped_lists_the_folder() -> None:
    assert shipped() == sorted(SHIPPED.glob("*.md"))


@pytest.mark.parametrize(
    ("value", "spec", "shown"),
    [
        (0.7954, "", "79.5%"),
        (0.7954, ".0%", "80%"),
        (0.7954, ".2f", "0.80"),
        (-0.0001, ".1%", "0.0%"),
        (-0.1, ".1%", "-10.0%"),
        (None, ".1%", "beyond number"),
        (float("nan"), "", "beyond number"),
        (float("inf"), ".1f", "beyond number"),
        (True, "", "beyond number"),
        ("x", ".1%", "beyond number"),
    ],
)
def test_a_metric_in_words(value: object, spec: str, shown: str) -> None:
    assert metric("test_accuracy", value, spec) == shown


@pytest.mark.parametrize(
    ("value", "of", "spec", "shown"),
    [
        ("rise", "gap", "", "rise"),
        (None, "gap", "", "nothing"),
        (0.5, "gap", "", "50.0%"),
        (0.5, "gap", ".3f", "0.500"),
        (0.5, "", "", "0.5"),
        (float("nan"), "", "", "beyond number"),
        ("", "", "", "nothing"),
        ([], "", "", "nothing"),
    ],
)
def test_a_prediction_in_words(value: object, of: str, spec: str, shown: str) -> None:
    assert said(value, of, spec) == shown


def test_a_setting_in_words() -> None:
    assert turned("eval_mode", False) == "forgotten"
    assert turned("dropout", 0.5) == "0.5"
    assert turned("dropout", None) == turned("dropout", {}) == turned("dropout", "x") == "nothing"


@pytest.mark.parametrize(
    ("name", "value", "spec", "shown"),
    [
        ("gap", 0.101, ".1%", "10.1 points"),
        ("gap", -0.004, ".0%", "0 points"),
        ("gap", 0.101, ".2f", "0.10"),
        ("test_accuracy", 0.101, ".1%", "10.1%"),
    ],
)
def test_shares_lie_points_apart(name: str, value: float, spec: str, shown: str) -> None:
    assert metric(name, value, spec) == shown
