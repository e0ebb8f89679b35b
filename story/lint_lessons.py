"""Lint of lessons: what an author says of one can be won, and is worth being won."""

from __future__ import annotations

import math
from collections.abc import Callable

from lessons.challenge import Challenge
from lessons.goals import Goal
from lessons.mistakes import Mistake, unknown
from story.chapter import Chapter, Lesson, Scene
from story.paths import Graph

FEWEST = 4
"""Combinations of settings: fewer are won by two clicks."""


class Lessons:
    """The rules on lessons; each notes what it finds."""

    def __init__(self, graph: Graph, note: Callable[..., None]) -> None:
        self.graph = graph
        self.note = note

    def look(self, chapter: Chapter, scene: Scene, lesson: Lesson) -> None:
        """Looks at one lesson."""
        challenge = lesson.challenge
        many = len(challenge.ways) > 1
        names = [s.id for s in chapter.scenes]
        for number, way in enumerate(challenge.ways):
            at = ("goal", number) if many or ("goal", 0) in lesson.lines else ()
            goal, to, solution = ((*at, "when") if at else ("goal",), (*at, "pass"), (*at, "solution"))
            if way.to not in names:
                self.note(chapter, lesson.at(*to), "pass", unknown("pass scene", way.to, names))
            if way.to == challenge.fail:
                words = f"pass and fail are both {way.to!r}. Name two scenes."
                self.note(chapter, lesson.at(*to), "pass", words)
            full = {**challenge.start, **way.solution}
            if full == challenge.start:
                words = "the solution is what the player starts with. Turn a setting in it."
                self.note(chapter, lesson.at(*solution), "solution", words)
            for place, trap in enumerate(challenge.traps):
                if {**challenge.start, **trap.settings} == full:
                    words = f"trap {place + 1} is the solution itself. Change one of them."
                    self.note(chapter, lesson.at("traps", place), "trap", words)
            self._floor(chapter, way.goal, lesson.at(*goal))
        self._fail(chapter, scene, lesson)
        self._traps(chapter, lesson)
        self._settings(chapter, lesson)
        if not challenge.hints:
            words = 'the lesson has no hints. Add hints = ["...", "..."], the last one plain.'
            self.note(chapter, lesson.line, "hints", words, "warning")
        if challenge.predict and not challenge.predict.metric:
            words = 'nothing measures this prediction. Add predict_metric = ..., such as "train_accuracy".'
            self.note(chapter, lesson.at("predict"), "predict", words, "warning")

    def _floor(self, chapter: Chapter, goal: Goal, line: int) -> None:
        """A gap alone is won by learning nothing."""
        comparisons = goal.comparisons
        floor = any(c.metric.endswith("_accuracy") and c.op[0] == ">" for c in comparisons)
        ceiling = any(c.metric.endswith("_loss") and c.op[0] == "<" for c in comparisons)
        for comparison in comparisons:
            held = floor or (comparison.metric == "loss_gap" and ceiling)
            if comparison.metric in ("gap", "loss_gap") and not held:
                words = f"{comparison.metric} alone is won by learning nothing. Add 'and test_accuracy >= ...'."
                self.note(chapter, line, "gap", words)

    def _fail(self, chapter: Chapter, scene: Scene, lesson: Lesson) -> None:
        fail = lesson.challenge.fail
        if chapter.find(fail) is None:
            words = unknown("fail scene", fail, (s.id for s in chapter.scenes))
            self.note(chapter, lesson.at("fail"), "fail", words)
        elif (chapter.id, scene.id) not in self.graph.reach([(chapter.id, fail)]):
            words = f"from {fail!r} no choice leads back to the lesson {scene.id!r}. Add one."
            self.note(chapter, lesson.at("fail"), "fail", words)

    def _traps(self, chapter: Chapter, lesson: Lesson) -> None:
        """A trap proves something only where it is neither the start nor another trap."""
        seen = [lesson.challenge.start]
        for number, trap in enumerate(lesson.challenge.traps):
            full = {**lesson.challenge.start, **trap.settings}
            if full in seen:
                other = seen.index(full)
                twin = f"trap {other} again" if other else "what the player starts with, which is proved to fail anyway"
                words = f"trap {number + 1} is {twin}. Change it, or remove it."
                self.note(chapter, lesson.at("traps", number), "trap", words, "warning")
            seen.append(full)

    def _settings(self, chapter: Chapter, lesson: Lesson) -> None:
        """Each setting does something, is not fixed as well, and there are enough of them."""
        challenge = lesson.challenge
        count = math.prod(len(offer.choices) for offer in challenge.offers)
        if count < FEWEST:
            words = (
                f"{count} combinations of settings are won by trying them all. Offer more choices, {FEWEST} or more."
            )
            self.note(chapter, lesson.at("setting"), "choices", words, "warning")
        for offer in challenge.offers:
            if ("with", offer.name) in lesson.lines:
                words = f"{offer.name} is fixed by 'with' and offered as a setting, which wins. Keep one of them."
                self.note(chapter, lesson.at("with", offer.name), "with", words, "warning")
            if needed := _idle(challenge, offer.name):
                words = f"setting {offer.name} does nothing here: it needs {needed}. Add that to 'with', or remove it."
                self.note(chapter, lesson.at("setting", offer.name), "idle", words, "warning")


def _idle(challenge: Challenge, name: str) -> str:
    """What a setting would need to do anything, whatever else is turned; empty where it does something."""
    needed = challenge.recipe_for({}).idle(name)
    if not needed:
        return ""
    turned = ({offer.name: value} for offer in challenge.offers for value in offer.choices)
    for settings in turned:
        try:
            if not challenge.recipe_for(settings).idle(name):
                return ""
        except Mistake:
            continue  # that combination cannot be trained
    return needed
