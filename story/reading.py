"""Chapter files: Markdown to ``Chapter``; every error names file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from markdown_it import MarkdownIt

from story.blocks import Reader
from story.chapter import Chapter, Tale
from story.faults import ChapterError, ChapterErrors, Faults, stray

SHIPPED = Path(__file__).parent / "chapters"
"""The folder of the tale of the castle."""

MAX_BYTES = 1_000_000
MAX_BLOCK = 20_000
"""Characters of one paragraph; past it, Markdown may take quadratic time."""

__all__ = ["SHIPPED", "ChapterError", "ChapterErrors", "read_chapter", "read_tale", "shipped"]


def shipped() -> list[Path]:
    """The chapter files that come with the program, in order."""
    return sorted(SHIPPED.glob("*.md"))


def read_chapter(path: Path | str) -> Chapter:
    """The chapter of a file; raises ``ChapterErrors`` with all that is wrong with it."""
    path = Path(path)
    faults = Faults(path)
    text = _text(path, faults)
    faults.raise_any()
    tokens = MarkdownIt("commonmark").parse(text)
    chapter = Reader(text, faults).read(tokens)
    faults.raise_any()
    assert chapter is not None
    return chapter


def read_tale(paths: Iterable[Path | str]) -> Tale:
    """The tale of several files, in the order of their names; raises ``ChapterErrors`` with all that is wrong."""
    chapters: list[Chapter] = []
    errors: list[ChapterError] = []
    for path in sorted(map(Path, paths), key=lambda p: (p.name, str(p))):
        try:
            chapters.append(read_chapter(path))
        except ChapterErrors as found:
            errors += found.errors
    if errors:
        raise ChapterErrors(errors)
    return Tale(tuple(chapters))


def _text(path: Path, faults: Faults) -> str:
    """The text of a file that may be parsed; else empty, with the errors noted."""
    try:
        data = _bytes(path, faults)
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        faults.add(line, f"byte 0x{data[error.start]:02X} is not UTF-8. Save the file as UTF-8.")
        return ""
    except OSError as error:
        faults.add(1, f"cannot be read: {error.strerror or error}. Check the name and the rights.")
        return ""
    if not len(faults) and not text.strip():
        faults.add(1, "the file is empty. Begin it with '# The Title'.")
    for number, line in enumerate(text.split("\n"), 1):
        if bad := stray(line):
            faults.add(number, f"the line holds the control character {bad}. Remove it.")
    _short_blocks(text, faults)
    return text


def _bytes(path: Path, faults: Faults) -> bytes:
    if path.is_dir():
        faults.add(1, "is a folder. Name a chapter file, such as 00-the-knock.md.")
    elif not path.exists():
        faults.add(1, "does not exist. Check the name.")
    elif not path.is_file():
        faults.add(1, "is not an ordinary file. Name a chapter file, such as 00-the-knock.md.")
    elif path.stat().st_size > MAX_BYTES:
        faults.add(1, f"has {path.stat().st_size:,} bytes; {MAX_BYTES:,} are allowed. Split the chapter.")
    else:
        return path.read_bytes()
    return b""


def _short_blocks(text: str, faults: Faults) -> None:
    start = size = 0
    for number, line in enumerate([*text.split("\n"), ""], 1):
        if line.strip():
            start, size = start or number, size + len(line)
            continue
        if size > MAX_BLOCK:
            faults.add(start, f"a block of {size:,} characters; {MAX_BLOCK:,} are allowed. Put empty lines into it.")
        start = size = 0
