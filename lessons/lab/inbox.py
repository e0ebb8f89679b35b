"""Where requests arrive: the training process's standard input."""

from __future__ import annotations

import os
import queue
import select
import sys
import threading
from collections.abc import Sequence
from typing import Any

from lessons.wire import Lines


class Inbox:
    """Requests from file descriptor 0, together with other descriptors that may be waited for.

    ``select`` does not take pipes on Windows, so there a thread reads; it reads the raw
    descriptor, since a thread blocked in ``sys.stdin.buffer`` aborts the interpreter at its end.
    """

    def __init__(self) -> None:
        self.closed = False
        """True once the other side has gone."""
        self._lines = Lines()
        self._queue: queue.Queue[bytes] | None = None
        if sys.platform == "win32":
            self._queue = queue.Queue()
            threading.Thread(target=self._read, daemon=True).start()

    def poll(self, timeout: float | None, others: Sequence[int] = ()) -> tuple[list[Any], list[int]]:
        """Wait up to ``timeout`` seconds (None: for ever); the requests, and the others that are readable."""
        if self._queue is not None:
            try:
                return self._take(self._queue.get(timeout=timeout) if timeout != 0 else self._queue.get_nowait()), []
            except queue.Empty:
                return [], []
        ready, _, _ = select.select([0, *others], [], [], timeout)
        requests = self._take(os.read(0, 1 << 16)) if 0 in ready else []
        return requests, [fd for fd in ready if fd != 0]

    def _take(self, data: bytes) -> list[Any]:
        if not data:
            self.closed = True
            return []
        return self._lines.feed(data)

    def _read(self) -> None:
        assert self._queue is not None
        while data := os.read(0, 1 << 16):
            self._queue.put(data)
        self._queue.put(b"")
