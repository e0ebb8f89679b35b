"""What is told, read for holes: numbers and names that nothing was filled in for."""

import re

from story.chapter import Tale

HOLE = re.compile(r"\bnan\b|\bNone\b(?:\W+\w+)?|[{}]|\x1b|Traceback")


def holes(told: str, tale: Tale) -> list[str]:
    """What stands there in place of a number or a name; the word None where a chapter says it is not meant."""
    written = " ".join(" ".join(chapter.path.read_text(encoding="utf-8").split()) for chapter in tale.chapters)
    words = " ".join(told.split())
    return [hole for hole in HOLE.findall(words) if not (hole.startswith("None") and hole in written)]
