"""A question: asked, answered by digit, and the reason after the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.choices import Choices, Item
from tutor.tui.widgets.code import CodeBlock

if TYPE_CHECKING:
    from story.telling import Answered, Asked

HEADS = {"quiz": "A question", "reason": "Why did it work?", "mend": "Mend the code"}


class QuestionScreen(Overlay):
    """Goes through the questions of a scene, one after another; used for quiz, reason and mend alike."""

    CSS_PATH = "question.tcss"
    about = "question"

    def __init__(self) -> None:
        super().__init__()
        self.asked: Asked | None = None
        self.answered: Answered | None = None
        self._told = 0

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page", can_focus=False):
            yield CodeBlock(id="shown")
            yield Static(id="ask", markup=False)
            yield CodeBlock(id="code")
            yield Static(id="reason")
            yield Choices()

    def on_mount(self) -> None:
        self._place = self.game.place
        self._next()

    def renew(self) -> None:
        if self.game.place != self._place:
            self.dismiss(None)
        elif self.answered is None:  # a reason is read to its end; the question is asked anew after it
            self._next()

    def _next(self) -> None:
        questions = self.game.questions()
        if not questions:
            self.dismiss(None)
            return
        self.asked, self.answered = questions[0], None
        self._told = len(self.game.passages())
        more = f", {len(questions) - 1} more to come" if len(questions) > 1 else ""
        self.head(HEADS.get(self.asked.kind, HEADS["quiz"]) + more)
        self.query_one("#ask", Static).update(self.asked.ask)
        fault = self.asked.fault - 1 if self.asked.fault else None
        self.query_one("#code", CodeBlock).show("\n".join(self.asked.code), fault)
        self.query_one("#code").display = bool(self.asked.code)
        self._show_code()
        self.query_one("#reason").display = False
        self.query_one(Choices).show([Item(option) for option in self.asked.options])
        # Under long code the question comes first; page up leads to the code.
        self.later(lambda: self.query_one("#page").scroll_to_widget(self.query_one("#ask"), top=True, animate=False))

    def _show_code(self) -> None:
        """The code that the scene told last is often what is asked about, and the scene lies hidden below."""
        told = [passage for passage in self.game.passages() if passage.kind == "code"]
        shown = self.query_one("#shown", CodeBlock)
        shown.display = bool(told) and not (self.asked and self.asked.code)
        if shown.display:
            shown.show("".join(span[1] for span in told[-1].spans))

    @on(Choices.Picked)
    def take(self, event: Choices.Picked) -> None:
        """An answer, or having read the reason."""
        if self.asked is None or self.answered is not None:
            # What the tale says in between is read before the next question is asked.
            if len(self.game.passages()) > self._told:
                self.dismiss(None)
            else:
                self._next()
            return
        said = self.asked.options[event.number]
        self.answered = self.game.answer(self.asked.id, event.number)
        self.query_one("#reason", Static).update(_reason(said, self.answered))
        self.query_one("#reason").display = True
        self.query_one(Choices).show([Item("Go on")])
        self.query_one("#page").scroll_end(animate=False)


def _reason(said: str, answered: Answered) -> Content:
    """What was said, whether it was right, and why."""
    mark = ("✓ Right. ", "$met bold") if answered.right else ("✗ Not so. ", "$count bold")
    parts = [("You said: ", "$muted"), (f"{said}\n\n", ""), mark, (answered.say, "")]
    if not answered.right:
        parts += [("\n\nRight would be: ", "$muted"), (answered.correct, "bold")]
    return Content.assemble(*parts)
