"""The panes of a workbench and the line under them: which are shown, what stands over each, and which picture hangs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.widget import Widget

from tutor.tui.screens import benchview
from tutor.tui.screens.base import CastleScreen
from tutor.tui.widgets.bars import Measures
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.picture import PictureView
from tutor.tui.widgets.progress import ProgressLine
from tutor.tui.widgets.tries import Tries

if TYPE_CHECKING:
    from lessons.report import Report


WAITING = "nothing trained here yet: {train} trains the first one"


class PanesScreen(CastleScreen):
    """The part of a workbench that is looked at."""

    def __init__(self) -> None:
        super().__init__()
        assert self.game.bench is not None
        self.bench: Any = self.game.bench
        self.tab = ""
        """The page in hand."""
        self.pictures = benchview.pictures(self.bench)
        self.picture = -1
        """The picture that hangs in place of the curves; -1 for the curves themselves."""
        self._said = ""
        self._heard = ""
        self._coded: Any = None
        self._titled: dict[str | None, str] = {}
        self._refused = False
        """Whether a dial was touched during the run."""

    def shows(self, kind: str) -> bool:
        return kind == self.kind and self.game.bench is self.bench

    def code_pane(self) -> ComposeResult:
        """The program of exactly this experiment."""
        with Vertical(id="code-pane"):
            yield CodeView()

    def run_panes(self) -> ComposeResult:
        """What a run shows: curves, pictures, measures."""
        with Vertical(id="curves-pane"):
            yield Curves(waiting=self.spell(WAITING))
        with Vertical(id="picture-pane"):
            yield PictureView(waiting="nothing trained here yet")
        with VerticalScroll(id="measures-pane", can_focus=False):
            yield Measures()
            yield Tries()

    # panes and pages

    def titles(self) -> None:
        """Show the panes that the page in hand leaves, each under its title."""
        self.hang()
        self.write_code()
        self.entitle()

    def entitle(self) -> None:
        """Write over each pane what it is, with a blank on either side; a left border brings the first of its own."""
        for pane in self.query_one("#bench").children:
            title = f"{'' if pane.styles.border_left[0] else ' '}{self.title_of(pane)} "
            if title != self._titled.get(pane.id):  # to set it is to paint the pane
                self._titled[pane.id] = pane.border_title = title

    def title_of(self, pane: Widget) -> str:
        """What stands over a pane."""
        match pane.id:
            case "curves-pane":
                loss = self.bench.challenge.recipe.task != "classification"
                return "loss, night by night" if loss else "accuracy, night by night"
            case "picture-pane":
                return self.query_one(PictureView).title or "the network, drawn"
            case "measures-pane":
                return benchview.measured(self.bench)
        return (pane.id or "").removesuffix("-pane")

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

    def watch_focused(self) -> None:
        """Mark the pane that has the focus."""
        for bench in self.query("#bench"):
            for pane in bench.children:
                pane.set_class(pane.has_focus_within, "-in-hand")
            self.entitle()

    def write_code(self) -> None:
        """Paint the program, where it is seen."""
        # Many turns may pass before the page is looked at: it is written then.
        key = (tuple(self.bench.settings.items()), id(self.bench.last), self.bench.tries)
        if key != self._coded and self.query_one("#code-pane").display:
            self._coded = key
            self.query_one(CodeView).show(self.bench.source.experiment, self.bench.lit)

    # pictures

    def action_picture(self) -> None:
        """Hang up the next picture; past the last one, where there is no room beside them, the curves."""
        first = 0 if self.has_class("-wide") else -1
        self.picture = max(self.picture, first) + 1
        if self.picture == len(self.pictures):
            self.picture = first
        if self._said == self.query_one(PictureView).words:  # of the last picture
            self.say("")
        self.titles()
        self.later(self._read_picture)

    def take_down(self) -> bool:
        """Show the curves again where a picture hangs in their place; whether one did."""
        hung = self.picture >= 0 and not self.has_class("-wide")
        if hung:
            self.picture, self._said = -1, ""
            self.titles()
            self.line()
        return hung

    def _read_picture(self) -> None:
        """Where a picture leaves its sentence too little room, the line under the bench says it whole."""
        view = self.query_one(PictureView)
        if view.cut and self.query_one("#picture-pane").display:
            self.say(view.words)

    # the line under the bench

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

    @on(events.ScreenResume)
    def _respell(self) -> None:
        if self.here:  # its key may have been exchanged meanwhile, in the settings
            self.query_one(Curves).waiting = self.spell(WAITING)

    @on(events.Resize)
    def _retitle(self) -> None:
        self.later(self.titles)
        self.later(self.line)
