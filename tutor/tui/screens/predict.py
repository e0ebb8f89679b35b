"""The prediction, before a verdict: what will happen with the settings as they stand?"""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, Static

from lessons import metrics
from lessons.challenge import Prediction
from lessons.mistakes import Mistake
from tutor.bench import example
from tutor.tui.screens import benchview
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.choices import Choices, Item
from tutor.tui.widgets.dial import Dial


class PredictScreen(Overlay):
    """Gives back what the player commits to, as text, or None."""

    CSS_PATH = "predict.tcss"
    AUTO_FOCUS = "Choices, Input"
    about = "predict"

    def __init__(self, predict: Prediction, settings: str, seeds: int, said: str | float | None) -> None:
        """``said`` is an earlier prediction that still stands."""
        super().__init__()
        self.predict, self.options = predict, predict.options
        self.settings, self.seeds, self.said = settings, seeds, said

    def body(self) -> ComposeResult:
        with Vertical(id="box") as box:
            box.border_title = "Predict first"
            yield Static(self.predict.ask, id="ask", markup=False)
            if stood := self._stood():
                yield Static(stood, id="stood", classes="quiet", markup=False)
            yield Static(f"as set now: {self.settings}", classes="quiet", markup=False)
            if self.options:
                at = self.options.index(self.said) if self.said in self.options else -1
                yield Choices([Item(word, "said before" if word == self.said else "") for word in self.options], at)
            else:
                yield Input("" if self.said is None else f"{self.said:g}", placeholder=example(self.predict))
                yield self._dial()
                yield Choices(["Commit to this number"], numbered=False)
                yield Static("", id="refusal", markup=False)
            then = f"{self.predict.rule} Then {self.seeds} fresh apprentices are trained, and their average is judged."
            yield Static(then.strip(), classes="quiet")

    def on_mount(self) -> None:
        self._bench = self.game.bench

    def renew(self) -> None:
        if self.game.bench is not self._bench:  # another lesson now, and maybe another question
            self.dismiss(None)

    def _stood(self) -> str:
        """What a rise or a fall is held against; empty where nothing is measured, or a number is asked for."""
        bench, name = self.game.bench, self.predict.metric
        start = bench.first.means.get(name) if bench and bench.first and name and self.options else None
        return "" if start is None else f"it stood at {metrics.show(name, start)} in your first run"

    def _dial(self) -> Dial:
        """Round numbers, for the mouse alone. Where it stands at first says nothing of what was measured."""
        numbers = benchview.round_numbers(self.predict)
        near = numbers[len(numbers) // 2] if self.said is None else float(self.said)
        at = min(numbers, key=lambda number: abs(number - near))
        shown = [benchview.said(number, self.predict.metric) for number in numbers]
        return Dial("number", "or a round one", numbers, shown, at, help="Turned, it writes its number into the line.")

    @on(Dial.Turned)
    def write(self, event: Dial.Turned) -> None:
        """The dial was turned: its number stands in the line."""
        self.query_one(Input).value = f"{event.value:.10g}"

    @on(Choices.Picked)
    def take(self, event: Choices.Picked) -> None:
        """One of the words was chosen, or the number that stands in the line."""
        if self.options:
            self.dismiss(self.options[event.number])
        else:
            self._commit(self.query_one(Input).value)

    @on(Input.Submitted)
    def enter(self, event: Input.Submitted) -> None:
        """A number was typed."""
        self._commit(event.value)

    def _commit(self, text: str) -> None:
        bench = self.game.bench
        try:
            if bench and bench.challenge.predict:
                bench.challenge.predict.parse(text)
        except Mistake as error:
            self.query_one("#refusal", Static).update(str(error))
        else:
            self.dismiss(text)
