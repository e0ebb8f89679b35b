"""A command in a pseudo-terminal of 100x30, with just enough of a screen to know what has been painted."""

from __future__ import annotations

import codecs
import os
import re
import select
import signal
import struct
import sys
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress

from tests.benchmarks.harness import environment
from tests.lab import children

COLUMNS, LINES = 100, 30
TOKEN = re.compile(
    r"\x1b\[(?P<private>[?>=<]?)(?P<numbers>[0-9;:]*)(?P<between>[ -/]*)(?P<final>[@-~])"
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)|\x1b[()*+][0-9A-Za-z]|\x1b[0-9=>A-Za-z]"
    r"|(?P<control>[\x00-\x1a\x1c-\x1f])|(?P<text>[^\x00-\x1f]+)",
    re.S,
)
ANSWERS = {  # what a modern terminal says to the questions that Textual asks
    "\x1b[?2026$p": b"\x1b[?2026;2$y",
    "\x1b[?2048$p": b"\x1b[?2048;0$y",
    "\x1b[6n": b"\x1b[1;1R",
    "\x1b[c": b"\x1b[?62;22c",
}


class Screen:
    """Which cells have been painted since the alternate screen was entered, and with what."""

    def __init__(self, answer: Callable[[bytes], object]) -> None:
        self._answer = answer
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._rest = ""
        self._row = self._column = 0
        self.entered = False
        self.wipe()

    def wipe(self) -> None:
        self._cells = [[" "] * COLUMNS for _ in range(LINES)]
        self._painted: set[tuple[int, int]] = set()

    @property
    def full(self) -> bool:
        """Whether every cell has been painted, and something can be seen."""
        return self.entered and len(self._painted) == COLUMNS * LINES and bool(self.text().strip())

    def text(self) -> str:
        return "\n".join(map("".join, self._cells))

    def find(self, words: str) -> tuple[int, int]:
        """The row and column where some words begin."""
        at = self.text().index(words)
        return divmod(at, COLUMNS + 1)

    def cells(self, row: int, column: int, width: int) -> str:
        return "".join(self._cells[row][column : column + width])

    def feed(self, data: bytes) -> None:
        """Paint what a program wrote, and answer what it asked."""
        text, at = self._rest + self._decode(data), 0
        while at < len(text):
            token = TOKEN.match(text, at)
            if token is None:
                if len(text) - at < 4096:
                    break  # an escape sequence cut in half: the rest is on its way
                at += 1
                continue
            at = token.end()
            if token["text"]:
                self._put(token["text"])
            elif token["control"] == "\r":
                self._column = 0
            elif token["control"] == "\n":
                self._row = min(self._row + 1, LINES - 1)
            elif token["final"]:
                self._obey(token)
        self._rest = text[at:]

    def _obey(self, token: re.Match[str]) -> None:
        if token[0] in ANSWERS:
            self._answer(ANSWERS[token[0]])
        numbers = [int(n) if n.isdigit() else 0 for n in token["numbers"].split(";")]
        count = max(numbers[0], 1)
        if token["private"] == "?":
            if 1049 in numbers and token["final"] == "h":
                self.entered = True
                self.wipe()
        elif token["private"] or token["between"]:
            pass
        elif token["final"] in "Hf":
            self._row, self._column = count - 1, max(numbers[1] if len(numbers) > 1 else 1, 1) - 1
        elif token["final"] == "A":
            self._row = max(self._row - count, 0)
        elif token["final"] == "B":
            self._row = min(self._row + count, LINES - 1)
        elif token["final"] == "C":
            self._column = min(self._column + count, COLUMNS)
        elif token["final"] == "D":
            self._column = max(self._column - count, 0)

    def _put(self, text: str) -> None:
        for letter in text:
            if unicodedata.combining(letter):
                continue
            for cell in (letter, " ")[: 2 if unicodedata.east_asian_width(letter) in "WF" else 1]:
                if self._row < LINES and self._column < COLUMNS:
                    self._cells[self._row][self._column] = cell
                    self._painted.add((self._row, self._column))
                self._column += 1


class Terminal:
    """``python ARGUMENTS`` in a terminal; killed, with all that it started, on leaving the ``with`` block."""

    def __init__(self, arguments: Sequence[str], **env: str) -> None:
        import fcntl  # these three are not on every system
        import pty
        import termios

        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            try:
                fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
                size = {"COLUMNS": str(COLUMNS), "LINES": str(LINES)}
                settings = environment(TERM="xterm-256color", COLORTERM="truecolor", **size, **env)
                os.execve(sys.executable, [sys.executable, *arguments], settings)
            finally:
                os._exit(127)
        self.screen = Screen(self.write)

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        family = [self.pid]
        for pid in family:
            family += children(pid)
        for pid in family:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(OSError):
            os.close(self._fd)
        with suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def write(self, data: bytes) -> None:
        """Type."""
        os.write(self._fd, data)

    def until(self, condition: Callable[[], object], seconds: float = 60) -> float:
        """Read until a condition on the screen is true; the ``perf_counter`` when the bytes that made it so came."""
        end = time.perf_counter() + seconds
        came = time.perf_counter()
        while not condition():
            left = end - time.perf_counter()
            if left <= 0:
                raise TimeoutError(f"never came in {seconds:g} s; the screen:\n{self.screen.text()}")
            if not select.select([self._fd], [], [], min(left, 0.05))[0]:
                continue
            try:
                data = os.read(self._fd, 1 << 16)
            except OSError:
                data = b""
            if not data:
                raise RuntimeError(f"the program ended; the screen:\n{self.screen.text()}")
            came = time.perf_counter()
            self.screen.feed(data)
        return came

    def drain(self, seconds: float) -> None:
        """Go on reading for a while."""
        end = time.perf_counter() + seconds
        self.until(lambda: time.perf_counter() >= end, seconds + 60)

    def wait(self, words: str, seconds: float = 60) -> float:
        """Read until some words can be seen."""
        return self.until(lambda: words in self.screen.text(), seconds)

    def cpu(self) -> float:
        """Processor seconds of the program so far (Linux: the clock of another process has this number)."""
        return time.clock_gettime((~self.pid << 3) | 2)
