"""The gate of the castle: reads the tale, opens the save book, and begins or resumes a playthrough."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake
from tutor import home

if TYPE_CHECKING:
    from story.chapter import Tale
    from story.telling import Playthrough
    from tutor.laboratory import Laboratory, Running
    from tutor.savebook import SaveBook


@dataclass(frozen=True)
class Options:
    """What the command line says about a game."""

    slot: str = "castle"
    device: str = "auto"
    threads: int = 1
    brief: bool = False
    home: Path | None = None
    data: Path | None = None
    chapter: Path | None = None
    """A chapter file, or a folder of them, to play instead of the tale."""
    scene: str = ""
    """The scene of it to begin at, as ``scene`` or ``chapter/scene``."""
    player: str = ""
    """Who is played from the beginning, where a chapter before this one would have asked."""
    flags: tuple[str, ...] = ()
    """What earlier chapters are taken to have set."""


@dataclass(frozen=True)
class ChapterRow:
    """A chapter, as a list shows it."""

    id: str
    title: str
    teaches: tuple[str, ...]
    state: str
    """``done``, ``open`` or ``locked``."""


class Gate:
    """What a game is before its tale: cheap to make; ``load`` reads it, ``wake`` starts the training process."""

    def __init__(self, options: Options, on_change: Callable[[], None] = lambda: None) -> None:
        self.options = options
        self.folder = home.home(options.home)
        self.on_change = on_change
        self.notices: list[str] = []
        """What the player should be told once; whoever tells it takes it out."""
        self.laboratory: Laboratory | None = None
        """The line to the training process, once loaded."""
        self._book: SaveBook | None = None
        self._play: Playthrough | None = None

    def _changed(self) -> None:
        """Called when the laboratory has something to show."""
        self.on_change()

    def _arrive(self) -> None:
        """Called when a playthrough has come to a scene."""

    # opening and closing

    def load(self) -> None:
        """Read the tale and open the save book; a ``Mistake`` says what is wrong with either."""
        # Only here: pydantic and markdown-it would more than double the time to the first frame.
        from tutor.chapters import read

        self._hire()
        self._open(read(self.options.chapter))

    def _hire(self) -> None:
        from tutor.laboratory import Laboratory

        if self.laboratory is None:
            log = home.lab_log(self.folder)
            self.laboratory = Laboratory(
                self.options.device, self.options.threads, log, self._changed, self.notices.append
            )

    def _open(self, tale: Tale) -> None:
        from tutor.savebook import SaveBook

        self.tale = tale
        slot = self.options.slot
        if self.options.chapter:
            # A chapter on trial leaves alone the tale's slot, and that of a chapter of the same id in another folder.
            first = tale.chapters[0]
            place = sha256(os.fsencode(os.path.realpath(first.path))).hexdigest()[:8]
            slot = f"{slot}-{first.id}"[:31] + f"-{place}"
        self._book = SaveBook(self.folder, slot)
        self._tell_book()
        self._saved = self._book.state()
        self._tell_book()

    @property
    def loaded(self) -> bool:
        """Whether ``load`` has been carried out."""
        return self._book is not None

    async def wake(self) -> None:
        """Start the training process and wait until it has loaded torch."""
        if self.laboratory:
            await self.laboratory.wake()

    def use(self, device: str, threads: int) -> None:
        """Train on these, from the next run on."""
        if self.laboratory:
            self.laboratory.use(device, threads)

    async def close(self) -> None:
        """End the training process and let go of the slot."""
        if self.laboratory:
            await self.laboratory.close()
        if self._book:
            self._book.close()

    @property
    def lab_words(self) -> str:
        """What the training process is doing, in plain words."""
        return self.laboratory.words if self.laboratory else "the tower is asleep"

    @property
    def running(self) -> Running | None:
        """The run under way."""
        return self.laboratory.running if self.laboratory else None

    @property
    def training(self) -> bool:
        """Whether a run is under way."""
        return self.laboratory is not None and self.laboratory.running is not None

    def _idle(self) -> None:
        """Raises ``Mistake`` while a run is under way."""
        if self.training:
            raise Mistake("the apprentice is still learning. Stop the run first.")

    # the title

    @property
    def trial(self) -> str:
        """What is played instead of the tale, in words; empty for the tale itself."""
        if not (self.loaded and self.options.chapter):
            return ""
        title, others = self.tale.chapters[0].title, len(self.tale.chapters) - 1
        if not others or not self.options.chapter.is_dir():
            return title
        return f"{title}, and {others} more chapter{'s' if others > 1 else ''}"

    @property
    def can_continue(self) -> bool:
        """Whether a game is saved in the slot."""
        return self.loaded and self._saved is not None

    @property
    def at(self) -> str:
        """The id of the chapter that we are in, else of the one that Continue leads to; empty where there is none."""
        if self._play is not None:
            return self._play.chapter.id
        return str((self._saved or {}).get("chapter", ""))

    @property
    def halfway(self) -> bool:
        """Whether that place is past the beginning of its chapter: what going to another one gives up."""
        saved = {"scene": self._play.scene.id} if self._play else (self._saved or {})
        chapter = self.tale.find(self.at)
        return chapter is not None and saved.get("scene") != chapter.scenes[0].id

    def resume(self) -> None:
        """Go on where the slot was left."""
        self._begin(self._saved)

    def begin(self) -> None:
        """Into the tale: to the scene that was asked for, else where the slot was left, else to its beginning."""
        if self.options.scene:
            self._begin({**(self._saved or {}), **self._asked_for(), "shown": [], "answered": []})
        elif self.can_continue:
            self.resume()
        else:
            self.new()

    def _asked_for(self) -> dict[str, str]:
        """The chapter and the scene of ``Options.scene``; a ``Mistake`` names the nearest one."""
        id, _, scene = self.options.scene.rpartition("/")
        first = next((c for c in self.tale.chapters if c.find(scene)), self.tale.chapters[0])
        id = id or first.id
        return {"chapter": id, "scene": self.tale.scene(id, scene).id}

    def new(self) -> None:
        """Begin the tale anew; earlier runs stay in the journal."""
        self.book.begin_again()
        first = self.tale.chapters[0]
        given = {"player": self.options.player, "flags": list(self.options.flags)}
        self._begin({"chapter": first.id, "scene": first.scenes[0].id, **given} if any(given.values()) else None)

    def chapters(self) -> list[ChapterRow]:
        """The chapters, in order: done when left behind, locked while what they require is not done."""
        done = set((self._saved or {}).get("done", ())) if self._play is None else set(self.play.done)
        rows = []
        for chapter in self.tale.chapters:
            there = {c.id for c in self.tale.chapters}
            missing = [id for id in chapter.requires if id in there and id not in done]
            if chapter is self.tale.chapters[0]:
                missing = []  # the tale opens with it, whatever lies before it in another one
            state = "done" if chapter.id in done else "locked" if missing else "open"
            rows.append(ChapterRow(chapter.id, chapter.title, chapter.teaches, state))
        return rows

    def open_chapter(self, id: str) -> None:
        """Go to the beginning of a chapter; a ``Mistake`` for one that is locked, and during a run."""
        row = next((row for row in self.chapters() if row.id == id), None)
        if row is None or row.state == "locked":
            raise Mistake(f"chapter {id!r} is not open yet.")
        self._idle()
        if self._play is None:
            self._begin(self._saved)
        self.play.open_chapter(id)
        self._arrive()

    def _begin(self, state: dict[str, object] | None) -> None:
        self._take_up(state)
        self._arrive()

    def _take_up(self, state: dict[str, object] | None) -> None:
        from story.telling import Playthrough

        self._play = Playthrough(self.tale, brief=self.options.brief, state=state)
        if self._play.notice:
            self.notices.append(self._play.notice)

    @property
    def book(self) -> SaveBook:
        """The save book, once loaded."""
        assert self._book is not None, "load() first"
        return self._book

    @property
    def play(self) -> Playthrough:
        """The playthrough, once begun."""
        assert self._play is not None, "new() or resume() first"
        return self._play

    @property
    def begun(self) -> bool:
        """Whether a playthrough is under way."""
        return self._play is not None
