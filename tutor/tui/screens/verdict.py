"""The verdict: per goal what was wanted and what was reached over the seeds; the prediction beside the truth."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from lessons import goals, metrics
from tutor.tui.screens import benchview
from tutor.tui.screens.base import CastleScreen
from tutor.tui.widgets.choices import Choices, Item
from tutor.tui.widgets.curves import Curves
from tutor.tui.widgets.dots import SeedDots

if TYPE_CHECKING:
    from lessons.goals import Outcome
    from tutor.bench import Judgement

MOVED = {"rise": "it rose", "fall": "it fell", "stay": "it stayed"}


class VerdictScreen(CastleScreen):
    """Reads the judgement once: it does not change while it is shown."""

    CSS_PATH = "verdict.tcss"
    kind = "verdict"
    about = "verdict"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "g,enter",
            "go_on",
            "go on",
            show=False,
            tooltip="Put the verdict away: on with the tale",
            id="go-on",
        ),
        Binding("escape", "app.to_title", "to the gate", tooltip="To the title; Continue leads here again", id="gate"),
    ]

    def __init__(self) -> None:
        super().__init__()
        assert self.game.verdict is not None
        self.judged: Judgement = self.game.verdict

    def shows(self, kind: str) -> bool:
        return kind == self.kind and self.game.verdict is self.judged

    def body(self) -> ComposeResult:
        judged = self.judged
        with VerticalScroll(id="page", can_focus=False):
            yield Static(_sentence(judged), id="sentence")
            said = ""
            for outcome in judged.outcomes:
                yield Static(_wanted(outcome), classes="wanted")
                yield (dots := self._dots(outcome))
                if not said and (said := dots.words):
                    yield Static(said, classes="said")
            if judged.predicted is not None:
                yield Static(_prediction(judged, judged.predicted), id="prediction")
            with Vertical(id="curves"):
                yield Curves(words=_curves(judged))
        with Vertical(id="ways"):
            yield Choices([Item("Go on")])

    def _dots(self, outcome: Outcome) -> SeedDots:
        name, show = outcome.metric, partial(metrics.show, outcome.metric)
        values = self.judged.per_seed.get(name, [])
        return SeedDots(values, outcome.value, outcome.se, outcome.target, outcome.met, show)

    def sync(self) -> None:
        self.head("the verdict")
        report = self.judged.report
        task = report.recipe.task
        self.query_one(Curves).show(
            benchview.series(report.history, task), task == "classification", mark=_mark(self.judged)
        )

    @on(Choices.Picked)
    def action_go_on(self) -> None:
        """To the scene that the verdict leads to."""
        self.game.go_on()
        self.castle.follow()


def _sentence(judged: Judgement) -> Content:
    """The one line that matters, and how many seeds stand behind it."""
    if judged.passed:
        head = ("✓ The goal is met.", "$met bold")
    elif judged.report.diverged:
        night = min(judged.report.diverged.values())
        head = (f"✗ The loss left the numbers at night {night}: the goal is not met.", "$count bold")
    else:
        head = ("✗ The goal is not met.", "$count bold")
    pooled = f", {judged.pooled} of them from earlier verdicts on these settings" if judged.pooled else ""
    return Content.assemble(head, (f"  {judged.seeds} apprentices{pooled}", "$muted"))


def _curves(judged: Judgement) -> str:
    """What the curves are."""
    what = "Loss" if judged.report.recipe.task != "classification" else "Accuracy"
    if len(judged.report.seeds) == 1:
        return f"{what} after each night."
    return f"{what} after each night: the lines are the mean, the hatching the range."


def _mark(judged: Judgement) -> tuple[float, str] | None:
    """The level of the goal, where it is one on what the curves show."""
    what = "accuracy" if judged.report.recipe.task == "classification" else "loss"
    for outcome in judged.outcomes:
        if outcome.metric in (f"test_{what}", f"validation_{what}") and outcome.target is not None:
            return outcome.target, "goal"
    return None


def _wanted(outcome: Outcome) -> Content:
    """``test accuracy at least 75.0%: 79.7% ± 0.4%``, and under it at which number it is judged."""
    show = partial(metrics.show, outcome.metric)
    wanted = "unknown" if outcome.target is None else show(outcome.target)
    ink = "$met bold" if outcome.met else "$count bold"
    error = f" ± {show(outcome.se)}" if outcome.se is not None else ""
    parts = [
        ("✓ " if outcome.met else "✗ ", ink),
        (f"{metrics.metric(outcome.metric).label} {goals.WORDS[outcome.op]} {wanted}", "bold"),
        (": ", ""),
        (f"{show(outcome.value)}{error}", ink),
    ]
    if outcome.bound is not None and outcome.target is not None:
        by = metrics.difference(outcome.metric, abs(outcome.bound - outcome.target))
        least = outcome.op[0] == ">"
        lacks = f"short by {by}" if least else f"too high by {by}"
        if (bound := show(outcome.bound)) == show(outcome.value):
            parts.append((f", with {by} to spare" if outcome.met else f", {lacks}", "$muted"))
        else:
            words = f"judged at the {'low' if least else 'high'} end of the bar, {bound}"
            parts.append((f"\n  {words}: {f'{by} to spare' if outcome.met else lacks}", "$muted"))
    return Content.assemble(*parts)


def _prediction(judged: Judgement, predicted: str | float) -> Content:
    """What the player said, beside what happened."""
    said = benchview.said(predicted, judged.predict_metric)
    if judged.truth is None:
        return Content.assemble((judged.ask, "$muted"), "\n", "You said: ", (said, "bold"), ".")
    if isinstance(judged.truth, str):
        truth = MOVED.get(judged.truth, judged.truth)
    else:
        truth = f"it was {benchview.said(judged.truth, judged.predict_metric)}"
    right = ("✓ as you said", "$met bold") if judged.predicted_right else ("✗ not as you said", "$count bold")
    ask = (f"{judged.ask}\n", "$muted")
    return Content.assemble(ask, "You said ", (said, "bold"), "; ", (truth, "bold"), ".  ", right)
