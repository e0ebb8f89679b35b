"""The grimoire: a leaf for every technique that can be won, and on it the run by which it was."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from lessons.mistakes import Mistake
from tutor import places
from tutor.grimoire import Won, write
from tutor.places import Leaf
from tutor.tui.screens import benchview
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.blank import Blank
from tutor.tui.widgets.code import CodeBlock
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.ribbon import Ribbon

BESIDE = 76
"""From this width on, the two sides of a leaf lie beside one another."""
EXPORTED = "my_grimoire.py"


class GrimoireScreen(Overlay):
    """Opens at the page that was won last."""

    CSS_PATH = "grimoire.tcss"
    AUTO_FOCUS = "Ribbon"
    about = "grimoire"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("e", "export", "export", tooltip=f"Write all pages as one module, {EXPORTED}", id="export-grimoire"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.leaves: list[Leaf] = []

    def body(self) -> ComposeResult:
        with Container(id="table"):
            with Container(id="book"):
                with Vertical(id="page", classes="leaf"):
                    yield Static(id="technique", markup=False)
                    yield Static("─" * 80, classes="rule")
                    yield Static(id="does", markup=False)
                    yield Static("in PyTorch", id="code-label")
                    yield CodeBlock()
                    yield Static(id="rest")
                    yield Static(id="won", markup=False)
                    yield Blank()
                with Vertical(id="evidence", classes="leaf"):
                    yield Static(id="measured")
                    yield Curves(waiting="no curve was kept")
                    yield Blank()
            yield Ribbon()

    def sync(self) -> None:
        self.leaves = places.leaves(self.game)
        ribbon = self.query_one(Ribbon)
        ribbon.show([leaf.won is not None for leaf in self.leaves], places.newest(self.game, self.leaves))
        self.open(ribbon.leaf)

    def renew(self) -> None:
        self.sync()

    @on(events.Resize)
    def _lay(self) -> None:
        self.set_class(self.size.width < BESIDE, "-below")

    def read(self) -> Iterable[Widget]:
        """What is longer than there is room for."""
        return self.query("#book" if self.has_class("-below") else "#page")

    @on(Ribbon.Turned)
    def turn(self, event: Ribbon.Turned) -> None:
        """Another leaf lies open."""
        self.open(event.leaf)

    def open(self, number: int) -> None:
        """Show a leaf by its place."""
        won = sum(leaf.won is not None for leaf in self.leaves)
        at = f"leaf {number + 1} of {len(self.leaves)}" if self.leaves else ""
        self.query_one(Heading).show("The grimoire", f"{won} of {len(self.leaves)} pages won", position=at)
        leaf = self.leaves[number] if self.leaves else Leaf("", 0, None)
        self.query_one("#book").set_class(leaf.won is None, "-empty")
        if leaf.won is None:
            words = "" if won else places.EMPTY if self.leaves else places.NO_PAGES
            self.query_one("#technique", Static).update(leaf.chapter)
            self.query_one("#does", Static).update(words)
        else:
            self._page(leaf, leaf.won)

    def _page(self, leaf: Leaf, won: Won) -> None:
        line, report = places.line(won), won.report
        self.query_one("#technique", Static).update(won.technique[:1].upper() + won.technique[1:])
        self.query_one("#does", Static).update(won.does)
        self.query_one("#book").set_class(not line, "-lineless")
        self.query_one(CodeBlock).show(line)
        self.query_one("#won", Static).update(f"won in {leaf.chapter}, {places.place(won)}")
        self.query_one("#measured", Static).update(Content("\n").join(_measured(won)))
        task = report.recipe.task
        self.query_one(Curves).show(benchview.series(report.history, task), task == "classification")

    def action_export(self) -> None:
        """Write every page as one module."""
        self.castle.attempt(self._export)

    def _export(self) -> None:
        pages, path = self.game.book.pages(), Path(EXPORTED)
        if not pages:
            raise Mistake(places.EMPTY)
        try:
            write(pages, path)
        except Mistake as error:
            raise Mistake(f"not written: {error}") from None
        self.notify(f"Written: {path.resolve()}", markup=False)


def _measured(won: Won) -> list[Content]:
    """The numbers of the best run, one under another."""
    rows = places.evidence(won)
    wide = max((len(label) for label, _ in rows), default=0)
    head = Content.assemble(("your best run", "bold"), (f", {places.seeds(won)}", "$muted"))
    lines = [Content.assemble((f"{label:<{wide}}  ", "$muted"), (value, "bold")) for label, value in rows]
    return [head, Content(""), *lines, Content("")]
