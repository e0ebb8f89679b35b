"""Free play: every setting that fits the data on dials, and nothing that is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Grid, Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Input, Static

from lessons.free import group
from lessons.mistakes import Mistake
from lessons.settings import GROUPS, setting
from tutor import freebench
from tutor.freebench import FreeBench
from tutor.tui.screens import benchview, freeview
from tutor.tui.screens.workbench import EXPORTED, BenchScreen, DialList
from tutor.tui.widgets.bars import Measure, Measures
from tutor.tui.widgets.code import CodeView
from tutor.tui.widgets.dial import Dial
from tutor.tui.widgets.facts import Facts
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.opendial import OpenDial
from tutor.tui.widgets.progress import ProgressLine

if TYPE_CHECKING:
    from lessons.report import Report

FIND = "rate, norm, turned"
NOTHING = "No setting has all of these words about it."


class OpenBenchScreen(BenchScreen):
    """A bench without a tale: what is found by words is shown, and any value may be typed."""

    CSS_PATH: ClassVar[list[Any]] = ["laboratory.tcss", "openbench.tcss"]
    kind = "openbench"
    about = "laboratory-free"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("t", "train", "train", tooltip="Train one apprentice on the settings as they stand", id="train"),
        Binding("j", "judge", "five", tooltip="Train five fresh apprentices, for a mean and its error", id="judge"),
        Binding("s", "stop", "stop", tooltip="Stop the run; nothing of it is kept", id="stop"),
        Binding("slash", "filter", "find", tooltip="Show only what has these words about it", id="find"),
        Binding("r", "reset", "reset", tooltip="Set this dial as it was at the start", id="reset"),
        Binding("R", "reset_all", "reset all", show=False, tooltip="Set every dial as at the start", id="reset-all"),
        Binding("c", "tab('code')", "code", tooltip="Show the program of exactly this experiment", id="code"),
        Binding("p", "picture", "view", tooltip="Show the next picture of the network", id="picture"),
        Binding("y", "copy", "copy the code", show=False, tooltip="Copy the whole program to the clipboard", id="copy"),
        Binding("e", "export", "export the code", show=False, tooltip=f"Write the program to {EXPORTED}", id="export"),
        Binding(
            "n", "journal", "journal", show=False, tooltip="Every run so far: find, compare, make again", id="journal"
        ),
        Binding("escape", "close", "leave", tooltip="To the other experiments; this bench stays as it is", id="close"),
    ]

    bench: FreeBench

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        """What the dials are found by."""
        self.asked = ""
        """The setting whose value is being typed; empty while none is."""
        self._idles: tuple[Any, ...] = ()
        self._count: str | None = None

    def make_dials(self) -> list[OpenDial]:
        return freeview.dials(self.bench)

    def body(self) -> ComposeResult:
        with Grid(id="bench"):
            with Vertical(id="dials-pane"):
                with Horizontal(id="ask"):
                    yield Static(id="prompt", markup=False)
                    yield Input(placeholder=FIND, compact=True)
                    yield Static(id="found", markup=False)
                with DialList(id="dials"):
                    for name in GROUPS:
                        yield Static(name, id=f"group-{name}", classes="group")
                        yield from (dial for dial in self.dials if group(dial.name or "") == name)
                    yield Static(NOTHING, id="nothing", markup=False)
                yield Facts(id="facts")
            yield from self.code_pane()
            yield from self.run_panes()
        yield ProgressLine()

    def on_mount(self) -> None:
        self._write("", "")

    def on_screen_resume(self) -> None:
        if self.here:  # its key may have been exchanged meanwhile, in the settings
            self._write(self.asked, self.line_in.value)

    # painting

    def tell(self) -> None:
        data = self.bench.challenge.recipe.facts.title
        self.query_one(Heading).show("Laboratory", self.bench.title, self.game.lab_words, data)
        self.pictures = self.bench.pictures
        self.picture = min(self.picture, len(self.pictures) - 1)

    def turned(self) -> None:
        super().turned()
        if (now := tuple(self.bench.settings.values())) != self._idles:
            self._idles = now
            idles = self.bench.idles
            for dial in self.dials:
                dial.idle = dial.name in idles  # type: ignore[attr-defined]
            self._find()

    def measures(self) -> list[Measure]:
        return freeview.measures(self.bench)

    def tries(self) -> list[tuple[str, str]]:
        return benchview.tries(self.bench, self.bench.watched[:1])

    def facts(self, focused: Dial | None) -> list[tuple[str, str, str]]:
        return freeview.facts(self.bench, focused)

    @property
    def narrow(self) -> bool:
        """Whether the program takes the place of the curves."""
        return not (self.has_class("-roomy") or self.has_class("-wide"))

    @property
    def seen(self) -> Report | None:
        return self.bench.newest

    @property
    def covered(self) -> bool:
        return self.narrow and self.tab == "code"

    def titles(self) -> None:
        code, measures = self.query_one("#code-pane"), self.query_one("#measures-pane")
        code.display, measures.display = self.covered or not self.narrow, not self.covered
        super().titles()

    def title_of(self, pane: Widget) -> str:
        return freeview.measured(self.bench) if pane.id == "measures-pane" else super().title_of(pane)

    @property
    def invitation(self) -> str:
        return self.spell(freeview.IDLE, seeds=str(self.bench.challenge.seeds))

    @on(events.DescendantFocus)
    def _to_top(self) -> None:
        if self.shown[:1] == [self.focused]:  # the title of the group is above it
            self.query_one("#dials").scroll_home(animate=False)

    # finding

    @property
    def line_in(self) -> Input:
        """The line that words and values are typed in."""
        return self.query_one(Input)

    @property
    def shown(self) -> list[Dial]:
        """The dials that are found, in the order in which they stand."""
        return [dial for dial in self.query(OpenDial) if dial.display]

    def _find(self) -> None:
        words, turned = self.words.lower().split(), self.bench.turned
        for dial in self.dials:
            dial.display = freebench.found(dial.name or "", words, turned) or dial.has_focus
        shown = self.shown
        for name in GROUPS:
            self.query_one(f"#group-{name}").display = any(group(dial.name or "") == name for dial in shown)
        self.query_one("#nothing").display = not shown
        count = f"{len(shown)} of {len(self.dials)}" if words else f"{len(turned)} turned" if turned else ""
        if count != self._count:  # to write it is to lay out the screen
            self._count = count
            self.query_one("#found", Static).update(count or f"{len(self.dials)} dials")

    def action_filter(self) -> None:
        """Type words to find dials by."""
        self._write("", self.words)
        self.set_focus(self.line_in)

    def _write(self, name: str, text: str) -> None:
        """Put words into the line, or the value of a setting."""
        self.asked = name
        self.query_one("#prompt", Static).update(f"{setting(name).label}: " if name else self.prompt)
        with self.prevent(Input.Changed):
            self.line_in.value = text
        self.line_in.placeholder = "" if name else FIND

    def _answered(self, words: str) -> None:
        """Show what these words find; back from the line to the dial that it was about, or that was found."""
        typed = self.line_in.value.lower().split()
        asked = (dial for dial in self.dials if dial.name == self.asked)
        found = next(asked, None) or freeview.nearest(self.shown, typed) or (None if words else self.dials[0])
        self.words = words
        self._write("", words)
        self._find()
        if found is not None:
            self.set_focus(found)
            self.later(lambda: found.scroll_visible(animate=False))

    @on(Input.Changed)
    def narrow_down(self, event: Input.Changed) -> None:
        """The words have changed."""
        if not self.asked:
            self.words = event.value
            self._find()

    @on(Input.Submitted)
    def take(self, event: Input.Submitted) -> None:
        """From the line to the dials, with the value that was typed, if it can be."""
        if self.asked:
            try:
                self.bench.turn(self.asked, self.bench.parse(self.asked, event.value))
            except Mistake as error:
                return self.say(str(error))
            self._said = ""
        self._answered(self.words)
        self.castle.follow()

    @on(OpenDial.Asked)
    def ask(self, event: OpenDial.Asked) -> None:
        """A value is to be typed."""
        value = self.bench.settings[event.name]
        self._write(event.name, setting(event.name).show(value))
        self.set_focus(self.line_in)
        self.say(self.spell(freeview.allowed(event.name)))

    def action_close(self) -> None:
        """Out of the line first, and out of what it found; then to the other experiments."""
        from tutor.tui.screens.title import TitleScreen

        if self.asked or self.words or self.line_in.has_focus:
            self._said = ""
            self._answered(self.words if self.asked else "")
            return self.line()
        if self.covered:
            return self.action_tab("code")
        if self.take_down():
            return None
        if self.game.training:
            return self.say("The apprentice is still learning. Stop it first, or wait.")
        self.castle.playing = False
        self.game.leave_laboratory()
        self.castle.follow()
        if isinstance(title := self.castle.screen, TitleScreen):
            title.laboratory()

    # turning

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "filter" and self.is_mounted and self.line_in.has_focus:
            return False
        if action in ("reset", "reset_all") and self.is_mounted and self.bench.running:
            return None
        return super().check_action(action, parameters)

    def action_reset(self) -> None:
        """Set the dial in hand as it was at the start."""
        if isinstance(self.focused, Dial):
            self.castle.attempt(self.bench.reset, self.focused.name)

    def action_reset_all(self) -> None:
        """Set every dial as it was at the start."""
        self.castle.attempt(self.bench.reset)

    # reading

    def action_tab(self, name: str) -> None:
        """Show the program; asked for again, the curves."""
        self.tab = "" if self.tab == name else name
        self.titles()

    def read(self) -> Iterable[Widget]:
        """The program while it is in hand, else the dials."""
        coded = self.covered or isinstance(self.focused, (CodeView, Measures))
        return self.query(CodeView) if coded else self.query("#dials")
