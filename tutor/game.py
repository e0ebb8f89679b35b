"""One playthrough: the tale, the laboratory and the save book, without a screen.

The TUI, the plain mode and the tests all drive this. Whatever it changes is on disk before
it returns.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake
from tutor import home
from tutor.gate import ChapterRow, Gate, Options

if TYPE_CHECKING:
    from story.chapter import Page
    from story.telling import Answered, Asked, Offered, Passage
    from tutor.bench import Bench, Judgement
    from tutor.freebench import FreeBench

__all__ = ["ChapterRow", "Game", "Options"]


class Game(Gate):
    """A playthrough once begun: what is told, what may be done, what is trained."""

    def __init__(self, options: Options, on_change: Callable[[], None] = lambda: None) -> None:
        super().__init__(options, on_change)
        self.verdict: Judgement | None = None
        """The verdict just given; the tale has already moved on, ``go_on`` puts it away."""
        self.bench: Bench | FreeBench | None = None
        """The workbench in hand: of this scene, where it holds a lesson, or of free play."""
        self.free: FreeBench | None = None
        """The same, while it is one of free play."""
        self.message = ""
        """The last plain sentence about a run."""

    def _changed(self) -> None:
        if self.bench and self.laboratory:
            self.bench.running = self.laboratory.running
        self.on_change()

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

    async def mend(self, question: Asked) -> None:
        """Train the net that was mended; what came of it is in ``message``."""
        from lessons.jobs import job_beside
        from tutor import trials

        if self.laboratory and question.job and not self.training:
            try:
                recipe = job_beside(self.play.chapter.path.resolve().parent, question.job).recipe
            except Mistake as error:
                return self._said(f"The mended net cannot be trained: {error}")
            self.message = ""
            self._said(await trials.mended(self.laboratory, recipe))

    # the Count asks again

    def due(self) -> list[Asked]:
        """The questions of earlier evenings that it is time to ask again, those known worst first."""
        from tutor.review import again, due

        if not self.loaded:
            return []
        asked = (self.tale.question(id) for id in due(self.book.answers(), datetime.now(UTC)))
        return [again(self.tale, question) for question in asked if question and question.kind == "quiz"]

    def answer_again(self, question_id: str, option: int) -> Answered:
        """Answer a question that was due; it rests the longer, the more often it was answered rightly."""
        from story.telling import ask, reply

        question = self.tale.question(question_id)
        if question is None:
            raise Mistake(f"the question {question_id!r} is no longer asked.")
        answered = reply(question, option)
        self.book.add_answer(question_id, ask(question).options[option], answered.right)
        self._tell_book()
        return answered

    def choose(self, number: int) -> None:
        """Take the choice of that number, from 0."""
        self._idle()
        self.play.choose(number)
        self._arrive()

    def undo(self) -> bool:
        """Take back the last step: place and flags; runs, predictions and answers stay."""
        if self.training or not self.play.undo():
            return False
        self._arrive()
        return True

    def _arrive(self) -> None:
        self.bench, self.message, self.verdict = self._bench(), "", None
        for page in self.pages():
            self._win(page)
        self._save()

    def _win(self, page: Page) -> None:
        """Write a page of the grimoire, with the best run of the lesson that was judged last as its evidence."""
        from tutor.bench import Bench
        from tutor.grimoire import Won

        judged = self.play.judged()
        if judged is None:
            return
        scene, lesson = judged
        best = Bench(lesson.challenge.share or scene, lesson.challenge, self.book).evidence
        if best:
            self.book.add_page(Won(page.technique, page.does, page.setting, scene, best))

    def _bench(self) -> Bench | FreeBench | None:
        """That of free play while it is in hand, else that of this scene as it was left, where it holds a lesson."""
        from tutor.bench import Bench

        if self.free is not None:
            return self.free
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

    def enter_laboratory(self, text: str) -> None:
        """Take up a job, a share code or a table of one's own, without a story; a ``Mistake`` says why it cannot be."""
        from tutor import freeplay

        self._idle()
        self.free = freeplay.bench(text, self.book, home.data(self.options.data))
        self.bench, self.message = self.free, ""
        self._tell_book()
        self.on_change()

    def leave_laboratory(self) -> None:
        """Back to where the tale stands; the bench of free play is kept as it is."""
        self._idle()
        self.free = None
        self.bench, self.message = self._bench() if self.begun else None, ""
        self.on_change()

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

    def export(self, path: Path, elsewhere: str = "") -> list[Path]:
        """Write the program of the settings as they stand, and its data beside it.

        Where the player named the file, ``elsewhere`` says how to name another; else no other file is written over.
        """
        from tutor.export import export, free

        if self.bench is None:
            raise Mistake("there is no experiment in this scene.")
        recipe = self.bench.challenge.recipe_for(self.bench.settings)
        if elsewhere:
            return export(recipe, path, elsewhere)
        return export(recipe, free(recipe, path.absolute()), "Start the game in another folder: it writes there.")
