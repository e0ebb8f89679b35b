"""Where each key of a TOML text stands. ``tomllib`` does not say."""

from __future__ import annotations

import re

from lessons.mistakes import Mistake

MAX_DEPTH = 8
"""Keys within keys; an author needs four."""

Path = tuple[str | int, ...]
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SPACE = re.compile(r"(?:\s|#[^\n]*)*")
STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' r"'''.*?'{3,5}|" r'"(?:\\.|[^"\\\n])*"|' r"'[^'\n]*'",
    re.DOTALL,
)
_OTHER = re.compile(r"[^,\]}\n#]*")


def key_lines(text: str) -> dict[Path, int]:
    """The line, from 0, of each key and list item of a TOML text that ``tomllib`` accepts.

    A list of tables counts like a list: the first ``[[goal]]`` is ``("goal", 0)``.
    Raises ``Mistake`` past ``MAX_DEPTH``.
    """
    return _Walk(text).document()


class _Walk:
    """A walk over valid TOML that keeps nothing but places."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[Path, int] = {}
        self.counted = self.line = 0

    def document(self) -> dict[Path, int]:
        table: Path = ()
        tables: dict[Path, int] = {}
        self.skip()
        while self.at < len(self.text):
            if self.text.startswith("[[", self.at):
                self.at += 2
                name = self.key(())
                tables[name] = tables.get(name, -1) + 1
                table = (*name, tables[name])
                self.mark(table)
                self.at += 2
            elif self.text.startswith("[", self.at):
                self.at += 1
                table = self.key(())
                self.at += 1
            else:
                self.pair(table)
            self.skip()
        return self.lines

    def skip(self) -> None:
        self.at = _SPACE.match(self.text, self.at).end()  # type: ignore[union-attr]

    def mark(self, path: Path) -> None:
        if len(path) > MAX_DEPTH:
            raise Mistake(f"tables and lists are nested more than {MAX_DEPTH} deep. Flatten them.")
        self.line += self.text.count("\n", self.counted, self.at)
        self.counted = self.at
        self.lines.setdefault(path, self.line)

    def pair(self, table: Path) -> None:
        path = self.key(table)
        self.at += 1
        self.value(path)

    def key(self, path: Path) -> Path:
        """Reads a dotted key and what space follows it."""
        while True:
            self.skip()
            if quoted := STRING.match(self.text, self.at):
                part, end = quoted[0][1:-1], quoted.end()
            else:
                bare = _BARE.match(self.text, self.at)
                part, end = (bare[0], bare.end()) if bare else ("", self.at + 1)
            path = (*path, part)
            self.mark(path)
            self.at = end
            self.skip()
            if not self.text.startswith(".", self.at):
                return path
            self.at += 1

    def value(self, path: Path) -> None:
        self.skip()
        if quoted := STRING.match(self.text, self.at):
            self.at = quoted.end()
        elif self.text.startswith("[", self.at):
            self.items(path, "]", numbered=True)
        elif self.text.startswith("{", self.at):
            self.items(path, "}", numbered=False)
        else:
            self.at = _OTHER.match(self.text, self.at).end()  # type: ignore[union-attr]

    def items(self, path: Path, close: str, numbered: bool) -> None:
        self.at += 1
        number = 0
        self.skip()
        while self.at < len(self.text) and self.text[self.at] != close:
            if numbered:
                self.mark((*path, number))
                self.value((*path, number))
                number += 1
            else:
                self.pair(path)
            self.skip()
            if self.text.startswith(",", self.at):
                self.at += 1
                self.skip()
        self.at += 1
