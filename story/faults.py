"""What is wrong with a chapter file: every error names the file, the line and the remedy."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lessons.mistakes import Mistake

_TURNS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Characters that reorder a line on the screen, so that it reads otherwise than it is."""

MAX_ERRORS = 200
"""Of one file; nobody mends more at a sitting."""
MAX_WORDS = 2000
"""Characters of one error."""


class ChapterError(Mistake):
    """One error of a chapter file; its text is ``FILE:LINE: message``, on one line."""

    def __init__(self, path: Path, line: int, message: str) -> None:
        self.path, self.line, self.message = path, line, " ".join(message.split())
        super().__init__(f"{path}:{line}: {self.message}")


class ChapterErrors(Mistake):
    """Every error found, in order of file and line; its text has one line for each."""

    def __init__(self, errors: Iterable[ChapterError]) -> None:
        self.errors = tuple(errors)
        super().__init__("\n".join(str(error) for error in self.errors))


class Faults:
    """Collects the errors of one file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._found: dict[tuple[int, str], ChapterError] = {}
        self._count = 0

    def add(self, line: int, message: object) -> None:
        """Notes an error; the same words on the same line are noted once, and ``MAX_ERRORS`` in all."""
        self._count += 1
        message = shorten(str(message))
        if len(self._found) < MAX_ERRORS:
            error = ChapterError(self.path, line, message)
            self._found.setdefault((line, error.message), error)

    @contextmanager
    def at(self, line: int) -> Iterator[None]:
        """Notes a ``Mistake`` from within as an error of that line, and goes on."""
        try:
            yield
        except Mistake as mistake:
            self.add(line, mistake)

    def __len__(self) -> int:
        """How many were noted, those told once for several included: so that a new one is seen."""
        return self._count

    def raise_any(self) -> None:
        """Raises ``ChapterErrors`` if there was one."""
        if self._found:
            raise ChapterErrors(sorted(self._found.values(), key=lambda error: error.line))


def shorten(message: str) -> str:
    """An error that stays readable: what was written may be long."""
    return message if len(message) <= MAX_WORDS else message[:MAX_WORDS] + " ..."


def stray(text: str) -> str:
    """The name of the first character that a terminal would obey, not show; empty if there is none."""
    if text.isprintable():  # a hundredth of the time
        return ""
    for character in text:
        if character in "\n\t":
            continue
        if character in _TURNS or unicodedata.category(character) in ("Cc", "Zl", "Zp", "Cs"):
            return f"U+{ord(character):04X}"
    return ""


def harmless(text: str) -> str:
    """The text with the name of each character that a terminal would obey in its place."""
    return "".join(f"<U+{ord(c):04X}>" if c not in "\n\t" and stray(c) else c for c in text)
