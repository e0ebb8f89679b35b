"""What a long play leaves behind in memory: keys by lot on the whole tale, without a terminal, with made-up runs.

``--repeat N`` plays for N minutes; in the first half of them whatever is kept on purpose is filled. Bounds: in the
second half at most 1 MiB more for every 1,000 keys, and no widget more at the gate than there was at first.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.harness import Bound, Figure, Options, Row, Skipped, child, report

MINUTES = 3
STEP = 250
"""Keys between two measurements."""
LAST = 5
"""Measurements of which the middle one is taken, for what was closed last may still be going."""


def measure(options: Options) -> Iterator[Row]:
    if sys.platform != "linux":
        raise Skipped("reads its own memory from /proc: Linux only")
    minutes = options.turns(MINUTES)
    keys, memory, widgets = child("tests.benchmarks.random_play", minutes, timeout=60 * minutes + 300)
    half = len(keys) // 2
    growth = 1000 * statistics.linear_regression(keys[half:], memory[half:]).slope
    words = f"memory for every 1,000 keys by lot ({keys[-1]:,} keys)"
    yield Row(words, Figure(growth, "MiB"), Figure(memory[-1], "MiB", "in all"), bound=Bound("at most", 1, "MiB"))
    more = Figure(statistics.median(widgets[-LAST:]) - widgets[0], "widgets")
    yield Row("what these keys leave at the gate", more, bound=Bound("at most", 0, "widgets"))


def main(minutes: int) -> None:
    """In a process of its own: keys so far, MiB in use and widgets alive, at many moments."""
    from tests.tui.random_play import Player, play

    found: list[tuple[int, float, int]] = []

    async def test(player: Player) -> None:
        end = time.monotonic() + 60 * minutes
        while time.monotonic() < end or len(found) < 2 * LAST:
            await player.home()
            found.append((len(found) * STEP, used(), player.alive()))
            await player.press(STEP)

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # some keys write files
        play(test, Path(folder))
        os.chdir("/")
    report([*zip(*found, strict=True)])


def used() -> float:
    """MiB of this process that are in memory."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


if __name__ == "__main__":
    main(int(sys.argv[1]))
