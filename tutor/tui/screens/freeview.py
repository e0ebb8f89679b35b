"""What a bench of free play looks like: its dials in groups, its measures over several seeds, as data for widgets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from lessons import metrics
from lessons.free import OpenOffer
from lessons.settings import setting
from tutor import journal
from tutor.anybench import with_error
from tutor.tui.screens import benchview
from tutor.tui.widgets.bars import Measure
from tutor.tui.widgets.dial import Dial, in_column
from tutor.tui.widgets.opendial import OpenDial

if TYPE_CHECKING:
    from lessons.report import Report
    from tutor.freebench import FreeBench

LABEL = 17
"""Cells for the name of a dial."""
IDLE = "←→ turns a dial, Enter types a value; {train} trains one, {judge} {seeds} for their mean."
LOST = "the loss left the numbers"


def dials(bench: FreeBench) -> list[OpenDial]:
    """A dial for every setting that fits the data."""
    offers = [offer for offer in bench.challenge.offers if isinstance(offer, OpenOffer)]
    made = [OpenDial(offer, bench.settings[offer.name], LABEL) for offer in offers]
    in_column(made)
    return made


def nearest(dials: Sequence[Dial], words: Sequence[str]) -> Dial | None:
    """Of those that were found, the first that is itself called so."""
    called = (dial for dial in dials if all(word in f"{dial.name} {dial.label}".lower() for word in words))
    return next(called, next(iter(dials), None))


def measures(bench: FreeBench) -> list[Measure]:
    """Of the run under way or the last one; over several seeds, each with its standard error."""
    made = _over_seeds(bench)
    if made is None:
        found = benchview.measures(bench.curves, bench.challenge.recipe.task)
        return [replace(measure, label=benchview.brief(measure.label)) for measure in found]
    summary, first = bench.summary(made), ("test_accuracy", "test_loss")
    names = [*(name for name in first if name in summary), *(name for name in metrics.METRICS if name in summary)]
    named = [metrics.metric(name) for name in dict.fromkeys(names)]
    accuracies = "test_accuracy" in summary
    return [
        Measure(benchview.brief(m.label), short(m.name, summary[m.name]), words=m.words)
        for m in named
        if not m.quiet and not (accuracies and m.unit == "loss")
    ]


def measured(bench: FreeBench) -> str:
    """What stands over the measures."""
    made = _over_seeds(bench)
    return f"mean ± error, {bench.seeds(made)} seeds" if made else benchview.measured(bench)


def _over_seeds(bench: FreeBench) -> Report | None:
    """The last run, if it was one over several seeds."""
    newest = bench.newest
    return newest if newest and not bench.running and any(made is newest for made in bench.readers) else None


def facts(bench: FreeBench, focused: Dial | None) -> list[tuple[str, str, str]]:
    """The last run, the last two means, and what the dial in hand does."""
    name, last = bench.watched[0], bench.newest
    words = f"{metrics.show(name, last.means.get(name))} {metrics.metric(name).label}" if last else "nothing yet"
    words = LOST if last and last.diverged else words
    rows = [("last", f"{words} {journal.apart(bench, last)}".strip(), "" if last else "$muted")]
    if last in bench.readers[:1]:  # then the mean is of the last run
        rows = []
    for front, made in zip(("mean", "was"), bench.readers, strict=False):
        name = bench.tested[0]
        words = LOST if made.diverged else f"{with_error(name, bench.summary(made)[name])} {metrics.metric(name).label}"
        rows.append((front, f"{words} {journal.apart(bench, made)}".strip(), "bold" if front == "mean" else ""))
    if bench.running:
        rows.append(("", benchview.BUSY, "$turned"))
    elif focused is not None:
        idle = f" Does nothing now: it needs {needed}." if (needed := bench.idle(focused.name or "")) else ""
        rows.append(("", focused.help + idle, "$muted italic"))
    return rows


def short(name: str, found: metrics.Summary) -> str:
    """``79.5% ±0.3``."""
    mean, _, error = with_error(name, found).partition(" ± ")
    return f"{mean} ±{error.rstrip('% s')}" if error else mean


def allowed(name: str) -> str:
    """What may be typed for a setting."""
    return f"{setting(name).label}: {setting(name).allowed}. Enter sets it, {{close}} leaves it as it is."
