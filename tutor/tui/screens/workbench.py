"""A workbench on the screen, whatever is asked of it: dials, curves, pictures, measures, and what can be done."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.containers import VerticalScroll

from tutor.tui.screens import benchview
from tutor.tui.screens.panes import PanesScreen
from tutor.tui.widgets.bars import Measure, Measures
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.facts import Facts
from tutor.tui.widgets.tries import Tries

if TYPE_CHECKING:
    pass

EXPORTED = "experiment.py"
COPIED = "The program is on the clipboard, if this terminal allows it. {export} writes it to a file."


class DialList(VerticalScroll, can_focus=False):
    """The dials, of which the one in hand stays in view when the room for them changes."""

    def on_resize(self) -> None:
        if isinstance(dial := self.screen.focused, Dial):
            dial.scroll_visible(animate=False)


class BenchScreen(PanesScreen):
    """Shows one workbench; another one gets a screen of its own."""

    AUTO_FOCUS = "Dial"

    def __init__(self) -> None:
        super().__init__()
        self.dials = self.make_dials()
        self._ran = False

    def make_dials(self) -> Sequence[Dial]:
        """A dial for each setting that is offered."""
        return benchview.dials(self.bench)

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
        self.query_one(Tries).show(self.tries())
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

    def tries(self) -> list[tuple[str, str]]:
        """What was tried so far."""
        return benchview.tries(self.bench, self.bench.watched)

    def facts(self, focused: Dial | None) -> list[tuple[str, str, str]]:
        """What stands under the dials."""
        return benchview.facts(self.bench, focused)

    @on(events.DescendantFocus)
    def _facts(self) -> None:
        dial = self.focused if isinstance(self.focused, Dial) else None
        self.query_one("#facts", Facts).show(self.facts(dial))

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
