"""The runs of the journal in a list, a line to find some of them by, and the one under the cursor beside it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Input, Static

from lessons import metrics
from tutor.journal import DELETED, NEWEST, Entry, Journal
from tutor.tui.screens import benchview, runview
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.cells import Cells
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.rowlist import RowList

LETTERS = "AB"
"""What the two runs that are marked are called."""
EVERY = 1.0
"""Seconds between two looks whether a run has come."""
SETTLE = 0.08
"""Seconds that the cursor rests before the run under it is drawn beside the list."""
CURVES = 26
"""Rows beside the list that measures leave to the rest."""
EMPTY = """\
Nothing is written here yet.

Every apprentice that you train leaves a line:
what you turned, what it reached, and its curve.
Train one in any laboratory, and the first line stands here."""
NOTHING = "No run holds all of these words. {close} clears them."
USUAL = "Space marks a run; {compare} compares two marked ones, or a marked one with this one."


class RecordsScreen(Overlay):
    """Finds, sorts and shows the runs; what is done to them is its heir's."""

    about = "journal"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "find", tooltip="Show only the runs with these words", id="find"),
        Binding("s", "sort(1)", "sort", tooltip="Sort by time, or by the next metric", id="sort"),
        Binding("S", "sort(-1)", "sort back", show=False, tooltip="Sort by the metric before", id="sort-back"),
        Binding("down", "into", "to the list", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.journal = Journal(self.game.book, self.game.tale)
        self.by = NEWEST
        self.marked: list[int] = []
        """The numbers of the runs that are marked, the first before the second."""
        self.entries: list[Entry] = []
        self._said = ""
        self._timer: Timer | None = None

    def body(self) -> ComposeResult:
        with Horizontal(id="find"):
            yield Static(id="prompt")
            yield Input(placeholder="dropout, mirror, passed, dropout=0.5", compact=True)
            yield Static(id="found")
        with Horizontal(id="desk"):
            yield RowList()
            yield Static(id="none", markup=False)
            with Vertical(id="card"):
                yield Static(id="card-title")
                yield Static(id="card-turned")
                yield Curves(waiting="no curve was kept")
                yield Cells()
        yield Static(id="under")
        yield Static(id="said", markup=False)

    def on_mount(self) -> None:
        self.set_interval(EVERY, self._look)

    def _look(self) -> None:
        """Take up a run that has come meanwhile."""
        if self.here and self.journal.stale:
            self.journal.reread()
            self.sync()

    # painting

    @property
    def runs(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    @property
    def entry(self) -> Entry | None:
        """The run under the cursor."""
        return self.entries[self.runs.cursor] if self.entries else None

    def sync(self) -> None:
        self.fill(self.entry.id if self.entry else None)

    def fill(self, at: int | None = None) -> None:
        """Find the runs anew, and stay at one where it is still among them."""
        words = self.query_one(Input).value
        self.entries = self.journal.select(words, self.by)
        self.rows(next((n for n, entry in enumerate(self.entries) if entry.id == at), self.runs.cursor))
        self.query_one("#found", Static).update(f"{self._count(words)}, {self._order()}")
        self.query_one(Heading).show("Journal", "every run so far", self.game.lab_words)
        self.query_one("#none").display, self.runs.display = not self.entries, bool(self.entries)
        self.refresh_bindings()
        self._speak()

    def _count(self, words: str) -> str:
        if DELETED in words.lower().split():
            return f"{len(self.entries):,} deleted"
        among = f"{len(self.entries):,} of " if words.strip() else ""
        return f"{among}{len(self.journal):,} run{'s' * (len(self.journal) != 1)}"

    def _order(self) -> str:
        return f"by {metrics.metric(self.by).label}" if self.by else "newest first"

    def rows(self, place: int) -> None:
        """Paint the list, with the cursor there."""
        now, by = datetime.now().astimezone(), self.by
        letters = {n: LETTERS[self.marked.index(e.id)] for n, e in enumerate(self.entries) if e.id in self.marked}
        self.runs.show(
            lambda width: runview.columns(width, by),
            self.entries,
            lambda entry, width: runview.cells(entry, width, by, now),
            letters,
            place,
        )
        self._point()

    def on_resize(self) -> None:
        self.later(self._card)

    @on(RowList.Pointed)
    def _point(self) -> None:
        entry = self.entry
        words = Content("") if entry is None else Content("\n").join([runview.brief(entry), runview.turned(entry)])
        self.query_one("#under", Static).update(words)
        if self._timer:
            self._timer.stop()
        self._timer = self.set_timer(SETTLE, self._card)

    def _card(self) -> None:
        """The run under the cursor, where the window has room for it beside the list."""
        card, entry = self.query_one("#card"), self.entry
        if not (self.here and card.display):
            return
        card.set_class(entry is None, "-blank")
        if entry is None:
            return
        report = self.journal.report(entry.id)
        self.query_one("#card-title", Static).update(runview.facts(entry))
        self.query_one("#card-turned", Static).update(runview.turned(entry))
        task = report.recipe.task
        self.query_one(Curves).show(benchview.series(report.history, task), task == "classification")
        self.query_one(Cells).show(("", ""), runview.measures(entry, max(self.size.height - CURVES, 6)))

    def say(self, words: str) -> None:
        """A sentence under the list, until the next; its keys are those that the player has chosen."""
        self._said = words
        self._speak()

    def on_screen_resume(self) -> None:
        if self.here:  # its keys may have been exchanged meanwhile, in the settings
            self._speak()

    def _speak(self) -> None:
        usual = USUAL if self.entries else ""
        none = NOTHING if self.query_one(Input).value else EMPTY
        self.query_one("#prompt", Static).update(self.prompt)
        self.query_one("#said", Static).update(self.spell(self._said or usual))
        self.query_one("#none", Static).update(self.spell(none))

    # finding

    @property
    def typing(self) -> bool:
        """Whether letters go to the line that finds runs."""
        return isinstance(self.focused, Input)

    def action_filter(self) -> None:
        """Type words to find runs by."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def find(self) -> None:
        """The words have changed."""
        self.sync()

    @on(Input.Submitted)
    def action_into(self) -> None:
        """From the line into the list."""
        self.runs.focus()

    def action_close(self) -> None:
        """Out of the line first, and out of what it found; then out of the journal."""
        line = self.query_one(Input)
        if self.typing or line.value:
            line.value = ""
            self.runs.display = True  # what is hidden takes no focus
            self.runs.focus()
        else:
            self.dismiss(None)

    def action_page(self, by: int) -> None:
        self.runs.action_leaf(by)

    # sorting

    def action_sort(self, by: int) -> None:
        """The next order."""
        orders = self.journal.orders(self.entries)
        place = orders.index(self.by) if self.by in orders else 0
        self._sort(orders[(place + by) % len(orders)])

    @on(RowList.Titled)
    def sort_by(self, event: RowList.Titled) -> None:
        """The title of a column was clicked: sort by it."""
        best = next((name for name in self.journal.orders(self.entries) if name), NEWEST)
        self._sort(best if event.key == runview.BEST else event.key)

    def _sort(self, by: str) -> None:
        self.by = by
        self.fill()
        self.runs.cursor = 0
        if not by:
            return self.say("Sorted by time, the newest first.")
        metric = metrics.metric(by)
        first = "lowest" if metric.better == "lower" else "highest"
        self.say(f"Sorted by {metric.label}, the {first} first: {metric.words}")
