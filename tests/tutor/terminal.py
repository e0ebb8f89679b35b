"""``tutor play`` in a pseudo-terminal, with its whole family of processes."""

import contextlib
import fcntl
import json
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import sys
import termios
import threading
from pathlib import Path

from tests.lab import children, until

ROOT = Path(__file__).resolve().parents[2]
ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b[\]P^_].*?(?:\x07|\x1b\\)|\x1b.", re.S)


class Terminal:
    """``tutor play`` in a pseudo-terminal; ended, with all its children, when the test ends."""

    def __init__(self, home, *arguments, size=(24, 80), program=("-m", "tutor", "play"), **env):
        self.home, self.seen, self._closed = home, "", False
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            environment = {
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "TERM": "xterm-256color",
                "TUTOR_HOME": str(home),
                **env,
            }
            os.execve(sys.executable, [sys.executable, *program, *arguments], environment)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
        self._family = {self.pid}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        while not self._closed:
            if not select.select([self.fd], [], [], 0.1)[0]:
                continue
            try:
                data = os.read(self.fd, 1 << 16)
            except OSError:
                return
            if not data:
                return
            self.seen += ESCAPES.sub("", data.decode(errors="replace"))

    def hang_up(self):
        """The terminal goes away; a reader that waited in it would hold it open."""
        self._closed = True
        self._reader.join()
        os.close(self.fd)

    def type(self, text):
        os.write(self.fd, text.encode())

    async def wait(self, words, seconds=60):
        await until(lambda: words in self.seen, seconds)
        self.seen = ""

    def family(self):
        """The game, its training process, and that one's seeds."""
        found = [self.pid]
        for pid in found:
            found += children(pid)
        self._family |= set(found)
        return found

    def scene(self):
        with contextlib.closing(sqlite3.connect(self.home / "castle.db")) as db:
            return json.loads(db.execute("SELECT state FROM slot").fetchone()[0])

    def runs(self):
        with contextlib.closing(sqlite3.connect(self.home / "castle.db")) as db:
            return db.execute("SELECT count(*) FROM run").fetchone()[0]

    def close(self):
        self.family()
        for pid in self._family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not self._closed:
            self.hang_up()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)


@contextlib.contextmanager
def terminal(home, *arguments, **options):
    one = Terminal(home, *arguments, **options)
    try:
        yield one
    finally:
        one.close()


async def to_the_blank_page(game):
    await game.wait("New")
    await until(lambda: children(game.pid))
    game.type("2")
    await game.wait("Lucy Westenra, of her own will")
    for _ in range(3):
        before = game.scene()["scene"]
        game.type("1")
        await until(lambda before=before: game.scene()["scene"] != before)
    assert game.scene()["scene"] == "blank-page"
    await game.wait("dials")
