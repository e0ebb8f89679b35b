"""What has been measured, kept in a file as it comes: a calibration that is broken off goes on from there."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from lessons.metrics import METRICS
from lessons.report import Report
from tutor.exits import Lacking

ROUNDED = 1e-6
"""By which a share may lie outside its bounds."""


class Machine(NamedTuple):
    """What else a number depends on."""

    torch: str
    device: str
    threads: int


class Seed(NamedTuple):
    """What one seed gave."""

    metrics: dict[str, float | None]
    diverged: int
    """The epoch at which its loss left the numbers, or 0."""


class Record:
    """The finished runs of one machine in one file, one batch of seeds a line."""

    def __init__(self, path: Path, machine: Machine) -> None:
        self.path, self.machine = path, machine
        self._seeds: dict[str, dict[int, Seed]] = {}
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            text = ""
        except OSError as error:
            raise _lacking(path, "read", error) from None
        self._torn = bool(text) and not text.endswith("\n")
        for line in text.splitlines():
            self._take(line)

    def seeds(self, sha256: str, names: Sequence[str]) -> dict[int, Seed]:
        """What is known of a source, by seed; only seeds with all of these metrics."""
        known = self._seeds.get(sha256, {})
        return {number: seed for number, seed in known.items() if all(name in seed.metrics for name in names)}

    def add(self, report: Report) -> None:
        """Keeps a report, in the file at once."""
        table = {
            "source": report.sha256,
            **self.machine._asdict(),
            "seeds": list(report.seeds),
            "metrics": report.metrics,
            "diverged": {str(seed): epoch for seed, epoch in report.diverged.items()},
        }
        line = json.dumps(table, allow_nan=False, separators=(",", ":"))
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(("\n" if self._torn else "") + line + "\n")
        except OSError as error:
            raise _lacking(self.path, "written", error) from None
        self._torn = False
        self._seeds.setdefault(report.sha256, {}).update(_seeds(table))

    def _take(self, line: str) -> None:
        """One line of the file; a torn or damaged one, or another machine's, says nothing."""
        try:
            table: dict[str, Any] = json.loads(line)
            if Machine(table["torch"], table["device"], table["threads"]) != self.machine:
                return
            seeds = dict(_seeds(table))
            for seed in seeds.values():
                _check(seed)
            self._seeds.setdefault(table["source"], {}).update(seeds)
        except (ValueError, KeyError, TypeError, IndexError, AttributeError, OverflowError, RecursionError):
            return


def _seeds(table: dict[str, Any]) -> Iterator[tuple[int, Seed]]:
    for place, seed in enumerate(table["seeds"]):
        if type(seed) is not int:
            raise TypeError(f"{seed!r} is no seed")
        values = {name: column[place] for name, column in table["metrics"].items()}
        yield seed, Seed(values, table["diverged"].get(str(seed), 0))


def _check(seed: Seed) -> None:
    """Raises a ``ValueError`` where a number cannot be one that was measured: the file was damaged."""
    if type(seed.diverged) is not int or seed.diverged < 0:
        raise ValueError(f"{seed.diverged!r} is no epoch")
    for name, value in seed.metrics.items():
        if value is None:
            continue  # it diverged, or has not come so far
        if type(value) not in (int, float) or not math.isfinite(value):
            raise ValueError(f"{name} cannot be {value!r}")
        low = -1.0 if name == "gap" else 0.0
        if name in METRICS and METRICS[name].unit == "share" and not low - ROUNDED <= value <= 1.0 + ROUNDED:
            raise ValueError(f"{name} cannot be {value!r}")


def forget(path: Path) -> None:
    """Removes what earlier calls have kept."""
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _lacking(path, "removed", error) from None


def _lacking(path: Path, verb: str, error: OSError) -> Lacking:
    return Lacking(f"{path} cannot be {verb} ({error.strerror or error}). Choose another folder with --home DIR.")
