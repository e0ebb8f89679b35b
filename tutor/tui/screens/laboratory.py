"""The laboratory: a lesson's tale, its dials and goal, the curves of a run, what was measured."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Vertical
from textual.widget import Widget

from tutor.tui.screens import benchview
from tutor.tui.screens.workbench import EXPORTED, BenchScreen, DialList
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.facts import Facts
from tutor.tui.widgets.progress import ProgressLine
from tutor.tui.widgets.prose import Prose

TABS = ("tale", "why", "code")
MANY = 5
"""Dials that find room beside the goal in a small window; for more, the other panes make room."""
CLOSES = "Close the page or the picture in hand; where there is none, to the title"


class LaboratoryScreen(BenchScreen):
    """The workbench of a lesson, with its tale and its theory."""

    CSS_PATH = "laboratory.tcss"
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
        Binding("escape", "close_page", "to the gate", show=False, tooltip=CLOSES, id="gate"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.tab = "tale"

    def body(self) -> ComposeResult:
        with Grid(id="bench"):
            with Vertical(id="tale-pane"):
                yield Prose(compact=True, id="tale")
                yield Prose(compact=True, id="why")
            yield from self.code_pane()
            with Vertical(id="dials-pane"):
                yield Facts(id="goal")  # above the dials, and not among what scrolls: it is always seen
                with DialList(id="dials"):
                    yield from self.dials
                    yield Facts(air=True, id="facts")
            yield from self.run_panes()
        yield ProgressLine()

    # painting

    def renew(self) -> None:
        self.refresh_bindings()  # a way that leads away may have come or gone

    def tell(self) -> None:
        self.head()
        self.query_one("#tale", Prose).show([*self.game.passages(), *benchview.hints(self.bench)])
        self.query_one("#why", Prose).show(self.game.why() if self.bench.why_open else benchview.closed())
        self.query_one("#goal", Facts).show(benchview.goal(self.bench))

    @property
    def covered(self) -> bool:
        return self.query_one("#bench").has_class("-reading")

    @property
    def invitation(self) -> str:
        if self.covered:
            return self.spell(benchview.READING)
        return self.spell(benchview.FIRST if self.bench.locked else benchview.IDLE)

    @property
    def roomy(self) -> bool:
        """Whether the program has a place beside the tale."""
        return self.has_class("-roomy") or self.has_class("-wide")

    @property
    def page(self) -> str:
        """The page that stands in the place of the tale, or the tale itself."""
        return "tale" if self.roomy and self.tab == "code" else self.tab

    def titles(self) -> None:
        roomy, here = self.roomy, self.page
        tale, code, bench = self.query_one("#tale-pane"), self.query_one("#code-pane"), self.query_one("#bench")
        # Set here and not by a class of the screen, which would style every widget anew at each key.
        tale.display, code.display = here != "code", roomy or here == "code"
        self.query_one("#tale").display, self.query_one("#why").display = here == "tale", here == "why"
        reading = here == "why" and not roomy
        bench.set_class(reading, "-reading")
        bench.set_class(len(self.dials) > MANY and not reading, "-many")
        super().titles()

    def title_of(self, pane: Widget) -> str:
        if pane.id not in ("tale-pane", "code-pane") or (self.roomy and pane.id == "code-pane"):
            return super().title_of(pane)
        return benchview.tabs(TABS[:2] if self.roomy else TABS, self.page, pane.has_focus_within)

    # what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if self.is_mounted and self.game.bench is not self.bench and action in ("leave_bench", "hint"):
            # A verdict has settled, and the next screen is on its way: nothing is left to do here.
            return None if action == "hint" else False
        if action in ("undo", "leave_bench") and self.is_mounted and self.bench.running is not None:
            return None
        if action == "leave_bench" and self.is_mounted and not self.game.choices():
            return False
        return super().check_action(action, parameters)

    def action_judge(self) -> None:
        """Predict, then ask for the verdict."""
        predict = self.bench.challenge.predict
        if self.bench.locked:
            self.say(self.bench.why_not_judge())
        elif predict is None:
            super().action_judge()
        else:
            from tutor.tui.screens.predict import PredictScreen

            words = benchview.settings_words(self.bench)
            ask = PredictScreen(predict, words, self.bench.challenge.seeds, self.bench.prediction)
            self.app.push_screen(ask, self._predicted)

    def _predicted(self, said: str | None) -> None:
        if said is None:
            self.castle.follow()
        elif self.castle.attempt(self.bench.predict, said):
            if self.game.training:  # begun by a key just before this one's box came up
                words = "A run is under way. What you said is kept; when it is over, {judge} asks for the verdict."
                return self.notify(self.spell(words), timeout=10, markup=False)  # the line under the bench is the run's
            super().action_judge()

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
        self.titles()
        if self.covered:  # what was said before is in the way of how to close the page
            self._said = ""
        self.line()
        if shown == "why":
            self.query_one("#why").focus()
        elif self.focused is self.query_one("#why") or self.focused is None:
            # Where Why took the whole bench, the dials can take the focus only once they are laid out again.
            self.later(self.dials[0].focus)
        if shown == "code" and self.bench.lit:
            view, line = self.query_one(CodeView), self.bench.lit[0]
            self.later(lambda: view.go_to(line))

    def action_close_page(self) -> None:
        """Back to the tale, then back to the curves; from there to the gate."""
        if self.page != "tale":
            self.action_tab("tale", toggle=False)
        elif not self.take_down():
            self.castle.action_to_title()

    def read(self) -> Iterable[Widget]:
        """The page in hand."""
        return self.query(CodeView if self.tab == "code" else Prose)
