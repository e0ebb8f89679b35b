"""A chapter that is played while it is written: what its author saves appears where the game stands."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons.mistakes import Mistake
from tutor.game import Game, Options

if TYPE_CHECKING:
    from story.chapter import Tale

SUFFIXES = (".md", ".toml", ".csv", ".npz")
"""Of the files that a chapter is made of: itself and its neighbours, jobs, data."""
MOST = 200
"""Files that are watched."""
MOST_SEEN = 5_000
"""Entries of a folder that are looked at for them."""
AGREE = 2
"""Looks in a row that must agree: an editor may be in the middle of a save."""
AGREE_LOST = 4
"""The same where a file has vanished or is empty, as it is while some editors save."""


SAVED = "Saved; it is taken up when the run ends."


class Watch:
    """Looks at a chapter file, or at a folder, and at what lies beside it; never waits, never reads."""

    def __init__(self, place: Path) -> None:
        self._file = None if place.is_dir() else place
        self._folder = place.parent if self._file else place
        self._taken = self.last = self._look()
        """What was taken up, and what the last look saw."""
        self._agreed = 1

    def changed(self) -> bool:
        """Look once; True where something was saved since the last time that it was True, and has settled."""
        settled = self.settled()
        if settled:
            self._taken = self.last
        return settled

    def settled(self) -> bool:
        """Look once; True where something has settled that was saved since ``changed`` was True."""
        now = self._look()
        self._agreed = self._agreed + 1 if now == self.last else 1
        self.last = now
        lost = any(size and not now.get(path, (0, 0))[1] for path, (_, size, _) in self._taken.items())
        return now != self._taken and self._agreed >= (AGREE_LOST if lost else AGREE)

    @property
    def unsettled(self) -> bool:
        """Whether the last look saw a change that is not taken up yet."""
        return self.last != self._taken

    def _look(self) -> dict[Path, tuple[int, ...]]:
        """When each file was written, its size, and which file it is: a save by renaming puts another in its place."""
        seen = {}
        for path in islice(self._paths(), MOST):
            with suppress(OSError):
                found = path.stat()
                seen[path] = (found.st_mtime_ns, found.st_size, found.st_ino)
        return seen

    def _paths(self) -> Iterator[Path]:
        if self._file:
            yield self._file
        with suppress(OSError), os.scandir(self._folder) as entries:
            names = sorted(entry.name for entry in islice(entries, MOST_SEEN))
            yield from (self._folder / n for n in names if n.endswith(SUFFIXES) and not n.startswith("."))


def proofread(place: Path) -> tuple[Tale | None, tuple[str, ...]]:
    """The tale, None where it cannot be read, and what is wrong with it, each as ``FILE:LINE: message``."""
    from story.lint import lint
    from story.reading import ChapterErrors
    from tutor.chapters import read, with_neighbours

    try:
        tale = read(place)
    except ChapterErrors as error:
        return None, tuple(f"{e.path.name}:{e.line}: {e.message}" for e in error.errors)
    except Mistake as error:
        return None, (str(error),)
    paths = [chapter.path for chapter in tale.chapters]
    found = [f for f in lint(with_neighbours(tale, paths), paths) if f.severity == "error"]
    return tale, tuple(f"{f.path.name}:{f.line}: {f.message}" for f in found)


class WatchedGame(Game):
    """A game that takes up what is saved in its chapter; a mistake is kept to be shown, and ends nothing."""

    def __init__(self, options: Options, on_change: Callable[[], None] = lambda: None) -> None:
        super().__init__(options, on_change)
        assert options.chapter is not None
        self.chapter = options.chapter
        self.mistakes: tuple[str, ...] = ()
        """What is wrong with the chapter, each as ``FILE:LINE: message``."""
        self.stale = False
        """Whether what was saved last could not be taken up, so that the tale is as it was before."""
        self.waiting = False
        """Whether something was saved during a run, and waits for its end."""
        self._held = False
        """Whether what was saved last can be read, and waits for a look that takes it up in spite of its mistakes."""
        self._gone = False
        self._read: object = None
        """What the files looked like when they were read while a run trained."""
        self._watch = Watch(self.chapter)

    @property
    def standing(self) -> str:
        """What the mistakes mean for the game; empty where there are none."""
        if self._gone:
            on = "the game goes on with what it had" if self.loaded else "the game begins as soon as it is there again"
            return f"{self.chapter.name} is gone; {on}."
        if self.waiting:
            return "Saved, but it cannot be read; the run goes on." if self.stale else SAVED
        if not self.mistakes:
            return ""
        if not self.stale:
            return "Taken up, but something is still wrong."
        if self.loaded:
            return "Not taken up: the tale goes on as it was."
        return "The chapter cannot be read. It begins as soon as this is mended."

    @property
    def unsettled(self) -> bool:
        """Whether something was saved that another look may take up."""
        return self._watch.unsettled and not self.training

    def load(self) -> None:
        """Read the chapter, and open the save book if it can be read; a ``Mistake`` is about the book alone."""
        self._hire()
        self.reload()

    def look(self, faulty: bool = True) -> bool:
        """Take up what was saved, but never during a run; whether there was anything.

        ``faulty``: also where something is wrong with what can be read. Else that waits for another look.
        """
        if self.training:
            self._peek()
            return False
        if not self._watch.changed() and not (self._held and faulty):
            return False
        self.reload(faulty)
        return True

    def _peek(self) -> None:
        """During a run: what was saved waits, but what is wrong with it is said at once."""
        if self._watch.settled() and self._watch.last != self._read:
            self._read, self.waiting = self._watch.last, True
            self._proofread()
            self.on_change()

    def _proofread(self) -> Tale | None:
        self._gone = not self.chapter.exists()
        tale, self.mistakes = (None, ()) if self._gone else proofread(self.chapter)
        self.stale = tale is None
        return tale

    def reload(self, faulty: bool = True) -> None:
        """Read the chapter again; where it can be read, the playthrough goes on in it at the same scene."""
        tale, self.waiting = self._proofread(), False
        self._held = tale is not None and bool(self.mistakes) and not faulty
        if self._held:
            tale, self.stale = None, True
        if tale and not self.loaded:
            self._open(tale)
        elif tale and not self.begun:
            self.tale = tale
        elif tale:
            self._go_on_in(tale)
        self.on_change()

    def _go_on_in(self, tale: Tale) -> None:
        state = _carried(self.play.state, self.tale, tale)
        self.tale = tale
        self._take_up(state)
        bench, old = self._bench(), self.bench
        if not (bench and old and (bench.key, bench.challenge) == (old.key, old.challenge)):
            self.bench, self.message = bench, ""
        self._save()


def _carried(state: dict[str, Any], old: Tale, new: Tale) -> dict[str, Any]:
    """A playthrough's state for the new tale: chapters may have other ids, questions other words."""
    groups = _variants(state, old)
    ids = {chapter.path: chapter.id for chapter in new.chapters}
    state = {**state, "answered": [id for id in state["answered"] if _same_question(id, old, new)]}
    for chapter in old.chapters:
        now = ids.get(chapter.path, chapter.id)
        if new.find(chapter.id) is None and old.find(now) is None:
            state = _renamed(state, chapter.id, now)
            places = [step for step in (state, *state["undo"]) if step.get("chapter") == chapter.id]
            for place in places:
                place["chapter"] = now
            state["done"] = [now if id == chapter.id else id for id in state["done"]]
    if _variants(state, new) != groups:
        state["shown"] = []  # picked anew: one that was just written is seen at once
    return state


def _variants(state: dict[str, Any], tale: Tale) -> list[int]:
    """How many passages each group of the scene has, of which a visit shows one."""
    chapter = tale.find(state["chapter"])
    scene = chapter.find(state["scene"]) if chapter else None
    return [len(group.items) for group in scene.variants] if scene else []


def _same_question(id: str, old: Tale, new: Tale) -> bool:
    """Whether a question reads as it did; one that does not is asked anew."""
    before, after = old.question(id), new.question(id)
    return before is None or after is None or replace(before, line=after.line) == after


def _renamed(part: Any, old: str, new: str) -> Any:
    """Every scene, question and choice that is named ``old/...``, under its new name."""
    if isinstance(part, dict):
        return {_renamed(key, old, new): _renamed(value, old, new) for key, value in part.items()}
    if isinstance(part, list):
        return [_renamed(value, old, new) for value in part]
    if isinstance(part, str) and part.startswith(f"{old}/"):
        return new + part[len(old) :]
    return part
