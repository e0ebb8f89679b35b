"""One playthrough: the tale, the laboratory and the save book, without a screen.

The TUI, the plain mode and the tests all drive this. Whatever it changes is on disk before
it returns.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake
from tutor import home

if TYPE_CHECKING:
    from story.chapter import Page, Tale
    from story.telling import Answered, Asked, Offered, Passage, Playthrough
    from tutor.bench import Bench, Judgement
    from tutor.laboratory import Laboratory
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


@dataclass(frozen=True)
class ChapterRow:
    """A chapter, as a list shows it."""

    id: str
    title: str
    teaches: tuple[str, ...]
    state: str
    """``done``, ``open`` or ``locked``."""


class Game:
    """Cheap to make; ``load`` reads the tale and opens the save book, ``wake`` starts the training process."""

    def __init__(self, options: Options, on_change: Callable[[], None] = lambda: None) -> None:
        self.options = options
        self.folder = home.home(options.home)
        self.on_change = on_change
        self.notices: list[str] = []
        """What the player should be told once; whoever tells it takes it out."""
        self.verdict: Judgement | None = None
        """The verdict just given; the tale has already moved on, ``go_on`` puts it away."""
        self.bench: Bench | None = None
        """The workbench of this scene, where it holds a lesson."""
        self.message = ""
        """The last plain sentence about a run."""
        self.laboratory: Laboratory | None = None
        """The line to the training process, once loaded."""
        self._book: SaveBook | None = None
        self._play: Playthrough | None = None

    def _changed(self) -> None:
        if self.bench and self.laboratory:
            self.bench.running = self.laboratory.running
        self.on_change()

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
            slot = f"{slot}-{tale.chapters[0].id}"[:40]  # a chapter on trial leaves the tale's slot alone
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
    def training(self) -> bool:
        """Whether a run is under way."""
        return self.laboratory is not None and self.laboratory.running is not None

    # the title

    @property
    def can_continue(self) -> bool:
        """Whether a game is saved in the slot."""
        return self.loaded and self._saved is not None

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
        self._begin(None)

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
        """Go to the beginning of a chapter; a ``Mistake`` for one that is locked."""
        row = next((row for row in self.chapters() if row.id == id), None)
        if row is None or row.state == "locked":
            raise Mistake(f"chapter {id!r} is not open yet.")
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

    # the tale

    @property
    def title(self) -> str:
        """Of the chapter."""
        return self.play.chapter.title

    @property
    def place(self) -> str:
        """The scene, in words."""
        return self.play.scene.id.replace("-", " ")

    @property
    def where(self) -> str:
        """Where Continue leads, or where we are: chapter and scene."""
        if self._play is not None:
            return f"{self.title}, {self.place}"
        saved = self._saved or {}
        chapter = self.tale.find(str(saved.get("chapter")))
        return f"{chapter.title}, {str(saved.get('scene')).replace('-', ' ')}" if chapter else ""

    @property
    def number(self) -> int:
        """The chapter's place in the tale, from 1."""
        return self.tale.chapters.index(self.play.chapter) + 1

    @property
    def of(self) -> int:
        """How many chapters there are."""
        return len(self.tale.chapters)

    @property
    def ended(self) -> bool:
        """Whether the tale ends here."""
        return self.play.ended

    def passages(self) -> list[Passage]:
        """What is told in this scene."""
        return self.play.passages()

    def why(self) -> list[Passage]:
        """The theory of this scene's lesson; it opens after the first run."""
        return self.play.why() if self.bench and self.bench.why_open else []

    def pages(self) -> list[Page]:
        """The grimoire pages of this scene."""
        return self.play.pages()

    def choices(self) -> list[Offered]:
        """What may be done here."""
        return self.play.choices()

    def questions(self) -> list[Asked]:
        """What is asked here and not yet answered."""
        return self.play.questions()

    def answer(self, question_id: str, option: int) -> Answered:
        """Answer a question of this scene."""
        question = next((q for q in self.questions() if q.id == question_id), None)
        answered = self.play.answer(question_id, option)
        said = question.options[option] if question else str(option)
        self.book.add_answer(question_id, said, answered.right)
        self._save()
        return answered

    def choose(self, number: int) -> None:
        """Take the choice of that number, from 0."""
        if self.training:
            raise Mistake("the apprentice is still learning. Stop the run first.")
        self.play.choose(number)
        self._arrive()

    def undo(self) -> bool:
        """Take back the last step: place and flags; runs, predictions and answers stay."""
        if self.training or not self.play.undo():
            return False
        self.verdict = None
        self._arrive()
        return True

    def _arrive(self) -> None:
        self.bench, self.message = self._bench(), ""
        self._save()

    def _bench(self) -> Bench | None:
        """The workbench of this scene as it was left, where it holds a lesson."""
        from tutor.bench import Bench

        lesson = self.play.lesson
        if lesson is None:
            return None
        key = lesson.challenge.share or f"{self.play.chapter.id}/{self.play.scene.id}"
        bench = Bench(key, lesson.challenge, self.book)
        try:
            bench.challenge.recipe_for(bench.settings)
        except Mistake:  # the chapter was edited since they were turned
            bench.settings = bench.challenge.start
            self.notices.append("The dials stand as at the start: what was turned does not fit the lesson any more.")
        return bench

    def _save(self) -> None:
        self.play.passages()  # a variant shown is a variant used
        self.book.save(self.play.state)
        self._tell_book()
        self.on_change()

    def _tell_book(self) -> None:
        self.notices += self.book.notices
        self.book.notices.clear()

    # the laboratory

    async def practise(self) -> None:
        """Train on one seed. What came of it is in ``bench.last`` and ``message``."""
        from tutor import trials

        if self.bench and self.laboratory and not self.training:
            self.message = ""
            self._said(await trials.practise(self.laboratory, self.bench))

    async def judge(self) -> None:
        """Train on fresh seeds and judge; the tale goes on to the pass or the fail scene."""
        from tutor import trials

        if not self.bench or not self.laboratory or self.training:
            return
        bench, self.message = self.bench, ""
        judgement, message = await trials.judge(self.laboratory, bench)
        if judgement:
            # Settled at once: a game killed from here on resumes in the scene that the verdict led to.
            try:
                self.play.settle(trials.told(judgement, bench.tries))
            except Mistake as error:  # a chapter on trial may name a scene that is not there
                return self._said(f"The verdict leads nowhere: {error}")
            self._arrive()
            self.verdict = judgement
        self._said(message)

    async def stop(self) -> None:
        """End the run under way."""
        if self.laboratory:
            await self.laboratory.stop()

    def go_on(self) -> None:
        """Put the verdict away: the scene that it led to is the scene now."""
        self.verdict = None
        self.on_change()

    def _said(self, message: str) -> None:
        self.message = message
        self._tell_book()
        self.on_change()

    def export(self, path: Path) -> list[Path]:
        """Write the program of the settings as they stand, and its data beside it."""
        from tutor.export import export

        if self.bench is None:
            raise Mistake("there is no experiment in this scene.")
        return export(self.bench.challenge.recipe_for(self.bench.settings), path)
