"""One run in a real terminal: it starts, answers, and takes the training process along when it ends."""

from __future__ import annotations

import os
import select
import signal
import struct
import subprocess
import sys
import time
import uuid
from pathlib import Path

import pytest

if not sys.platform.startswith("linux"):
    pytest.skip("looks into /proc", allow_module_level=True)

import fcntl
import pty
import termios

PLAY = (
    "import sys; from pathlib import Path; from tutor.game import Options; from tutor.tui.app import run_tui; "
    "sys.exit(run_tui(Options(home=Path(sys.argv[1]))))"
)
PATIENCE = 60.0


class Terminal:
    """A pseudo-terminal with the game in it."""

    def __init__(self, home: Path) -> None:
        self.mark = uuid.uuid4().hex
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        env = {**os.environ, "TERM": "xterm-256color", "CASTLE_TEST": self.mark, "PYTHONPATH": os.getcwd()}
        self.process = subprocess.Popen(
            [sys.executable, "-c", PLAY, str(home)],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            env=env,
            start_new_session=True,
        )
        os.close(slave)
        self.seen = b""

    def wait_for(self, words: bytes) -> None:
        """Read until these words have been drawn."""
        end = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < end and self.process.poll() is None, self.seen[-500:]
            if select.select([self.master], [], [], 0.1)[0]:
                self.seen += os.read(self.master, 65536)

    def ends(self) -> int:
        """Its exit code; what it still draws is read, as a terminal would."""
        end = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < end:
            if select.select([self.master], [], [], 0.05)[0]:
                try:
                    os.read(self.master, 65536)
                except OSError:
                    break  # nobody holds the other end any more
        return self.process.wait(PATIENCE)

    def family(self) -> list[int]:
        """Every living process that this game has started, itself included."""
        found = []
        for folder in Path("/proc").iterdir():
            try:
                if folder.name.isdigit() and self.mark.encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found


@pytest.fixture
def terminal(tmp_path: Path):
    made = Terminal(tmp_path)
    yield made
    for pid in made.family():
        os.kill(pid, signal.SIGKILL)
    made.process.wait()


@pytest.mark.parametrize("way", ["SIGTERM", "SIGHUP", "key"])
def test_the_training_process_ends_with_the_game(terminal: Terminal, way: str) -> None:
    terminal.wait_for(b"cpu, 1 thread")
    assert len(terminal.family()) > 1
    if way == "key":
        os.write(terminal.master, b"q")
    else:
        terminal.process.send_signal(getattr(signal, way))
    assert terminal.ends() == 0
    assert terminal.family() == []
