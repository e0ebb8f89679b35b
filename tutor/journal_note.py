"""What the journal keeps of a run beside its report: so little that thousands are read in a moment."""

from __future__ import annotations

from typing import Any

from lessons import metrics, share
from lessons.report import Report

POINTS = 32
"""Values of a curve that are kept for a sparkline."""


def note(report: Report) -> dict[str, Any]:
    """The note of a run, as plain JSON values."""
    recipe = report.recipe
    summaries = {name: metrics.summarise(values) for name, values in report.metrics.items()}
    accuracy = recipe.task == "classification"
    return {
        "share": "" if recipe.own else share.encode(recipe, report.seeds[0], len(report.seeds)),
        "seeds": list(report.seeds),
        "device": report.device,
        "threads": report.threads,
        "seconds": report.seconds,
        "diverged": len(report.diverged),
        "metrics": {name: [s.mean, s.se] for name, s in summaries.items()},
        "curve_of": "validation_accuracy" if accuracy else "validation_loss",
        "curve": _curve(report, "validation_accuracy" if accuracy else "validation_loss"),
    }


def _curve(report: Report, name: str) -> list[float | None]:
    """The mean of a column over the seeds that have come so far, thinned; None where one left the numbers."""
    columns = [history[name] for history in report.history.values() if history.get(name)]
    longest = max(map(len, columns), default=0)
    nights = [round(n * (longest - 1) / (POINTS - 1)) for n in range(POINTS)] if longest > POINTS else range(longest)
    means = [metrics.summarise([c[night] for c in columns if night < len(c)]).mean for night in nights]
    return [None if mean is None else round(mean, 4) for mean in means]


GLYPHS = "▁▂▃▄▅▆▇"
"""Not the whole block: in a list, one row's would grow into the next."""
SPAN = 0.1
"""So much of its scale a sparkline shows at least."""
LOST = "×"


def sparkline(curve: list[float | None], share: bool, width: int) -> str:
    """A curve in one row, from its lowest to its highest; ``×`` where it left the numbers.

    What hardly moves stays flat, in the middle: a row spans a tenth at least, of 1 for a share, else of the highest.
    """
    if len(curve) > width:
        curve = [curve[round(n * (len(curve) - 1) / max(width - 1, 1))] for n in range(width)]
    values = [value for value in curve if value is not None]
    low, top = min(values, default=0.0), max(values, default=0.0)
    span = max(top - low, SPAN * (1.0 if share else abs(top)), 1e-9)
    floor, most = low - (span - (top - low)) / 2, len(GLYPHS) - 1
    return "".join(LOST if v is None else GLYPHS[round((v - floor) / span * most)] for v in curve)
