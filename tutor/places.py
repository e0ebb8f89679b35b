"""The places of the tale: its chapters as rooms of the castle, and the leaves of the grimoire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from lessons import metrics
from lessons.mistakes import Mistake
from tutor import courses

if TYPE_CHECKING:
    from story.chapter import Chapter, Scene
    from tutor.game import Game
    from tutor.grimoire import Won
    from tutor.savebook import Kept

PLACES = {
    "the-knock": "gate",
    "lines-in-fog": "moor",
    "first-breath": "tower",
    "two-shadows": "north wall",
    "no-mirror": "dining hall",
    "the-iron-collar": "forge",
    "the-hungry-knife": "larder",
    "before-dawn": "copying room",
    "even-tide": "chapel",
    "the-hall-of-two": "great hall",
    "the-slowing-clock": "ballroom",
    "the-masters-trial": "archive",
    "the-long-night": "boarding house",
    "the-collection": "inn",
}
"""The chapters of our tale, in its order, and the room of the castle that each stands for."""

SIGNS = {"here": "◆", "done": "✓", "open": "○", "locked": "#"}
"""The sign of a room beside the word for it: a lozenge where we are, a bolt of bars where nobody comes in."""


GIVEN_UP = "That place is given up; your runs and pages stay."
"""What is said before the player goes elsewhere from the middle of a chapter."""
EMPTY = "Nothing is written here yet: every technique that you win writes a page of its own."
NO_PAGES = "This tale has no pages to be won."


@dataclass(frozen=True)
class Best:
    """The best verdict on one lesson."""

    place: str
    """The scene, in words."""
    metric: str
    """What the goal looks at first, in words."""
    reached: str
    passed: bool


@dataclass(frozen=True)
class Room:
    """A chapter, as a map shows it."""

    id: str
    number: int
    """From 1, in the order of the tale."""
    title: str
    place: str
    """The part of the castle; empty in other people's tales."""
    teaches: tuple[str, ...]
    state: str
    """``done``, ``open`` or ``locked``."""
    here: bool
    """Whether we stand in it, or Continue leads into it."""
    after: tuple[str, ...] = ()
    """The titles of the chapters that have to be done before it opens."""
    won: tuple[str, ...] = ()
    """The techniques on its pages of the grimoire that were won."""
    unwon: int = 0
    """How many of its pages were not."""
    best: tuple[Best, ...] = ()
    """Of each lesson that was judged, in the order of the chapter."""

    @property
    def standing(self) -> str:
        """In a word: ``here``, ``done``, ``open`` or ``locked``."""
        return "here" if self.here else self.state

    @property
    def sign(self) -> str:
        """The same as one character."""
        return SIGNS[self.standing]

    @property
    def said(self) -> str:
        """The same in words that keep both: that we are here, and that it was done before."""
        return f"you are here{'; done before' * (self.state == 'done')}" if self.here else self.state

    @property
    def bars(self) -> str:
        """Why it is locked; empty where it is not."""
        return f"It opens when {' and '.join(self.after)} {'are' if len(self.after) > 1 else 'is'} done."

    @property
    def pages(self) -> str:
        """What became of its pages of the grimoire, in words."""
        if not self.won and not self.unwon:
            return "none to be won"
        left = f"{self.unwon} not yet won" if self.unwon else ""
        return "; ".join(filter(None, (", ".join(self.won), left)))


def outline(game: Game) -> list[Room]:
    """The chapters of the tale that is played, in its order, without what the save book says of them."""
    rows, at = game.chapters(), game.at
    ours = is_castle([row.id for row in rows])
    return [
        Room(row.id, number, row.title, PLACES[row.id] if ours else "", tuple(row.teaches), row.state, row.id == at)
        for number, row in enumerate(rows, 1)
    ]


def rooms(game: Game) -> list[Room]:
    """The chapters of the tale that is played, in its order."""
    won = {page.technique for page in game.book.pages()}
    verdicts = [run for run in game.book.kept() if run.kind == "verdict" and not run.deleted]
    plain = outline(game)
    states = {room.id: room.state for room in plain}
    found = []
    for room in plain:
        chapter = game.tale.chapter(room.id)
        pages = [page.technique for scene in chapter.scenes for page in scene.pages]
        found.append(
            replace(
                room,
                after=tuple(game.tale.chapter(id).title for id in chapter.requires if states.get(id, "done") != "done"),
                won=tuple(name for name in pages if name in won),
                unwon=sum(name not in won for name in pages),
                best=tuple(_bests(chapter, verdicts)),
            )
        )
    return found


def states(game: Game) -> dict[str, str]:
    """The rooms of the castle, and whether their chapters are done, open or locked."""
    return {PLACES[row.id]: row.state for row in game.chapters() if row.id in PLACES}


def is_castle(ids: Sequence[str]) -> bool:
    """Whether these are the chapters of our tale, whose rooms have their places."""
    return list(ids) == list(PLACES)


def minutes(game: Game, room: Room) -> int:
    """How long its chapter takes, about; to count it takes a moment."""
    from story.counting import count

    return max(round(count(game.tale, game.tale.chapter(room.id)).minutes), 1)


def _bests(chapter: Chapter, verdicts: Sequence[Kept]) -> list[Best]:
    found = []
    for scene in chapter.scenes:
        best = _best(scene, chapter.id, verdicts) if scene.lesson else None
        if best:
            found.append(best)
    return found


def _best(scene: Scene, chapter: str, verdicts: Sequence[Kept]) -> Best | None:
    """The best of those that passed, else of all, by the first metric of the goal."""
    assert scene.lesson is not None
    challenge = scene.lesson.challenge
    key = challenge.share or f"{chapter}/{scene.id}"
    goal = challenge.goal.comparisons[0]
    judged = [run for run in verdicts if run.scene == key and _mean(run.note, goal.metric) is not None]
    passed = [run for run in judged if run.passed]
    sign = 1 if goal.op[0] == ">" else -1
    best = max(passed or judged, key=lambda run: sign * (_mean(run.note, goal.metric) or 0.0), default=None)
    if best is None:
        return None
    mean, error = best.note["metrics"][goal.metric]
    reached = f"{metrics.show(goal.metric, mean)}{_error(goal.metric, error)}"
    return Best(scene.id.replace("-", " "), metrics.metric(goal.metric).label, reached, bool(passed))


def _mean(note: Mapping[str, Mapping[str, Sequence[float | None]]], metric: str) -> float | None:
    return note["metrics"].get(metric, (None,))[0]


def _error(metric: str, error: float | None) -> str:
    return f" ± {metrics.show(metric, error)}" if error is not None else ""


@dataclass(frozen=True)
class Leaf:
    """A leaf of the grimoire: written once its page was won."""

    chapter: str
    """The title of the chapter; that of a chapter that is no longer there is its id."""
    number: int
    """Of the chapter, from 1; 0 where it is no longer there."""
    won: Won | None


def leaves(game: Game) -> list[Leaf]:
    """Every page that can be won in the tale, in its order, and after them what was won of others."""
    won = {page.technique: page for page in game.book.pages()}
    found = []
    for number, chapter in enumerate(game.tale.chapters, 1):
        for page in (page for scene in chapter.scenes for page in scene.pages):
            found.append(Leaf(chapter.title, number, won.pop(page.technique, None)))
    return found + [Leaf(page.scene.partition("/")[0], 0, page) for page in won.values()]


def newest(game: Game, found: Sequence[Leaf]) -> int:
    """The place of the leaf that was written last; the first, where none was."""
    pages = game.book.pages()
    return next((n for n, leaf in enumerate(found) if pages and leaf.won == pages[-1]), 0)


def place(won: Won) -> str:
    """The scene of the lesson that a page was won in, in words."""
    return won.scene.partition("/")[2].replace("-", " ")


def line(won: Won) -> str:
    """The PyTorch of a page, as the run that is its evidence had it; empty for a setting that is no longer there."""
    from lessons.settings import setting

    try:
        return setting(won.setting).line(getattr(won.report.recipe, won.setting))
    except (Mistake, AttributeError):
        return ""


def evidence(won: Won) -> list[tuple[str, str]]:
    """What was measured in the best run of a page: label and value; what is nothing on every seed is left out."""
    from tutor.grimoire import SHOWN

    rows = []
    for name in SHOWN:
        if any(value != 0 for value in won.report.metrics.get(name, ())):
            summary = metrics.summarise(won.report.metrics[name])
            shown = f"{metrics.show(name, summary.mean)}{_error(name, summary.se)}"
            rows.append((metrics.metric(name).label, shown))
    return rows


def seeds(won: Won) -> str:
    """Over how many apprentices that was measured."""
    count = len(won.report.seeds)
    return f"{count} apprentices" if count > 1 else "one apprentice"


def course(won: Won) -> tuple[str, list[tuple[int, str]]]:
    """How the best run went: the name of what was measured, and its mean over the seeds after each of a few nights."""
    kind = "accuracy" if won.report.recipe.task == "classification" else "loss"
    name = f"validation_{kind}"
    found = courses.course(won.report, name)
    return metrics.metric(name).label, found.points if found else []
