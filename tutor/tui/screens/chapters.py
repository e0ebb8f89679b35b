"""The chapters: done, open, locked, and what each teaches."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll

from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.choices import Choices, Item
from tutor.tui.widgets.heading import Heading

MARKS = {"done": "✓ done", "open": "open", "locked": "locked"}


class ChaptersScreen(Overlay):
    """Gives back the id of the chapter that was chosen, or None."""

    CSS_PATH = "chapters.tcss"
    about = "play"

    def body(self) -> ComposeResult:
        with VerticalScroll(can_focus=False):
            yield Choices()

    def sync(self) -> None:
        rows = self.game.chapters()
        self.query_one(Heading).show("Chapters", "one opens when those before it are done")
        items = [
            Item(row.title, f"{MARKS[row.state]} · {', '.join(row.teaches)}", row.state != "locked") for row in rows
        ]
        self.query_one(Choices).show(items)

    def renew(self) -> None:
        self.sync()

    @on(Choices.Picked)
    def take(self, event: Choices.Picked) -> None:
        """A chapter was chosen."""
        self.dismiss(self.game.chapters()[event.number].id)
