"""Two runs of the journal: their curves laid over one another, settings, measures, and the code as a diff."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lessons import metrics
from tutor.journal_compare import Comparison, Measured, Turned
from tutor.tui.screens import runview
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.cells import Cell, Cells
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.series import Series, over_seeds

TONES = {"A": "validation", "B": "training"}
"""How each run is painted; A is the full line, B the broken one."""
INKS = {"A": "$validation bold", "B": "$training bold"}
NARROW = 66
"""Cells of a window under which a curve goes by its letter alone, and the legend says which run that is."""
SIGNS = {"better": ("✓", "$met bold"), "worse": ("✗", "$count bold"), "": (" ", "")}
KEY = "✓ better, ✗ worse: by more than one standard error of the difference."


class CompareScreen(Overlay):
    """Reads the comparison once: neither run changes any more."""

    CSS_PATH = "compare.tcss"
    AUTO_FOCUS = "#page"
    about = "journal"
    patient = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "measure(1)", "next curve", tooltip="Overlay the curves of the next measure", id="next-curve"),
        Binding("M", "measure(-1)", "curve before", show=False, id="curve-before", tooltip="Back to the one before"),
        Binding("y", "copy", "copy the diff", tooltip="Copy the diff of the code to the clipboard", id="copy-diff"),
    ]

    def __init__(self, found: Comparison) -> None:
        super().__init__()
        self.found = found
        self.place = 0
        """Which of the curves that both have is drawn."""

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            for letter, entry in (("A", self.found.a), ("B", self.found.b)):
                line = "━━" if letter == "A" else "╍╍"
                title = Content.assemble((f"{letter} {line}  ", INKS[letter])) + runview.title(entry)
                yield Static(title + Content.styled(f"   {runview.when(entry)}", "$muted"), classes="line")
            yield Static(id="which", classes="head")
            yield Curves(waiting="these two have no curve of the same kind")
            with Container(classes="tables"):
                with Container(classes="numbers"):
                    with Vertical(id="settings"):
                        yield Static("settings", classes="head")
                        yield Cells()
                        yield Static(id="alike", classes="quiet")
                    with Vertical(id="measured"):
                        yield Static("measured", classes="head")
                        yield Cells()
                        yield Static(self.found.chance or KEY, id="chance", classes="quiet")
                with Vertical(id="code"):
                    yield Static("the code, from A to B", classes="head")
                    yield Static(_diff(self.found.diff), id="diff")

    def sync(self) -> None:
        found = self.found
        self.query_one(Heading).show("Journal", f"run {found.a.id} beside run {found.b.id}", self.game.lab_words)
        self._curves()
        self.query_one("#settings Cells", Cells).show(("", "A", "B"), [_setting(row) for row in found.settings])
        self.query_one("#alike", Static).update(f"{found.alike} more are alike in both." if found.alike else "")
        self.query_one("#measured Cells", Cells).show(
            ("", "A", "B", "from A to B"), [_measure(r) for r in found.metrics]
        )

    def _curves(self) -> None:
        names = self.found.curves
        if not names:
            return self.query_one("#which", Static).update("night by night")
        name = names[self.place % len(names)]
        series = []
        for letter, entry, report in zip("AB", (self.found.a, self.found.b), self.found.reports, strict=True):
            x, y, low, high = over_seeds(report.history, name)
            band = (low, high) if len(report.history) > 1 else ((), ())
            title = f"run {entry.id}" if self.size.width < NARROW else f"{letter}, run {entry.id}"
            series.append(Series(title, x, y, *band, dotted=letter == "B", tone=TONES[letter], sign=letter))
        metric = metrics.metric(name)
        more = f"   {self.spell('{next-curve}')}: the next of {len(names)}" if len(names) > 1 else ""
        self.query_one("#which", Static).update(Content.assemble(metric.label, (f", night by night{more}", "$muted")))
        self.query_one(Curves).show(series, metric.unit == "share")

    def on_resize(self) -> None:
        self.later(self._curves)

    def on_screen_resume(self) -> None:
        self.later(self._curves)  # its key may have been exchanged meanwhile, in the settings

    def action_measure(self, by: int) -> None:
        """Draw the curves of the next measure that both have."""
        self.place += by
        self._curves()

    def action_copy(self) -> None:
        """Copy the diff, through the terminal."""
        if not self.found.diff:
            return self.notify("Both runs have the same program: there is no diff.", markup=False)
        self.app.copy_to_clipboard("\n".join(self.found.diff) + "\n")
        self.notify("The diff is on the clipboard, if this terminal allows it.", markup=False)


def _setting(row: Turned) -> tuple[Cell, ...]:
    ink = "bold" if row.differs else "$muted"
    mark = ("▸ " if row.differs else "  ") + row.label
    return (mark, "$turned bold" if row.differs else "$muted"), (row.a, ink), (row.b, ink)


def _measure(row: Measured) -> tuple[Cell, ...]:
    sign, ink = SIGNS[row.judged]
    return (row.label, "$muted"), (row.a, ""), (row.b, ""), (f"{sign} {row.difference}", ink)


def _diff(lines: tuple[str, ...]) -> Content:
    """The diff, what is only in A and only in B each in its ink, and told apart by its sign as well."""
    if not lines:
        return Content.styled("The same program in both.", "$muted")
    inks = {"-": INKS["A"], "+": INKS["B"], "@": "$muted"}
    names = [Content.styled("- only in A, + only in B", "$muted")]
    return Content("\n").join([*names, *(Content.styled(line, inks.get(line[:1], "")) for line in lines[2:])])
