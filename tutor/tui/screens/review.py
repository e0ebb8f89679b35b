"""The Count asks again: the questions of earlier evenings that are due, and how many were known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tutor.review import score
from tutor.tui.screens.question import Asking
from tutor.tui.widgets.heading import Heading

if TYPE_CHECKING:
    from story.telling import Answered, Asked


class ReviewScreen(Asking):
    """Goes through what is due, one question after another, and ends with the score."""

    about = "review"

    def __init__(self) -> None:
        super().__init__()
        self.left: list[Asked] = []
        """What is still to be asked, after the question that is shown."""
        self.count = self.right = 0

    def on_mount(self) -> None:
        self.left = self.game.due()

    def renew(self) -> None:
        fresh = {asked.id: asked for asked in self.game.due()}
        self.left = [fresh[asked.id] for asked in self.left if asked.id in fresh]
        if self.asked and self.answered is None:
            if self.asked.id in fresh:
                self.put(fresh[self.asked.id])
            else:
                self.ask_next()

    def ask_next(self) -> None:
        if self.left:
            self.put(self.left.pop(0))
            left = f"{len(self.left)} more to come" if self.left else "the last"
            self.query_one(Heading).show("The Count asks again", left)
        elif self.asked:
            self.asked = None
            self._end()
        else:
            self.dismiss(None)

    def reply(self, asked: Asked, option: int) -> Answered:
        answered = self.game.answer_again(asked.id, option)
        self.count += 1
        self.right += answered.right
        return answered

    def _end(self) -> None:
        self.query_one(Heading).show("The Count asks again", "for tonight that is all")
        for name in ("#shown", "#code", "#reason"):
            self.query_one(name).display = False
        self.query_one("#ask").update(score(self.right, self.count, *self.game.book.predictions()))
        self.offer(["To the gate"])
