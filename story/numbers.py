"""Lint of the player's numbers: whatever a text quotes was measured by the lesson judged last, on every way there."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from lessons import metrics
from lessons.challenge import Challenge
from lessons.mistakes import unknown
from story.blanks import SAID, WORDS
from story.chapter import Chapter, Paragraph
from story.paths import Graph, Node

Judged = set[Node | None]
"""The scenes of the lessons that may have been judged last; None where none was."""


class Numbers:
    """The rules on numbers; each notes what it finds."""

    def __init__(self, graph: Graph, judged: Mapping[Node, Judged], note: Callable[..., None]) -> None:
        self.graph = graph
        self.judged = judged
        self.note = note

    def run(self, about: Collection[Path]) -> None:
        """Looks at every passage and every choice of these files that can be reached."""
        for node, (chapter, scene) in self.graph.scenes.items():
            if chapter.path not in about:
                continue
            for paragraph in [*scene.paragraphs, *(scene.lesson.why if scene.lesson else ())]:
                self._passage(chapter, paragraph, self.judged[node])
            for choice in scene.choices:
                for name in choice.condition.metrics if choice.condition else ():
                    self._measured(chapter, choice.line, name, self.judged[node])
                shown = Paragraph("narration", choice.label, choice.line, condition=choice.condition)
                self._blanks(chapter, shown, self.judged[node])

    def _passage(self, chapter: Chapter, paragraph: Paragraph, judged: Judged) -> None:
        for name in paragraph.condition.metrics if paragraph.condition else ():
            self._measured(chapter, paragraph.line, name, judged)
        self._blanks(chapter, paragraph, judged)

    def _blanks(self, chapter: Chapter, paragraph: Paragraph, judged: Judged) -> None:
        condition = paragraph.condition
        for blank in paragraph.blanks:
            prefix, _, name = blank.name.rpartition(".")
            if name in WORDS:
                continue
            if None in judged and not (condition and condition.needs_verdict):
                words = f"{{{blank.name}}} has no value here: a way leads here on which no lesson was judged. "
                words += "Put `if tries > 0` before the passage, or quote it after the lesson."
                # A flag may tell the ways apart; that cannot be seen from here.
                guarded = bool(condition and condition.flags)
                self.note(chapter, blank.line, "number", words, "warning" if guarded else "error")
            if prefix == "set":
                self._offered(chapter, blank.line, name, judged)
            elif name in SAID:
                self._predicted(chapter, blank.line, name, judged)
            else:
                self._measured(chapter, blank.line, name, judged)

    def _challenges(self, judged: Judged) -> list[Challenge]:
        lessons = (self.graph.scenes[node][1].lesson for node in judged if node is not None)
        return [lesson.challenge for lesson in lessons if lesson]

    def _measured(self, chapter: Chapter, line: int, name: str, judged: Judged) -> None:
        for challenge in self._challenges(judged):
            there = metrics.available(challenge.recipe_for({}))
            if name not in there:
                self.note(chapter, line, "number", unknown("metric of the lesson judged before", name, there))

    def _offered(self, chapter: Chapter, line: int, name: str, judged: Judged) -> None:
        for challenge in self._challenges(judged):
            if name not in challenge.start:
                words = unknown("setting of the lesson judged before", name, challenge.start)
                self.note(chapter, line, "number", words)

    def _predicted(self, chapter: Chapter, line: int, name: str, judged: Judged) -> None:
        for challenge in self._challenges(judged):
            predict = challenge.predict
            if predict is None or (name == "truth" and not predict.metric):
                words = f"{{{name}}} has no value here: the lesson judged before measures no prediction. "
                words += "Add predict and predict_metric to it, or take this out."
                self.note(chapter, line, "number", words)
