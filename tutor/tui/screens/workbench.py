"""A workbench on the screen, whatever is asked of it: dials, curves, pictures, measures, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll

from tutor.tui.screens import benchview
from tutor.tui.screens.base import CastleScreen
from tutor.tui.widgets.bars import Measure, Measures
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.facts import Facts
from tutor.tui.widgets.picture import PictureView
from tutor.tui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from lessons.report import Report

EXPORTED = "experiment.py"
COPIED = "The program is on the clipboard, if this terminal allows it. {export} writes it to a file."


class BenchScreen(CastleScreen):
    """Shows one workbench; another one gets a screen of its own."""

    AUTO_FOCUS = "Dial"

    def __init__(self) -> None:
        super().__init__()
        assert self.game.bench is not None
        self.bench: Any = self.game.bench
        self.dials = self.make_dials()
        self.tab = ""
        """The page in hand."""
        self.pictures = benchview.pictures(self.bench)
        self.picture = -1
        """The picture that hangs in place of the curves; -1 for the curves themselves."""
        self._said = ""
        self._heard = ""
        self._coded: Any = None
        self._ran = False
        self._refused = False
        """Whether a dial was touched during the run."""

    def shows(self, kind: str) -> bool:
        return kind == self.kind and self.game.bench is self.bench

    def make_dials(self) -> Sequence[Dial]:
        """A dial for each setting that is offered."""
        return benchview.dials(self.bench)

    def code_pane(self) -> ComposeResult:
        """The program of exactly this experiment."""
        with Vertical(id="code-pane"):
            yield CodeView()

    def run_panes(self) -> ComposeResult:
        """What a run shows: curves, pictures, measures."""
        with Vertical(id="curves-pane") as pane:
            loss = self.bench.challenge.recipe.task != "classification"
            pane.border_title = "loss, night by night" if loss else "accuracy, night by night"
            yield Curves(waiting="nothing trained here yet")
        with Vertical(id="picture-pane"):
            yield PictureView(waiting="nothing trained here yet")
        with VerticalScroll(id="measures-pane", can_focus=False) as pane:
            pane.border_title = "measured"
            yield Measures()

    def on_mount(self) -> None:
        self.later(self.castle.tidy)

    # painting

    def sync(self) -> None:
        self.settle()
        bench = self.bench
        self.tell()
        self.turned()
        task = bench.challenge.recipe.task
        until = bench.running.epochs if bench.running else None
        self.query_one(Curves).show(
            benchview.series(bench.curves, task), task == "classification", until, benchview.mark(bench)
        )
        self.query_one(Measures).show(self.measures())
        self.hang()
        self._facts()
        self.titles()
        self.line()
        if self._ran != bool(bench.running):
            self._ran = bool(bench.running)
            self.refresh_bindings()

    def tell(self) -> None:
        """Write where we are, and what is read here."""

    def turned(self) -> None:
        """Paint the dials as the bench has them."""
        locked = self.bench.locked or bool(self.bench.running)
        for dial in self.dials:
            dial.show(self.bench.settings[dial.name or ""], locked)

    def measures(self) -> list[Measure]:
        """What was measured."""
        return benchview.measures(self.bench.curves, self.bench.challenge.recipe.task)

    def facts(self, focused: Dial | None) -> list[tuple[str, str, str]]:
        """What stands under the dials."""
        return benchview.facts(self.bench, focused)

    def titles(self) -> None:
        """Show the panes that the page in hand leaves, each under its title."""

    @property
    def seen(self) -> Report | None:
        """The finished run that pictures are drawn of."""
        return self.bench.last

    @property
    def covered(self) -> bool:
        """Whether the page in hand takes the place of the curves."""
        return False

    def hang(self) -> None:
        """Paint the picture in hand; where there is room it hangs beside the curves."""
        wide, view = self.has_class("-wide"), self.query_one(PictureView)
        curves, pane = self.query_one("#curves-pane"), self.query_one("#picture-pane")
        curves.display = not self.covered and (wide or self.picture < 0)
        pane.display = not self.covered and (wide or self.picture >= 0)
        if pane.display:
            benchview.draw(view, self.pictures[max(self.picture, 0)], self.bench.running, self.seen)
            pane.border_title = view.title or "the network, drawn"

    def watch_focused(self) -> None:
        """Mark the pane that has the focus."""
        for bench in self.query("#bench"):
            for pane in bench.children:
                pane.set_class(pane.has_focus_within, "-in-hand")

    @on(events.DescendantFocus)
    def _facts(self) -> None:
        dial = self.focused if isinstance(self.focused, Dial) else None
        self.query_one(Facts).show(self.facts(dial))

    def write_code(self) -> None:
        """Paint the program, where it is seen."""
        # Many turns may pass before the page is looked at: it is written then.
        key = (tuple(self.bench.settings.items()), id(self.bench.last), self.bench.tries)
        if key != self._coded and self.query_one("#code-pane").display:
            self._coded = key
            self.query_one(CodeView).show(self.bench.source.experiment, self.bench.lit)

    def say(self, words: str) -> None:
        """A sentence in the line under the bench, until the next."""
        self._said = words
        self.line()

    @property
    def invitation(self) -> str:
        """What the line under the bench says while there is nothing else to say."""
        return ""

    def line(self) -> None:
        """Paint the line under the bench."""
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
        else:
            line.show(self.invitation)

    @on(events.Resize)
    def _retitle(self) -> None:
        self.later(self.titles)

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
        self.say(self.spell(f"{benchview.LOCKED} Press {{train}}."))

    def action_pick(self, number: int) -> None:
        """A digit that no dial has taken goes to the first dial."""
        for dial in self.dials[:1]:
            self.set_focus(dial)
            dial.action_go(number - 1)

    # what can be done

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        running = self.is_mounted and self.bench.running is not None
        gone = self.is_mounted and self.game.bench is not self.bench  # the next screen is on its way
        if (gone and action in ("train", "judge", "stop")) or (running and action in ("train", "judge")):
            return None
        return running or action != "stop"

    def action_train(self) -> None:
        """Train one apprentice. The worker is the app's: this screen may be gone when the run ends."""
        self._said = self._heard = ""  # what comes of it may be the same sentence as before
        self.app.run_worker(self.game.practise(), name="practise")

    def action_judge(self) -> None:
        """Train on fresh seeds."""
        self._said = self._heard = ""
        self.app.run_worker(self.game.judge(), name="judge")

    def action_stop(self) -> None:
        """Stop the run under way."""
        self.app.run_worker(self.game.stop(), name="stop")

    def action_picture(self) -> None:
        """Hang up the next picture; past the last one, where there is no room beside them, the curves."""
        first = 0 if self.has_class("-wide") else -1
        self.picture = max(self.picture, first) + 1
        if self.picture == len(self.pictures):
            self.picture = first
        if self._said == self.query_one(PictureView).words:  # of the last picture
            self.say("")
        self.hang()
        self.later(self._read_picture)

    def _read_picture(self) -> None:
        """Where a picture leaves its sentence too little room, the line under the bench says it whole."""
        view = self.query_one(PictureView)
        if view.cut and self.query_one("#picture-pane").display:
            self.say(view.words)

    def action_journal(self) -> None:
        """Every run so far."""
        from tutor.tui.screens.journal import JournalScreen

        self.app.push_screen(JournalScreen(), lambda _: self.castle.follow())

    def action_copy(self) -> None:
        """Copy the whole program, through the terminal."""
        self.app.copy_to_clipboard(self.bench.source.text)
        self.say(self.spell(COPIED))

    def action_export(self) -> None:
        """Write the program, and its data beside it."""
        self.castle.attempt(lambda: self.say(_written(self.game.export(Path(EXPORTED)))))


def _written(paths: list[Path]) -> str:
    return f"Written: {', '.join(str(path) for path in paths)}."
