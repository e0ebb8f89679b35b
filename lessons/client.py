"""Starts, streams, stops and restarts the training process; asyncio, no torch."""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from lessons import wire
from lessons.recipe import Recipe
from lessons.report import Report

STOP_PATIENCE = 3.0
"""Seconds after which a training process that does not answer a stop is killed."""


class TrainingDied(Exception):
    """The training process ended in the middle of a run. Another has been, or will be, started."""


class TrainingFailed(Exception):
    """The run could not be carried out: it was asked for wrongly, the machine ``lacks`` something, or a ``fault``."""

    def __init__(self, message: str, lacks: bool = False, fault: bool = False) -> None:
        super().__init__(message)
        self.lacks, self.fault = lacks, fault


class TrainingStopped(Exception):
    """The run was ended by ``stop``."""


class Client:
    """The line to one training process. Runs go through it one after another."""

    def __init__(
        self,
        log: Path | None = None,
        command: Sequence[str] | None = None,
        data: Path | None = None,
        on_death: Callable[[str], None] | None = None,
    ) -> None:
        """``log`` is where the process's stderr goes (rotating, 1 MB); ``command`` is for tests.

        ``data`` is the folder of full data sets; where it is not named, TUTOR_DATA holds.

        ``on_death`` is told, in words, when the process ends without having been closed.
        """
        self.log = log
        self._on_death = on_death
        self._closing = False
        self._data = {"TUTOR_DATA": str(data)} if data else {}
        self._command = list(command or (sys.executable, "-m", "lessons.lab.worker"))
        self._process: asyncio.subprocess.Process | None = None
        self._ready: asyncio.Future[wire.Ready] | None = None
        self._events: dict[int, asyncio.Queue[Any]] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._ids = itertools.count(1)
        self._turn = asyncio.Lock()
        self._starting = asyncio.Lock()
        self._current: int | None = None
        self._halt: asyncio.Future[None] | None = None
        """Set by a stop while a run still waits for the process."""

    @property
    def pid(self) -> int | None:
        """The training process's id, while it lives."""
        return self._process.pid if self._alive() and self._process else None

    async def start(self) -> wire.Ready:
        """Start the process unless it lives; wait until it has loaded torch."""
        async with self._starting:
            if not self._alive():
                await self._spawn()
        assert self._ready is not None
        return await asyncio.shield(self._ready)

    def _alive(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def _spawn(self) -> None:
        # A group of its own: ctrl+c in the terminal does not reach it, and it can be killed whole.
        group: dict[str, Any] = (
            {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
            if sys.platform == "win32"
            else {"start_new_session": True}
        )
        package_root = str(Path(__file__).resolve().parent.parent)
        paths = [package_root, *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = await asyncio.create_subprocess_exec(
            *self._command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            limit=wire.LIMIT,
            env={**os.environ, **self._data, "PYTHONPATH": os.pathsep.join(paths)},
            **group,
        )
        self._ready = asyncio.get_running_loop().create_future()
        # Someone may stop waiting for it; then its failure is nobody's news.
        self._ready.add_done_callback(lambda future: future.cancelled() or future.exception())
        self._tasks = [
            asyncio.create_task(self._read(self._process, self._ready)),
            asyncio.create_task(self._drain(self._process)),
        ]

    async def _read(self, process: asyncio.subprocess.Process, ready: asyncio.Future[wire.Ready]) -> None:
        reading = asyncio.create_task(self._pass_on(process, ready))
        # Death is read from wait(): forked seeds may hold the pipe open after it.
        await process.wait()
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(reading, 0.2)
        _kill_group(process)
        how = _how(process.returncode)
        death = TrainingDied(f"the training process ended ({how})")
        if not ready.done():
            ready.set_exception(death)
        for queue in self._events.values():
            queue.put_nowait(death)
        if self._on_death and not self._closing:
            self._on_death(how)

    async def _pass_on(self, process: asyncio.subprocess.Process, ready: asyncio.Future[wire.Ready]) -> None:
        assert process.stdout is not None
        while line := await process.stdout.readline():
            event = wire.decode(line)
            if isinstance(event, wire.Ready):
                ready.set_result(event)
            elif event.id in self._events:
                self._events[event.id].put_nowait(event)

    async def _drain(self, process: asyncio.subprocess.Process) -> None:
        """Its stderr must be read, or it blocks once the pipe is full."""
        assert process.stderr is not None
        handler = _log_handler(self.log)
        while line := await process.stderr.readline():
            if handler:
                record = logging.LogRecord(
                    "lab", logging.INFO, "", 0, line.decode(errors="replace").rstrip(), None, None
                )
                handler.handle(record)
        if handler:
            handler.close()

    async def events(
        self, recipe: Recipe, seeds: Sequence[int], device: str = "auto", threads: int = 1
    ) -> AsyncIterator[wire.Event]:
        """Train, and yield each event, the last one Finished.

        Raises TrainingDied, TrainingFailed or TrainingStopped. Leaving the iteration early stops the run.
        """
        async with self._turn:
            await self._awake()
            id = next(self._ids)
            queue: asyncio.Queue[Any] = asyncio.Queue()
            self._events[id], self._current = queue, id
            finished = False
            try:
                self._say(wire.Train(id, recipe.to_dict(), list(seeds), device, threads))
                while not finished:
                    event = await queue.get()
                    finished = True
                    if isinstance(event, TrainingDied):
                        raise event
                    if isinstance(event, wire.Trouble) and event.killed:
                        raise TrainingDied(event.message)  # of no other weight than if all of it had been killed
                    if isinstance(event, wire.Trouble):
                        log = f"; its log: {self.log}" if event.logged and self.log else ""
                        raise TrainingFailed(event.message + log, event.lacks, event.logged)
                    if isinstance(event, wire.Stopped):
                        raise TrainingStopped
                    finished = isinstance(event, wire.Finished)
                    yield event
            finally:
                if not finished:
                    self._say(wire.Stop(id))
                self._current = None
                del self._events[id]

    async def _awake(self) -> None:
        """Start for a run; raises TrainingStopped where that is stopped first, and then goes on waking for the next."""
        self._halt = asyncio.get_running_loop().create_future()
        starting = asyncio.ensure_future(self.start())
        starting.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            await asyncio.wait({starting, self._halt}, return_when=asyncio.FIRST_COMPLETED)
            if self._halt.done():
                raise TrainingStopped
            starting.result()
        finally:
            self._halt = None

    async def train(
        self,
        recipe: Recipe,
        seeds: Sequence[int],
        device: str = "auto",
        threads: int = 1,
        on_event: Callable[[wire.Event], None] | None = None,
    ) -> Report:
        """Train and gather the Report; ``on_event`` sees each event as it comes."""
        gathered = Gathered(recipe, seeds, threads)
        async for event in self.events(recipe, seeds, device, threads):
            gathered.take(event)
            if on_event:
                on_event(event)
        return gathered.report()

    async def stop(self) -> None:
        """End the run that is under way, if any. A process that does not answer is killed."""
        if self._halt and not self._halt.done():
            self._halt.set_result(None)
        id = self._current
        if id is None or not self._alive():
            return
        self._say(wire.Stop(id))
        for _ in range(round(STOP_PATIENCE / 0.02)):
            if self._current != id:
                return
            await asyncio.sleep(0.02)
        if self._process:
            _kill_group(self._process)

    async def close(self) -> None:
        """End the training process and everything it started."""
        self._closing = True
        if self._process is None:
            return
        if self._process.stdin:
            self._process.stdin.close()  # it leaves by itself when this end closes
        with suppress(TimeoutError):
            await asyncio.wait_for(self._process.wait(), 1.0)
        _kill_group(self._process)
        await self._process.wait()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _say(self, message: wire.Request) -> None:
        if self._alive() and self._process and self._process.stdin:
            with suppress(ConnectionError, RuntimeError):
                self._process.stdin.write(wire.encode(message))


class Gathered:
    """Events, put together into a Report."""

    def __init__(self, recipe: Recipe, seeds: Sequence[int], threads: int) -> None:
        self.recipe, self.seeds, self.threads = recipe, tuple(seeds), threads
        self.started: wire.Started | None = None
        self.done: dict[int, wire.SeedDone] = {}
        self.history: dict[int, dict[str, list[float | None]]] = {seed: {} for seed in self.seeds}
        self.views: dict[int, list[dict[str, Any]]] = {seed: [] for seed in self.seeds}
        self.seconds = 0.0

    def take(self, event: wire.Event) -> None:
        """Add one event."""
        if isinstance(event, wire.Started):
            self.started = event
        elif isinstance(event, wire.Night):
            for name, value in {"epoch": event.epoch, **event.values}.items():
                self.history[event.seed].setdefault(name, []).append(value)
        elif isinstance(event, wire.Look):
            self.views[event.seed].append(event.view)
        elif isinstance(event, wire.SeedDone):
            self.done[event.seed] = event
        elif isinstance(event, wire.Finished):
            self.seconds = event.seconds

    def report(self) -> Report:
        """The Report, once Finished has come."""
        assert self.started is not None
        names = self.done[self.seeds[0]].metrics
        return Report(
            self.recipe,
            self.seeds,
            self.started.device,
            self.threads,
            self.started.sha256,
            {name: [self.done[seed].metrics[name] for seed in self.seeds] for name in names},
            self.history,
            {seed: done.diverged for seed, done in sorted(self.done.items()) if done.diverged},
            self.seconds,
            self.views,
            {seed: self.done[seed].rates for seed in self.seeds},
        )


def _log_handler(path: Path | None) -> RotatingFileHandler | None:
    if path is None:
        return None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=1_000_000, backupCount=1, encoding="utf-8", delay=True)
    except OSError:
        return None  # a log that cannot be written must not keep the player from training
    handler.handleError = lambda record: None
    return handler


def _kill_group(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _how(code: int | None) -> str:
    if code is not None and code < 0:
        return f"signal {-code}"
    return f"exit code {code}"
