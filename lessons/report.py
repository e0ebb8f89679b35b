"""What came out of a run: every metric on every seed, the curves, and which text made them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lessons import metrics
from lessons.recipe import Recipe


@dataclass(frozen=True)
class Report:
    """One recipe, trained from one or more seeds."""

    recipe: Recipe
    seeds: tuple[int, ...]
    device: str
    threads: int
    sha256: str
    """Of the source text that was executed."""
    metrics: dict[str, list[float | None]]
    """Each metric's value per seed, in the order of ``seeds``; None where the run diverged."""
    history: dict[int, dict[str, list[float | None]]]
    """Per seed: ``epoch`` and each live metric, one value per measured epoch."""
    diverged: dict[int, int] = field(default_factory=dict)
    """Seed -> the epoch at which its loss left the numbers."""
    seconds: float = 0.0
    """Wall time of the whole run, all seeds together."""
    views: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Per seed, what looks inside the network saw (``lessons.views.View``); not kept in ``to_dict``."""
    rates: dict[int, list[list[float]]] = field(default_factory=dict)
    """Per seed, pairs of step and learning rate; not kept in ``to_dict``."""

    @property
    def means(self) -> dict[str, float | None]:
        """The mean of each metric over the seeds."""
        return {name: metrics.summarise(values).mean for name, values in self.metrics.items()}

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values, without views and rates: the same run shows the same ones again."""
        return {
            "recipe": self.recipe.to_dict(),
            "seeds": list(self.seeds),
            "device": self.device,
            "threads": self.threads,
            "sha256": self.sha256,
            "metrics": self.metrics,
            "history": {str(seed): columns for seed, columns in self.history.items()},
            "diverged": {str(seed): epoch for seed, epoch in self.diverged.items()},
            "seconds": self.seconds,
        }

    @classmethod
    def from_dict(cls, table: dict[str, Any]) -> Report:
        """The inverse of ``to_dict``."""
        return cls(
            Recipe.from_dict(table["recipe"]),
            tuple(table["seeds"]),
            table["device"],
            table["threads"],
            table["sha256"],
            table["metrics"],
            {int(seed): columns for seed, columns in table["history"].items()},
            {int(seed): epoch for seed, epoch in table["diverged"].items()},
            table["seconds"],
        )


def pooled(reports: Sequence[Report]) -> dict[str, list[float | None]]:
    """The per-seed values of several reports on the same recipe, one after another."""
    names = reports[0].metrics if reports else {}
    return {name: [value for report in reports for value in report.metrics[name]] for name in names}
