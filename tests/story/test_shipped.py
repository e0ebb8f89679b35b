"""The shipped tale: it reads, it is clean, and it can be walked to every scene with faked verdicts."""

from __future__ import annotations

import json
import re

import pytest

from lessons import metrics
from story.chapter import Lesson, Tale
from story.lint import lint
from story.reading import read_tale, shipped
from story.telling import Judged, Playthrough


@pytest.fixture(scope="module")
def castle() -> Tale:
    return read_tale(shipped())


def test_there_is_a_tale(castle: Tale) -> None:
    assert castle.chapters


def test_it_has_no_errors(castle: Tale) -> None:
    assert [str(f) for f in lint(castle) if f.severity == "error"] == []


def fakes(lesson: Lesson) -> list[Judged]:
    """Verdicts of every kind that a lesson may give."""
    challenge = lesson.challenge
    there = metrics.available(challenge.recipe_for({}))
    made = []
    for value, diagnosis in ((0.9, "overfit"), (0.2, "underfit"), (None, "diverged")):
        means = dict.fromkeys(there, value)
        for to, passed in [*((way.to, True) for way in challenge.ways), (challenge.fail, False)]:
            for right in (True, False, None):
                outcome = [(name, passed, 0.5 if passed else -0.5) for name in challenge.goal.metrics]
                said = "rise" if right is not None else None
                made.append(
                    Judged(
                        passed,
                        to,
                        means,
                        means,
                        dict(challenge.start),
                        outcome,
                        "" if passed else diagnosis,
                        said,
                        said,
                        right,
                        3,
                    )
                )
    return made


@pytest.mark.parametrize("brief", [False, True])
def test_every_scene_can_be_walked_to(castle: Tale, brief: bool) -> None:
    """Every choice and every kind of verdict is tried from every place, until nothing new appears."""
    todo = [Playthrough(castle, brief).state]
    seen: set[str] = set()
    walked: set[tuple[str, str]] = set()
    while todo:
        state = todo.pop()
        play = Playthrough(castle, brief, json.loads(json.dumps(state, allow_nan=False)))
        assert play.notice == ""
        verdict = play.verdict
        key = repr((play.chapter.id, play.scene.id, play.player, verdict and (verdict.passed, verdict.diagnosis)))
        if key in seen:
            continue
        seen.add(key)
        walked.add((play.chapter.id, play.scene.id))
        told = " ".join(p.text for p in [*play.passages(), *play.why()] if p.kind != "code")
        assert not re.search(r"\bnan\b|\bNone\b|\{|\}", told), told
        for question in play.questions():
            assert play.answer(question.id, 0).correct
        assert play.choices() or play.lesson or play.scene.id in play.chapter.ends
        for index in range(len(play.choices())):
            step = Playthrough(castle, brief, state)
            step.choose(index)
            todo.append(step.state)
        for judged in fakes(play.lesson) if play.lesson else ():
            step = Playthrough(castle, brief, state)
            step.settle(judged)
            todo.append(step.state)
    assert walked == {(c.id, s.id) for c in castle.chapters for s in c.scenes}
