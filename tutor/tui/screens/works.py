"""The experiments of the Laboratory: one is chosen by its data, its title and its words, or named in a line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from lessons.mistakes import Mistake
from lessons.share import turned
from tutor import freeplay, home
from tutor.freeplay import Work
from tutor.journal import label
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.cells import Cell
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.rowlist import Column, RowList

WIDE = 100
"""Cells from which on the words of an experiment stand in its row."""
FIND = "a word, a share code castle1:..., or a table guests.csv"
NOTHING = "No experiment has all of these words about it. {close} clears them."
LOST = "Press Enter, and what is named there is taken up."
USUAL = "Enter takes it up. {find} finds: a word, a share code, or a table of your own."
AWAY = "not at hand"


class WorkList(RowList):
    """A list of which one is taken; none is marked."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return action != "tick" and super().check_action(action, parameters)


class WorksScreen(Overlay):
    """Gives back True once an experiment was taken up."""

    CSS_PATH = "works.tcss"
    AUTO_FOCUS = "WorkList"
    about = "laboratory-free"
    patient = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("slash", "filter", "find", tooltip="Find by words, or name a share code or a table", id="find"),
        Binding("down", "into", "to the list", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.works = freeplay.works(home.data(self.game.options.data))
        self.counts = freeplay.counts(self.game.book)
        self.found: list[Work] = []
        self._said = ""

    def body(self) -> ComposeResult:
        with Horizontal(id="find"):
            yield Static(id="prompt")
            yield Input(placeholder=FIND, compact=True)
            yield Static(id="found")
        with Horizontal(id="desk"):
            yield WorkList()
            yield Static(id="none", markup=False)
            with VerticalScroll(id="card", can_focus=False):
                yield Static(id="about")
        yield Static(id="said", markup=False)

    def sync(self) -> None:
        self.query_one(Heading).show("Laboratory", "free play, without a story", self.game.lab_words)
        self.fill(next((n for n, work in enumerate(self.works) if work.name == self._last), 0))

    @property
    def _last(self) -> str:
        """The experiment that was trained last."""
        return next(iter(self.counts), "")

    # painting

    @property
    def rows(self) -> RowList:
        """The list."""
        return self.query_one(WorkList)

    @property
    def work(self) -> Work | None:
        """The experiment under the cursor."""
        return self.found[self.rows.cursor] if self.found else None

    def fill(self, at: int = 0) -> None:
        """Find the experiments anew."""
        line = self.query_one(Input).value
        named = freeplay.named(line)
        words = [] if named else line.lower().split()
        self.found = [work for work in self.works if all(word in work.haystack for word in words)]
        firsts = {id(work) for n, work in enumerate(self.found) if not n or self.found[n - 1].data != work.data}
        self.rows.show(columns, self.found, lambda work, room: self._cells(work, room, id(work) in firsts), {}, at)
        self.query_one("#none").display, self.rows.display = not self.found, bool(self.found)
        among = f"{len(self.found)} of " if words else ""
        self.query_one("#found", Static).update(f"{among}{len(self.works)} experiments")
        self.say(LOST if named else "")
        self.point()

    def _cells(self, work: Work, room: int, first: bool) -> Sequence[Cell]:
        quiet = "$muted" if work.absent else ""
        data = (work.data, "$turned" if first else "$muted")
        runs = self.counts.get(work.name, 0)
        tried = (AWAY if work.absent else str(runs) if runs else "", "$muted")
        if room < WIDE:
            return [data, (work.title, quiet), tried]
        return [data, (work.title, quiet), (work.words, "$muted"), tried]

    @on(RowList.Pointed)
    def point(self) -> None:
        """Tell of the experiment under the cursor."""
        work = self.work
        self.query_one("#about", Static).update(told(work, self.counts.get(work.name, 0)) if work else "")

    def say(self, words: str) -> None:
        """A sentence under the list; the usual one where there is none."""
        self._said = words
        self._speak()

    def on_screen_resume(self) -> None:
        if self.here:  # its keys may have been exchanged meanwhile, in the settings
            self._speak()

    def _speak(self) -> None:
        usual = self.spell(USUAL) if self.found else ""
        self.query_one("#prompt", Static).update(self.prompt)
        self.query_one("#said", Static).update(self._said or usual)
        self.query_one("#none", Static).update(self.spell(NOTHING))

    # finding

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        return not (action == "filter" and self.is_mounted and self.query_one(Input).has_focus)

    def action_filter(self) -> None:
        """Type words to find experiments by, or name one that is not among them."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def find(self) -> None:
        """The words have changed."""
        self.fill()

    @on(Input.Submitted)
    def submit(self, event: Input.Submitted) -> None:
        """What is named is taken up; from words, on into the list."""
        if freeplay.named(event.value):
            self.take(event.value)
        else:
            self.action_into()

    def action_into(self) -> None:
        """From the line into the list."""
        if self.found:
            self.rows.focus()

    def action_close(self) -> None:
        """Out of the line first, and out of what it found; then back to the gate."""
        line = self.query_one(Input)
        if not (line.has_focus or line.value):
            return self.dismiss(False)
        line.value = ""
        self.rows.display = True  # what is hidden takes no focus
        self.rows.focus()

    def action_page(self, by: int) -> None:
        self.rows.action_leaf(by)

    # taking up

    @on(RowList.Opened)
    def open(self) -> None:
        """Take up the experiment under the cursor."""
        if self.work:
            self.take(self.work.name)

    def take(self, text: str) -> None:
        """To the bench of what is named; the reason is said where there is none."""
        try:
            self.game.enter_laboratory(text)
        except Mistake as error:
            self.say(str(error)[:1].upper() + str(error)[1:])
        else:
            self.dismiss(True)


def columns(room: int) -> list[Column]:
    """The columns of the list, in a window of that width."""
    if room < WIDE:
        return [Column("data", 17), Column("experiment", 0), Column("runs", 11)]
    return [Column("data", 17), Column("experiment", 40), Column("", 0), Column("runs", 11)]


def told(work: Work, runs: int) -> Content:
    """An experiment: what it is, what it learns from, how it is set, and what was done with it."""
    facts = work.recipe.facts
    rows = f"{work.recipe.train_size:,} of {facts.rows:,} training rows, {facts.inputs} inputs"
    ends = f"{facts.outputs} classes" if facts.outputs > 1 else "one number to foretell"
    parts: list[tuple[str, str]] = [
        (work.title, "bold"),
        (f"  {work.name}\n", "$muted"),
        (f"{work.words}\n", ""),
        (f"✗ {work.absent}\n" if work.absent else "", "$count"),
        (f"{facts.words} {rows}, {ends}.\n", "$muted"),
    ]
    pairs = [pair.partition("=") for pair in turned(work.recipe) if not pair.startswith("data=")]
    for n, (name, _, value) in enumerate(pairs):
        parts += [(f"{', ' if n else 'set: '}{label(name)} ", "$muted"), (value, "bold")]
    if runs:
        words = f"{runs} run{'s' * (runs > 1)} of yours in the journal."
        parts += [("\n" if pairs else "", ""), (words, "$muted")]
    return Content.assemble(*parts)
