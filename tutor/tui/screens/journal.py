"""The journal: every run so far; two are marked and compared, one is opened, deleted, or made again."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType

from lessons.mistakes import Mistake
from tutor.journal import Entry
from tutor.tui.screens.records import LETTERS, RecordsScreen
from tutor.tui.widgets.rowlist import RowList


class JournalScreen(RecordsScreen):
    """Whatever is done to a run is done at once, and can be taken back."""

    CSS_PATH = "journal.tcss"
    AUTO_FOCUS = "RowList"
    patient = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("c", "compare", "compare", tooltip="Lay the two marked runs over one another", id="compare"),
        Binding("d,delete", "delete", "delete", tooltip="Take this run out of the journal", id="delete"),
        Binding("u", "undo", "undo", show=False, tooltip="Bring back the run that was deleted last", id="undelete"),
        Binding("r", "recreate", "again", tooltip="Show what makes this run again", id="recreate"),
        Binding("y", "copy", "copy", show=False, tooltip="Copy the command that makes this run again", id="copy-run"),
    ]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "filter" and self.is_mounted and self.typing:
            return False
        if action in ("sort", "delete", "recreate", "copy", "compare") and not self.entries:
            return None
        return True

    @on(RowList.Ticked)
    def tick(self) -> None:
        """Mark the run under the cursor, or take its mark away; of three, the oldest mark goes."""
        if (entry := self.entry) is None:
            return
        if entry.id in self.marked:
            self.marked.remove(entry.id)
        else:
            self.marked = [*self.marked, entry.id][-len(LETTERS) :]
        self.rows(self.runs.cursor)
        named = " and ".join(f"{letter} is #{id}" for letter, id in zip(LETTERS, self.marked, strict=False))
        both = len(self.marked) == len(LETTERS)
        wants = "{compare} compares them." if both else "Mark another, or go to it: {compare} compares."
        self.say(f"{named}. {wants}" if named else "")

    def action_compare(self) -> None:
        """Compare the two marked runs; where one is marked, it and the one under the cursor."""
        two = list(self.marked)
        if len(two) == 1 and self.entry and self.entry.id not in two:
            two.append(self.entry.id)
        if len(two) < 2:
            return self.say("Two runs are compared: mark them with Space, then press {compare}.")
        from tutor.journal_compare import compare
        from tutor.tui.screens.compare import CompareScreen

        self._try(lambda: self.app.push_screen(CompareScreen(compare(self.journal, *two))))

    @on(RowList.Opened)
    def open(self) -> None:
        """Show all of the run under the cursor."""
        from tutor.tui.screens.run import RunScreen

        if self.is_active and (entry := self.entry):  # opened once, by however many keys
            self._try(lambda: self.app.push_screen(RunScreen(entry, self.journal.report(entry.id))))

    def action_delete(self) -> None:
        """Take the run under the cursor out of the journal."""
        if entry := self.entry:
            self._try(lambda: self._changed(self.journal.delete(entry.id), "is deleted. {undelete} brings it back."))

    def action_undo(self) -> None:
        """Bring back the deleted run under the cursor, else the one that was deleted last."""
        number = self.entry.id if self.entry and self.entry.deleted else None
        self._try(lambda: self._changed(self.journal.restore(number), "is back."))

    def _changed(self, entry: Entry, words: str) -> None:
        if entry.deleted:
            self.marked = [id for id in self.marked if id != entry.id]
        if self.game.bench:
            self.game.bench.reread()  # the bench shows its last run, and this may have been it
        self.fill(entry.id)
        self.say(f"#{entry.id}, {entry.lesson}, {words}")

    def action_recreate(self) -> None:
        """Show the share code of the run under the cursor."""
        from tutor.tui.screens.run import RecreateScreen

        if entry := self.entry:
            self._try(lambda: self.app.push_screen(RecreateScreen(entry, entry.command)))

    def action_copy(self) -> None:
        """Copy the command that makes the run again."""
        if entry := self.entry:
            self._try(lambda: self._copied(entry, entry.command))

    def _copied(self, entry: Entry, command: str) -> None:
        self.app.copy_to_clipboard(command)
        self.say(f"What makes #{entry.id} again is on the clipboard, if this terminal allows it.")

    def _try(self, action: Callable[[], object]) -> None:
        """Do something that the journal may refuse; its reason is said."""
        try:
            action()
        except Mistake as error:
            self.say(str(error)[:1].upper() + str(error)[1:])
