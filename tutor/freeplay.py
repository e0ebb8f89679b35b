"""The Laboratory of the gate: which experiments may be taken up there, and the bench of each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons import fullsets, share
from lessons.datasets import DATA, OWN
from lessons.jobs import job, job_names
from lessons.mistakes import Mistake, unknown
from lessons.recipe import Recipe
from lessons.settings import SETTINGS

if TYPE_CHECKING:
    from tutor.freebench import FreeBench
    from tutor.savebook import SaveBook

ROOM = "laboratory"
"""What the journal calls the place: runs are kept under ``laboratory/JOB``."""
CODE = "share-code"
"""The last part of the key of a bench that was begun from a share code."""
COMMAND = "tutor run --from "
"""What may stand in front of a share code, as the journal copies it."""
TABLES = (".csv", ".npz")
HOW = (
    "Or give a share code (castle1:...), or a table of your own, such as guests.csv: "
    "numbers under a header, whose last column is called label or target."
)


@dataclass(frozen=True)
class Work:
    """An experiment that may be taken up."""

    name: str
    title: str
    words: str
    recipe: Recipe
    absent: str = ""
    """Why it cannot be trained here, and what to do; empty where it can."""

    @property
    def data(self) -> str:
        """The title of its data."""
        return self.recipe.facts.title

    @property
    def haystack(self) -> str:
        """All the words that it is found by."""
        return f"{self.name} {self.title} {self.words} {self.recipe.data} {self.data}".lower()


def works(folder: Path | None) -> list[Work]:
    """Every job that ships, by data set; ``folder`` holds the full sets, where there are any."""
    order = list(DATA)
    found = [Work(name, made.title, made.words, made.recipe) for name in job_names() for made in [job(name)]]
    listed = sorted(found, key=lambda work: (order.index(work.recipe.data), work.title))
    return [_marked(work, folder) for work in listed]


def _marked(work: Work, folder: Path | None) -> Work:
    if not _lacks(work.recipe, folder):
        return work
    full = fullsets.full_set(work.recipe.data)
    absent = f"{full.title} is not at hand: tutor data {full.name} downloads it (about {full.megabytes} MB)."
    return Work(work.name, work.title, work.words, work.recipe, absent)


def _lacks(recipe: Recipe, folder: Path | None) -> bool:
    return recipe.data in fullsets.FULL and bool(fullsets.missing(recipe.data, folder))


def counts(book: SaveBook) -> dict[str, int]:
    """How many runs the journal holds of each bench of free play, the one that was trained last first."""
    names = [run.scene.partition("/")[2] for run in book.kept() if about(run.scene) and not run.deleted]
    return {name: names.count(name) for name in dict.fromkeys(names)}


def named(text: str) -> bool:
    """Whether a text is a share code or a file of one's own, rather than a word."""
    text = text.strip().removeprefix(COMMAND)
    coded = text.startswith(share.MARK.rstrip("0123456789")) and ":" in text
    return coded or text.lower().endswith(TABLES)


def bench(text: str, book: SaveBook, folder: Path | None) -> FreeBench:
    """The bench of a job, a share code or a table of one's own; a ``Mistake`` says what is wrong with it."""
    from lessons import own
    from tutor.freebench import FreeBench

    text, shared = text.strip().removeprefix(COMMAND).strip(), None
    if text.lower().endswith(TABLES):
        file = own.inspect(Path(text).expanduser())
        name, title, recipe = file.name, file.name, Recipe(data=OWN, own=file, train_size=file.rows)
    elif named(text):
        shared = share.decode(text)
        name, title, recipe = CODE, _place(CODE), shared.recipe
    elif text in job_names():
        name, title, recipe = text, job(text).title, job(text).recipe
    else:
        raise unknown("job", text, job_names())
    if _lacks(recipe, folder):
        raise Mistake(fullsets.absent_words(recipe.data, folder))
    return FreeBench(f"{ROOM}/{name}", title, recipe, book, shared)


def _place(name: str) -> str:
    if name == CODE:
        return "a share code"
    return job(name).title if name in job_names() else name


@cache
def about(key: str) -> tuple[str, dict[str, Any]] | None:
    """What is trained on the bench of that key, in words, and its settings at the start; None for another key.

    Of a share code or a table, what stands otherwise than by default is what it says.
    """
    room, _, name = key.partition("/")
    if room != ROOM or not name:
        return None
    recipe = job(name).recipe if name in job_names() else Recipe()
    return _place(name), {setting: getattr(recipe, setting) for setting in SETTINGS}
