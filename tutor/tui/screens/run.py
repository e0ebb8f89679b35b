"""One run of the journal in full, and what makes it again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lessons.mistakes import Mistake
from lessons.source import source
from tutor.journal_text import ABOUT
from tutor.tui.screens import benchview, runview
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.cells import Cells
from tutor.tui.widgets.code import CodeBlock
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.heading import Heading

if TYPE_CHECKING:
    from lessons.report import Report
    from tutor.journal import Entry


class RunScreen(Overlay):
    """Curves, settings, measures and the program of a run, one under another; the program beside them if it can be."""

    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "#page"
    about = "journal"
    patient = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "recreate", "again", tooltip="Show what makes this run again", id="recreate"),
        Binding("y", "copy", "copy the program", tooltip="Copy the whole program to the clipboard", id="copy-program"),
    ]

    def __init__(self, entry: Entry, report: Report) -> None:
        super().__init__()
        self.entry, self.report = entry, report

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Static(runview.title(self.entry), classes="line")
            yield Static(Content.styled(runview.made(self.entry), "$muted"), classes="line")
            yield Curves(waiting="no curve was kept")
            with Container(classes="tables"):
                with Container(classes="numbers"):
                    with Vertical(id="settings"):
                        yield Static("settings", classes="head")
                        yield Cells()
                    with Vertical(id="measured"):
                        yield Static("measured", classes="head")
                        yield Cells()
                        if self.entry.kind == "practice":
                            yield Static(ABOUT, id="unseen", classes="quiet")
                with Vertical(id="code"):
                    yield Static("the program", classes="head")
                    yield CodeBlock(source(self.report.recipe).experiment)

    def sync(self) -> None:
        self.query_one(Heading).show("Journal", f"run {self.entry.id}", self.game.lab_words)
        task = self.report.recipe.task
        self.query_one(Curves).show(benchview.series(self.report.history, task), task == "classification")
        self.query_one("#settings Cells", Cells).show(("", ""), runview.settings(self.entry))
        self.query_one("#measured Cells", Cells).show(("", ""), runview.measures(self.entry))

    def action_recreate(self) -> None:
        """Show the share code."""
        try:
            self.app.push_screen(RecreateScreen(self.entry, self.entry.command))
        except Mistake as error:
            self.notify(str(error)[:1].upper() + str(error)[1:], severity="warning", markup=False)

    def action_copy(self) -> None:
        """Copy the whole program, through the terminal."""
        self.app.copy_to_clipboard(source(self.report.recipe).text)
        self.notify("The program is on the clipboard, if this terminal allows it.", markup=False)


class RecreateScreen(Overlay):
    """A box with the share code of a run, and the command that takes it."""

    CSS_PATH = "recreate.tcss"
    AUTO_FOCUS = ""
    about = "journal"
    patient = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "enter", "to the Laboratory", tooltip="Take it up on a bench of the Laboratory", id="take-up"),
        Binding("y", "copy", "copy", tooltip="Copy the command to the clipboard", id="copy-run"),
        Binding("r", "recreate", "close", show=False, tooltip="Close this box again", id="recreate"),
    ]

    def __init__(self, entry: Entry, command: str) -> None:
        super().__init__()
        self.entry, self.command = entry, command

    def body(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = f"The same again: #{self.entry.id}, {self.entry.lesson}"
            yield Static("This line trains the same run again, here or on another machine:", classes="quiet")
            yield Static(self.command, id="command", markup=False)
            yield Static("The part after --from is its share code.", id="hint", markup=False)

    def on_resize(self) -> None:
        self.later(self._fold)

    def _fold(self) -> None:
        line = self.query_one("#command", Static)
        line.update("\n".join(folded(self.command, line.content_size.width)))

    def action_enter(self) -> None:
        """To a bench that is set as this run was, past the journal."""
        castle = self.castle
        try:
            self.game.enter_laboratory(self.command)
        except Mistake as error:
            return self.query_one("#hint", Static).update(str(error)[:1].upper() + str(error)[1:])
        while isinstance(castle.screen, Overlay):  # this box, the run, the journal
            castle.pop_screen()
        castle.playing = True
        castle.follow()

    def action_recreate(self) -> None:
        """Away with the box: the key that opened it closes it."""
        self.dismiss(None)

    def action_copy(self) -> None:
        """Copy the command, through the terminal."""
        self.app.copy_to_clipboard(self.command)
        self.query_one("#hint", Static).update("It is on the clipboard, if this terminal allows it.")


def folded(command: str, width: int) -> list[str]:
    """A command in rows of that width, cut where one setting ends, and not in its value."""
    rows = [""]
    for piece in re.split(r"(?<=[: ])", command):
        if rows[-1] and len(rows[-1]) + len(piece.rstrip()) > width:
            rows.append("")
        rows[-1] += piece
    return [row.rstrip() for row in rows]
