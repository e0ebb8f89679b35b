"""A bar on stderr while something takes its time; nothing where nobody watches."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from lessons.wire import Event, Night, SeedDone

if TYPE_CHECKING:
    from lessons.recipe import Recipe

LINES = 5
"""Lines that take the bar's place on a terminal that cannot draw one."""
WORDS = 60
"""Cells that words and numbers may need; on a narrower terminal the bar is short."""
ENOUGH = 0.02
"""The share that must be seen to pass before the rest is reckoned from it."""


@contextmanager
def bar(words: str) -> Iterator[Callable[..., None]]:
    """Shows a bar; what it gives is called with the share that is done, 0 to 1, and other words if there are any.

    On a terminal that cannot draw (``TERM=dumb``) a line is told at each fifth of the way instead.
    """
    if not sys.stderr.isatty():
        yield lambda share, words="": None
        return
    from rich.console import Console

    console = Console(file=sys.stderr)
    if console.is_dumb_terminal:
        yield _Lines(words).tell
        return
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    columns = (
        TextColumn("{task.description}", markup=False, table_column=Column()),  # folded where there is little room
        BarColumn(max(4, min(20, console.width - WORDS))),
        TextColumn("{task.percentage:3.0f}%"),
        TextColumn("{task.fields[left]}"),
    )
    pace = Pace()
    # What is printed meanwhile stands above the bar, but a file that stdout goes to gets its lines itself.
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        task = progress.add_task(words, total=1.0, left="")

        def tell(share: float, words: str = "") -> None:
            progress.update(task, completed=share, description=words or None, left=pace.left(share))

        yield tell


class _Lines:
    """A line now and then."""

    def __init__(self, words: str) -> None:
        self._words, self._told, self._pace = words, 0, Pace()
        print(f"{words} ...", file=sys.stderr, flush=True)

    def tell(self, share: float, words: str = "") -> None:
        """Say how far it is, unless little has happened since the last time."""
        self._words, left = words or self._words, self._pace.left(share)
        part = int(share * LINES + 1e-9)
        if part > self._told:
            self._told = part
            print(f"{self._words}: {share:.0%}{left and ', '}{left}", file=sys.stderr, flush=True)


class Pace:
    """How long it will still take, from the pace since the first share that was told."""

    def __init__(self) -> None:
        self._first: tuple[float, float] | None = None

    def left(self, share: float) -> str:
        """``12 s left``; empty while nobody knows, and at the end."""
        now = time.monotonic()
        if self._first is None and share > 0:  # what comes before is the loading of torch, or a name look-up
            self._first = now, share
        begun, before = self._first or (now, share)
        if share - before < ENOUGH or share >= 1:
            return ""
        return f"{seconds_words((now - begun) * (1 - share) / (share - before))} left"


def seconds_words(seconds: float) -> str:
    """A time as long as a run takes, in words."""
    if seconds < 1:
        return "under 1 s"
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"


class Nights:
    """Counts the nights of one run, over all its seeds."""

    def __init__(self, recipe: Recipe, seeds: int) -> None:
        self.epochs, self.seeds = recipe.epochs, seeds
        self._at: dict[int, int] = {}

    def take(self, event: Event) -> bool:
        """Count what one event says; whether it says anything of this."""
        if isinstance(event, Night):
            self._at[event.seed] = event.epoch
        elif isinstance(event, SeedDone):  # perhaps before its time
            self._at[event.seed] = self.epochs
        return isinstance(event, (Night, SeedDone))

    @property
    def done(self) -> int:
        """Nights of all seeds together."""
        return sum(self._at.values())

    @property
    def words(self) -> str:
        """``night 12 of 30``, which the seeds have behind them on average."""
        return f"night {self.done // self.seeds} of {self.epochs}"
