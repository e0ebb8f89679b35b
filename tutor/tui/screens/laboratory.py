"""The laboratory: a lesson's tale, its dials and goal, the curves of a run, what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical, VerticalScroll
from textual.widget import Widget

from tutor.tui.screens import benchview
from tutor.tui.screens.workbench import EXPORTED, BenchScreen
from tutor.tui.widgets.bars import Measures
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.facts import Facts
from tutor.tui.widgets.picture import PictureView
from tutor.tui.widgets.progress import ProgressLine
from tutor.tui.widgets.prose import Prose

TABS = ("tale", "why", "code")


class LaboratoryScreen(BenchScreen):
    """Shows one workbench; another lesson gets a screen of its own."""

    CSS_PATH = "laboratory.tcss"
    AUTO_FOCUS = "Dial"
    kind = "laboratory"
    about = "laboratory"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "train", tooltip="Train one apprentice on the settings as they stand", id="train"),
        Binding("j", "judge", "judge", tooltip="Ask for the verdict: predict, then fresh ones are trained", id="judge"),
        Binding("s", "stop", "stop", tooltip="Stop the run; nothing of it is kept", id="stop"),
        Binding("h", "hint", "hint", tooltip="Open the next hint, if a failed run has earned it", id="hint"),
        Binding("c", "tab('code')", "code", tooltip="Show the program of exactly this experiment", id="code"),
        Binding("w", "tab('why')", "why", tooltip="Show the theory; it opens after the first run", id="why"),
        Binding("p", "picture", "view", tooltip="Show the next picture of the network", id="picture"),
        Binding("y", "copy", "copy the code", show=False, tooltip="Copy the whole program to the clipboard", id="copy"),
        Binding("e", "export", "export the code", show=False, tooltip=f"Write the program to {EXPORTED}", id="export"),
        Binding(
            "n", "journal", "journal", show=False, tooltip="Every run so far: find, compare, make again", id="journal"
        ),
        Binding("x", "leave_bench", "leave", tooltip="Leave the bench: what else this scene offers", id="leave"),
        Binding("b,backspace", "undo", "back", tooltip="Take back the last step of the tale", id="back"),
        Binding("escape", "app.to_title", "gate", show=False, tooltip="To the title; Continue leads here", id="gate"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.dials = benchview.dials(self.bench)
        self.tab = "tale"
        self.pictures = benchview.pictures(self.bench)
        self.picture = -1
        """The picture that hangs in place of the curves; -1 for the curves themselves."""
        self._heard = ""
        self._coded: Any = None
        self._titled: tuple[str, bool] | None = None
        self._ran = False
        self._refused = False
        """Whether a dial was touched during the run."""

    def shows(self, kind: str) -> bool:
        return kind == self.kind and self.game.bench is self.bench

    def body(self) -> ComposeResult:
        with Grid(id="bench"):
            with Vertical(id="tale-pane"):
                yield Prose(compact=True, id="tale")
                yield Prose(compact=True, id="why")
            with Vertical(id="code-pane"):
                yield CodeView()
            with VerticalScroll(id="dials-pane", can_focus=False) as pane:
                pane.border_title = "dials"
                yield from self.dials
                yield Facts()
            with Vertical(id="curves-pane") as pane:
                loss = self.bench.challenge.recipe.task != "classification"
                pane.border_title = "loss, night by night" if loss else "accuracy, night by night"
                yield Curves(waiting="nothing trained here yet")
            with Vertical(id="picture-pane"):
                yield PictureView(waiting="nothing trained here yet")
            with VerticalScroll(id="measures-pane", can_focus=False) as pane:
                pane.border_title = "measured"
                yield Measures()
        yield ProgressLine()

    def on_mount(self) -> None:
        self.later(self.castle.tidy)

    # painting

    def sync(self) -> None:
        self.settle()
        bench = self.bench
        self.head()
        self._tell()
        for dial in self.dials:
            dial.show(bench.settings[dial.name or ""], bench.locked or bool(bench.running))
        task = bench.challenge.recipe.task
        until = bench.running.epochs if bench.running else None
        self.query_one(Curves).show(
            benchview.series(bench.curves, task), task == "classification", until, benchview.mark(bench)
        )
        self.query_one(Measures).show(benchview.measures(bench.curves, task))
        self._picture()
        self._facts()
        self._titles()
        self.line()
        if self._ran != bool(bench.running):
            self._ran = bool(bench.running)
            self.refresh_bindings()

    def renew(self) -> None:
        self.refresh_bindings()  # a way that leads away may have come or gone

    def _picture(self) -> None:
        """Paint the picture in hand; where there is room it hangs beside the curves."""
        wide, view = self.has_class("-wide"), self.query_one(PictureView)
        curves, pane = self.query_one("#curves-pane"), self.query_one("#picture-pane")
        reading = self.query_one("#bench").has_class("-reading")
        curves.display, pane.display = (
            not reading and (wide or self.picture < 0),
            not reading and (wide or self.picture >= 0),
        )
        if pane.display:
            benchview.draw(view, self.bench, self.pictures[max(self.picture, 0)])
            pane.border_title = view.title or "the network, drawn"

    def _tell(self) -> None:
        self.query_one("#tale", Prose).show([*self.game.passages(), *benchview.hints(self.bench)])
        self.query_one("#why", Prose).show(self.game.why() if self.bench.why_open else benchview.closed())

    def watch_focused(self) -> None:
        """Mark the pane that has the focus."""
        for bench in self.query("#bench"):
            for pane in bench.children:
                pane.set_class(pane.has_focus_within, "-in-hand")

    @on(events.DescendantFocus)
    def _facts(self) -> None:
        dial = self.focused if isinstance(self.focused, Dial) else None
        self.query_one(Facts).show(benchview.facts(self.bench, dial))

    def _code(self) -> None:
        # Many turns may pass before the page is looked at: it is written then.
        key = (tuple(self.bench.settings.items()), id(self.bench.last), self.bench.tries)
        if key != self._coded and self.query_one("#code-pane").display:
            self._coded = key
            self.query_one(CodeView).show(self.bench.source.experiment, self.bench.lit)

    def _titles(self) -> None:
        roomy = self.has_class("-roomy") or self.has_class("-wide")
        tabs = TABS[:2] if roomy else TABS
        here = "tale" if roomy and self.tab == "code" else self.tab
        title = benchview.tabs(tabs, here)
        tale, code = self.query_one("#tale-pane"), self.query_one("#code-pane")
        if (title, roomy) != self._titled:  # to set a title is to paint its pane
            self._titled = (title, roomy)
            tale.border_title, code.border_title = title, "Code" if roomy else title
        # Set here and not by a class of the screen, which would style every widget anew at each key.
        tale.display, code.display = here != "code", roomy or here == "code"
        self.query_one("#tale").display, self.query_one("#why").display = here == "tale", here == "why"
        self.query_one("#bench").set_class(here == "why" and not roomy, "-reading")
        self._picture()
        self._code()

    def line(self) -> None:
        line = self.query_one(ProgressLine)
        if self.bench.running:
            self._said = ""
            words, share = benchview.running(self.bench.running)
            return line.show(words + benchview.MEANWHILE * self._refused, share)
        self._refused = False
        if self.game.message != self._heard:
            self._heard = self._said = self.game.message
        if self._said:
            lost = bool(self.bench.last and self.bench.last.diverged) and self._said == self._heard
            line.show(self._said[0].upper() + self._said[1:], failure=lost)
        elif self.bench.locked:
            line.show(benchview.FIRST)
        else:
            line.show(benchview.IDLE.format(seeds=f"{self.bench.challenge.seeds} fresh ones"))

    @on(events.Resize)
    def _retitle(self) -> None:
        self.later(self._titles)

    @on(Measures.Explained)
    def explain(self, event: Measures.Explained) -> None:
        """A measure was pointed at."""
        if not self.bench.running:
            self.say(event.words)

    # turning

    @on(Dial.Turned)
    def turn(self) -> None:
        """A dial was turned: it is painted first, since to save it is to wait for a disk."""
        self.later(self.settle)

    def settle(self) -> None:
        """Set on the bench what was turned; a combination that cannot be is turned back."""
        for dial in self.dials:
            if dial.turned and self.game.bench is self.bench:
                dial.turned, self._said = False, ""
                if not self.castle.attempt(self.bench.turn, dial.name, dial.value):
                    self.sync()

    @on(Dial.Refused)
    def refuse(self) -> None:
        """A locked dial was touched."""
        if self.bench.running:
            self._refused = True
            return self.line()
        self.say(f"{benchview.LOCKED} Press t.")

    def action_pick(self, number: int) -> None:
        """A digit that no dial has taken goes to the first dial."""
        for dial in self.dials[:1]:
            self.set_focus(dial)
            dial.action_go(number - 1)

    # reading

    def action_hint(self) -> None:
        """Open a hint, or hear how one is earned."""
        before = len(self.bench.hints)
        words = self.bench.hint()
        self.action_tab("tale", toggle=False)
        self.say(f"A hint: {words}" if len(self.bench.hints) > before else words)
        self.castle.follow()
        self.later(lambda: self.query_one("#tale").scroll_end(animate=False))

    def action_tab(self, name: str, toggle: bool = True) -> None:
        """Show a page; asked for again, back to the tale."""
        shown = "tale" if toggle and name == self.tab else name
        self.tab = shown
        self._titles()
        if shown == "why":
            self.query_one("#why").focus()
        elif self.focused is self.query_one("#why") or self.focused is None:
            # Where Why took the whole bench, the dials can take the focus only once they are laid out again.
            self.later(self.dials[0].focus)
        if shown == "code" and self.bench.lit:
            view, line = self.query_one(CodeView), self.bench.lit[0]
            self.later(lambda: view.go_to(line))

    def action_picture(self) -> None:
        """Hang up the next picture; past the last one, where there is no room beside them, the curves."""
        first = 0 if self.has_class("-wide") else -1
        self.picture = max(self.picture, first) + 1
        if self.picture == len(self.pictures):
            self.picture = first
        self._picture()

    def read(self) -> Iterable[Widget]:
        """The page in hand."""
        return self.query(CodeView if self.tab == "code" else Prose)
