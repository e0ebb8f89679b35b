"""The terminal that the game is shown in: it may go away at any moment, and the game goes with it."""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from contextlib import suppress
from typing import TextIO

WATCH = 1.0
"""Seconds between two looks at whether the terminal is still there."""


class Lasting:
    """An output that outlasts its terminal: what is written to one that has gone is lost.

    Textual's writing thread would end with the first error; the game would go on painting until the thread's queue
    is full, and then wait for ever.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.fileno = file.fileno

    def write(self, text: str) -> None:
        """Write if there is a terminal."""
        with suppress(OSError):
            self._file.write(text)

    def flush(self) -> None:
        """Send what is written if there is a terminal."""
        with suppress(OSError):
            self._file.flush()


async def until_hung_up(then: Callable[[], object]) -> None:
    """Do something when the terminal goes away, of which whoever started the program may keep the signal to themselves.

    Where terminals cannot be asked (Windows), nothing is ever done.
    """
    if not hasattr(select, "poll"):
        return
    terminal = select.poll()
    terminal.register(0, 0)  # that it has hung up is said unasked
    while not any(said & select.POLLHUP for _, said in terminal.poll(0)):
        await asyncio.sleep(WATCH)
    then()
