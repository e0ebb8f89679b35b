"""The longest time for which the program did nothing else, while a whole chapter was played in a real terminal.

No Mirror, really trained: read, answered, failed, turned, won, with keys as fast as somebody who knows the way. What
is measured is how late a timer of 5 ms comes. Bound: never 100 ms. Beside it, what the processor did meanwhile for
this program: where that is much less, others were at work on the machine.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from tests.benchmarks.harness import Bound, Figure, Options, Row, Skipped
from tests.benchmarks.terminal import Terminal

CHAPTER = "04-no-mirror"
BEAT = 0.005
PATIENCE = 300
LONG = 0.05
"""Stalls that are counted."""


def measure(options: Options) -> Iterator[Row]:
    if sys.platform != "linux":
        raise Skipped("plays in a pseudo-terminal: Linux only")
    worst, counts, played = [], [], 0.0
    for _ in range(options.turns(1)):
        late, played = play()
        worst.append(max(late))
        counts.append(sum(seconds > LONG for seconds, _, _ in late))
    seconds, busy, where = max(worst)
    words = f"longest stall in a played chapter ({played:.0f} s; on {where})"
    yield Row(words, Figure(seconds), Figure(busy, of="processor time"), bound=Bound("at most", 0.1, "s"))
    yield Row(f"stalls over {1000 * LONG:.0f} ms in it", Figure(statistics.median(counts), "times"))


def play() -> tuple[list[tuple[float, float, str]], float]:
    """How late each beat came, what the processor did meanwhile, on which screen; and how long it all took."""
    begun = time.perf_counter()
    with tempfile.TemporaryDirectory() as home:
        told = Path(home) / "late.json"
        with Terminal(["-m", "tests.benchmarks.stalls", home, str(told)]) as terminal:
            with suppress(RuntimeError):  # it ends
                terminal.until(lambda: False, PATIENCE)
            text = terminal.screen.text()
        if not told.exists():
            raise RuntimeError(f"the chapter was not played to its end; the screen:\n{text}")
        return [tuple(beat) for beat in json.loads(told.read_text(encoding="utf-8"))], time.perf_counter() - begun


# in a process of its own


async def playing(home: Path, told: Path) -> None:
    """Play the chapter in this terminal, and tell how late each beat came."""
    from story.reading import SHIPPED
    from tests.tutor.test_pilot import Player
    from tutor.game import Game, Options
    from tutor.tui import app as tui

    game = Game(Options(home=home, chapter=SHIPPED / f"{CHAPTER}.md", player="lucy"))
    app = tui.CastleApp(game)
    late: list[tuple[float, float, str]] = []

    async def beat() -> None:
        while True:
            at, busy = time.perf_counter(), time.process_time()
            await asyncio.sleep(BEAT)
            seconds = time.perf_counter() - at - BEAT
            late.append((seconds, time.process_time() - busy, type(app.screen).__name__ if app.is_running else "start"))

    async def through() -> None:
        player = Player(app, Typist(app))
        await player.until(lambda: game.loaded and game.laboratory and game.laboratory.there)
        beating = asyncio.create_task(beat())
        await player.press("2")
        await player.until(lambda: player.on("StoryScreen"))
        await player.to_every_verdict()
        beating.cancel()
        told.write_text(json.dumps(late), encoding="utf-8")
        app.exit()

    task = asyncio.create_task(through())
    await tui.play(app)
    await task


class Typist:
    """Types as a ``Pilot`` does, but into a program that runs in a terminal, and at uneven moments."""

    def __init__(self, app: object) -> None:
        self._app, self._uneven = app, random.Random(1897)

    async def press(self, *keys: str) -> None:
        """One after another."""
        for key in keys:
            self._app.simulate_key(key)  # type: ignore[attr-defined]
            await asyncio.sleep(self._uneven.uniform(0.03, 0.15))

    async def pause(self, seconds: float = 0.02) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


if __name__ == "__main__":
    asyncio.run(playing(Path(sys.argv[1]), Path(sys.argv[2])))
