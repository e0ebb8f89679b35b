"""What the benchmarks share: figures, ratios of paired runs, bounds, the table, and processes that surely end."""

from __future__ import annotations

import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeVar

from lessons.client import Client

ROOT = Path(__file__).resolve().parents[2]
HEADINGS = ("what", "ours", "against", "ratio", "bound", "holds?")
T = TypeVar("T")


class Skipped(Exception):
    """Something that a benchmark needs is not here; the message says what."""


@dataclass(frozen=True)
class Options:
    """What the command line asked for."""

    data: Path | None = None
    """The folder that holds ``MNIST/raw``."""
    repeat: int | None = None

    def turns(self, default: int) -> int:
        """How often to measure."""
        return self.repeat or default

    def need_data(self) -> Path:
        """The data folder, or ``Skipped``."""
        if self.data is None:
            raise Skipped("needs the full MNIST: give a folder that holds MNIST/raw with --data or TUTOR_DATA")
        if not (self.data / "MNIST" / "raw" / "train-images-idx3-ubyte").is_file():
            raise Skipped(f"{self.data} has no MNIST/raw/train-images-idx3-ubyte")
        return self.data


# figures


@dataclass(frozen=True)
class Figure:
    """A number with its unit: ``s``, ``%`` (of 1), ``points`` (hundredths of 1), ``MiB`` or ``x``."""

    value: float
    unit: str = "s"
    of: str = ""
    """Whose it is."""

    def __str__(self) -> str:
        value, unit = self.value, self.unit
        if unit == "s" and value < 1:
            value, unit = (1e3 * value, "ms") if value >= 1e-3 else (1e6 * value, "us")
        elif unit in ("%", "points"):
            value *= 100
        text = f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
        text += unit if unit == "x" else f" {unit}"
        return f"{text}, {self.of}" if self.of else text


@dataclass(frozen=True)
class Ratio:
    """Of two medians, and the smallest and largest ratio of two measurements made side by side."""

    middle: float
    low: float
    high: float

    @classmethod
    def of(cls, over: Sequence[float], under: Sequence[float]) -> Ratio:
        """``over`` by ``under``, two lists of measurements made in turns."""
        pairs = [a / b for a, b in zip(over, under, strict=True)]
        return cls(statistics.median(over) / statistics.median(under), min(pairs), max(pairs))

    def __str__(self) -> str:
        low, middle, high = (f"{n:.0f}" if n >= 100 else f"{n:.3g}" for n in (self.low, self.middle, self.high))
        return f"{middle}x ({low}..{high})"


@dataclass(frozen=True)
class Bound:
    """What a row is held to: ``x`` bounds its ratio, any other unit its own figure."""

    word: str
    """``at least``, ``at most``, or ``within`` (of what it is compared with)."""
    limit: float
    unit: str = "x"

    def __str__(self) -> str:
        return f"{self.word} {Figure(self.limit, self.unit)}"


@dataclass(frozen=True)
class Row:
    """One line of the table; ``missing`` says why there are no figures."""

    what: str
    ours: Figure | None = None
    against: Figure | None = None
    ratio: Ratio | None = None
    bound: Bound | None = None
    missing: str = ""
    failed: bool = False

    @property
    def holds(self) -> bool | None:
        """Whether the bound is kept; None where there is none, or nothing to hold against it."""
        if self.bound is None or self.ours is None:
            return None
        value, limit = self.ours.value, self.bound.limit
        if self.bound.unit == "x":
            if self.ratio is None:
                return None
            value = self.ratio.middle
        if self.bound.word == "within":
            return None if self.against is None else abs(value - self.against.value) <= limit
        return value >= limit if self.bound.word == "at least" else value <= limit

    def cells(self) -> list[str]:
        """Its texts, one for each of ``HEADINGS``."""
        holds = {True: "yes", False: "NO", None: ""}[self.holds]
        rest = (self.ours, self.against, self.ratio, self.bound)
        return [self.what, *("" if cell is None else str(cell) for cell in rest), holds]

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; seconds are seconds, shares are of 1."""

        def table(cell: Figure | Ratio | Bound | None) -> dict[str, Any] | None:
            return None if cell is None else dict(vars(cell))

        return {
            "what": self.what,
            "ours": table(self.ours),
            "against": table(self.against),
            "ratio": table(self.ratio),
            "bound": table(self.bound),
            "holds": self.holds,
            "missing": self.missing,
            "failed": self.failed,
        }


def compare(
    what: str,
    ours: Sequence[float],
    against: Sequence[float],
    of: str,
    bound: Bound | None = None,
    faster: bool = False,
    unit: str = "s",
) -> Row:
    """A row of two medians. The ratio is ours by theirs; with ``faster``, how many times as fast ours is."""
    ratio = Ratio.of(against, ours) if faster else Ratio.of(ours, against)
    return Row(what, median(ours, unit), median(against, unit, of), ratio, bound)


def median(values: Iterable[float], unit: str = "s", of: str = "") -> Figure:
    """The median of some measurements."""
    return Figure(statistics.median(values), unit, of)


def in_turns(turns: int, *ways: Callable[[int], T]) -> list[list[T]]:
    """Call the ways one after another, ``turns`` times over (A B A B ...): what each gave. They get the turn."""
    given = [[way(turn) for way in ways] for turn in range(turns)]
    return [list(column) for column in zip(*given, strict=True)]


# the table


def table(rows: Sequence[Row]) -> str:
    """The measured rows in columns, and what could not be measured below."""
    lines = [list(HEADINGS), *(row.cells() for row in rows if not row.missing)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    lines.insert(1, ["-" * width for width in widths])
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join(text + [f"not measured: {row.what}: {row.missing}" for row in rows if row.missing])


def markdown(rows: Sequence[Row], machine: dict[str, Any]) -> str:
    """The same as a Markdown document."""
    lines = [list(HEADINGS), ["---"] * len(HEADINGS), *(row.cells() for row in rows if not row.missing)]
    text = [f"- {name}: {value}" for name, value in machine.items()] + [""]
    text += ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines]
    missing = [f"- not measured: {row.what}: {row.missing}" for row in rows if row.missing]
    return "\n".join(text + ([""] if missing else []) + missing) + "\n"


def cores() -> list[int]:
    """The processor cores that this process may use."""
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    found = {"cpu": model, "cores": len(cores()), "python": platform.python_version(), "system": platform.system()}
    for package in ("torch", "torchvision", "textual", "lightning", "skorch"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "not installed"
    if hasattr(os, "getloadavg"):
        found["load before"] = round(os.getloadavg()[0], 2)
    return found


# processes


def environment(**more: str) -> dict[str, str]:
    """Ours, with this checkout first on the path."""
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), **more}


def child(module: str, *arguments: object, timeout: float = 300, **env: str) -> Any:
    """Run a module in a process of its own; the JSON on the last line that it prints."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, arguments)],
        cwd=ROOT,
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1]
        raise RuntimeError(f"{module}: {last}")
    return json.loads(done.stdout.splitlines()[-1])


def report(values: Any) -> None:
    """What a child says to ``child``."""
    print(json.dumps(values), flush=True)


@contextmanager
def laboratory() -> Iterator[tuple[asyncio.Runner, Client]]:
    """A training process that is awake, and a loop to talk to it in; ended whatever happens."""
    with asyncio.Runner() as runner:
        client = Client()
        try:
            runner.run(client.start())
            yield runner, client
        finally:
            runner.run(client.close())
