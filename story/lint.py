"""Findings about a tale that need no training. Where a chapter cannot be read at all, ``reading`` has said so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lessons import metrics
from lessons.goals import Goal
from lessons.mistakes import Mistake, unknown
from story import paths
from story.chapter import Chapter, Lesson, Question, Recall, Scene, Tale
from story.conditions import DIAGNOSES, PLAYERS, Condition
from story.numbers import Numbers

WORDS = 400
"""That may be read before a chapter's first run."""
WORDS_BRIEF = 150
"""The same, under --brief."""


@dataclass(frozen=True, order=True)
class Finding:
    """One finding; ``str`` is ``FILE:LINE: message``."""

    path: Path
    line: int
    severity: str
    """``error`` or ``warning``."""
    rule: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def lint(tale: Tale) -> list[Finding]:
    """Everything that is wrong or doubtful, in order of file and line."""
    found = _Lint(tale)
    found.run()
    return sorted(set(found.findings))


class _Lint:
    """The rules, each a method that notes what it finds."""

    def __init__(self, tale: Tale) -> None:
        self.tale = tale
        self.graph = paths.graph(tale)
        self.firsts = [(c.id, c.scenes[0].id) for c in tale.chapters if tale.find(c.id) is c]
        self.findings: list[Finding] = []

    def run(self) -> None:
        """Applies every rule."""
        self._flags()
        self._shares()
        for number, chapter in enumerate(self.tale.chapters):
            self._chapter(chapter, self.tale.chapters[:number])
            if self.tale.find(chapter.id) is not chapter:
                # Its scenes are hidden by those of the chapter whose id it took.
                continue
            self._words(chapter)
            for scene in chapter.scenes:
                self._links(chapter, scene)
                self._ends(chapter, scene)
                self._cast(chapter, scene)
                self._questions(chapter, scene)
                if scene.lesson:
                    self._lesson(chapter, scene, scene.lesson)
        self._reached()
        Numbers(self.graph, self.graph.judged(self.firsts), self.note).run()

    def note(self, chapter: Chapter, line: int, rule: str, message: object, severity: str = "error") -> None:
        """Adds a finding."""
        self.findings.append(Finding(chapter.path, line, severity, rule, str(message)))

    def _chapter(self, chapter: Chapter, before: Iterable[Chapter]) -> None:
        twin = next((c for c in before if c.id == chapter.id), None)
        if twin:
            words = f"chapter id {chapter.id!r} is taken by {twin.path.name}. Choose another."
            self.note(chapter, chapter.at("id"), "chapter-id", words)
        earlier, every = [c.id for c in before], [c.id for c in self.tale.chapters]
        for number, name in enumerate(chapter.requires):
            line = chapter.at("requires", number)
            if name not in every:
                self.note(chapter, line, "requires", unknown("required chapter", name, every))
            elif name not in earlier:
                words = f"required chapter {name!r} does not come before this one. Rename the files."
                self.note(chapter, line, "requires", words)
        for number, name in enumerate(chapter.ends):
            if chapter.find(name) is None:
                words = unknown("end", name, (s.id for s in chapter.scenes))
                self.note(chapter, chapter.at("ends", number), "ends", words)

    def _links(self, chapter: Chapter, scene: Scene) -> None:
        for choice in scene.choices:
            try:
                self.tale.land(chapter, choice)
            except Mistake as mistake:
                self.note(chapter, choice.line, "link", mistake)

    def _reached(self) -> None:
        reached = self.graph.reach(self.firsts)
        for node, (chapter, scene) in self.graph.scenes.items():
            if node not in reached:
                words = f"scene {scene.id!r} cannot be reached. Lead a choice to it, or remove it."
                self.note(chapter, scene.line, "unreachable", words)

    def _ends(self, chapter: Chapter, scene: Scene) -> None:
        """No dead end but where the tale may end, whatever was chosen before."""
        if scene.lesson or scene.id in chapter.ends:
            return
        if not scene.choices:
            words = f"scene {scene.id!r} leads nowhere. Add a choice, or name it in 'ends'."
            self.note(chapter, scene.line, "dead-end", words)
            return
        lasting = [choice for choice in scene.choices if not choice.once]
        node = (chapter.id, scene.id)
        again = node in self.graph.reach(self.graph.after(node))
        if not lasting and again:
            words = f"every choice of scene {scene.id!r} can be made once only, and one may come back. Leave one open."
            self.note(chapter, scene.line, "once", words)
            return
        conditions = [choice.condition for choice in (lasting if again else scene.choices)]
        everywhere = (world for p in PLAYERS for b in (False, True) for world in paths.worlds(conditions, p, b))
        if not all(any(world.allows(c) for c in conditions) for world in everywhere):
            words = f"scene {scene.id!r} may leave nothing to choose. Add a choice without a condition."
            self.note(chapter, scene.line, "no-choice", words, "warning")

    def _flags(self) -> None:
        """Flags that are read are set somewhere, and the other way round; so is the player."""
        sets, reads = {}, {}
        chosen, player = False, None
        for chapter in self.tale.chapters:
            for scene in chapter.scenes:
                for choice in scene.choices:
                    chosen = chosen or bool(choice.player)
                    for name in choice.sets:
                        sets.setdefault(name, (chapter, choice.line))
                for condition, line in _conditions(scene):
                    for name in condition.flags:
                        reads.setdefault(name, []).append((chapter, line))
                    if any(term.kind == "player" for term in condition.terms):
                        player = player or (chapter, line)
        for name in sorted(reads.keys() - sets.keys()):
            for chapter, line in reads[name]:
                self.note(chapter, line, "flag-unset", unknown("flag", name, [*sets, *DIAGNOSES, "brief"]))
        for name in sorted(sets.keys() - reads.keys()):
            chapter, line = sets[name]
            words = f"flag {name!r} is set and never read. Use it in a condition, or remove it."
            self.note(chapter, line, "flag-unread", words, "warning")
        if player and not chosen:
            words = "the player is asked for and never chosen. Add `set player = lucy` to a choice."
            self.note(*player, "player", words)

    def _cast(self, chapter: Chapter, scene: Scene) -> None:
        for paragraph in [*scene.paragraphs, *(scene.lesson.why if scene.lesson else ())]:
            letter = paragraph.speaker
            if letter and letter != "O" and letter not in chapter.cast:
                words = unknown("cast letter", letter, [*chapter.cast, "O"])
                self.note(chapter, paragraph.line, "cast", words)

    def _questions(self, chapter: Chapter, scene: Scene) -> None:
        seen = set()
        for question in scene.questions:
            if question.id in seen:
                self.note(chapter, question.line, "question-twice", f"{question.id!r} is asked twice here. Remove one.")
            seen.add(question.id)
            if isinstance(question, Recall):
                self._recall(chapter, question)
                continue
            first = self.tale.question(question.id)
            if first is not question and question.id not in seen - {question.id}:
                words = f"question id {question.id!r} stands twice in this chapter. Choose another."
                self.note(chapter, question.line, "question-id", words)
            plain = [" ".join(option.casefold().split()) for option in question.options]
            for option in sorted({o for o in plain if plain.count(o) > 1}):
                words = f"option {option!r} stands twice, so no one answer is right. Write another."
                self.note(chapter, question.line, "options", words)
            for text in (question.ask, *question.options, *question.answers):
                for name in re.findall(r"\{(?:start\.|set\.)?([a-z_]+)(?::[^{}]*)?\}", text):
                    if name in metrics.METRICS or name in ("prediction", "truth", "player", "other"):
                        words = f"{{{name}}} is not filled in a question. Say it in the passage before."
                        self.note(chapter, question.line, "question-number", words)

    def _recall(self, chapter: Chapter, recall: Recall) -> None:
        asked = (q for c in self.tale.chapters for s in c.scenes for q in s.questions)
        quizzes = [q.id for q in asked if isinstance(q, Question) and q.kind == "quiz"]
        if recall.id not in quizzes:
            self.note(chapter, recall.line, "recall", unknown("quiz", recall.id, quizzes))

    def _lesson(self, chapter: Chapter, scene: Scene, lesson: Lesson) -> None:
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

    def _shares(self) -> None:
        shares: dict[str, list[tuple[Chapter, Lesson]]] = {}
        for chapter, lesson in self._lessons():
            if lesson.challenge.share:
                shares.setdefault(lesson.challenge.share, []).append((chapter, lesson))
        for name, users in shares.items():
            if len(users) == 1:
                chapter, lesson = users[0]
                words = f"share {name!r} is used by this lesson only. Check the spelling, or remove it."
                self.note(chapter, lesson.at("share"), "share", words, "warning")

    def _lessons(self) -> Iterator[tuple[Chapter, Lesson]]:
        for chapter in self.tale.chapters:
            for scene in chapter.scenes:
                if scene.lesson:
                    yield chapter, scene.lesson

    def _words(self, chapter: Chapter) -> None:
        for brief, budget in ((False, WORDS), (True, WORDS_BRIEF)):
            most: dict[str, tuple[Scene, int]] = {}
            for player in PLAYERS:
                for scene, count in paths.words_before(self.tale, chapter, player, brief):
                    if count > most.get(scene.id, (scene, 0))[1]:
                        most[scene.id] = (scene, count)
            for scene, count in most.values():
                if count > budget and scene.lesson:
                    how = " under --brief" if brief else ""
                    words = f"up to {count} words{how} before the first run of {scene.id!r}; {budget} are allowed."
                    self.note(chapter, scene.lesson.line, "words", words)


def _conditions(scene: Scene) -> Iterator[tuple[Condition, int]]:
    for paragraph in [*scene.paragraphs, *(scene.lesson.why if scene.lesson else ())]:
        if paragraph.condition:
            yield paragraph.condition, paragraph.line
    for choice in scene.choices:
        if choice.condition:
            yield choice.condition, choice.line
