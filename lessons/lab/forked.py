"""One seed in a process of its own, forked from the one that already holds torch (Linux, CPU)."""

from __future__ import annotations

import mmap
import os
import signal
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

from lessons.lab.training import StopTraining
from lessons.wire import Event, Lines, encode

DONE, FAILED, STOPPED = 0, 1, 2
"""How a child ends."""


class Flag:
    """A byte that a process and its forked children share: up means stop."""

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def up(self) -> None:
        self._byte[0] = 1

    def is_up(self) -> bool:
        return self._byte[0] != 0


@dataclass
class Child:
    """A running seed, as its parent sees it."""

    run: int
    seed: int
    pid: int
    fd: int
    """The reading end of the child's own pipe; a shared one would tear large lines."""
    lines: Lines = field(default_factory=Lines)

    def read(self) -> tuple[list[Event], bool]:
        """The events that have arrived, and whether the child has closed its end."""
        data = os.read(self.fd, 1 << 18)
        return self.lines.feed(data), not data

    def reap(self) -> int:
        """Wait for the ended child: its exit code, negative for a signal."""
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def reaped(self) -> bool:
        """Let an ended child go, if the system has taken its memory back already."""
        return os.waitpid(self.pid, os.WNOHANG)[0] != 0

    def stop(self) -> None:
        """Nothing to say: it sees the flag."""

    def close(self) -> None:
        """Close its pipe."""
        os.close(self.fd)

    def kill(self) -> None:
        """End it now."""
        os.kill(self.pid, signal.SIGKILL)


def fork(
    run: int,
    seed: int,
    flag: Flag,
    foreign: list[int],
    train: Callable[[Callable[[Event], None], Callable[[], bool]], None],
) -> Child:
    """Start a child that calls ``train(send, stopped)``; ``foreign`` descriptors are not for it."""
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid:
        os.close(writing)
        return Child(run, seed, pid, reading)
    code = FAILED
    try:
        # Standard output belongs to the parent alone: a child that held it would keep the
        # screen from seeing the end of a killed training process.
        nothing = os.open(os.devnull, os.O_RDWR)
        os.dup2(nothing, 0)
        for fd in (reading, *foreign):
            os.close(fd)

        os.nice(5)  # while all cores train, the screen must still answer a key at once

        def send(event: Event) -> None:
            line = encode(event)
            while line:
                line = line[os.write(writing, line) :]

        def stopped() -> bool:
            if os.getppid() != parent:
                os._exit(STOPPED)  # nobody is left to train for
            return flag.is_up()

        train(send, stopped)
        code = DONE
    except StopTraining:
        code = STOPPED
        os.close(writing)  # says so now: giving back the memory takes the system some milliseconds
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)
