"""From a key to its effect on the screen, in a real terminal, while five seeds train.

The mark goes from a dial to the next and back 200 times, at uneven moments; a key has arrived when that dial's own
cells have changed, so that the painting of the curves is not taken for it. Bounds: p50 10 ms, p99 50 ms. Beside it,
without a bound: the same before the training, and a key in a minimal Textual app, which is what Textual costs.
"""

from __future__ import annotations

import itertools
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.benchmarks.harness import Bound, Figure, Options, Row, Skipped
from tests.benchmarks.terminal import Terminal
from tests.lab import children

LESSON = Path(__file__).parent / "long_lesson.md"
KEYS = 200
RIGHT, DOWN, UP = b"\x1b[C", b"\x1b[B", b"\x1b[A"


def measure(options: Options) -> Iterator[Row]:
    if sys.platform != "linux":
        raise Skipped("plays in a pseudo-terminal and looks into /proc: Linux only")
    least, (resting, training) = minimal(), play()
    for name, place, limit in (("p50", 49, 0.010), ("p99", 98, 0.050)):
        alone, before, during = (
            statistics.quantiles(seconds, n=100, method="inclusive")[place] for seconds in (least, resting, training)
        )
        bound = Bound("at most", limit, "s")
        against = Figure(alone, of="minimal app")
        yield Row(f"key to paint, five seeds training, {name} of {KEYS}", Figure(during), against, bound=bound)
        yield Row(f"key to paint, nothing training, {name} of {KEYS // 2}", Figure(before), against)


def press(terminal: Terminal, keys: Iterator[bytes], shown: Callable[[], str], count: int) -> list[float]:
    """Seconds from each of some keys until what is shown is no longer what it was."""
    uneven, seconds = random.Random(1897), []
    for key in itertools.islice(keys, count):
        terminal.drain(uneven.uniform(0.01, 0.05))
        before, begun = shown(), time.perf_counter()
        terminal.write(key)
        seconds.append(terminal.until(lambda before=before: shown() != before, 5) - begun)
    return seconds


def minimal() -> list[float]:
    """Seconds of every key in an application of one line."""
    with Terminal(["-m", "tests.benchmarks.minimal_app"]) as app:
        app.wait("keys 0")
        app.drain(0.5)
        return press(app, itertools.repeat(b"x"), lambda: app.screen.cells(0, 0, 10), KEYS // 2)


def play() -> tuple[list[float], list[float]]:
    """Seconds of every key, with nothing training and with five seeds training."""
    with tempfile.TemporaryDirectory() as home, Terminal(["-m", "tutor", "play", str(LESSON)], TUTOR_HOME=home) as game:

        def training() -> bool:
            return any(children(lab) for lab in children(game.pid))

        game.wait("New")
        game.until(lambda: children(game.pid))
        game.write(b"2")
        game.wait("dials")
        game.wait("thread")  # the training process is awake
        game.write(b"t")  # a first run, of one night, unlocks the dials
        game.wait("the verdict wants")
        row, column = 0, 0

        def dial() -> str:
            return game.screen.cells(row, column - 2, 30)

        for key, effect in ((DOWN, "▸ epochs"), (RIGHT, "< 600"), (UP, "▸ dropout")):
            game.write(key)
            game.wait(effect)
        row, column = game.screen.find("dropout")
        resting = press(game, itertools.cycle((DOWN, UP)), dial, KEYS // 2)
        game.write(b"j")
        game.until(training)
        game.drain(1.0)
        row, column = game.screen.find("dropout")
        busy = press(game, itertools.cycle((DOWN, UP)), dial, KEYS)
        if not training():
            raise RuntimeError("the training ended before the last key")
        return resting, busy
