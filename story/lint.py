"""Findings about a tale that need no training. Where a chapter cannot be read at all, ``reading`` has said so."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from lessons import metrics
from lessons.mistakes import Mistake, unknown
from story import paths
from story.chapter import Chapter, Lesson, Paragraph, Question, Recall, Scene, Span, Tale
from story.conditions import DIAGNOSES, PLAYERS, Condition
from story.findings import Finding
from story.lint_lessons import Lessons
from story.numbers import Numbers

WORDS = 400
"""That may be read before a chapter's first run."""
WORDS_BRIEF = 150
"""The same, under --brief."""

RULES = {
    "reading": "what keeps a chapter from being read: a mark, a key or a value that is not known",
    "cast": "who speaks is declared among the facts, and written by a letter: **D:**",
    "chapter-id": "no two chapters have the same id",
    "choices": "a lesson offers so many settings that trying them all is no way to win",
    "dead-end": "a scene without a choice is named among the ends",
    "endless": "from every scene an end can be reached",
    "ends": "what is named among the ends is a scene of the chapter",
    "fail": "the fail scene exists and leads back to its lesson",
    "file-name": "the file is named as the chapter's id, after its number",
    "flag-unread": "a flag that is set is read by some condition",
    "flag-unset": "a flag that is read is set by some choice",
    "gap": "a goal on a gap stands beside one on an accuracy, for a gap alone is won by learning nothing",
    "hints": "a lesson has hints",
    "idle": "a setting that is offered does something, whatever the others are",
    "link": "a choice leads to a scene or to a chapter file",
    "no-choice": "every scene leaves something to choose, whatever was chosen before",
    "number": "a number in the text was measured by the lesson judged last, on every way there",
    "once": "of choices that can be made once only, one stays open where the player may come back",
    "options": "no two answers of a question are the same",
    "pass": "the pass scene exists and is not the fail scene",
    "player": "where the text asks who is played, a choice sets it",
    "predict": "a prediction says by what metric it is measured",
    "question-id": "no two questions of a chapter have the same id",
    "question-number": "a question holds no {number}, which is filled in passages only",
    "question-twice": "a scene asks a question once",
    "recall": "a quiz that is asked again exists",
    "requires": "a chapter that is required exists and comes before",
    "share": "a bench that is shared is shared by two lessons",
    "solution": "the solution is not what the player starts with",
    "trap": "a trap is neither the solution, nor the start, nor another trap",
    "unreachable": "every scene can be reached",
    "with": "a setting is either fixed by 'with' or offered",
    "words": "not too much is read before the first run",
}
"""Every rule, by its short name, and what it asks for."""


def lint(tale: Tale, about: Collection[Path] = ()) -> list[Finding]:
    """Everything that is wrong or doubtful, in order of file and line; ``about`` some files of the tale, or all."""
    found = _Lint(tale, about or [chapter.path for chapter in tale.chapters])
    found.run()
    return sorted(set(found.findings))


class _Lint:
    """The rules, each a method that notes what it finds."""

    def __init__(self, tale: Tale, about: Collection[Path]) -> None:
        self.tale = tale
        self.about = frozenset(about)
        self.graph = paths.graph(tale)
        self.firsts = [(c.id, c.scenes[0].id) for c in tale.chapters if tale.find(c.id) is c]
        self.reached = self.graph.reach(self.firsts)
        self.findings: list[Finding] = []

    def run(self) -> None:
        """Applies every rule."""
        lessons = Lessons(self.graph, self.note)
        self._flags()
        self._shares()
        for number, chapter in enumerate(self.tale.chapters):
            if chapter.path not in self.about:
                continue
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
                    lessons.look(chapter, scene, scene.lesson)
        self._reached()
        self._endless()
        Numbers(self.graph, self.graph.judged(self.firsts), self.note).run(self.about)

    def note(self, chapter: Chapter, line: int, rule: str, message: object, severity: str = "error") -> None:
        """Adds a finding, if it is about a file that is asked about."""
        if chapter.path in self.about:
            self.findings.append(Finding(chapter.path, line, severity, rule, str(message)))

    def _chapter(self, chapter: Chapter, before: Iterable[Chapter]) -> None:
        plain = re.sub(r"^[0-9]+-", "", chapter.path.stem)
        if chapter.id not in (plain, chapter.path.stem):
            words = f"the file is named {plain!r} and the chapter {chapter.id!r}. Give both one name."
            self.note(chapter, chapter.at("id"), "file-name", words, "warning")
        twin = next((c for c in before if c.id == chapter.id), None)
        if twin:
            words = f"chapter id {chapter.id!r} is taken by {twin.path.name}. Choose another."
            self.note(chapter, chapter.at("id"), "chapter-id", words)
        earlier, every = [c.id for c in before], [c.id for c in self.tale.chapters]
        for number, name in enumerate(chapter.requires):
            line = chapter.at("requires", number)
            if name == chapter.id:
                words = "the chapter requires itself, and does not come before itself. Remove it."
                self.note(chapter, line, "requires", words)
            elif name not in every:
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
        # Where a reached scene leads nowhere, that is the fault, and what lies behind it would only follow.
        holes = {c.id for c, s in map(self.graph.scenes.get, self.reached) if self._hole(c, s)}  # type: ignore[misc]
        for node, (chapter, scene) in self.graph.scenes.items():
            if node not in self.reached and chapter.id not in holes:
                words = f"scene {scene.id!r} cannot be reached. Lead a choice to it, or remove it."
                self.note(chapter, scene.line, "unreachable", words)

    def _endless(self) -> None:
        """From everywhere an end can be reached; told once a chapter, where the way is lost."""
        scenes = self.graph.scenes.items()
        ends = {node for node, (c, s) in scenes if s.id in c.ends or self._hole(c, s)}
        before: dict[paths.Node, list[paths.Node]] = {node: [] for node in self.graph.scenes}
        for node in self.graph.scenes:
            for after in self.graph.after(node):
                before[after].append(node)
        todo = list(ends)
        while todo:
            new = [node for node in before[todo.pop()] if node not in ends]
            ends.update(new)
            todo += new
        lost = [node for node in self.graph.scenes if node not in ends and node in self.reached]
        onward = {node[0] for node in lost for after in self.graph.after(node) if after[0] != node[0]}
        told: set[str] = set(onward) if any(node[0] not in onward for node in lost) else set()
        for node in lost:
            if node[0] not in told:
                told.add(node[0])
                chapter, scene = self.graph.scenes[node]
                words = f"from scene {scene.id!r} the chapter never ends. Name a scene in 'ends', or lead on to a file."
                self.note(chapter, scene.line, "endless", words)

    def _hole(self, chapter: Chapter, scene: Scene) -> bool:
        """Whether a way on from here is missing, of which another rule speaks."""
        if not (scene.choices or scene.lesson):
            return scene.id not in chapter.ends
        node = (chapter.id, scene.id)
        challenge = scene.lesson.challenge if scene.lesson else None
        verdicts = paths.targets(scene.lesson) if scene.lesson else ()
        landed = len(self.graph.links[node]) + len(self.graph.verdicts[node])
        one = challenge is not None and any(way.to == challenge.fail for way in challenge.ways)
        return one or landed < len(scene.choices) + len(verdicts)

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

        def near(chapter: Chapter) -> list[str]:
            """The flags that are set in its folder: those of other tales are no help to its author."""
            return [name for name, (c, _) in sets.items() if c.path.parent == chapter.path.parent]

        for name in sorted(reads.keys() - sets.keys()):
            for chapter, line in reads[name]:
                self.note(chapter, line, "flag-unset", unknown("flag", name, [*near(chapter), *DIAGNOSES, "brief"]))
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
            name = _head(paragraph)
            for letter, cast in chapter.cast.items():
                if name in (cast, letter):
                    words = f"{name!r} at the head of a passage is not read as who speaks. Write **{letter}:**."
                    self.note(chapter, paragraph.line, "cast", words, "warning")

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
            plain = Counter(" ".join(option.casefold().split()) for option in question.options)
            for option in sorted(o for o in plain if plain[o] > 1 and question.kind != "find"):
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
                    words = f"up to {count} words{how} before the first run of {scene.id!r}; {budget} are allowed. "
                    words += "Shorten it, or let some be read after the run."
                    self.note(chapter, scene.lesson.line, "words", words)


def _conditions(scene: Scene) -> Iterator[tuple[Condition, int]]:
    for paragraph in [*scene.paragraphs, *(scene.lesson.why if scene.lesson else ())]:
        if paragraph.condition:
            yield paragraph.condition, paragraph.line
    for choice in scene.choices:
        if choice.condition:
            yield choice.condition, choice.line


def _head(paragraph: Paragraph) -> str:
    """The words before a colon, where a passage begins with such in bold."""
    first = paragraph.pieces[0]
    if paragraph.speaker or not isinstance(first, Span) or first.style != "strong":
        return ""
    return first.text.strip().removesuffix(":").strip() if ":" in first.text[-2:] else ""
