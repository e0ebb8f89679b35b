"""One seed in a process of its own where nothing can be forked: training processes that are kept for the next seed.

Each is this very worker, asked for one seed at a time. Loading torch costs it seconds and half a gigabyte,
so it is started for the first run of several seeds and stays.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field

from lessons.lab.forked import DONE, FAILED, STOPPED
from lessons.wire import Event, Finished, Lines, Ready, Started, Stop, Stopped, Train, Trouble, encode


@dataclass
class Seat:
    """A kept process, and the seed that it trains, if any; to the worker it looks like a forked child."""

    process: subprocess.Popen[bytes]
    seats: Seats
    run: int = 0
    seed: int = 0
    lines: Lines = field(default_factory=Lines)
    code: int | None = None
    """How the seed ended."""

    @property
    def fd(self) -> int:
        """The reading end of its pipe."""
        assert self.process.stdout is not None
        return self.process.stdout.fileno()

    def read(self) -> tuple[list[Event], bool]:
        """The events that have arrived, and whether the seed has ended."""
        data = os.read(self.fd, 1 << 18)
        if not data:
            self.code = -9 if self.process.wait() < 0 else FAILED
        passed = []
        for event in self.lines.feed(data):
            if isinstance(event, (Finished, Stopped, Trouble)):
                self.code = {Finished: DONE, Stopped: STOPPED, Trouble: FAILED}[type(event)]
            elif not isinstance(event, (Ready, Started)):
                passed.append(event)
        return passed, self.code is not None

    def begin(self, order: Train) -> None:
        """Train one seed."""
        self.run, self.seed, self.code = order.id, order.seeds[0], None
        self._say(order)

    def stop(self) -> None:
        """End the seed."""
        self._say(Stop(self.run))

    def reap(self) -> int:
        """How the seed ended; negative for a process that was killed."""
        assert self.code is not None
        return self.code

    def reaped(self) -> bool:
        """Nothing is waited for: the process stays."""
        return True

    def close(self) -> None:
        """Keep the process for the next seed."""
        self.seats.give_back(self)

    def kill(self) -> None:
        """End the process itself; another takes its place."""
        self.process.kill()

    def _say(self, message: Train | Stop) -> None:
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(encode(message))
            self.process.stdin.flush()
        except OSError:
            pass  # it has died; reading says so


class Seats:
    """The processes kept so far."""

    def __init__(self) -> None:
        self._free: list[Seat] = []

    def take(self) -> Seat:
        """A process without a seed, started if there is none."""
        while self._free:
            seat = self._free.pop()
            if seat.process.poll() is None:
                return seat
        command = [sys.executable, "-m", "lessons.lab.worker"]
        # Its complaints go where this process's own go.
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
        return Seat(process, self)

    def give_back(self, seat: Seat) -> None:
        """Keep a process for the next seed."""
        if seat.process.poll() is None:
            self._free.append(seat)
