"""A question about the game itself, with a few answers."""

from __future__ import annotations

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.choices import Choices


class AskScreen(Overlay):
    """Gives back the place of the answer, or None. The last answer, under the mark, is the one that changes nothing."""

    CSS_PATH = "ask.tcss"
    about = "ask"

    def __init__(self, title: str, words: str, answers: Sequence[str]) -> None:
        super().__init__()
        self.heading, self.words, self.answers = title, words, answers

    def body(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = self.heading
            yield Static(self.words, markup=False)
            yield Choices(self.answers, cursor=len(self.answers) - 1)

    def renew(self) -> None:
        self.dismiss(None)  # the answers may have been ways that lead elsewhere now

    @on(Choices.Picked)
    def take(self, event: Choices.Picked) -> None:
        """An answer was given."""
        self.dismiss(event.number)
