"""What a workbench looks like: its settings, runs and measures, as the data that widgets take."""

from __future__ import annotations

import math
from collections.abc import Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING

from lessons import metrics
from lessons.settings import Choice, Switch, setting
from tutor.anybench import with_error
from tutor.bench import SEEN
from tutor.journal import AS_FOUND, apart, settled
from tutor.pictures import choosing
from tutor.pictures.picture import of_report, of_running
from tutor.tui.widgets.bars import Measure
from tutor.tui.widgets.dial import Dial, in_column
from tutor.tui.widgets.progress import running_words
from tutor.tui.widgets.series import Columns, Series, latest, over_seeds

if TYPE_CHECKING:
    from lessons.challenge import Prediction
    from lessons.report import Report
    from tutor.anybench import AnyBench
    from tutor.bench import Bench
    from tutor.laboratory import Running
    from tutor.savebook import Run
    from tutor.tui.widgets.picture import PictureView

LOCKED = "The dials are locked: first see it fail."
FIRST = "{train} trains one apprentice on these settings as they are; then the dials open."
CLOSED = "This page opens after the first run: first see it fail, then read why."
IDLE = "←→ turns a dial; {train} trains one apprentice; {judge} asks for the verdict."
READING = "{why} or {gate} closes this page."
BUSY = "The dials are locked while a run is under way."
MEANWHILE = " (the dials are locked)"
WAKING = "The apprentice takes its place ..."
SIZES = {"share": (-2,), "loss": (-3, -2, -1), "norm": (-1, 0, 1), "seconds": (-2, -1, 0), "epochs": (0,)}
"""The powers of ten in whose steps a dial goes through the numbers of a unit; of any other, through whole ones."""
SIGNED = ("gap", "loss_gap")
"""Metrics that may be less than nothing."""
SAID = {"rise": "it will rise", "fall": "it will fall", "stay": "it will stay"}
LATELY = 40
"""Tries that may be listed."""
TESTED = {seen: test for test, seen in SEEN.items()}
"""What fresh seeds show in place of what practice goes by."""


def hints(bench: Bench) -> list[SimpleNamespace]:
    """The hints that were opened, as passages of the tale."""
    return [SimpleNamespace(kind="speech", speaker="Hint", spans=[("", hint)]) for hint in bench.hints]


def closed() -> list[SimpleNamespace]:
    """What stands in place of the theory before the first run."""
    return [SimpleNamespace(kind="narration", speaker="", spans=[("em", CLOSED)])]


def tabs(names: Sequence[str], here: str, in_hand: bool) -> str:
    """The names of the pages, those that are not shown to be clicked.

    In hand, the pane's title is turned round as a whole: a colour of its own would be a hole in it.
    """
    shown = "[b u]" if in_hand else "[b u $foreground]"
    return " · ".join(
        f"{shown}{name}[/]" if name == here else f"[@click=screen.tab('{name}')]{name}[/]" for name in names
    )


def dials(bench: Bench) -> list[Dial]:
    """A dial for each setting that is offered."""
    wide = max((len(setting(offer.name).label) for offer in bench.challenge.offers), default=0) + 1
    made = []
    for offer in bench.challenge.offers:
        kind = setting(offer.name)
        shown = [kind.show(choice) for choice in offer.choices]
        in_words = isinstance(kind, (Choice, Switch))
        value = bench.settings[offer.name]
        made.append(Dial(offer.name, kind.label, offer.choices, shown, value, in_words, kind.words, wide))
    in_column(made)
    return made


def series(curves: Columns, task: str) -> list[Series]:
    """The curves of a run: accuracies, or for a regression the losses."""
    what = "accuracy" if task == "classification" else "loss"
    made = []
    for name, dotted in (("training", False), ("validation", True)):
        column = ("train" if name == "training" else name) + f"_{what}"
        x, y, low, high = over_seeds(curves, column)
        band = (low, high) if len(curves) > 1 else ((), ())
        made.append(Series(name, x, y, *band, dotted=dotted, tone=name, sign=name[0].upper()))
    return made


def measures(curves: Columns, task: str) -> list[Measure]:
    """The newest value of every live metric that the run has, averaged over its seeds; losses only in a regression."""
    made = []
    for metric in metrics.METRICS.values():
        value = latest(curves, metric.name) if metric.live else None
        if value is None or (metric.unit == "loss" and task == "classification"):
            continue
        bar = value if metric.noisy and math.isfinite(value) else None
        true = metric.name == "right_label_accuracy"
        tone = "$truth" if true else "$falsehood"
        made.append(Measure(metric.label, metrics.show(metric.name, value), bar, tone, true, metric.words))
    return made


def measured(bench: AnyBench) -> str:
    """What stands over the measures; of a run under way, which has the settings that stand, no more need be said."""
    return "measured" if bench.running else f"measured {apart(bench, bench.newest)}".strip()


def tries(bench: AnyBench, names: Sequence[str]) -> list[tuple[str, str]]:
    """What was tried lately at a bench and what came of it, the newest first, under a title for either.

    ``names`` are metrics that practice goes by.
    """
    tried, start = bench.tried[:LATELY], bench.challenge.start
    titles = ("your tries", ", ".join(metrics.metric(name).label for name in names))
    rows = [(settled(run.report.recipe, start) or AS_FOUND, _came(run, names)) for run in tried]
    return [titles, *rows] if rows else []


def _came(run: Run, names: Sequence[str]) -> str:
    """What came of one of them; of fresh seeds, by the metric's name, since it is another one."""
    made = run.report
    if made.diverged:
        return "diverged"
    practice = run.kind == "practice"
    names = names if practice else [TESTED.get(name, name) for name in names]
    came = [with_error(name, metrics.summarise(made.metrics.get(name, []))) for name in names]
    called = ["" if practice else f"{brief(metrics.metric(name).label)} " for name in names]
    return ", ".join(name + words for name, words in zip(called, came, strict=True))


def brief(label: str) -> str:
    """What a measure is called where there is a column of them."""
    return label.removesuffix(" accuracy").removesuffix(" learned").removeprefix("generalisation ")


def goal(bench: Bench) -> list[tuple[str, str, str]]:
    """Every goal of which one is enough."""
    rows = []
    for way, lines in enumerate(bench.wanted):
        rows += [("and" if n else "or" if way else "goal", words, "bold") for n, words in enumerate(lines)]
    return rows


def facts(bench: Bench, focused: Dial | None) -> list[tuple[str, str, str]]:
    """Last result, prediction, and what the dial in hand does."""
    rows = [("last", f"{bench.last_words} {apart(bench, bench.newest)}".strip(), "" if bench.newest else "$muted")]
    predict = bench.challenge.predict
    if bench.prediction is not None:
        rows.append(("said", said(bench.prediction, predict.metric if predict else ""), ""))
    if bench.running:
        rows.append(("", BUSY, "$turned"))
    elif bench.locked:
        rows.append(("", LOCKED, "$turned"))
    elif focused is not None:
        idle = f" Does nothing now: it needs {needed}." if (needed := bench.idle(focused.name)) else ""
        rows.append(("", focused.help + idle, "$muted italic"))
    return rows


def round_numbers(predict: Prediction) -> list[float]:
    """What a dial offers where a number is to be predicted: those of two digits."""
    first, *more = SIZES.get(predict.unit, range(5))
    steps = [(n, first) for n in range(101)] + [(n, power) for power in more for n in range(11, 101)]
    numbers = [round(n * 10.0**power, 6) for n, power in steps]
    return [*(-number for number in numbers[:0:-1]), *numbers] if predict.metric in SIGNED else numbers


def said(prediction: str | float, metric: str = "") -> str:
    """A prediction, in words; a number as its metric is shown everywhere else."""
    if isinstance(prediction, str):
        return SAID.get(prediction, prediction)
    return metrics.show(metric, prediction) if metric else f"{prediction:g}"


def pictures(bench: Bench) -> tuple[str, ...]:
    """The pictures that make sense here, by name, the first being what the lesson is about."""
    return choosing.chosen(bench.challenge.recipe_for({}), [offer.name for offer in bench.challenge.offers])


def draw(view: PictureView, name: str, running: Running | None, last: Report | None) -> None:
    """Show this picture of the run under way, else of the last one."""
    if running:
        view.show(name, of_running(running))
    elif last:
        view.show(name, of_report(last))


def mark(bench: Bench) -> tuple[float, str] | None:
    """The level of the goal, where it is one on what the curves show."""
    what = "accuracy" if bench.challenge.recipe.task == "classification" else "loss"
    for way in bench.challenge.ways[:1]:
        for comparison in way.goal.comparisons:
            if comparison.metric in (f"test_{what}", f"validation_{what}") and not comparison.run:
                return comparison.offset, "goal"
    return None


def running(run: Running | None) -> tuple[str, float]:
    """The words and the share of a run under way."""
    if run is None or not run.curves:
        return WAKING, 0.0
    return running_words(run.epoch, run.epochs, run.seconds_left, len(run.seeds), len(run.done)), run.progress


def settings_words(bench: Bench) -> str:
    """The settings as they stand, in a line."""
    return ", ".join(f"{setting(name).label} {setting(name).show(value)}" for name, value in bench.settings.items())
