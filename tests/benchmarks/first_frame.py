"""Processor seconds until ``tutor play`` has drawn its first full frame at 100x30, against a minimal Textual app.

Bound: at most 1.5 times the minimal app. And ``tutor --help``: at most 0.15 seconds (wall) from start to end.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence

from tests.benchmarks.harness import ROOT, Bound, Options, Row, Skipped, compare, environment, in_turns
from tests.benchmarks.terminal import Terminal

PLAY = ("-m", "tutor", "play")
MINIMAL = ("-m", "tests.benchmarks.minimal_app")
HELP = ("-m", "tutor", "--help")
NOTHING = ("-c", "pass")


def measure(options: Options) -> Iterator[Row]:
    helped, nothing = in_turns(options.turns(15), lambda _: run(HELP), lambda _: run(NOTHING))
    yield compare("tutor --help", helped, nothing, "python -c pass", Bound("at most", 0.15, "s"))
    if sys.platform != "linux":
        raise Skipped("reads another process's clock: Linux only")
    ours, minimal = in_turns(options.turns(9), lambda _: frame(PLAY), lambda _: frame(MINIMAL))
    cpu = [[seconds for seconds, _ in each] for each in (ours, minimal)]
    yield compare("first full frame, processor time", *cpu, "minimal app", Bound("at most", 1.5))
    yield compare("first full frame, by the clock", *([w for _, w in each] for each in (ours, minimal)), "minimal app")


def run(arguments: Sequence[str]) -> float:
    """Seconds that a Python process lives."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - begun


def frame(arguments: Sequence[str]) -> tuple[float, float]:
    """Processor and wall seconds until every cell of the screen has been painted."""
    with tempfile.TemporaryDirectory() as home:
        begun = time.perf_counter()
        with Terminal(arguments, TUTOR_HOME=home) as terminal:
            came = terminal.until(lambda: terminal.screen.full)
            return terminal.cpu(), came - begun
