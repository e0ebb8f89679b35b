"""What a walk expects to be told, or not to be: how its lines are read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lessons.mistakes import Mistake, clip
from tutor.walk.patterns import TooHard, search

MAX_REGEX = 300
MARKS = {
    r"(?<![\w*])\*\*([^\s*][^*]*)\*\*(?!\*)": r"\1",
    r"(?<![\w*])\*([^\s*][^*]*)\*(?![\w*])": r"\1",
    r"`+([^`]+)`+": r"\1",
    r"\[([^\]]*)\]\((?:#|[^()\s]*\.md)[^()\s]*\)": r"\1",
}
"""What Markdown takes for a mark, and what is told of it."""
_SPEAKER = re.compile(r"\*\*[A-Z]:\*\*\s*")


@dataclass(frozen=True)
class Expect:
    """Something that is held against what was told."""

    line: int
    text: str
    regex: bool = False
    absent: bool = False
    """Whether it must not be told."""


def read(number: int, line: str) -> Expect:
    """One line of a walk that is no command."""
    text, absent = line, line[0] == "!"
    if absent:
        text = line[1:].strip()
    if text[:1] == "/":
        return Expect(number, _regex(text), regex=True, absent=absent)
    if text[:1] == "\\" and (not absent or text[1:2] == "/"):
        text = text[1:]
    text = " ".join(text.split())
    if not text:
        raise Mistake(f"nothing stands after {line[0]}. Write words, or remove the line.")
    if (told := as_told(text)) != text:
        raise Mistake(_never_told(text, told))
    return Expect(number, text, absent=absent)


def as_told(text: str) -> str:
    """Words of a chapter without the marks of Markdown."""
    for mark, words in MARKS.items():
        text = re.sub(mark, words, text)
    return text


def _never_told(text: str, told: str) -> str:
    why = f"{clip(text)} holds marks of Markdown, which are never told."
    if found := _SPEAKER.match(text):
        words = as_told(text[found.end() :]) or "..."
        return f'{why} Write "{words}", or the name of who speaks before it: "NAME: {words}".'
    return f'{why} Write "{told}".'


def _regex(text: str) -> str:
    pattern = text[1:-1]
    if len(text) < 3 or text[-1] != "/":
        raise Mistake(f"{clip(text)} is no pattern. Write /.../, or \\{text} for words that begin with a slash.")
    if len(pattern) > MAX_REGEX:
        raise Mistake(f"the pattern has {len(pattern)} characters; {MAX_REGEX} are allowed. Expect plain words.")
    try:
        re.compile(pattern)
        found = search(pattern, "") or search(pattern, "a")
    except (re.error, RecursionError, OverflowError) as error:
        raise Mistake(f"the pattern {clip(pattern)} cannot be read: {error}. Or expect plain words.") from None
    except TooHard:
        raise Mistake(f"the pattern {clip(pattern)} takes too long to be found. Expect plain words.") from None
    if found and found[0] == found[1]:
        raise Mistake(f"the pattern {clip(pattern)} is found in every text, also where nothing is told. Add words.")
    return pattern
