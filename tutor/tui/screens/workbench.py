"""What can be done at a workbench: train, judge, stop, copy, export, leave."""

from __future__ import annotations

from pathlib import Path

from tutor.tui.screens import benchview
from tutor.tui.screens.base import CastleScreen

EXPORTED = "experiment.py"


class BenchScreen(CastleScreen):
    """The actions of a workbench, and the line under it that answers them."""

    def __init__(self) -> None:
        super().__init__()
        assert self.game.bench is not None
        self.bench = self.game.bench
        self._said = ""

    def say(self, words: str) -> None:
        """A sentence in the line under the bench, until the next."""
        self._said = words
        self.line()

    def line(self) -> None:
        """Paint the line under the bench."""

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
        return running or action != "stop"

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

    def action_journal(self) -> None:
        """Every run so far."""
        from tutor.tui.screens.journal import JournalScreen

        self.app.push_screen(JournalScreen(), lambda _: self.castle.follow())

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
