"""The line to the training process, as a game uses it: wakes it, runs, mends it when it dies."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lessons.client import Client, TrainingDied
from lessons.recipe import Recipe
from lessons.report import Report
from lessons.wire import Event, Look, Night, SeedDone
from tutor import home

RESTARTS = 3
"""Times that a process which dies before it is ready is started again."""


@dataclass
class Running:
    """A run under way, as a screen draws it."""

    kind: str
    """``practice`` or ``verdict``."""
    recipe: Recipe
    seeds: tuple[int, ...]
    curves: dict[int, dict[str, list[float | None]]] = field(default_factory=dict)
    """Per seed: ``epoch`` and each live metric so far."""
    views: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    """Per seed: what looks inside the network have seen so far (``lessons.views.View``)."""
    done: set[int] = field(default_factory=set)
    begun: float = field(default_factory=time.monotonic)
    first: float = 0.0
    """When the first point came."""

    def take(self, event: Event) -> None:
        """Add what one event says."""
        if isinstance(event, Night):
            columns = self.curves.setdefault(event.seed, {})
            for name, value in {"epoch": event.epoch, **event.values}.items():
                columns.setdefault(name, []).append(value)
            self.first = self.first or time.monotonic()
        elif isinstance(event, Look):
            self.views.setdefault(event.seed, []).append(event.view)
        elif isinstance(event, SeedDone):
            self.done.add(event.seed)

    @property
    def epochs(self) -> int:
        """Epochs that each seed is trained for."""
        return self.recipe.epochs

    @property
    def epoch(self) -> int:
        """Epochs that the seeds have finished, on average over those that have begun."""
        begun = [int(columns["epoch"][-1] or 0) for columns in self.curves.values()]
        return round(sum(begun) / len(begun)) if begun else 0

    @property
    def progress(self) -> float:
        """The share of all epochs of all seeds that is done, 0 to 1."""
        finished = 0
        for seed in self.seeds:
            if seed in self.done:
                finished += self.epochs
            elif seed in self.curves:
                finished += int(self.curves[seed]["epoch"][-1] or 0)
        return finished / (self.epochs * len(self.seeds))

    @property
    def seconds_left(self) -> float | None:
        """A guess from the pace so far; None until there is a pace."""
        progress = self.progress
        if not self.first or progress < 0.05:
            return None
        return (time.monotonic() - self.begun) * (1 - progress) / progress


class Laboratory:
    """One training process, kept awake."""

    def __init__(
        self,
        device: str,
        threads: int,
        log: Path | None,
        on_change: Callable[[], None],
        on_notice: Callable[[str], None] = lambda words: None,
    ) -> None:
        """``on_notice`` gets what the player should be told once."""
        self.device, self.threads, self.log = device, threads, log
        self.words = "the tower is asleep"
        """What the training process is doing, in plain words."""
        self.there: str = ""
        """What will train (``cpu``, ``cuda``, ``mps``), once it is known."""
        self.running: Running | None = None
        self._client = Client(log, data=home.data(), on_death=self._died)
        self._changed, self._notice = on_change, on_notice
        self._waking: asyncio.Task[None] | None = None
        self._failures = 0
        self._devices: Sequence[str] = ()
        """What there is on this machine, once it is known."""

    async def wake(self) -> None:
        """Start the training process and wait until it has loaded torch."""
        if self._waking is None or self._waking.done():
            self._waking = asyncio.create_task(self._wake())
        await asyncio.shield(self._waking)

    async def _wake(self) -> None:
        self._say("the tower wakes ...")
        try:
            ready = await self._client.start()
        except (TrainingDied, OSError):
            self._failures += 1
            if self._failures < RESTARTS:
                return await self._wake()
            return self._say(f"the training process does not start; its log: {self.log}")
        self._failures = 0
        self._devices = ready.devices
        self.use(self.device, self.threads)

    def use(self, device: str, threads: int) -> None:
        """Train on these, from the next run on."""
        self.device, self.threads = device, threads
        if not self._devices:
            return
        self.there = self._devices[0] if device == "auto" else device
        if self.there not in self._devices:
            return self._say(f"no {self.there} on this machine; there is: {', '.join(self._devices)}")
        self._say(f"{self.there}, {threads} thread{'s' if threads > 1 else ''}")

    def _say(self, words: str) -> None:
        self.words = words
        self._changed()

    def _died(self, how: str) -> None:
        """Called when it ends by itself. A run in progress hears of it on its own."""
        if self.running is None and self.there:
            self._notice(f"The training process died ({how}). Another is being started; nothing is lost.")
        self._say(f"the training process died ({how})")
        if self._failures == 0:
            asyncio.get_running_loop().call_soon(lambda: asyncio.ensure_future(self.wake()))

    async def run(self, kind: str, recipe: Recipe, seeds: Sequence[int]) -> Report:
        """Train and return the Report, drawing into ``running`` meanwhile.

        Raises TrainingDied, TrainingFailed or TrainingStopped.
        """
        self.running = Running(kind, recipe, tuple(seeds))
        self._changed()
        try:
            return await self._client.train(recipe, seeds, self.device, self.threads, self._take)
        finally:
            self.running = None
            self._changed()

    def _take(self, event: Event) -> None:
        if self.running:
            self.running.take(event)
            self._changed()

    async def stop(self) -> None:
        """End the run under way."""
        await self._client.stop()

    async def close(self) -> None:
        """End the training process."""
        if self._waking and not self._waking.done():
            self._waking.cancel()
        await self._client.close()
