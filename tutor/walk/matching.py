"""What was told, held against what a walk expects."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence

from tutor.walk.expecting import Expect
from tutor.walk.patterns import PATIENCE, TooHard, search

CLIP = 160
"""Characters of what was told that a finding quotes."""


class TooLong(Exception):
    """An expectation that nobody can wait for."""

    def __init__(self, expect: Expect) -> None:
        super().__init__(f"{wanted(expect)} took longer than {PATIENCE:g} s to be looked for. Expect plain words.")
        self.expect = expect


def plain(text: str) -> str:
    """With single spaces for any white space."""
    return " ".join(text.split())


def failures(expects: Sequence[Expect], told: str) -> Iterator[tuple[int, str]]:
    """Line and message of everything that is not as expected; words are expected one after another."""
    words = plain(told)
    place = 0
    for expect in expects:
        found = find(expect, words, 0 if expect.absent else place)
        if expect.absent:
            if found:
                yield expect.line, f"{wanted(expect)} is told, and must not be: {_around(words, found)}."
        elif found:
            place = found[1]
        else:
            yield expect.line, _missing(expect, told, words)


def find(expect: Expect, words: str, place: int = 0) -> tuple[int, int] | None:
    """Where it stands in the words from ``place`` on; what must be absent is found with any capitals."""
    if expect.regex:
        try:
            return search(expect.text, words, place)
        except TooHard:
            raise TooLong(expect) from None
    if expect.absent:
        match = re.compile(re.escape(expect.text), re.IGNORECASE).search(words, place)
        return match.span() if match else None
    start = words.find(expect.text, place)
    return (start, start + len(expect.text)) if start >= 0 else None


def names(expect: Expect, refusal: str) -> bool:
    """Whether a refusal is expected by what it says: a pattern that fits anything does not."""
    words = plain(refusal)
    said = any(word in words for word in re.findall(r"[^\W\d_]{4,}", expect.text))
    return not expect.absent and said and find(expect, words) is not None


def wanted(expect: Expect) -> str:
    """What a line is about."""
    return f"the pattern /{expect.text}/" if expect.regex else quote(expect.text)


def quote(text: str) -> str:
    """In quotation marks, cut short."""
    return f'"{text if len(text) <= CLIP else text[: CLIP - 3] + "..."}"'


def _missing(expect: Expect, told: str, words: str) -> str:
    what = wanted(expect)
    if not words:
        return f"{what} is expected, and nothing was told."
    if earlier := find(expect, words):
        return f"{what} is told before what is expected above it: {_around(words, earlier)}. Change the order."
    if not expect.regex:
        start = words.casefold().find(expect.text.casefold())
        if start >= 0:
            said = words[start : start + len(expect.text)]
            return f"{what} is expected; told with other capitals: {quote(said)}."
    near = nearest(expect.text, told)
    if near:
        return f"{what} is expected and not told. The nearest is: {quote(near)}."
    return f"{what} is expected and not told. The last words are: {quote(last(told))}."


def nearest(text: str, told: str) -> str:
    """The line that is most like a text; empty where none is."""
    lines = {plain(line): None for line in told.splitlines() if line.strip()}
    best, score = "", 0.4
    for line in lines:
        for part in [line, *re.split(r"(?<=[.:?]) ", line)]:
            ratio = difflib.SequenceMatcher(None, text, part[: 4 * CLIP]).ratio()
            if ratio > score:
                best, score = part, ratio
    return best


def last(told: str) -> str:
    """The end of what was told."""
    words = plain(told)
    return words if len(words) <= CLIP else "..." + words[3 - CLIP :]


def _around(words: str, place: tuple[int, int]) -> str:
    start, end = max(0, place[0] - 40), min(len(words), place[1] + 40)
    return quote(f"{'...' * (start > 0)}{words[start:end]}{'...' * (end < len(words))}")
