"""A run, line by line: what is said while it trains, and how it is ended."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from lessons import metrics
from tutor.plain.teller import Teller
from tutor.progress import seconds_words
from tutor.watching import WatchedGame

if TYPE_CHECKING:
    from tutor.game import Game
    from tutor.laboratory import Running

EVERY = 0.5
"""Seconds between two looks at what may be told: an edited chapter, or how long nothing was said."""
REPORTS = 6
"""Parts of a run; at the end of each a line is said."""
PAUSE = 1.0
"""Seconds between two of these lines, the first and the last left out: in a short run the others only delay it."""
SILENCE = 20.0
"""Seconds after which a run that has said nothing says where it stands."""


class Runner:
    """Trains, and tells now and then how far it is; ctrl+c ends the run, not the game."""

    def __init__(self, game: Game, teller: Teller, loop: asyncio.AbstractEventLoop) -> None:
        self._game, self._teller, self._loop = game, teller, loop
        self._said, self._part = 0.0, -1

    def run(self, work: Coroutine[Any, Any, None]) -> None:
        """Until the work is done."""
        self._said, self._part = time.monotonic(), -1
        self._game.on_change = self._tell
        task = self._loop.create_task(work)
        looking = self._loop.create_task(self._look_on())
        stopping: list[asyncio.Task[None]] = []

        def stop() -> None:
            stopping.append(self._loop.create_task(self._game.stop()))

        handled = False
        with suppress(NotImplementedError, ValueError, RuntimeError):
            self._loop.add_signal_handler(signal.SIGINT, stop)
            handled = True
        try:
            self._loop.run_until_complete(task)
        finally:
            looking.cancel()
            if handled:
                self._loop.remove_signal_handler(signal.SIGINT)
            self._game.on_change = lambda: None
        for stopped in stopping:
            self._loop.run_until_complete(stopped)

    def _say(self, words: str) -> None:
        self._said = time.monotonic()
        self._teller.say(f"  {words}")

    def _tell(self) -> None:
        """Say how far the run is, once in each of its parts."""
        running = self._game.running
        if running is None or not running.curves:
            return
        part = int(running.progress * REPORTS)
        due = self._part < 0 or part == REPORTS or time.monotonic() - self._said >= PAUSE
        if due and part > self._part:
            self._part = part
            self._say(progress_words(running))

    async def _look_on(self) -> None:
        """Say that something was saved in the chapter, and what is wrong with it; and break a long silence."""
        told: tuple[str, ...] = ()
        game = self._game
        while True:
            await asyncio.sleep(EVERY)
            if isinstance(game, WatchedGame):
                if game.training:
                    game.look()
                words = (game.standing, *game.mistakes) if game.waiting else ()
                if words and words != told:
                    told = words
                    self._teller.lines("\n".join([f"[{words[0]}]", *words[1:]]))
            if time.monotonic() - self._said >= SILENCE:
                running = game.running
                waiting = f"The first night is not over yet ({game.lab_words})."
                self._say(progress_words(running) if running and running.curves else waiting)


def progress_words(running: Running) -> str:
    """Where a run stands: nights, what is left, and the curves' last values averaged over the seeds."""
    words = f"night {running.epoch} of {running.epochs}"
    if running.done and running.progress < 1:
        words += f" ({len(running.done)} of {len(running.seeds)} done)"
    if (left := running.seconds_left) is not None and running.progress < 1:
        words += f", {seconds_words(left)} left"
    kind = "accuracy" if any("train_accuracy" in columns for columns in running.curves.values()) else "loss"
    shown = []
    for split, name in (("training", f"train_{kind}"), ("validation", f"validation_{kind}")):
        last = [columns[name][-1] for columns in running.curves.values() if columns.get(name)]
        if last:
            shown.append(f"{split} {metrics.show(name, metrics.summarise(last).mean)}")
    return f"{words}: {kind} {', '.join(shown)}" if shown else words
