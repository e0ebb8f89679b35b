"""The shipped tale: it reads, it is clean, and in each chapter every scene can be walked to with faked verdicts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest

from lessons import metrics
from story.chapter import Chapter, Lesson
from story.conditions import PLAYERS, Term
from story.lint import lint
from story.reading import read_tale, shipped
from story.telling import Judged, Playthrough
from tests.prose import holes

CASTLE = read_tale(shipped())
CHAPTERS = pytest.mark.parametrize("chapter", CASTLE.chapters, ids=lambda chapter: chapter.id)


def test_there_is_a_tale() -> None:
    assert CASTLE.chapters


def test_it_has_no_errors() -> None:
    assert [str(f) for f in lint(CASTLE) if f.severity == "error"] == []


def fakes(lesson: Lesson) -> Iterator[Judged]:
    """Verdicts of every kind that a lesson may give: each way to pass, with room and narrowly, and each to fail."""
    challenge = lesson.challenge
    there = metrics.available(challenge.recipe_for({}))
    kinds = [(way.to, value, margin, "") for way in challenge.ways for value, margin in ((0.9, 3.0), (0.2, 0.5))]
    kinds += [(challenge.fail, 0.9, -0.5, "overfit"), (challenge.fail, 0.2, -0.5, "underfit")]
    lost = (challenge.fail, None, None, "diverged")
    rights = (True, False) if challenge.predict else (None,)
    for (to, value, margin, diagnosis), right in [*product(kinds, rights), (lost, False), (lost, None)]:
        means = dict.fromkeys(there, value)
        outcomes = [(name, not diagnosis, margin) for name in challenge.goal.metrics]
        said = None if right is None else "rise"
        yield Judged(
            not diagnosis, to, means, means, dict(challenge.start), outcomes, diagnosis, said, said, right, tries=3
        )


def terms(chapter: Chapter) -> list[Term]:
    """All that a choice of it hangs on."""
    conditions = [choice.condition for scene in chapter.scenes for choice in scene.choices if choice.condition]
    return list(dict.fromkeys(term for condition in conditions for term in condition.terms))


def starts(chapter: Chapter, brief: bool) -> Iterator[dict[str, Any]]:
    """Its beginning for each visitor, with all flags from before that its choices hang on and with none."""
    ours = {flag for scene in chapter.scenes for choice in scene.choices for flag in choice.sets}
    before = {term.name for term in terms(chapter) if term.kind == "flag"} - ours
    play = Playthrough(CASTLE, brief)
    play.open_chapter(chapter.id)
    for player in PLAYERS if chapter.requires else [""]:
        for flags in (before, set()):
            yield {**play.state, "player": player, "flags": sorted(flags)}


def kept(play: Playthrough) -> dict[str, Any]:
    """What is saved, without what only takes time: the steps back, and verdicts that are told of no more."""
    state = play.state
    return {**state, "undo": [], "verdicts": {k: v for k, v in state["verdicts"].items() if k == state["verdict"]}}


@pytest.mark.slow
@pytest.mark.parametrize("brief", [False, True], ids=["long", "brief"])
@CHAPTERS
def test_every_scene_can_be_walked_to(chapter: Chapter, brief: bool) -> None:
    """Every choice and every kind of verdict is tried from every place, until nothing new appears."""
    asked, seen, walked, told = terms(chapter), set(), set(), set()
    todo = list(starts(chapter, brief))

    def arrive(play: Playthrough) -> None:
        facts, verdict = play._facts(), play.verdict
        kind = verdict and (verdict.passed, verdict.diagnosis)
        key = (play.scene.id, play.player, kind, *(term.holds(facts) for term in asked))
        if play.chapter is chapter and key not in seen:
            seen.add(key)
            todo.append(kept(play))

    while todo:
        state = todo.pop()
        play = Playthrough(CASTLE, brief, json.loads(json.dumps(state, allow_nan=False)))
        assert play.notice == ""
        walked.add(play.scene.id)
        told |= {passage.text for passage in [*play.passages(), *play.why()] if passage.kind != "code"}
        for question in play.questions():
            assert play.answer(question.id, 0).correct
        assert play.choices() or play.lesson or play.scene.id in chapter.ends
        for index in range(len(play.choices())):
            step = Playthrough(CASTLE, brief, state)
            step.choose(index)
            arrive(step)
        for judged in fakes(play.lesson) if play.lesson else ():
            step = Playthrough(CASTLE, brief, state)
            step.settle(judged)
            arrive(step)
    assert walked == {scene.id for scene in chapter.scenes}
    assert holes(" ".join(told), CASTLE) == []
