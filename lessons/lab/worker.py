"""The training process: reads requests, trains, writes events. Started with ``python -m``."""

from __future__ import annotations

import dataclasses
import os
import signal
import sys
import time
import traceback
from dataclasses import dataclass, field

BEGUN = time.perf_counter()
# Threads that wait for work would spin on the cores that the seeds need. Set before torch loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "0")

import torch  # noqa: E402

from lessons.lab import devices, forked  # noqa: E402
from lessons.lab.forge import load_data  # noqa: E402
from lessons.lab.inbox import Inbox  # noqa: E402
from lessons.lab.spawned import Seat, Seats  # noqa: E402
from lessons.lab.training import Order, StopTraining, train_seed  # noqa: E402
from lessons.mistakes import Mistake  # noqa: E402
from lessons.recipe import Recipe  # noqa: E402
from lessons.source import source  # noqa: E402
from lessons.wire import (  # noqa: E402
    Event,
    Finished,
    Ready,
    SeedDone,
    Started,
    Stop,
    Stopped,
    Train,
    Trouble,
    encode,
)

KILL_AFTER = 1.0
"""Seconds after which a seed that does not hear the flag is killed."""
AT_ONCE = 6
"""Seeds that train side by side even on fewer cores: the five of a verdict then end together, and not in rounds."""
LOOK_AGAIN = 0.5
"""Seconds between two looks at children that are on their way out."""


@dataclass
class Run:
    """One request under way."""

    request: Train
    recipe: Recipe
    device: str
    waiting: list[int]
    flag: forked.Flag = field(default_factory=forked.Flag)
    begun: float = field(default_factory=time.perf_counter)
    stop_asked: float = 0.0
    failed: str = ""
    killed: bool = False
    done: set[int] = field(default_factory=set)

    @property
    def id(self) -> int:
        """By which the screen names it."""
        return self.request.id

    @property
    def threads(self) -> int:
        """Threads of each seed."""
        return self.request.threads

    def order(self, seed: int) -> Order:
        """What one seed is to do; the first alone is looked into while it trains, if any is."""
        watched = self.request.watched and seed == self.request.seeds[0]
        return Order(self.id, self.recipe, seed, self.device, self.threads, watched)

    def alone(self, seed: int) -> Train:
        """The request of one seed, for another process."""
        watched = self.order(seed).watched
        return dataclasses.replace(self.request, seeds=[seed], device=self.device, watched=watched)


class Worker:
    """Serves one screen until its end of the pipe closes."""

    def __init__(self, out: int) -> None:
        self._out = out
        self._inbox = Inbox()
        self._runs: dict[int, Run] = {}
        self._seats = Seats()
        self._children: list[forked.Child | Seat] = []
        self._leaving: list[forked.Child | Seat] = []
        """Children that have said all and need only be reaped."""
        self._cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else (os.cpu_count() or 1)

    def send(self, event: Event) -> None:
        """Write one event; ends the process when nobody reads any more."""
        line = encode(event)
        try:
            while line:
                line = line[os.write(self._out, line) :]
        except OSError:
            self._leave()

    def serve(self) -> None:
        """Until standard input closes."""
        while True:
            leaving = self._leaving or any(run.stop_asked for run in self._runs.values())
            timeout = LOOK_AGAIN if leaving else None
            if self._ready():
                timeout = 0
            requests, readable = self._inbox.poll(timeout, [child.fd for child in self._children])
            self._hear(requests)
            for child in [c for c in self._children if c.fd in readable]:
                self._listen(child)
            self._kill_the_deaf()
            self._go_on()
            self._leaving = [child for child in self._leaving if not child.reaped()]

    def _hear(self, requests: list[object]) -> None:
        if self._inbox.closed:
            self._leave()
        for request in requests:
            if isinstance(request, Stop):
                self._stop(request.id)
            elif isinstance(request, Train):
                self._accept(request)

    def _accept(self, request: Train) -> None:
        try:
            recipe = Recipe.from_dict(request.recipe)
            device = devices.choose(request.device)
            devices.require(request.threads)
            program = source(recipe)
            self.send(Started(request.id, device, program.sha256))
            load_data(recipe, program, device, request.seeds[0])  # here: every forked seed finds it loaded
        except devices.Lacking as error:
            self.send(Trouble(request.id, str(error), lacks=True))
        except Mistake as error:
            self.send(Trouble(request.id, str(error)))
        else:
            self._runs[request.id] = Run(request, recipe, device, list(request.seeds))

    def _stop(self, id: int) -> None:
        if id in self._runs:
            run = self._runs[id]
            run.stop_asked = run.stop_asked or time.perf_counter()
            self._halt(run)

    def _halt(self, run: Run) -> None:
        """No further seed, and those under way are told to end."""
        run.waiting.clear()
        run.flag.up()
        for child in self._children:
            if child.run == run.id:
                child.stop()

    def _ready(self) -> Run | None:
        """A run with a seed that could start now."""
        for run in self._runs.values():
            # A forked seed costs next to nothing, a spawned one half a gigabyte.
            most = max(AT_ONCE, self._cores) if can_fork(run.device) else self._cores
            if run.waiting and len(self._children) < max(1, most // run.threads):
                return run
        return None

    def _go_on(self) -> None:
        while run := self._ready():
            seed = run.waiting.pop(0)
            if can_fork(run.device):
                foreign = [self._out, *(child.fd for child in self._children)]
                order = run.order(seed)
                train = lambda send, stopped, order=order: train_seed(order, send, stopped)  # noqa: E731
                self._children.append(forked.fork(run.id, seed, run.flag, foreign, train))
            elif len(run.request.seeds) > 1 and can_spawn(run.device):
                seat = self._seats.take()
                seat.begin(run.alone(seed))
                self._children.append(seat)
            else:
                self._train_here(run, seed)
        for run in list(self._runs.values()):
            if not run.waiting and not any(child.run == run.id for child in self._children):
                self._end(run)

    def _train_here(self, run: Run, seed: int) -> None:
        """One seed in this process: accelerators do not survive a fork, and not every system forks."""

        def stopped() -> bool:
            self._hear(self._inbox.poll(0)[0])
            return run.flag.is_up()

        def send(event: Event) -> None:
            if isinstance(event, SeedDone):
                run.done.add(event.seed)
            self.send(event)

        try:
            train_seed(run.order(seed), send, stopped)
        except StopTraining:
            pass
        except Exception as error:
            traceback.print_exc()
            run.failed = (
                f"seed {seed} failed: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}"
            )
            run.waiting.clear()

    def _listen(self, child: forked.Child | Seat) -> None:
        events, ended = child.read()
        run = self._runs[child.run]
        for event in events:
            if isinstance(event, SeedDone):
                run.done.add(event.seed)
            if not run.stop_asked:
                self.send(event)
        if not ended:
            return
        self._children.remove(child)
        child.close()
        if run.stop_asked or child.seed in run.done:
            # Reaped later: giving back its memory takes ten milliseconds, and nobody need wait for that.
            self._leaving.append(child)
        else:
            code = child.reap()
            if code not in (forked.DONE, forked.STOPPED):
                how = f"was ended by signal {-code}" if code < 0 else "failed"
                run.killed = run.killed or code < 0
                run.failed = run.failed or f"the process that trained seed {child.seed} {how}"
                self._halt(run)

    def _kill_the_deaf(self) -> None:
        for child in self._children:
            asked = self._runs[child.run].stop_asked
            if asked and time.perf_counter() - asked > KILL_AFTER:
                child.kill()

    def _end(self, run: Run) -> None:
        del self._runs[run.id]
        if run.failed:
            self.send(Trouble(run.id, run.failed, logged=not run.killed, killed=run.killed))
        elif run.stop_asked:
            self.send(Stopped(run.id))
        else:
            self.send(Finished(run.id, time.perf_counter() - run.begun))

    def _leave(self) -> None:
        for child in self._children:
            child.kill()
        os._exit(0)


def can_spawn(device: str) -> bool:
    """Whether a seed may have a kept process of its own; Windows cannot wait for several pipes at once."""
    return device == "cpu" and sys.platform != "win32"


def can_fork(device: str) -> bool:
    """Whether a seed may have a forked process of its own."""
    return device == "cpu" and sys.platform == "linux"


def main() -> None:
    """Load torch, say Ready, serve."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # ctrl+c is the screen's to answer
    # Nothing but messages may reach the pipe: whatever prints to standard output goes to the log.
    out = os.dup(1)
    os.dup2(2, 1)
    worker = Worker(out)
    devices.warm()
    worker.send(Ready(torch.__version__, devices.devices(), time.perf_counter() - BEGUN))
    worker.serve()


if __name__ == "__main__":
    main()
