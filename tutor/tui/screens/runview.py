"""What a run of the journal looks like, as the data that widgets take."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from lessons import metrics
from tutor.journal import AS_FOUND, Entry, date, label, short_time, shown
from tutor.journal_note import sparkline
from tutor.tui.widgets.rowlist import Column

if TYPE_CHECKING:
    from tutor.tui.widgets.cells import Cell

SHORT = {
    "test_accuracy": "test",
    "test_loss": "test",
    "validation_accuracy": "val.",
    "validation_loss": "val.",
    "train_accuracy": "train",
    "train_loss": "train",
    "loss_gap": "gap",
    "right_label_accuracy": "true",
    "wrong_label_accuracy": "false",
    "weight_norm": "norm",
    "sparsity": "sparse",
    "zeros": "zeros",
    "dead_units": "dead",
    "epochs_run": "ran",
    "parameters": "size",
    "seconds": "took",
}
"""Metrics in a list, where there is no room for their names."""

SIGNS = {"passed": "✓ passed", "failed": "✗ failed", "diverged": "✗ diverged"}
INKS = {"passed": "$met bold", "failed": "$count bold", "diverged": "$count bold"}
"""What becomes of a run, as it is painted; a run that is only practice is not."""
DRAWN, ROOMY, WIDE = 76, 92, 110
"""Cells from which on the list has room for curves, for numbers and longer curves, and for the places, too."""
REACHED = 17
BEST = "best"
"""What a click on the title of the column of metrics asks for, while the list is sorted by time."""


def columns(width: int, by: str) -> list[Column]:
    """The columns of the list, in a window of that width; ``by`` is the metric that it is sorted by."""
    reached = metrics.metric(by).label if by else "reached"
    if width < ROOMY:
        curve = [Column("curve", 8)] if width >= DRAWN else []
        return [
            Column("when", 7, ""),
            Column("chapter", 13 if curve else 10),
            Column("", 8),
            Column("settings turned", 0),
            Column(reached, REACHED, by or BEST),
            *curve,
        ]
    lesson = Column("lesson", min(26 + (width - WIDE) // 3, 40)) if width >= WIDE else Column("chapter", 16)
    return [
        Column("run", 5, ""),
        Column("when", 7, ""),
        lesson,
        Column("", 10),
        Column("settings turned", 0),
        Column(reached, REACHED, by or BEST),
        Column("curve", 12),
    ]


def cells(entry: Entry, width: int, by: str, now: datetime) -> list[Cell]:
    """A run in these columns."""
    roomy = width >= ROOMY
    outcome, ink = SIGNS.get(entry.outcome, entry.outcome), INKS.get(entry.outcome, "$muted")
    quiet = "$muted" if not entry.turned else ""
    spark = sparkline(list(entry.curve), entry.curve_of.endswith("accuracy"), 12 if roomy else 8)
    when = (short_time(entry.made, now), "$muted")
    outcome = outcome if roomy or entry.outcome != "diverged" else "✗ lost"
    rest = [(outcome, ink), (entry.words, quiet), (reached(entry, by), "bold"), (spark, "$muted")]
    if roomy:
        return [(f"#{entry.id}", "$muted"), when, (entry.lesson if width >= WIDE else entry.chapter, ""), *rest]
    return [when, (entry.chapter, ""), *rest]


def reached(entry: Entry, by: str = "") -> str:
    """``test 79.5% ±0.3``: the metric that the list is sorted by, else the one that matters most."""
    name = by or next(iter(entry.main), "")
    if name not in entry.metrics:
        return "-"
    mean, error = entry.metrics[name]
    if mean is None:
        return metrics.show(name, mean)
    share = metrics.metric(name).unit == "share"
    spread = "" if error is None else f" ±{100 * error:.1f}" if share else f" ±{metrics.show(name, error)}"
    short = SHORT.get(name, metrics.metric(name).label.removeprefix("epochs "))
    return f"{short} {metrics.show(name, mean)}{spread}"


def title(entry: Entry) -> Content:
    """The run in a line."""
    outcome = SIGNS.get(entry.outcome, entry.outcome)
    return Content.assemble(
        (f"#{entry.id}  ", "$turned bold"),
        (entry.lesson, "bold"),
        ("   ", ""),
        (outcome, INKS.get(entry.outcome, "$muted")),
        ("   deleted" * entry.deleted, "$count"),
    )


def facts(entry: Entry) -> Content:
    """The run in three lines, for a narrow place."""
    lines = [
        Content.assemble((f"#{entry.id}  ", "$turned bold"), (entry.lesson, "bold")),
        Content.assemble(
            (SIGNS.get(entry.outcome, entry.outcome), INKS.get(entry.outcome, "")),
            (f"   {date(entry.made)} {entry.made:%Y, %H:%M}", "$muted"),
        ),
        Content.styled(f"{entry.seeds_words}; {entry.device}, {entry.seconds:.1f} s", "$muted"),
    ]
    return Content("\n").join(lines)


def brief(entry: Entry) -> Content:
    """The run in a line, and when it was made."""
    return title(entry) + Content.styled(f"   {date(entry.made)} {entry.made:%Y, %H:%M}, {entry.device}", "$muted")


def when(entry: Entry) -> str:
    """The day, and how many apprentices were trained."""
    count = len(entry.seeds)
    return f"{date(entry.made)}, {f'{count} seeds' if count > 1 else 'one seed'}"


def made(entry: Entry) -> str:
    """When, on what, from which seeds."""
    return (
        f"{date(entry.made)} {entry.made:%Y, %H:%M}; {entry.seeds_words}; "
        f"{entry.device}, {entry.threads} thread{'s' * (entry.threads > 1)}, {entry.seconds:.1f} s"
    )


def turned(entry: Entry) -> Content:
    """The settings that were turned, in a sentence."""
    if not entry.turned:
        return Content.styled(f"The settings {AS_FOUND}.", "$muted")
    parts: list[tuple[str, str]] = []
    for name in entry.turned:
        parts += [(f"{', ' if parts else ''}{label(name)} ", "$muted"), (shown(name, entry.settings[name]), "bold")]
    return Content.assemble(*parts)


def settings(entry: Entry) -> list[Sequence[Cell]]:
    """The settings that the lesson offers, those turned first, each with its mark."""
    names = [*entry.turned, *(name for name in entry.settings if name not in entry.turned)]
    rows = []
    for name in names:
        here = name in entry.turned
        front = (("▸ " if here else "  ") + label(name), "$turned bold" if here else "$muted")
        rows.append((front, (shown(name, entry.settings[name]), "bold" if here else "$muted")))
    return rows


def measures(entry: Entry, most: int | None = None) -> list[Sequence[Cell]]:
    """What was measured, what matters most first."""
    names = entry.measured[:most]
    return [
        ((metrics.metric(name).label, "$muted"), (entry.reached(name), "bold" if name in entry.main[:1] else ""))
        for name in names
    ]
