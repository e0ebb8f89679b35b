"""Every chapter teaches in the same order: recall, first run, theory, prediction, reason, transfer, page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from story.chapter import Chapter, Choice, Lesson, Paragraph, Question, Recall, Scene, Variants
from story.counting import count
from story.paths import land
from story.reading import read_tale, shipped

CASTLE = read_tale(shipped())
FIRST, LAST = CASTLE.chapters[0], CASTLE.chapters[-1]
CHAPTERS = pytest.mark.parametrize("chapter", CASTLE.chapters, ids=lambda chapter: chapter.id)
LESSONS = pytest.mark.parametrize(
    ("chapter", "scene"),
    [pytest.param(c, s, id=f"{c.id}/{s.id}") for c in CASTLE.chapters for s in c.scenes if s.lesson],
)
SEVERAL = 3
"""Ways of saying that a lesson was failed in one way; fewer, and a player hears one twice."""


def lesson_of(scene: Scene) -> Lesson:
    assert scene.lesson
    return scene.lesson


def scenes(chapter: Chapter, lesson: Lesson) -> Iterator[Scene]:
    """The scenes that a passed verdict leads to."""
    for way in lesson.challenge.ways:
        found = chapter.find(way.to)
        assert found
        yield found


def said(part: Paragraph | Choice) -> str:
    """The condition of a passage or of a choice, as written."""
    return part.condition.text if part.condition else ""


def named(paragraph: Paragraph) -> set[str]:
    return {blank.name for blank in paragraph.blanks}


def test_the_tale_is_whole() -> None:
    assert [c.id for c in CASTLE.chapters] == [
        *("the-knock", "lines-in-fog", "first-breath", "two-shadows", "no-mirror", "the-iron-collar"),
        *("the-hungry-knife", "before-dawn", "even-tide", "the-hall-of-two", "the-slowing-clock"),
        *("the-masters-trial", "the-long-night", "the-collection"),
    ]


@CHAPTERS
def test_it_opens_with_a_question_from_an_earlier_chapter(chapter: Chapter) -> None:
    """Not in the first one, which has nothing to ask."""
    before = [c.id for c in CASTLE.chapters[: CASTLE.chapters.index(chapter)]]
    asked = []
    for scene in chapter.scenes:
        asked += [q.id for q in scene.questions if isinstance(q, Recall)]
        if scene.lesson:
            break
    assert all(any(name.startswith(f"{earlier}/") for earlier in before) for name in asked)
    assert bool(asked) == (chapter is not FIRST)


@CHAPTERS
def test_the_way_to_the_first_run_is_short(chapter: Chapter) -> None:
    counts = count(CASTLE, chapter)
    assert counts.first_run and counts.first_run.longest <= 400
    assert counts.first_run_brief and counts.first_run_brief.longest <= 150


@LESSONS
def test_a_lesson_has_theory_a_prediction_and_hints_in_layers(chapter: Chapter, scene: Scene) -> None:
    challenge = lesson_of(scene).challenge
    assert lesson_of(scene).why
    assert challenge.predict and challenge.predict.metric
    assert len(challenge.hints) >= 3
    assert challenge.traps


@LESSONS
def test_a_failed_verdict_is_answered_by_how_it_failed_and_with_the_players_numbers(
    chapter: Chapter, scene: Scene
) -> None:
    failed = chapter.find(lesson_of(scene).challenge.fail)
    assert failed and failed is not scene
    groups = Counter(said(p) for part in failed.variants for p in part.items)
    several = [group for group, size in groups.items() if size >= SEVERAL]
    assert several or sum(groups.values()) >= 2 * SEVERAL, groups
    assert any(named(p) & set(lesson_of(scene).challenge.goal.metrics) for p in failed.paragraphs)
    told = [p.pieces for p in failed.paragraphs]
    assert len(told) == len(set(told))
    assert any(choice.scene == scene.id for choice in failed.choices), "there is no way back to the bench"


@LESSONS
def test_a_pass_is_answered_with_the_prediction(chapter: Chapter, scene: Scene) -> None:
    for passed in scenes(chapter, lesson_of(scene)):
        conditions = [said(part) for part in (*passed.paragraphs, *passed.choices)]
        assert any("predicted right" in condition for condition in conditions), passed.id
        assert any(p.blanks for p in passed.paragraphs)


@CHAPTERS
def test_it_asks_why_it_worked_and_has_a_quiz(chapter: Chapter) -> None:
    kinds = Counter(q.kind for scene in chapter.scenes for q in scene.questions if isinstance(q, Question))
    assert kinds["reason"] and kinds["quiz"]


@CHAPTERS
def test_a_page_is_won_by_predicting_a_transfer_run(chapter: Chapter) -> None:
    """The page's scene is reached by a right prediction, of a number, on a changed set-up; the epilogue wins none."""
    pages = [scene for scene in chapter.scenes if scene.pages]
    if chapter is LAST:
        assert not pages
        return
    assert pages
    for page in pages:
        into = [
            (scene, choice)
            for scene in chapter.scenes
            for choice in scene.choices
            if land(CASTLE, chapter, choice) == (chapter.id, page.id)
        ]
        assert into
        for scene, choice in into:
            assert "predicted right" in said(choice), (scene.id, choice.key)
            won = [s for s in chapter.scenes if s.lesson and scene in scenes(chapter, s.lesson)]
            assert won, f"{scene.id} follows no verdict"
            for transfer in won:
                prediction = lesson_of(transfer).challenge.predict
                assert prediction and not prediction.options, f"{transfer.id} asks for no number"


@CHAPTERS
def test_both_visitors_have_passages_and_voices_of_their_own(chapter: Chapter) -> None:
    for player in ("jonathan", "lucy"):
        own = [
            p
            for s in chapter.scenes
            for p in s.paragraphs
            if f"player = {player}" in (p.condition.text if p.condition else "")
        ]
        assert sum(p.words for p in own) >= 40, player
        assert any(p.speaker == "O" for p in own), f"the other visitor says nothing to {player}"


@CHAPTERS
def test_nothing_is_said_in_a_way_that_the_tale_does_not_use(chapter: Chapter) -> None:
    """No exclamation mark, no emoji; straight quotes and hyphens, as everywhere."""
    for scene in chapter.scenes:
        for paragraph in scene.paragraphs:
            if paragraph.kind == "code":
                continue
            told = "".join(getattr(piece, "text", "") for piece in paragraph.pieces)
            assert not re.search(r"[!\U0001f300-\U0001faff—]", told), f"{chapter.path.name}:{paragraph.line}: {told}"


def test_no_passage_stands_twice_in_the_tale() -> None:
    """Nor in two chapters: what is heard a second time is a stock phrase."""
    seen: dict[str, str] = {}
    for chapter in CASTLE.chapters:
        for scene in chapter.scenes:
            for part in scene.body:
                for paragraph in part.items if isinstance(part, Variants) else (part,):
                    told = "".join(getattr(p, "text", "{}") for p in paragraph.pieces).strip()
                    if paragraph.kind == "code" or paragraph.blanks or len(told.split()) < 6:
                        continue
                    place = f"{chapter.id}/{scene.id}"
                    assert seen.setdefault(told, place) == place, (told, seen[told], place)
