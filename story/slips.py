"""What is wrong with a text that is not TOML, in words for those who seldom write any."""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections.abc import Iterator
from typing import Any

from lessons.mistakes import clip
from story.places import STRING, Path

MAX_DIGITS = 15
"""Of a whole number in a chapter: past it nothing has a use, and Python soon refuses to write it out."""
_CURLY = "“”„‟‘’‚«»"
_CURLED = re.compile(rf"[=\[{{,]\s*[{_CURLY}]")
NEAR = 200
"""Characters around an error that are looked at: what is wrong stands there, and patterns stay quick."""
_OPEN = {"[": "]", "{": "}"}
_NAMES = {"[": "list in [brackets]", "{": "table in {braces}"}
_USUAL = 'Write key = value, text in "quotes".'


def explain(text: str, error: tomllib.TOMLDecodeError, first: int = 1) -> tuple[int, str]:
    """The line of the error in ``text``, which begins on line ``first``; what it is, with its remedy."""
    lines = text.split("\n")
    place = re.search(r"\(at line (\d+), column (\d+)\)", str(error))
    words = re.sub(r"\s*\(at .*\)$", "", str(error))
    at = len(text)
    if place:
        at = sum(len(line) + 1 for line in lines[: int(place[1]) - 1]) + int(place[2]) - 1
    if words == "Unterminated string" and (mark := max(text.rfind('"""'), text.rfind("'''"))) >= 0:
        marks = text[mark : mark + 3]
        return first + _number(text, mark), f"{marks} is opened here and never closed. Add {marks}."
    number = _number(text, at)
    line = lines[number][:NEAR]
    if found := _characters(line):
        return first + number, found
    before, rest = text[max(0, at - NEAR) : at], text[at : at + NEAR]
    if found := _numbers(before, rest):
        return first + number, found
    bracket, begun = _begun(text, at)
    if bracket and (found := _unclosed(words, rest, bracket, first + begun)):
        return first + _number(text, len(text[:at].rstrip())), found  # what is missing is missed after that
    return first + number, _value(words, line, rest.split("\n")[0], before) or f"{words}. {_USUAL}"


def odd(value: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """What TOML allows and a chapter has no use for: dates, nan, infinity, numbers without end."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from odd(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from odd(inner, (*path, number))
    elif isinstance(value, int):
        if abs(value) >= 10**MAX_DIGITS:
            yield path, f"a whole number of more than {MAX_DIGITS} digits has no use here. Write a smaller one."
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield path, f"{value} is no number that can be used. Write digits, such as 0.5."
    elif not isinstance(value, str):
        yield path, f"{clip(str(value))} is read as a date or a time. Put text in quotes."


def _number(text: str, at: int) -> int:
    """The line of a place, from 0; of the end, the last line with anything on it."""
    return min(text.count("\n", 0, at), text.rstrip().count("\n"))


def _characters(line: str) -> str:
    """A character of a word processor that stands where TOML wants another."""
    found = _CURLED.search(line)
    curly = found[0][-1] if found else line.rstrip(" \t,]}")[-1:]
    if curly and curly in _CURLY:
        return f'{curly} is a typographic quote. Write the plain " around text.'
    for character in STRING.sub("", line):
        if character not in " \t" and unicodedata.category(character) in ("Zs", "Cf"):
            return f"the line holds the invisible character U+{ord(character):04X}. Write ordinary spaces."
    return ""


def _begun(text: str, at: int) -> tuple[str, int]:
    """The innermost bracket that is open at a place, empty for none, and its line, from 0."""
    stack: list[tuple[str, int]] = []
    here = 0
    while here < at:
        character = text[here]
        quoted = STRING.match(text, here) if character in "\"'" else None
        if quoted:
            here = quoted.end()
            continue
        if character in "#\"'":  # a comment, or a text that is not closed: neither goes on in the next line
            here = text.find("\n", here) % (len(text) + 1)
            continue
        if character in _OPEN:
            stack.append((character, _number(text, here)))
        elif stack and character == _OPEN[stack[-1][0]]:
            stack.pop()
        here += 1
    return stack[-1] if stack else ("", 0)


def _unclosed(words: str, rest: str, bracket: str, line: int) -> str:
    """What is wrong with a list or a table that is still open."""
    name, close = _NAMES[bracket], _OPEN[bracket]
    if bracket == "{" and words.startswith("Invalid initial"):
        if rest.lstrip(" \t").startswith("}"):
            return "a table in {braces} has no comma before its }. Remove the comma."
        if not rest.strip() or rest.lstrip(" \t")[:1] in ("\n", "#"):
            return "a table in {braces} stands on one line. Join its lines."
    if words.startswith("Unclosed") or re.match(r"[\w.\"-]+\s*=", rest):
        if bracket == "{" and rest[:1] in ("\n", ""):
            return f"the {name} is not closed on its line. Add {close}."
        return f"the {name} that begins on line {line} lacks a comma or its {close} here. Add it."
    return ""


def _numbers(before: str, rest: str) -> str:
    """What is wrong with a number."""
    number = re.search(r"(\d+)$", before)
    if number and rest.startswith("%"):
        return "a per cent sign cannot stand here. Write 0.5 for 50%, as a number from 0 to 1."
    if re.search(r"=\s*-?\d+,\s*\d+$", before) or (re.search(r"=\s*-?\d+$", before) and re.match(r",\s*\d", rest)):
        return "a number is written with a point, a list in [brackets]. Write 0.5, or [0, 5]."
    if number and (rest.startswith(".") or (number[1].startswith("0") and rest[:1].isdigit())):
        return "a number cannot be written so. Write 5 or 5.0, and no 0 before it."
    return ""


def _value(words: str, line: str, rest: str, before: str) -> str:
    """What is wrong with a key or a value."""
    key = line.partition("=")[0].strip()
    if words in ("Illegal character '\\n'", "Unterminated string"):
        return 'a quote is opened and not closed on this line. Add " at the end of the text.'
    if words.startswith("Cannot"):
        return f"{clip(key)} is set twice. Keep one of them."
    if words.startswith("Unescaped"):
        return "a backslash has a meaning of its own between quotes. Write it twice."
    if words == "Invalid value":
        word = re.match(r"[^\s,\]}#]*", rest)[0]  # type: ignore[index]
        if not word:
            return f"nothing stands after {clip(key)} =. Write its value."
        if word.lower() in ("true", "false", "yes", "no", "on", "off"):
            return f"{clip(word)} is not known. Write true or false, in small letters."
        if re.match(r"\.\d", word):
            return f"{clip(word)} lacks its zero. Write 0{word}."
        return f'{clip(word)} stands without quotes. Put text in "quotes".'
    if words.startswith("Expected newline") and before.rstrip().endswith(('"', "'")):
        return 'after the closing quote stands more. Remove it; a quote within a text is written \\".'
    if words.startswith("Expected ']'"):
        return "the name in [[brackets]] is not closed. Write [[goal]]."
    if words.startswith("Expected '='"):
        if rest.startswith(":"):
            return f"{clip(key.partition(':')[0])} is followed by a colon. Write = in its place."
        if "=" in line:
            return f"{clip(key)} is more than one word. Before the = stands one name, such as predict_metric."
        return f"{clip(line.strip())} has no =. {_USUAL}"
    return ""
