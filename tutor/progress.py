"""A bar on stderr while something takes its time; nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def bar(words: str) -> Iterator[Callable[..., None]]:
    """Shows a bar; what it gives is called with the share that is done, 0 to 1, and other words if there are any."""
    if not sys.stderr.isatty():
        yield lambda share, words="": None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(20),
        TextColumn("{task.percentage:3.0f}%"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    # What is printed meanwhile stands above the bar, but a file that stdout goes to gets its lines itself.
    console = Console(file=sys.stderr)
    with Progress(*columns, console=console, transient=True, redirect_stdout=sys.stdout.isatty()) as progress:
        task = progress.add_task(words, total=1.0)
        yield lambda share, words="": progress.update(task, completed=share, description=words or None)
