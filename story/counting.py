"""What a chapter holds, in numbers: for ``tutor stats``, ``tutor check`` and ``tutor list``."""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from story import paths
from story.chapter import Chapter, Lesson, Paragraph, Question, Scene, Tale, Variants
from story.conditions import PLAYERS, Condition

TALE_PACE = 240
"""Words a minute at which the tale and its questions are read: between 238 for prose and 260 for fiction, the means
of Brysbaert (2019), How many words do we read per minute?"""
THEORY_PACE = 120
"""Half of it for the theory: it is read with its code, of which no words are counted, and seldom once only."""
LESSON_MINUTES = 3.0
"""That are reckoned for a lesson beside the reading: a few runs, and the verdicts."""
NARRATION = "narration"
OTHER = "the other visitor"


@dataclass(frozen=True)
class FirstRun:
    """The words of the tale that are read before a chapter's first run, on the shortest way and on the longest."""

    shortest: int
    longest: int


@dataclass(frozen=True)
class Way:
    """What is read by one who always takes the first choice to a new scene, and passes each lesson at once."""

    scenes: int
    lessons: int
    tale: int
    """Words of the tale, and of the questions that are asked."""
    theory: int

    @property
    def words(self) -> int:
        """All that is read."""
        return self.tale + self.theory


@dataclass(frozen=True)
class Counts:
    """What one chapter holds."""

    scenes: int
    choices: int
    lessons: int
    quizzes: int
    reasons: int
    mends: int
    recalls: int
    pages: int
    passages: int
    """Of the tale; each variant is one."""
    variants: int
    words: int
    """Of the tale."""
    theory: int
    """Words under ``### Why``."""
    asked: int
    """Words of the questions, their options and what is said to them."""
    speakers: Mapping[str, int]
    """Words of the tale by who says them, the most first."""
    first_run: FirstRun | None
    """None for a chapter without a lesson."""
    first_run_brief: FirstRun | None
    """The same under --brief."""
    way: Way
    flags_set: tuple[str, ...]
    flags_read: tuple[str, ...]
    endings: tuple[str, ...]
    settings: tuple[str, ...]
    """That a lesson offers, in order."""
    combinations: Mapping[str, int]
    """For each lesson's scene, in how many ways its settings can stand."""

    @property
    def reading(self) -> float:
        """Minutes of reading on the ordinary way."""
        return reading_minutes(self.way.tale, self.way.theory)

    @property
    def minutes(self) -> float:
        """Minutes in all on the ordinary way, with ``LESSON_MINUTES`` for each lesson on it."""
        return self.reading + LESSON_MINUTES * self.way.lessons


def reading_minutes(words: int, theory: int = 0) -> float:
    """How long these words of the tale and of the theory take to read."""
    return words / TALE_PACE + theory / THEORY_PACE


def count(tale: Tale, chapter: Chapter) -> Counts:
    """What a chapter holds; ``tale`` has the chapters that it leads to."""
    if tale.find(chapter.id) is not chapter:  # another one has taken its id: where links lead is asked by id
        tale = Tale((chapter, *(c for c in tale.chapters if c.id != chapter.id)))
    scenes = chapter.scenes
    told = [p for scene in scenes for p in scene.paragraphs]
    questions = [q for scene in scenes for q in scene.questions]
    own = [q for q in questions if isinstance(q, Question)]
    kinds = Counter(q.kind for q in own)
    lessons = [(scene, scene.lesson) for scene in scenes if scene.lesson]
    speakers: Counter[str] = Counter()
    for paragraph in told:
        letter = paragraph.speaker
        speakers[OTHER if letter == "O" else chapter.cast.get(letter, letter or NARRATION)] += paragraph.words
    return Counts(
        scenes=len(scenes),
        choices=sum(len(scene.choices) for scene in scenes),
        lessons=len(lessons),
        quizzes=kinds["quiz"],
        reasons=kinds["reason"],
        mends=kinds["mend"],
        recalls=len(questions) - len(own),
        pages=sum(len(scene.pages) for scene in scenes),
        passages=len(told),
        variants=sum(len(group.items) for scene in scenes for group in scene.variants),
        words=sum(p.words for p in told),
        theory=sum(_theory(lesson) for _, lesson in lessons),
        asked=sum(_asked(q) for q in own),
        speakers={name: number for name, number in speakers.most_common() if number},
        first_run=_first_run(tale, chapter, brief=False),
        first_run_brief=_first_run(tale, chapter, brief=True),
        way=max((_way(tale, chapter, player) for player in PLAYERS), key=lambda way: way.words),
        flags_set=tuple(sorted({name for scene in scenes for choice in scene.choices for name in choice.sets})),
        flags_read=tuple(sorted({name for scene in scenes for c in _conditions(scene) for name in c.flags})),
        endings=chapter.ends,
        settings=tuple(dict.fromkeys(offer.name for _, lesson in lessons for offer in lesson.challenge.offers)),
        combinations={
            scene.id: math.prod(len(offer.choices) for offer in lesson.challenge.offers) for scene, lesson in lessons
        },
    )


def _theory(lesson: Lesson) -> int:
    return sum(p.words for p in lesson.why)


def _asked(question: Question) -> int:
    if question.kind == "find":  # code is looked through, not read
        return len(question.ask.split())
    texts = (question.ask, *question.options, *dict.fromkeys(question.answers))
    return sum(len(text.split()) for text in texts)


def _conditions(scene: Scene) -> Iterator[Condition]:
    why: Iterable[Paragraph] = scene.lesson.why if scene.lesson else ()
    for part in (*scene.paragraphs, *why, *scene.choices):
        if part.condition:
            yield part.condition


def _first_run(tale: Tale, chapter: Chapter, brief: bool) -> FirstRun | None:
    longest = [words for player in PLAYERS for _, words in paths.words_before(tale, chapter, player, brief)]
    shortest = [s for player in PLAYERS if (s := _shortest(tale, chapter, player, brief)) is not None]
    return FirstRun(min(shortest), max(longest)) if shortest and longest else None


def _shortest(tale: Tale, chapter: Chapter, player: str, brief: bool) -> int | None:
    """The fewest words on a way to a first lesson (Dijkstra 1959)."""
    todo = [(_fewest(chapter.scenes[0], player, brief), chapter.scenes[0].id)]
    done: set[str] = set()
    while todo:
        words, name = heapq.heappop(todo)
        scene = chapter.find(name)
        if scene is None or name in done:
            continue
        if scene.lesson:
            return words
        done.add(name)
        for after in _onward(tale, chapter, scene, player, brief):
            if after in done:
                continue
            next_scene = chapter.find(after)
            if next_scene:
                heapq.heappush(todo, (words + _fewest(next_scene, player, brief), after))
    return None


def _onward(tale: Tale, chapter: Chapter, scene: Scene, player: str, brief: bool) -> Iterator[str]:
    """The scenes of this chapter that this player may choose, in order."""
    world = paths.World({}, player, brief)
    for choice in scene.choices:
        node = paths.land(tale, chapter, choice)
        if node and node[0] == chapter.id and choice.player in ("", player) and world.allows(choice.condition):
            yield node[1]


def _fewest(scene: Scene, player: str, brief: bool) -> int:
    """The fewest words that one visit may show; the most are ``paths.words``."""
    return min(
        sum(_least(part, world) for part in scene.body)
        for world in paths.worlds([p.condition for p in scene.paragraphs], player, brief)
    )


def _least(part: Paragraph | Variants, world: paths.World) -> int:
    if isinstance(part, Variants):
        return min((i.words for i in part.items if world.allows(i.condition)), default=0)
    return part.words * world.allows(part.condition)


def _way(tale: Tale, chapter: Chapter, player: str) -> Way:
    way = [chapter.scenes[0]]
    seen: dict[str, Scene] = {}
    while way:
        scene = seen.setdefault(way[-1].id, way[-1])
        new = next((s for s in _after(tale, chapter, scene, player) if s.id not in seen), None)
        if new:
            way.append(new)
        elif _leaves(tale, chapter, scene):
            break
        else:
            way.pop()  # a detour: back to where it began
    questions = [q if isinstance(q, Question) else tale.question(q.id) for s in seen.values() for q in s.questions]
    told = sum(paths.words(scene, player, brief=False) for scene in seen.values())
    lessons = [scene.lesson for scene in seen.values() if scene.lesson]
    return Way(
        scenes=len(seen),
        lessons=len(lessons),
        tale=told + sum(_asked(q) for q in questions if q),
        theory=sum(_theory(lesson) for lesson in lessons),
    )


def _after(tale: Tale, chapter: Chapter, scene: Scene, player: str) -> Iterator[Scene]:
    """The scenes that follow where each lesson is passed."""
    passed = [way.to for way in scene.lesson.challenge.ways] if scene.lesson else []
    for name in passed or _onward(tale, chapter, scene, player, brief=False):
        if found := chapter.find(name):
            yield found


def _leaves(tale: Tale, chapter: Chapter, scene: Scene) -> bool:
    """Whether the chapter is over here, or another one may begin."""
    nodes = [paths.land(tale, chapter, choice) for choice in scene.choices]
    return not (nodes or scene.lesson) or any(node and node[0] != chapter.id for node in nodes)
