"""What a parsed chapter file is: plain frozen data, each piece with the line it stands on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from lessons.challenge import Challenge
from lessons.mistakes import Mistake, clip, unknown
from story.conditions import Condition


class Span(NamedTuple):
    """A stretch of text in one style: empty, ``em``, ``strong`` or ``code``."""

    style: str
    text: str


@dataclass(frozen=True)
class Blank:
    """A place in the text that is filled at telling: ``{test_accuracy:.1%}``."""

    name: str
    spec: str
    style: str
    line: int


@dataclass(frozen=True)
class Paragraph:
    """One passage as written: who speaks, and under which condition."""

    kind: str
    """``narration``, ``speech`` or ``code``."""
    pieces: tuple[Span | Blank, ...]
    line: int
    speaker: str = ""
    """A letter of the cast."""
    condition: Condition | None = None

    @property
    def words(self) -> int:
        """How many words it has; a blank counts as one, code as none."""
        if self.kind == "code":
            return 0
        return len("".join(p.text if isinstance(p, Span) else "0" for p in self.pieces).split())

    @property
    def blanks(self) -> tuple[Blank, ...]:
        """The blanks in it."""
        return tuple(p for p in self.pieces if isinstance(p, Blank))


@dataclass(frozen=True)
class Variants:
    """Several passages of which a visit shows one."""

    items: tuple[Paragraph, ...]
    line: int


@dataclass(frozen=True)
class Choice:
    """What the player may do, and where it leads."""

    label: tuple[Span | Blank, ...]
    file: str
    """The chapter file that it leads to; empty for this one."""
    scene: str
    """Empty for the first scene of ``file``."""
    line: int
    once: bool = False
    sets: tuple[str, ...] = ()
    clears: tuple[str, ...] = ()
    player: str = ""
    """The visitor that is played from here on."""
    condition: Condition | None = None

    @property
    def key(self) -> str:
        """What tells it from the other choices of its scene, whatever their order."""
        words = "".join(p.text if isinstance(p, Span) else "{" + p.name + "}" for p in self.label)
        return f"{words} -> {self.file}#{self.scene}"


@dataclass(frozen=True)
class Lesson:
    """An experiment that the player wins or loses."""

    challenge: Challenge
    why: tuple[Paragraph, ...]
    """The theory; it opens after the first run."""
    line: int
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)
    """The line of each key of its fence."""

    def at(self, *keys: str | int) -> int:
        """The line of a key, or of the nearest key around it."""
        return nearest(self.lines, keys, self.line)


@dataclass(frozen=True)
class Question:
    """A quiz, a reason, or a step of a mending task."""

    id: str
    """``chapter/id``."""
    kind: str
    """``quiz``, ``reason``, ``find`` (the faulty line) or ``mend``."""
    ask: str
    options: tuple[str, ...]
    right: int
    answers: tuple[str, ...]
    """What is said to each option."""
    line: int
    code: tuple[str, ...] = ()
    fault: int = 0
    """The line of ``code``, from 1, that is to be mended."""
    job: str = ""
    """What is trained once it is mended."""


@dataclass(frozen=True)
class Recall:
    """An earlier chapter's quiz, asked again."""

    id: str
    line: int


@dataclass(frozen=True)
class Page:
    """A page of the grimoire."""

    technique: str
    does: str
    setting: str
    line: int


@dataclass(frozen=True)
class Scene:
    """One place of the tale."""

    id: str
    line: int
    body: tuple[Paragraph | Variants, ...] = ()
    choices: tuple[Choice, ...] = ()
    lesson: Lesson | None = None
    questions: tuple[Question | Recall, ...] = ()
    pages: tuple[Page, ...] = ()

    @property
    def variants(self) -> tuple[Variants, ...]:
        """The groups of which a visit shows one item each."""
        return tuple(part for part in self.body if isinstance(part, Variants))

    @property
    def paragraphs(self) -> Iterator[Paragraph]:
        """Every passage that a visit may show, the theory left out."""
        for part in self.body:
            yield from part.items if isinstance(part, Variants) else (part,)


@dataclass(frozen=True)
class Chapter:
    """One file of the tale."""

    path: Path
    id: str
    title: str
    scenes: tuple[Scene, ...]
    """At least one; the first opens the chapter."""
    line: int
    """Of its facts."""
    teaches: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    cast: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    ends: tuple[str, ...] = ()
    lines: Mapping[tuple[str | int, ...], int] = field(default_factory=dict)

    def find(self, scene_id: str) -> Scene | None:
        """The scene of that name, if there is one."""
        return next((scene for scene in self.scenes if scene.id == scene_id), None)

    def at(self, *keys: str | int) -> int:
        """The line of a key among its facts."""
        return nearest(self.lines, keys, self.line)


@dataclass(frozen=True)
class Tale:
    """All chapters, in order; the first one opens the tale."""

    chapters: tuple[Chapter, ...]

    def find(self, chapter_id: str) -> Chapter | None:
        """The chapter of that name, if there is one."""
        return next((chapter for chapter in self.chapters if chapter.id == chapter_id), None)

    def chapter(self, chapter_id: str) -> Chapter:
        """The chapter of that name; a ``Mistake`` names the nearest one."""
        found = self.find(chapter_id)
        if found is None:
            raise unknown("chapter", chapter_id, (c.id for c in self.chapters))
        return found

    def scene(self, chapter_id: str, scene_id: str) -> Scene:
        """The scene of that name; a ``Mistake`` names the nearest one."""
        chapter = self.chapter(chapter_id)
        found = chapter.find(scene_id)
        if found is None:
            raise unknown(f"scene of {chapter_id}", scene_id, (s.id for s in chapter.scenes))
        return found

    def land(self, chapter: Chapter, choice: Choice) -> tuple[str, str]:
        """The chapter and scene that a choice leads to; a ``Mistake`` says why it leads nowhere."""
        target = self.file(chapter, choice.file)
        if target is None:
            beside = [c.path.name for c in self.chapters if c is not chapter and c.path.parent == chapter.path.parent]
            if not beside:
                words = f"no chapter file {clip(choice.file)} lies beside this one."
                raise Mistake(f"{words} Write it, or lead to '#scene'.")
            raise unknown("chapter file", choice.file, beside)
        if not choice.scene:
            return target.id, target.scenes[0].id
        return target.id, self.scene(target.id, choice.scene).id

    def file(self, chapter: Chapter, name: str) -> Chapter | None:
        """The chapter in the file of that name beside ``chapter``; an empty name is ``chapter`` itself."""
        if not name:
            return chapter
        path = chapter.path.parent / name
        return next((c for c in self.chapters if c.path == path), None)

    def question(self, question_id: str) -> Question | None:
        """The question of that full id, if there is one."""
        for chapter in self.chapters:
            for scene in chapter.scenes:
                for question in scene.questions:
                    if isinstance(question, Question) and question.id == question_id:
                        return question
        return None


def nearest(lines: Mapping[tuple[str | int, ...], int], keys: tuple[str | int, ...], default: int) -> int:
    """The line of the longest known beginning of ``keys``."""
    for length in range(len(keys), 0, -1):
        if keys[:length] in lines:
            return lines[keys[:length]]
    return default
