"""A question: asked, answered by digit, and the reason after the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from lessons.mistakes import Mistake
from tutor.tui.screens import benchview
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.choices import Choices, Item
from tutor.tui.widgets.code import CodeBlock
from tutor.tui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from story.telling import Answered, Asked

HEADS = {"quiz": "A question", "reason": "Why did it work?", "find": "Find the line", "mend": "Mend the code"}
PAINTS = 10
"""Times a second that the progress of a run is painted."""


class Asking(Overlay):
    """Asks one question after another; which, and what an answer does, is for its kinds to say."""

    CSS_PATH = "question.tcss"
    about = "question"

    def __init__(self) -> None:
        super().__init__()
        self.asked: Asked | None = None
        self.answered: Answered | None = None

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page", can_focus=False):
            yield CodeBlock(id="shown")
            yield Static(id="ask", markup=False)
            yield CodeBlock(id="code")
            yield Static(id="reason")
            yield ProgressLine(id="run")
            yield Choices()

    def on_mount(self) -> None:
        self.ask_next()  # a kind's own on_mount has been called before

    def ask_next(self) -> None:
        """Ask what is to be asked next, or go."""

    def reply(self, asked: Asked, option: int) -> Answered:
        """What is said to an answer."""
        raise NotImplementedError

    def ways(self) -> list[str]:
        """What may be done once the reason is read."""
        return ["Go on"]

    def go(self, way: int) -> None:
        """One of the ways was taken."""
        self.ask_next()

    def put(self, asked: Asked) -> None:
        """Ask a question."""
        self.asked, self.answered = asked, None
        self.query_one("#ask", Static).update(asked.ask)
        fault = asked.fault - 1 if asked.fault else None
        self.query_one("#code", CodeBlock).show("\n".join(asked.code), fault)
        self.query_one("#code").display = bool(asked.code)
        for name in ("#shown", "#reason", "#run"):
            self.query_one(name).display = False
        self.query_one(Choices).show([Item(option) for option in asked.options], cursor=-1)
        # Under long code the question comes first; page up leads to the code.
        self.later(lambda: self.query_one("#page").scroll_to_widget(self.query_one("#ask"), top=True, animate=False))

    @on(Choices.Picked)
    def take(self, event: Choices.Picked) -> None:
        """An answer, or a way on after the reason."""
        if self.asked is None or self.answered is not None:
            return self.go(event.number)
        said = self.asked.options[event.number]
        try:
            self.answered = self.reply(self.asked, event.number)
        except Mistake:  # it was edited away
            return self.ask_next()
        self.query_one("#reason", Static).update(_reason(said, self.answered))
        self.query_one("#reason").display = True
        self.offer(self.ways())

    def offer(self, ways: list[str]) -> None:
        """What may be done now, at the end of the page."""
        self.query_one(Choices).show(ways)
        self.later(lambda: self.query_one("#page").scroll_end(animate=False))


class QuestionScreen(Asking):
    """Goes through the questions of a scene; used for quiz, reason and mend alike."""

    def __init__(self) -> None:
        super().__init__()
        self._told = 0
        self._painting: Timer | None = None
        self._tried = False
        """Whether the mended net has been trained, or is being."""

    def on_mount(self) -> None:
        self._place = self.game.place

    def renew(self) -> None:
        if self.game.place != self._place:
            self.dismiss(None)
        elif self.answered is None:  # a reason is read to its end; the question is asked anew after it
            self.ask_next()

    def ask_next(self) -> None:
        questions = self.game.questions()
        # What the tale says in between is read before the next question is asked.
        if not questions or (self.answered and len(self.game.passages()) > self._told):
            self.dismiss(None)
            return
        self._told, self._tried = len(self.game.passages()), False
        more = f", {len(questions) - 1} more to come" if len(questions) > 1 else ""
        self.head(HEADS.get(questions[0].kind, HEADS["quiz"]) + more)
        self.put(questions[0])
        self._show_code(questions[0])

    def reply(self, asked: Asked, option: int) -> Answered:
        return self.game.answer(asked.id, option)

    def _show_code(self, asked: Asked) -> None:
        """The code that the scene told last is often what is asked about, and the scene lies hidden below."""
        told = [passage for passage in self.game.passages() if passage.kind == "code"]
        shown = self.query_one("#shown", CodeBlock)
        shown.display = bool(told) and not asked.code
        if shown.display:
            shown.show("".join(span[1] for span in told[-1].spans))

    # the net that was mended

    def ways(self) -> list[str]:
        trains = self.asked is not None and self.asked.job and not self._tried
        return ["Train the mended net", "Go on"] if trains else ["Go on"]

    def go(self, way: int) -> None:
        if self._painting:
            self.app.run_worker(self.game.stop(), name="stop")
        elif len(self.ways()) > 1 and way == 0:
            self._tried = True
            self._painting = self.set_interval(1 / PAINTS, self._paint_run)
            self._paint_run()
            self.query_one("#run").display = True
            self.offer(["Stop"])
            self.app.run_worker(self._mend(), name="mend")
        else:
            super().go(way)

    async def _mend(self) -> None:
        assert self.asked is not None
        await self.game.mend(self.asked)
        if self._painting:
            self._painting.stop()
            self._painting = None
        if self.here:
            self.query_one("#run", ProgressLine).show(self.game.message)
            self.offer(self.ways())

    def _paint_run(self) -> None:
        self.query_one("#run", ProgressLine).show(*benchview.running(self.game.running))

    def action_close(self) -> None:
        """Go away; a run that was begun here ends."""
        if self._painting:
            self.app.run_worker(self.game.stop(), name="stop")
        super().action_close()


def _reason(said: str, answered: Answered) -> Content:
    """What was said, whether it was right, and why."""
    mark = ("✓ Right. ", "$met bold") if answered.right else ("✗ Not so. ", "$count bold")
    parts = [("You said: ", "$muted"), (f"{said.strip()}\n\n", ""), mark, (answered.say, "")]
    if not answered.right:
        parts += [("\n\nRight would be: ", "$muted"), (answered.correct.strip(), "bold")]  # code is indented
    return Content.assemble(*parts)
