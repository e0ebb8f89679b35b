"""The laboratory: a lesson's tale, its dials and goal, the curves of a run, what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical, VerticalScroll
from textual.widget import Widget

from tutor.tui.screens import benchview
from tutor.tui.screens.base import CastleScreen
from tutor.tui.widgets.bars import Measures
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.facts import Facts
from tutor.tui.widgets.progress import ProgressLine
from tutor.tui.widgets.prose import Prose

TABS = ("tale", "why", "code")
EXPORTED = "experiment.py"


class LaboratoryScreen(CastleScreen):
    """Shows one workbench; another lesson gets a screen of its own."""

    CSS_PATH = "laboratory.tcss"
    AUTO_FOCUS = "Dial"
    kind = "laboratory"
    about = "laboratory"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "train", tooltip="Train one apprentice on the settings as they stand"),
        Binding("j", "judge", "judge", tooltip="Ask for the verdict: predict, then fresh apprentices are trained"),
        Binding("s", "stop", "stop", tooltip="Stop the run; nothing of it is kept"),
        Binding("h", "hint", "hint", tooltip="Open the next hint, if a failed run has earned it"),
        Binding("c", "tab('code')", "code", tooltip="Show the program of exactly this experiment"),
        Binding("w", "tab('why')", "why", tooltip="Show the theory; it opens after the first run"),
        Binding("y", "copy", "copy the code", show=False, tooltip="Copy the whole program to the clipboard"),
        Binding("e", "export", "export the code", show=False, tooltip=f"Write the program to {EXPORTED}"),
        Binding("x", "leave_bench", "leave", tooltip="Leave the bench: what else may be done in this scene"),
        Binding("b,backspace", "undo", "back", tooltip="Take back the last step of the tale"),
        Binding("escape", "app.to_title", "gate", show=False, tooltip="To the title; Continue leads here again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        assert self.game.bench is not None
        self.bench = self.game.bench
        self.dials = benchview.dials(self.bench)
        self.tab = "tale"
        self._said = ""
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
        self._facts()
        self._titles()
        self._line()
        if self._ran != bool(bench.running):
            self._ran = bool(bench.running)
            self.refresh_bindings()

    def renew(self) -> None:
        self.refresh_bindings()  # a way that leads away may have come or gone

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
        self._code()

    def _line(self) -> None:
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

    def say(self, words: str) -> None:
        """A sentence in the line under the bench, until the next."""
        self._said = words
        self._line()

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
            return self._line()
        self.say(f"{benchview.LOCKED} Press t.")

    def action_pick(self, number: int) -> None:
        """A digit that no dial has taken goes to the first dial."""
        for dial in self.dials[:1]:
            self.set_focus(dial)
            dial.action_go(number - 1)

    # running

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        running = self.is_mounted and self.bench.running is not None
        if self.is_mounted and self.game.bench is not self.bench:
            # A verdict has settled, and the next screen is on its way: nothing is left to do here.
            if action == "leave_bench":
                return False
            if action in ("train", "judge", "stop", "hint"):
                return None
        if action in ("train", "judge", "undo", "leave_bench") and running:
            return None
        if action == "leave_bench" and self.is_mounted and not self.game.choices():
            return False
        if action == "stop" and not running:
            return None
        return True

    def action_train(self) -> None:
        """Train one apprentice. The worker is the app's: this screen may be gone when the run ends."""
        self._said = ""
        self.app.run_worker(self.game.practise(), name="practise")

    def action_judge(self) -> None:
        """Predict, then ask for the verdict."""
        predict = self.bench.challenge.predict
        if self.bench.locked:
            self.say(self.bench.why_not_judge())
        elif predict is None:
            self._judge()
        else:
            from tutor.tui.screens.predict import PredictScreen

            words = benchview.settings_words(self.bench)
            ask = PredictScreen(predict, words, self.bench.challenge.seeds, self.bench.prediction)
            self.app.push_screen(ask, self._predicted)

    def _predicted(self, said: str | None) -> None:
        if said is None:
            self.castle.follow()
        elif self.castle.attempt(self.bench.predict, said):
            self._judge()

    def _judge(self) -> None:
        self._said = ""
        self.app.run_worker(self.game.judge(), name="judge")

    def action_stop(self) -> None:
        """Stop the run under way."""
        self.app.run_worker(self.game.stop(), name="stop")

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

    def read(self) -> Iterable[Widget]:
        """The page in hand."""
        return self.query(CodeView if self.tab == "code" else Prose)

    def action_copy(self) -> None:
        """Copy the whole program, through the terminal."""
        self.app.copy_to_clipboard(self.bench.source.text)
        self.say("The program is on the clipboard, if this terminal allows it. e writes it to a file.")

    def action_export(self) -> None:
        """Write the program, and its data beside it."""
        self.castle.attempt(lambda: self.say(_written(self.game.export(Path(EXPORTED)))))

    def action_leave_bench(self) -> None:
        """Choose one of the ways that lead away from this lesson."""
        from tutor.tui.screens.ask import AskScreen

        ways = [choice.label for choice in self.game.choices()]
        ask = AskScreen("Leave the bench?", "The lesson waits; your runs are kept.", [*ways, "Stay"])
        self.app.push_screen(ask, self._left)

    def _left(self, answer: int | None) -> None:
        if answer is not None and answer < len(self.game.choices()):
            self.castle.attempt(self.game.choose, answer)
        self.castle.follow()

    def action_undo(self) -> None:
        """Take back the last step of the tale."""
        if self.game.undo():
            self.castle.follow()
        else:
            self.say("There is no step before this one.")


def _written(paths: list[Path]) -> str:
    return f"Written: {', '.join(str(path) for path in paths)}."
