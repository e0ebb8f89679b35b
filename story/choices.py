"""List items: choices, and variants of a passage."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

from lessons.mistakes import Mistake, clip
from story import conditions
from story.chapter import Choice, Paragraph
from story.inline import Inline

_LINK = re.compile(r"(?P<file>[A-Za-z0-9_-][A-Za-z0-9_.-]*\.md)?(?:#(?P<scene>[A-Za-z0-9-]+))?")
_PARTS = "once, set FLAG, clear FLAG, set player = lucy, if CONDITION, joined with ';'"


def variant(inline: Inline) -> Paragraph | None:
    """A list item that begins with `one of`."""
    head, _, rest = (inline.code() or "").partition(";")
    line = inline.line
    inline.drop(1)
    condition = None
    with inline.faults.at(line):
        if head.strip() != "one of":
            raise Mistake(f"{clip(head.strip())} cannot be read. Write `one of` or `one of; if CONDITION`.")
        if rest.strip():
            if not re.match(r"if\b", rest.strip()):
                raise Mistake(f"{clip(rest.strip())} cannot be read after 'one of'. Write `one of; if CONDITION`.")
            condition = conditions.parse(rest.strip()[2:])
    return inline.paragraph(condition)


def choice(inline: Inline) -> Choice:
    """A list item that begins with a link; a ``Mistake`` says what is wrong with it."""
    close = next(i for i, t in enumerate(inline.tokens) if t.type == "link_close")
    label = inline.pieces(inline.tokens[1:close])
    link = str(inline.tokens[0].attrGet("href") or "")
    line = inline.line
    match = _LINK.fullmatch(link)
    if not label:
        raise Mistake("this choice has no label. Write '- [Label](#scene)'.")
    if not match or not link:
        raise _lost(unquote(link))
    inline.drop(close + 1)
    code = inline.code()
    if code is not None:
        inline.drop(1)
    if inline.tokens:
        raise Mistake(
            f"after the link of a choice stands one code span at most, of {_PARTS}. "
            "Put an empty line before other text."
        )
    return _parts(Choice(label, match["file"] or "", match["scene"] or "", line), code or "")


def _lost(link: str) -> Mistake:
    """Why a link leads nowhere."""
    if re.fullmatch(r"[A-Za-z0-9-]+", link):
        return Mistake(f"link {clip(link)} has no #. Write '#{link}' for a scene.")
    if re.search(r"[/\\:]", link):
        return Mistake(f"link {clip(link)} points outside the chapter's folder. Write '#scene' or '04-no-mirror.md'.")
    return Mistake(
        f"link {clip(link)} is no scene and no chapter file. Write '#scene' or '04-no-mirror.md', "
        "in letters, digits and hyphens."
    )


def _parts(choice: Choice, code: str) -> Choice:
    for part in filter(None, (" ".join(p.split()) for p in code.split(";"))):
        word, _, rest = part.partition(" ")
        if part == "once":
            choice = replace(choice, once=True)
        elif word == "if":
            if choice.condition:
                raise Mistake("this choice has two conditions. Join them with 'and'.")
            choice = replace(choice, condition=conditions.parse(rest))
        elif match := re.fullmatch(r"set player ?= ?(\S+)", part):
            choice = replace(choice, player=conditions.player(match[1]))
        elif word == "set" and rest:
            choice = replace(choice, sets=(*choice.sets, conditions.flag(rest)))
        elif word == "clear" and rest:
            choice = replace(choice, clears=(*choice.clears, conditions.flag(rest)))
        else:
            raise Mistake(f"{clip(part)} cannot be read. After a choice may stand {_PARTS}.")
    return choice
