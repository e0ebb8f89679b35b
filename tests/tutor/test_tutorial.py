"""``docs/write-a-chapter.md``, followed literally from an empty folder: each command, each edit, each line it shows."""

import os
import queue
import re
import shlex
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "write-a-chapter.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"(?:^<!-- (?P<what>[a-z ]+)(?:: (?P<where>.+?))? -->\n)?^(?P<fence>```+)(?P<kind>\w+)\n(?P<body>.*?)^(?P=fence)$"
    r"|^<!-- (?P<alone>paste) -->$",
    re.MULTILINE | re.DOTALL,
)


class Reader:
    """Somebody who follows the page, in an empty folder."""

    def __init__(self, folder):
        self.folder, self.env = folder, {**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(folder.parent / "h")}
        self.said = ""
        """What the last command printed."""
        self.second = None

    def follow(self, step):
        """One step of the page."""
        what, body = step["what"], step["body"]
        if step["alone"]:
            self.paste()
        elif what == "second terminal":
            self.second = Second(command(body.removeprefix("$ ").strip()), self.folder, self.env)
        elif step["kind"] == "sh":
            for block in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
                line, *expected = block.rstrip("\n").split("\n")
                self.run(line, expected)
        elif what == "file":
            (self.folder / step["where"]).write_text(body, encoding="utf-8")
        else:
            self.edit(what, step["where"], body)

    def run(self, line, expected):
        done = subprocess.run(
            command(line), cwd=self.folder, env=self.env, capture_output=True, text=True, timeout=500, input=""
        )
        assert not done.stderr, done.stderr
        rest = self.said = done.stdout
        for words in expected:
            assert words in rest, f"$ {line}: {words!r} is not in what follows:\n{rest}"
            rest = rest[rest.index(words) + len(words) :]
        assert done.returncode == ("error" in "".join(expected) and "0 errors" not in "".join(expected)), self.said

    def edit(self, what, where, body):
        """``from``: from the line that begins so to the end; ``lines``: each line in place of the one with its key."""
        path = self.folder / "the-tower.md"
        lines, new = path.read_text(encoding="utf-8").split("\n"), body.rstrip("\n").split("\n")
        if what == "from":
            lines[self._line(lines, where) :] = [*new, ""]
        else:
            for line in new:
                lines[self._line(lines, where if len(new) == 1 else line.split("=")[0])] = line
        path.write_text("\n".join(lines), encoding="utf-8")

    @staticmethod
    def _line(lines, start):
        (at,) = [number for number, line in enumerate(lines) if line.startswith(start)]
        return at

    def paste(self):
        """The block that calibrate ended with, in place of the lesson's goal, solution and traps."""
        block = self.said[self.said.index("\ngoal = ") + 1 :].rstrip("\n")
        path = self.folder / "the-tower.md"
        text = path.read_text(encoding="utf-8")
        text = re.sub(r"^solution = .*\n", "", text, flags=re.MULTILINE)
        text = re.sub(r"^traps = \[\n.*?^\]\n", "", text, flags=re.MULTILINE | re.DOTALL)
        text = re.sub(r"^goal = .*$", lambda _: block, text, flags=re.MULTILINE)
        path.write_text(text, encoding="utf-8")


class Second:
    """The game that stays open beside the editor, line by line, for there is no terminal here."""

    def __init__(self, words, folder, env):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        self.process = subprocess.Popen(words, cwd=folder, env=env, text=True, **pipes)
        self.lines, self.told = queue.Queue(), ""
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.lines.put(line)

    def tells(self, words):
        """Wait until these words have been told since the last time, however the lines are broken."""
        until = time.monotonic() + 60
        while words not in " ".join(self.told.split()):
            try:
                self.told += self.lines.get(timeout=max(until - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"{words!r} is not told:\n{self.told}") from None
        self.told = ""

    def close(self):
        self.process.kill()
        self.process.wait()


def command(line):
    """A line as a shell would split it; ``tutor`` is the one of this tree."""
    words = shlex.split(line)
    return [sys.executable, "-m", *words] if words[0] == "tutor" else words


@pytest.mark.slow
def test_the_page_followed_literally_gives_a_chapter_that_is_proved(tmp_path):
    folder = tmp_path / "empty"
    folder.mkdir()
    reader = Reader(folder)
    steps = list(STEP.finditer(PAGE))
    within = sum(step["body"].count("\n```") for step in steps if step["fence"] == "````")
    assert PAGE.count("\n```") == within + 2 * sum(bool(step["kind"]) for step in steps), "a step is not carried out"
    try:
        for step in steps:
            reader.follow(step)
            if step["what"] == "second terminal":
                reader.second.tells("The stairs end in a cellar")
            elif step["what"] == "from":
                reader.second.tells("setting 'width' is not known")
            elif step["where"] == "setting.width =":
                reader.second.tells("The signal tower has two shutters.")
    finally:
        if reader.second:
            reader.second.close()
    assert reader.second and (folder / "the-tower.walk").exists()
    done = subprocess.run(
        command("tutor check . --strict --no-train"), cwd=folder, env=reader.env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_the_page_takes_fifteen_minutes():
    words = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
    assert sum(words[n] for n in re.findall(r"^## .*\((\w+) minutes?\)$", PAGE, re.MULTILINE)) <= 15
