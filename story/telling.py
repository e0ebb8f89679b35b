"""The playthrough: where we are, flags, once-only choices, undo, what happens on pass or fail."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from lessons.mistakes import Mistake, clip, unknown
from story.chapter import Chapter, Choice, Lesson, Page, Question, Recall, Scene, Span, Tale, Variants
from story.conditions import Facts
from story.memory import Judged, Memory
from story.voice import Passage, Voice

__all__ = ["Answered", "Asked", "Judged", "Offered", "Passage", "Playthrough"]


@dataclass(frozen=True)
class Offered:
    """A choice that is open now."""

    label: str
    spans: tuple[Span, ...]
    chapter: str
    """The id of the chapter that it leads to, where that is another one."""


@dataclass(frozen=True)
class Asked:
    """A question, its options in the order in which they are shown."""

    id: str
    kind: str
    """``quiz``, ``reason``, ``find`` (the options are lines of code) or ``mend``."""
    ask: str
    options: tuple[str, ...]
    code: tuple[str, ...]
    fault: int
    """The line of ``code``, from 1, that is to be mended; 0 where there is none."""
    job: str


@dataclass(frozen=True)
class Answered:
    """What is said to an answer."""

    right: bool
    say: str
    correct: str
    """The right option, in words."""


def ask(question: Question) -> Asked:
    """A question as it is asked."""
    options = tuple(question.options[i] for i in _order(question))
    return Asked(question.id, question.kind, question.ask, options, question.code, question.fault, question.job)


def reply(question: Question, index: int) -> Answered:
    """What is said to the option of that place, as they are shown; a ``Mistake`` where there is none."""
    option = _order(question)[_index(index, question.options, "answer")]
    return Answered(option == question.right, question.answers[option], question.options[question.right])


class Playthrough:
    """One player's way through a tale. Without a screen, without a clock, without training."""

    def __init__(self, tale: Tale, brief: bool = False, state: Any = None) -> None:
        if not tale.chapters:
            raise Mistake("the tale has no chapters. Name at least one chapter file.")
        self.tale = tale
        self.brief = brief
        self.notice = ""
        """What a player must be told about a save that could not be taken up as it was."""
        self._memory = Memory()
        if state is None:
            self.open_chapter(tale.chapters[0].id)
            self._memory.undo.clear()
        else:
            self._resume(state)

    def _resume(self, state: Any) -> None:
        self._memory, self.notice = Memory.from_dict(state)
        place = self._memory.place
        chapter = self.tale.find(place.chapter)
        if chapter is None:
            self.notice = f"The chapter {clip(place.chapter)} of this save is no longer there. The tale begins again."
            chapter = self.tale.chapters[0]
        elif chapter.find(place.scene) is not None:
            if len(place.shown) != len(self.scene.variants):
                self._show()
            return
        else:
            self.notice = f"The scene {clip(place.scene)} is no longer there. {chapter.title} begins again."
        self._enter(chapter.id, chapter.scenes[0].id, leaving=False)
        self._memory.undo.clear()

    @property
    def state(self) -> dict[str, Any]:
        """Everything that is kept, as plain JSON values."""
        return self._memory.to_dict()

    @property
    def chapter(self) -> Chapter:
        """The chapter that is being told."""
        return self.tale.chapter(self._memory.place.chapter)

    @property
    def scene(self) -> Scene:
        """The scene that is being told."""
        return self.tale.scene(self._memory.place.chapter, self._memory.place.scene)

    @property
    def player(self) -> str:
        """``jonathan``, ``lucy``, or empty before the choice."""
        return self._memory.place.player

    @property
    def flags(self) -> frozenset[str]:
        """The flags that are set."""
        return frozenset(self._memory.place.flags)

    @property
    def done(self) -> frozenset[str]:
        """The chapters that were left behind, or read to an end."""
        return frozenset(self._memory.done)

    @property
    def verdict(self) -> Judged | None:
        """The last verdict on the way here."""
        return self._memory.verdicts.get(self._memory.place.verdict)

    @property
    def lesson(self) -> Lesson | None:
        """The lesson of this scene."""
        return self.scene.lesson

    @property
    def tries(self) -> int:
        """How often this scene's lesson was judged."""
        return self._memory.tries.get(self._key, 0)

    @property
    def ended(self) -> bool:
        """Whether the tale goes no further from here."""
        return self.lesson is None and not self._open()

    def passages(self) -> list[Passage]:
        """What is told here, as far as the first question that is still open."""
        facts, voice, told = self._facts(), self._voice(), []
        open_lines = [line for line, question in self._asked() if self._is_open(question)]
        group = 0
        for part in self.scene.body:
            if open_lines and part.line > open_lines[0]:
                break
            if isinstance(part, Variants):
                shown = self._memory.place.shown[group : group + 1]
                item = shown[0] if shown else -1
                group += 1
                if 0 <= item < len(part.items):
                    told.append(voice.passage(part.items[item]))
            elif part.condition is None or part.condition.holds(facts):
                told.append(voice.passage(part))
        return told

    def why(self) -> list[Passage]:
        """The theory of this scene's lesson."""
        facts, voice = self._facts(), self._voice()
        parts = self.lesson.why if self.lesson else ()
        return [voice.passage(p) for p in parts if p.condition is None or p.condition.holds(facts)]

    def pages(self) -> list[Page]:
        """The pages of the grimoire that are won here."""
        return list(self.scene.pages)

    def choices(self) -> list[Offered]:
        """What may be done here."""
        voice, offered = self._voice(), []
        for choice in self._open():
            spans = voice.spans(choice.label)
            there = self.tale.file(self.chapter, choice.file)
            away = there.id if there and there.id != self.chapter.id else ""
            offered.append(Offered("".join(s.text for s in spans), spans, away))
        return offered

    def choose(self, index: int) -> None:
        """Does one of ``choices()``; a ``Mistake`` says why it cannot be."""
        choice = self._open()[_index(index, self._open(), "choice")]
        chapter, scene = self.tale.land(self.chapter, choice)
        place = self._memory.place
        flags = (set(place.flags) | set(choice.sets)) - set(choice.clears)
        taken = {*place.taken, self._taken(choice)} if choice.once else place.taken
        self._enter(
            chapter, scene, flags=tuple(sorted(flags)), taken=tuple(sorted(taken)), player=choice.player or place.player
        )

    def open_chapter(self, chapter_id: str) -> None:
        """Goes to the beginning of a chapter; flags and journal stay."""
        chapter = self.tale.chapter(chapter_id)
        self._enter(chapter.id, chapter.scenes[0].id, leaving=False)

    def questions(self) -> list[Asked]:
        """The questions of this scene that were not answered in this visit."""
        return [ask(question) for question in self._unanswered()]

    def answer(self, question_id: str, index: int) -> Answered:
        """Answers one of ``questions()`` with the option of that place; a ``Mistake`` says why it cannot be."""
        for question in self._unanswered():
            if question.id == question_id:
                break
        else:
            raise unknown("question", question_id, (q.id for q in self._unanswered()))
        answered = reply(question, index)
        self._memory.answer(question.id, _order(question)[index], answered.right)
        return answered

    def settle(self, judged: Judged) -> None:
        """Goes where the verdict on this scene's lesson leads."""
        if self.lesson is None:
            raise Mistake(f"scene {self.scene.id!r} has no lesson to settle.")
        challenge = self.lesson.challenge
        allowed = [way.to for way in challenge.ways] if judged.passed else [challenge.fail]
        if judged.to not in allowed:
            raise unknown("scene after the verdict", judged.to, allowed)
        target = self.tale.scene(self.chapter.id, judged.to)
        key = self._memory.judge(self._key, judged)
        self._enter(self.chapter.id, target.id, verdict=key)

    def undo(self) -> bool:
        """Takes back place and flags; verdicts, predictions and answers stay. False where nothing is left."""
        while self._memory.back():
            place = self._memory.place
            chapter = self.tale.find(place.chapter)
            if chapter and chapter.find(place.scene):
                return True
        return False

    @property
    def _key(self) -> str:
        return f"{self.chapter.id}/{self.scene.id}"

    def _taken(self, choice: Choice) -> str:
        return f"{self._key}: {choice.key}"

    def _open(self) -> list[Choice]:
        facts, taken = self._facts(), self._memory.place.taken
        return [
            choice
            for choice in self.scene.choices
            if not (choice.once and self._taken(choice) in taken)
            and (choice.condition is None or choice.condition.holds(facts))
        ]

    def _asked(self) -> list[tuple[int, Question]]:
        """The questions of this scene, each with the line on which it stands here."""
        pairs = [
            (item.line, self.tale.question(item.id) if isinstance(item, Recall) else item)
            for item in self.scene.questions
        ]
        return [(line, question) for line, question in pairs if question is not None]

    def _is_open(self, question: Question) -> bool:
        return question.id not in self._memory.place.answered

    def _unanswered(self) -> list[Question]:
        return [question for _, question in self._asked() if self._is_open(question)]

    def _enter(self, chapter: str, scene: str, leaving: bool = True, **changes: Any) -> None:
        """Goes to a scene: a new visit, with a fresh variant of each group.

        ``leaving``: whether going to another chapter means that this one is done.
        """
        memory = self._memory
        if leaving and chapter != memory.place.chapter:
            memory.finish(memory.place.chapter)
        memory.go(replace(memory.place, chapter=chapter, scene=scene, shown=(), answered=(), **changes))
        if scene in self.chapter.ends:
            memory.finish(chapter)
        self._show()

    def _show(self) -> None:
        shown = tuple(self._pick(number, group) for number, group in enumerate(self.scene.variants))
        self._memory.place = replace(self._memory.place, shown=shown)

    def _pick(self, number: int, group: Variants) -> int:
        """The item to show: one not shown yet, else the one shown longest ago; -1 where no condition holds."""
        facts = self._facts()
        fit = [i for i, item in enumerate(group.items) if item.condition is None or item.condition.holds(facts)]
        if not fit:
            return -1
        used = self._memory.variants.setdefault(f"{self._key}/{number}", [])
        item = next((i for i in fit if i not in used), None)
        if item is None:
            item = min(fit, key=used.index)
            used.remove(item)
        used.append(item)
        return item

    def _facts(self) -> Facts:
        place, judged, memory = self._memory.place, self.verdict, self._memory
        share = memory.right / memory.made if memory.made else None
        known = Facts(frozenset(place.flags), place.player, self.brief, predictions_right=share)
        if judged is None:
            return known
        return replace(
            known,
            metrics=judged.metrics,
            missed=frozenset(name for name, met, _ in judged.outcomes if not met),
            margin=judged.margin,
            diagnosis=judged.diagnosis,
            predicted_right=judged.predicted_right,
            tries=judged.tries,
        )

    def _voice(self) -> Voice:
        return Voice(self.chapter.cast, self.player, self.verdict, self._predicted_metric())

    def judged(self) -> tuple[str, Lesson] | None:
        """The lesson that was judged last on the way here, as ``chapter/scene`` and itself."""
        name = self._memory.place.verdict.partition("#")[0]
        chapter_id, _, scene_id = name.partition("/")
        chapter = self.tale.find(chapter_id)
        scene = chapter.find(scene_id) if chapter else None
        return (name, scene.lesson) if scene and scene.lesson else None

    def _predicted_metric(self) -> str:
        """The metric that the last verdict's prediction was about."""
        judged = self.judged()
        predict = judged[1].challenge.predict if judged else None
        return predict.metric if predict else ""


def _order(question: Question) -> list[int]:
    """The options in the order shown: fixed for a question, and not the author's; lines of code stand as they are."""
    if question.kind == "find":
        return list(range(len(question.options)))

    def digest(index: int) -> str:
        return hashlib.sha256(f"{question.id}/{index}".encode()).hexdigest()

    return sorted(range(len(question.options)), key=digest)


def _index(index: int, among: Sequence[object], what: str) -> int:
    if isinstance(index, bool) or not isinstance(index, int) or not 0 <= index < len(among):
        raise Mistake(f"{what} {clip(index)} is not there. Allowed: 0 to {len(among) - 1}.")
    return index
