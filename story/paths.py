"""The ways through a tale, for the linter: what leads where, what was judged on the way, what is read."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lessons.goals import compare
from lessons.mistakes import Mistake
from story.chapter import Chapter, Choice, Lesson, Scene, Tale, Variants
from story.conditions import Condition, Term

Node = tuple[str, str]
"""Chapter and scene."""

MAX_ATOMS = 10
"""Independent facts for which every combination is tried: 1,024 of them."""


@dataclass(frozen=True)
class Graph:
    """Every scene, and where it leads whatever the conditions."""

    scenes: Mapping[Node, tuple[Chapter, Scene]]
    links: Mapping[Node, tuple[Node, ...]]
    """By choices."""
    verdicts: Mapping[Node, tuple[Node, ...]]
    """By a lesson's pass and fail."""

    def after(self, node: Node) -> tuple[Node, ...]:
        """Where a scene may lead."""
        return (*self.links[node], *self.verdicts[node])

    def reach(self, start: Iterable[Node]) -> set[Node]:
        """Every scene that can be reached, the start included."""
        found = set(start)
        todo = list(found)
        while todo:
            new = [n for n in self.after(todo.pop()) if n not in found]
            found.update(new)
            todo += new
        return found

    def judged(self, starts: Iterable[Node]) -> dict[Node, set[Node | None]]:
        """For each scene, the scenes of the lessons that may have been judged last; None where none was."""
        last: dict[Node, set[Node | None]] = {node: set() for node in self.scenes}
        todo: list[tuple[Node, Node | None]] = [(node, None) for node in starts]
        while todo:
            node, lesson = todo.pop()
            if lesson in last[node]:
                continue
            last[node].add(lesson)
            todo += [(n, lesson) for n in self.links[node]]
            todo += [(n, node) for n in self.verdicts[node]]
        return last


def graph(tale: Tale) -> Graph:
    """The graph of a tale. Links that lead nowhere are left out; of two chapters with one id the first counts."""
    chapters = [c for c in tale.chapters if tale.find(c.id) is c]
    scenes = {(c.id, s.id): (c, s) for c in chapters for s in c.scenes}
    links, verdicts = {}, {}
    for node, (chapter, scene) in scenes.items():
        links[node] = tuple(n for choice in scene.choices if (n := land(tale, chapter, choice)) in scenes)
        to = targets(scene.lesson) if scene.lesson else ()
        verdicts[node] = tuple((chapter.id, name) for name in to if (chapter.id, name) in scenes)
    return Graph(scenes, links, verdicts)


def land(tale: Tale, chapter: Chapter, choice: Choice) -> Node | None:
    """Where a choice leads; None for nowhere."""
    try:
        return tale.land(chapter, choice)
    except Mistake:
        return None


def targets(lesson: Lesson) -> tuple[str, ...]:
    """The scenes that a verdict leads to."""
    return (*(way.to for way in lesson.challenge.ways), lesson.challenge.fail)


Atom = tuple[object, ...]


def _atom(term: Term) -> tuple[Atom, bool]:
    """What a term depends on, and whether it says so or its contrary: ``x < 1`` and ``x >= 1`` share an atom."""
    if term.kind == "number":
        contrary = term.op in (">=", ">")
        op = {">=": "<", ">": "<="}.get(term.op, term.op)
        return ("number", term.name, op, term.number), term.negated == contrary
    return (term.kind, term.name), not term.negated


class World:
    """One combination of facts."""

    def __init__(self, truths: Mapping[Atom, bool], player: str, brief: bool) -> None:
        self._truths = truths
        self._player = player
        self._brief = brief

    def allows(self, condition: Condition | None) -> bool:
        """Whether the condition may hold; what the world does not settle is taken to be so."""
        return condition is None or all(self._so(term) for term in condition.terms)

    def _so(self, term: Term) -> bool:
        if term.kind == "player":
            return (term.name == self._player) != term.negated
        if term.kind == "brief":
            return self._brief != term.negated
        atom, said = _atom(term)
        return self._truths[atom] == said if atom in self._truths else True


def worlds(conditions: Iterable[Condition | None], player: str, brief: bool) -> Iterator[World]:
    """Every possible combination of what the conditions depend on; past ``MAX_ATOMS`` one that settles nothing."""
    found: dict[Atom, None] = {}
    for condition in conditions:
        for term in condition.terms if condition else ():
            if term.kind not in ("player", "brief"):
                found[_atom(term)[0]] = None
    atoms = list(found)
    if len(atoms) > MAX_ATOMS:
        yield World({}, player, brief)
        return
    for values in itertools.product((True, False), repeat=len(atoms)):
        truths = dict(zip(atoms, values, strict=True))
        if _possible(truths):
            yield World(truths, player, brief)


def _possible(truths: Mapping[Atom, bool]) -> bool:
    """Whether one number can satisfy all comparisons with it, and one diagnosis be given at most."""
    if sum(value for atom, value in truths.items() if atom[0] == "diagnosis") > 1:
        return False
    limits: dict[object, list[tuple[str, float, bool]]] = {}
    for atom, value in truths.items():
        if atom[0] == "number":
            limits.setdefault(atom[1], []).append((str(atom[2]), float(str(atom[3])), value))
    for tests in limits.values():
        edges = sorted({number for _, number, _ in tests})
        between = [(a + b) / 2 for a, b in itertools.pairwise(edges)]
        probes = [edges[0] - 1, *edges, *between, edges[-1] + 1]
        if not any(all(compare(p, op, n) == value for op, n, value in tests) for p in probes):
            return False
    return True


def words(scene: Scene, player: str, brief: bool) -> int:
    """The most words that one visit may have to read."""
    paragraphs = list(scene.paragraphs)
    return max(
        sum(
            max((i.words for i in part.items if world.allows(i.condition)), default=0)
            if isinstance(part, Variants)
            else part.words * world.allows(part.condition)
            for part in scene.body
        )
        for world in worlds([p.condition for p in paragraphs], player, brief)
    )


def words_before(tale: Tale, chapter: Chapter, player: str, brief: bool) -> Iterator[tuple[Scene, int]]:
    """For each lesson that can be the chapter's first, the most words that are read before its first run.

    Scenes between which one may go to and fro are taken together, each counted once.
    """
    world = World({}, player, brief)
    following: dict[str, list[str]] = {}
    for scene in chapter.scenes:
        open_ = [c for c in scene.choices if world.allows(c.condition)] if not scene.lesson else []
        ends = (land(tale, chapter, choice) for choice in open_)
        following[scene.id] = sorted({node[1] for node in ends if node and node[0] == chapter.id})
    count = {s.id: words(s, player, brief) for s in chapter.scenes}
    groups = _together(following, chapter.scenes[0].id)
    most: dict[int, int] = {}
    of = {name: number for number, group in enumerate(groups) for name in group}
    for number in range(len(groups) - 1, -1, -1):
        before = [most[of[a]] for a in of for b in following[a] if of[b] == number and of[a] != number]
        most[number] = max(before, default=0) + sum(count[name] for name in groups[number])
    for scene in chapter.scenes:
        if scene.lesson and scene.id in of:
            yield scene, most[of[scene.id]]


def _together(following: Mapping[str, list[str]], start: str) -> list[list[str]]:
    """Groups of scenes that lead to one another (Tarjan 1972), each before those that lead to it."""
    order: dict[str, int] = {start: 0}
    low = {start: 0}
    path, open_ = [(start, iter(following[start]))], [start]
    groups: list[list[str]] = []
    while path:
        name, rest = path[-1]
        new = next((n for n in rest if n not in order or n in open_), None)
        if new is not None and new not in order:
            order[new] = low[new] = len(order)
            path.append((new, iter(following[new])))
            open_.append(new)
        elif new is not None:
            low[name] = min(low[name], order[new])
        else:
            path.pop()
            if path:
                low[path[-1][0]] = min(low[path[-1][0]], low[name])
            if low[name] == order[name]:
                cut = open_.index(name)
                groups.append(open_[cut:])
                del open_[cut:]
    return groups
