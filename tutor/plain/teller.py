"""Puts words on a stream of lines, wrapped and without colour."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from story.telling import Passage

WIDTH = 78
LISTED = re.compile(r" +(?:\d+\.|-) ")
"""How a line of a list begins."""


class Teller:
    """Tells to ``out``."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def say(self, text: str = "") -> None:
        """A paragraph, wrapped. What is indented stays so where it wraps: a list under its words, else by three."""
        for line in text.split("\n"):
            listed = LISTED.match(line)
            lead = len(line) - len(line.lstrip())
            indent = " " * (listed.end() if listed else lead + 3 * (lead > 1))
            print(textwrap.fill(line, WIDTH, subsequent_indent=indent, break_on_hyphens=False), file=self._out)
        self._out.flush()

    def lines(self, text: str, indent: str = "") -> None:
        """Code or a table, as it is."""
        print(textwrap.indent(text.rstrip(), indent), file=self._out, flush=True)

    def prompt(self, text: str) -> None:
        """Words before the cursor."""
        print(text, end="", file=self._out, flush=True)

    def passages(self, passages: Iterable[Passage]) -> None:
        """A stretch of the tale."""
        for passage in passages:
            if passage.kind == "code":
                self.lines(passage.text, "    ")
            elif passage.kind == "speech":
                self.say(f"{passage.speaker}: {passage.text}")
            else:
                self.say(passage.text)
            self.say()
