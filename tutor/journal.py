"""The journal: every run of a slot, over all scenes and games; which of them are asked for, and in what order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from lessons import metrics
from lessons.mistakes import Mistake
from lessons.settings import SETTINGS
from tutor import freeplay
from tutor.bench import SEEN, UNSEEN

if TYPE_CHECKING:
    from lessons.recipe import Recipe
    from lessons.report import Report
    from story.chapter import Tale
    from tutor.anybench import AnyBench
    from tutor.savebook import Kept, SaveBook

DELETED = "deleted"
"""The word of a filter that asks for the runs that were taken out."""
AS_FOUND = "as found"
"""What the settings of a run are called that turned none."""
NEWEST = ""
"""The order that is not by a metric."""
MOST = 3
"""Settings that are named where two states of them are told apart."""


@dataclass(frozen=True)
class Lesson:
    """What the journal needs of a lesson of the tale."""

    chapter: str
    """The title."""
    place: str
    """The scene, in words."""
    start: dict[str, Any]
    goals: tuple[str, ...]
    """The metrics that its first goal looks at."""


@dataclass(frozen=True)
class Entry:
    """A run, as the journal shows it."""

    id: int
    scene: str
    chapter: str
    place: str
    kind: str
    """``practice`` or ``verdict``."""
    passed: bool | None
    deleted: bool
    made: datetime
    """In the local time of this machine."""
    settings: dict[str, Any]
    """What the lesson offers, as it stood."""
    turned: tuple[str, ...]
    """Those of them that differ from the lesson's start."""
    metrics: dict[str, tuple[float | None, float | None]]
    """Mean and standard error over the seeds; of practice, nothing of the test rows."""
    main: tuple[str, ...]
    """The metrics that matter most here, the first before all."""
    curve: tuple[float | None, ...]
    curve_of: str
    seeds: tuple[int, ...]
    diverged: int
    """Seeds whose loss left the numbers."""
    device: str
    threads: int
    seconds: float
    share: str
    """The share code; empty for a file of one's own, which none can carry."""

    @property
    def lesson(self) -> str:
        """Chapter and place, in words."""
        return f"{self.chapter}, {self.place}" if self.place else self.chapter

    @property
    def outcome(self) -> str:
        """What became of it, in a word."""
        if self.kind == "practice":
            return "diverged" if self.diverged else "practice"
        unjudged = "measured" if freeplay.about(self.scene) else "verdict"
        return {True: "passed", False: "failed", None: unjudged}[self.passed]

    @property
    def words(self) -> str:
        """The settings that were turned, in a line."""
        return ", ".join(f"{label(name)} {shown(name, self.settings[name])}" for name in self.turned) or AS_FOUND

    @property
    def seeds_words(self) -> str:
        """How many apprentices were trained, and from which seeds."""
        first, count = self.seeds[0], len(self.seeds)
        return f"one seed ({first})" if count == 1 else f"{count} seeds ({first} to {self.seeds[-1]})"

    @property
    def command(self) -> str:
        """What makes the same run again; a ``Mistake`` where no code can."""
        if not self.share:
            raise Mistake(f"run {self.id} has no share code: its data are a file, which no code can carry.")
        return f"tutor run --from {self.share}"

    @property
    def measured(self) -> list[str]:
        """Every metric worth showing, those that matter most first."""
        rest = (name for name, metric in metrics.METRICS.items() if name in self.metrics and not metric.quiet)
        return list(dict.fromkeys([*self.main, *rest]))

    def reached(self, name: str) -> str:
        """A metric as this run reached it: ``79.5% ± 0.3%``; what is the same on every seed stands alone."""
        mean, error = self.metrics[name]
        return metrics.show(name, mean) + (f" ± {metrics.show(name, error)}" if error else "")

    @cached_property
    def haystack(self) -> str:
        """All the words that a filter finds it by."""
        kind = f"{self.kind} {self.outcome}" + (" diverged" if self.diverged else "")
        names = [f"{name} {label(name)} {shown(name, self.settings[name])}" for name in self.turned]
        when = f"{self.made:%Y-%m-%d} {date(self.made)}"
        return (
            f"#{self.id} {self.scene} {self.lesson} {kind} {' '.join(names) or AS_FOUND} {self.device} {when}".lower()
        )

    @cached_property
    def pairs(self) -> tuple[str, ...]:
        """``name=value`` of everything that the lesson offers, turned or not."""
        found = [f"{name}={shown(name, value)}" for name, value in self.settings.items()]
        found += [f"{label(name)}={shown(name, value)}" for name, value in self.settings.items()]
        return tuple(pair.lower() for pair in found)

    def matches(self, words: Iterable[str]) -> bool:
        """Whether each of the words is found; ``name=value`` is held against everything that is offered."""
        return all(word in self.pairs if "=" in word else word in self.haystack for word in words)


def label(name: str) -> str:
    """What the screen calls a setting."""
    return SETTINGS[name].label if name in SETTINGS else name


def shown(name: str, value: Any) -> str:
    """A setting's value as a player reads it, also one that is no longer allowed."""
    try:
        return SETTINGS[name].show(SETTINGS[name].check(value))
    except (KeyError, Mistake):
        return str(value)


def settled(recipe: Recipe, than: Mapping[str, Any]) -> str:
    """What stands otherwise in a recipe than in these settings, in a line; of much, the first few."""
    names = [name for name, value in than.items() if getattr(recipe, name) != value]
    there = [f"{label(name)} {shown(name, getattr(recipe, name))}" for name in names[:MOST]]
    return ", ".join(there) + (f" and {len(names) - MOST} more" if len(names) > MOST else "")


def apart(bench: AnyBench, made: Report | None) -> str:
    """How a run's settings stood, as far as that is not how they stand now."""
    words = settled(made.recipe, bench.settings) if made else ""
    return f"with {words}" if words else ""


def date(when: datetime) -> str:
    """``3 May``."""
    return f"{when.day} {when:%b}"


def short_time(when: datetime, now: datetime) -> str:
    """When, in seven cells: the hour of today, else the day, else the month."""
    if when.date() == now.date():
        return f"{when:%H:%M}"
    return date(when) if when.year == now.year else f"{when:%Y-%m}"


def lessons(tale: Tale | None) -> dict[str, Lesson]:
    """The lessons of a tale, by the key under which the book keeps their runs."""
    found: dict[str, Lesson] = {}
    for chapter in tale.chapters if tale else ():
        for scene in chapter.scenes:
            if scene.lesson:
                challenge = scene.lesson.challenge
                key = challenge.share or f"{chapter.id}/{scene.id}"
                made = Lesson(chapter.title, scene.id.replace("-", " "), challenge.start, challenge.goal.metrics)
                found.setdefault(key, made)
    return found


def free(scene: str) -> Lesson | None:
    """What stands in place of a lesson for a bench of free play."""
    found = freeplay.about(scene)
    return Lesson(freeplay.ROOM.capitalize(), *found, goals=()) if found else None


def entry(kept: Kept, lesson: Lesson | None) -> Entry:
    """A run of the book beside its lesson; of a lesson that the tale no longer tells, everything counts as turned."""
    note = kept.note
    measured = {name: (mean, error) for name, (mean, error) in note["metrics"].items() if name in metrics.METRICS}
    hidden = UNSEEN if kept.kind == "practice" else ()
    there = {name: pair for name, pair in measured.items() if name not in hidden}
    start = lesson.start if lesson else {}
    chapter, _, place = kept.scene.partition("/")
    return Entry(
        id=kept.id,
        scene=kept.scene,
        chapter=lesson.chapter if lesson else chapter.replace("-", " "),
        place=lesson.place if lesson else place.replace("-", " "),
        kind=kept.kind,
        passed=kept.passed,
        deleted=kept.deleted,
        made=kept.made.astimezone(),
        settings=kept.settings,
        turned=tuple(
            name
            for name, value in kept.settings.items()
            if name not in start or shown(name, value) != shown(name, start[name])
        ),
        metrics=there,
        main=_main(there, lesson.goals if lesson else (), kept.kind),
        curve=tuple(note["curve"]),
        curve_of=note["curve_of"],
        seeds=tuple(note["seeds"]),
        diverged=note["diverged"],
        device=note["device"],
        threads=note["threads"],
        seconds=note["seconds"],
        share=note["share"],
    )


def _main(there: Iterable[str], goals: Sequence[str], kind: str) -> tuple[str, ...]:
    """The goal's metrics, as this kind of run may show them, then what is worth a look in any run."""
    seen = [SEEN.get(name, name) if kind == "practice" else name for name in goals]
    usual = ["test_accuracy", "test_loss", "validation_accuracy", "validation_loss", "train_accuracy", "train_loss"]
    names = set(there)
    if "train_accuracy" in names:
        usual = [name for name in usual if not name.endswith("loss")]
    return tuple(name for name in dict.fromkeys([*seen, *usual]) if name in names)


class Journal:
    """The runs of one slot; reads the book anew when it is told to."""

    def __init__(self, book: SaveBook, tale: Tale | None = None) -> None:
        """``tale`` gives the lessons their names and their start settings."""
        self._book, self._lessons = book, lessons(tale)
        self._lately: list[int] = []
        """What was deleted since this journal was opened, the last one last."""
        self._reports: dict[int, Report] = {}
        self.reread()

    def reread(self) -> None:
        """Take up what the book holds now."""
        self._all = {
            kept.id: entry(kept, self._lessons.get(kept.scene) or free(kept.scene)) for kept in self._book.kept()
        }
        self._count = self._book.count()

    @property
    def stale(self) -> bool:
        """Whether a run has come since it was read."""
        return self._book.count() != self._count

    def __len__(self) -> int:
        """How many runs there are, without the deleted ones."""
        return sum(not entry.deleted for entry in self._all.values())

    def select(self, words: str = "", by: str = NEWEST) -> list[Entry]:
        """The runs that match every word: newest first, or by a metric, the best first."""
        asked = words.lower().split()
        deleted = DELETED in asked
        asked = [word for word in asked if word != DELETED]
        found = [entry for entry in self._all.values() if entry.deleted == deleted and entry.matches(asked)]
        if by == NEWEST:
            return found
        sign = 1 if metrics.metric(by).better == "lower" else -1

        def rank(entry: Entry) -> tuple[bool, float]:
            mean = entry.metrics.get(by, (None, None))[0]
            return mean is None, sign * (mean or 0.0)

        return sorted(found, key=rank)

    def orders(self, entries: Iterable[Entry]) -> list[str]:
        """What these can be sorted by: time, then every metric that one of them has."""
        there = {name for entry in entries for name in entry.measured}
        first = ("test_accuracy", "validation_accuracy")
        names = [name for name in (*first, *metrics.METRICS) if name in there]
        return [NEWEST, *dict.fromkeys(names)]

    def find(self, number: int) -> Entry:
        """The run of that number, deleted or not; a ``Mistake`` says which there are."""
        if number in self._all:
            return self._all[number]
        if not self._all:
            raise Mistake("the journal is empty: nothing has been trained yet.")
        raise Mistake(f"run {number} is not in this journal. There are runs from {min(self._all)} to {max(self._all)}.")

    def report(self, number: int) -> Report:
        """The whole report of a run."""
        if number not in self._reports:
            run = self._book.run(number)
            if run is None:
                raise Mistake(f"run {number} is not in the save book any more.")
            if len(self._reports) >= 8:
                self._reports.pop(next(iter(self._reports)))
            self._reports[number] = run.report
        return self._reports[number]

    def delete(self, number: int) -> Entry:
        """Take a run out of the journal. Its seeds stay used, and what was judged by it holds."""
        if self.find(number).deleted:
            raise Mistake(f"run {number} is deleted already.")
        self._lately.append(number)
        return self._mark(number, True)

    def restore(self, number: int | None = None) -> Entry:
        """Bring back a deleted run: this one, else the one that was deleted last."""
        if number is None and not self._lately:
            raise Mistake("there is no deletion to take back.")
        number = self._lately[-1] if number is None else number
        if not self.find(number).deleted:
            raise Mistake(f"run {number} is not deleted.")
        self._lately = [other for other in self._lately if other != number]
        return self._mark(number, False)

    def _mark(self, number: int, deleted: bool) -> Entry:
        self._book.delete_run(number, deleted)
        self._count = self._book.count()
        self._all[number] = replace(self._all[number], deleted=deleted)
        return self._all[number]
