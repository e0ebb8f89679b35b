"""``tutor graph``: the scenes of chapters and what leads where, as text, DOT or Mermaid."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake
from tutor.exits import DONE

if TYPE_CHECKING:
    from story.chapter import Chapter, Choice, Scene, Tale

Place = tuple[int, str]
"""A chapter's number in its tale, and a scene: two chapters may have taken one id."""

ENDINGS = {".dot": "dot", ".gv": "dot", ".mmd": "mermaid", ".mermaid": "mermaid"}
"""The format that a file's name asks for where no other is named; all other files get text."""
WIDEST = 40
"""Letters of a choice or a goal that are drawn."""


@dataclass(frozen=True)
class Edge:
    """What leads from a scene to another."""

    kind: str
    """``choice``, ``pass`` or ``fail``."""
    words: str
    """The choice's words; of several ways to pass, this one's goal."""
    marks: tuple[str, ...]
    """What a choice asks for and does, as it is written: ``once``, ``set looked``, ``if knocked``."""
    conditional: bool
    to: Place | None
    """None for nowhere."""
    written: str
    """The target as it is written."""


@dataclass(frozen=True)
class Map:
    """What is drawn: the chapters that were asked for, among those they may lead to."""

    tale: Tale
    drawn: tuple[int, ...]
    """The numbers of the chapters asked for, in order."""
    edges: Mapping[Place, tuple[Edge, ...]]
    reached: frozenset[Place]
    """Every scene that can be reached from the first scene of a chapter."""

    def code(self, number: int) -> int:
        """A chapter's number in the drawing: those drawn come first, whatever lies beside them."""
        return self.drawn.index(number) + 1 if number in self.drawn else len(self.drawn) + number + 1

    def scene(self, place: Place) -> Scene:
        """The scene of a place."""
        found = self.tale.chapters[place[0]].find(place[1])
        assert found is not None
        return found

    def name(self, place: Place, seen_from: int = -1) -> str:
        """A scene's name as it is read in a chapter: another chapter's has that one's id in front."""
        return place[1] if place[0] == seen_from else f"{self.tale.chapters[place[0]].id}/{place[1]}"


def graph(known: argparse.Namespace) -> int:
    """Draw the chapters, on the screen or into a file."""
    from tutor.author import graph_dot, graph_mermaid, graph_text

    drawers = {"text": graph_text.draw, "dot": graph_dot.draw, "mermaid": graph_mermaid.draw}
    ending = known.output.suffix.lower() if known.output else ""
    text = drawers[known.format or ENDINGS.get(ending, "text")](read_map(known.paths))
    if known.output is None:
        print(text, end="")
        return DONE
    try:
        known.output.write_text(text, encoding="utf-8")
    except OSError as error:
        why = error.strerror or error
        raise Mistake(f"{known.output} cannot be written ({why}). Check the folder and the rights.") from None
    print(known.output)
    return DONE


def read_map(given: Sequence[Path]) -> Map:
    """The map of these files and folders; ours where nothing is given."""
    from story.reading import read_tale
    from tutor.chapters import chapter_files, with_neighbours

    paths = chapter_files(given)
    return make(with_neighbours(read_tale(paths), paths), paths)


def make(tale: Tale, paths: Iterable[Path]) -> Map:
    """The map of those chapters of a tale that stand in these files."""
    files = set(paths)
    edges = {
        (number, scene.id): tuple(_edges(tale, number, scene))
        for number, chapter in enumerate(tale.chapters)
        for scene in chapter.scenes
    }
    reached = {(number, chapter.scenes[0].id) for number, chapter in enumerate(tale.chapters)}
    todo = list(reached)
    while todo:
        new = {edge.to for edge in edges[todo.pop()] if edge.to} - reached
        reached |= new
        todo += new
    drawn = tuple(number for number, chapter in enumerate(tale.chapters) if chapter.path in files)
    return Map(tale, drawn, edges, frozenset(reached))


def _edges(tale: Tale, number: int, scene: Scene) -> Iterable[Edge]:
    chapter = tale.chapters[number]
    if scene.lesson:
        challenge = scene.lesson.challenge
        for way in challenge.ways:
            words = way.goal.text if len(challenge.ways) > 1 else ""
            yield Edge("pass", words, (), False, _inside(chapter, number, way.to), way.to)
        yield Edge("fail", "", (), False, _inside(chapter, number, challenge.fail), challenge.fail)
    for choice in scene.choices:
        words = choice.key.rpartition(" -> ")[0]
        written = choice.file + (f"#{choice.scene}" if choice.scene else "")
        to = _land(tale, number, choice)
        yield Edge("choice", " ".join(words.split()), _marks(choice), choice.condition is not None, to, written)


def _inside(chapter: Chapter, number: int, scene_id: str) -> Place | None:
    return (number, scene_id) if chapter.find(scene_id) else None


def _land(tale: Tale, number: int, choice: Choice) -> Place | None:
    """Where a choice leads, by its file: ``Tale.land`` goes by ids, which two chapters may share."""
    target = tale.file(tale.chapters[number], choice.file)
    if target is None:
        return None
    there = next(n for n, chapter in enumerate(tale.chapters) if chapter is target)
    return _inside(target, there, choice.scene or target.scenes[0].id)


def _marks(choice: Choice) -> tuple[str, ...]:
    return (
        *(("once",) if choice.once else ()),
        *((f"set player = {choice.player}",) if choice.player else ()),
        *(f"set {name}" for name in choice.sets),
        *(f"clear {name}" for name in choice.clears),
        *((f"if {choice.condition.text}",) if choice.condition else ()),
    )


def notes(chapter: Chapter, scene: Scene) -> list[str]:
    """What a scene holds besides its prose and its choices, a line each."""
    from story.chapter import Question

    found = []
    if scene.lesson:
        challenge = scene.lesson.challenge
        found.append(f"lesson: {challenge.goal.text} (turn {', '.join(offer.name for offer in challenge.offers)})")
    for question in scene.questions:
        own = isinstance(question, Question)
        found.append(f"{question.kind} {question.id.rpartition('/')[2]}" if own else f"asks again {question.id}")
    found += [f"grimoire: {page.technique}" for page in scene.pages]
    if scene.id in chapter.ends:
        found.append("the tale may end here")
    elif dead_end(chapter, scene):
        found.append("dead end: it leads nowhere and is not in 'ends'")
    return found


def dead_end(chapter: Chapter, scene: Scene) -> bool:
    """Whether nothing leads on from here, and the tale may not end here."""
    return not scene.choices and not scene.lesson and scene.id not in chapter.ends


def kind(chapter: Chapter, scene: Scene) -> str:
    """What a scene is first of all: ``lesson``, ``end``, ``question`` or ``scene``."""
    if scene.lesson:
        return "lesson"
    if scene.id in chapter.ends or not scene.choices:
        return "end"
    return "question" if scene.questions else "scene"


def label(edge: Edge) -> list[str]:
    """The lines that stand at an arrow."""
    if edge.kind == "choice":
        return [f'"{short(edge.words)}"', *edge.marks]
    return [{"pass": "passed", "fail": "failed"}[edge.kind], *([short(edge.words)] if edge.words else [])]


def short(words: str, width: int = WIDEST) -> str:
    """Words cut to a width."""
    return words if len(words) <= width else words[: width - 1].rstrip() + "…"
