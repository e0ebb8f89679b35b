"""Chapter files: Markdown to ``Chapter``; every error names file, line and remedy."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from markdown_it import MarkdownIt

from story.blocks import Reader
from story.chapter import Chapter, Tale
from story.faults import ChapterError, ChapterErrors, Faults, harmless, stray

SHIPPED = Path(__file__).parent / "chapters"
"""The folder of the tale of the castle."""

MAX_BYTES = 300_000
"""Of a chapter file; to read a larger one may take longer than a second."""
MAX_LINES = 10_000
"""Of a chapter file: the time to read one grows with its lines, whatever they hold."""
MAX_BLOCK = 20_000
"""Characters of one paragraph; past it, Markdown may take quadratic time."""
MAX_CHAPTERS = 200
"""That a tale goes on in, from one chapter file."""

_OTHERS = {
    b"\xff\xfe": "the file is UTF-16, which Notepad calls Unicode. Save it as UTF-8.",
    b"\xfe\xff": "the file is UTF-16. Save it as UTF-8.",
    b"PK\x03\x04": "the file is packed, as a Word document is. Save it as plain text, in UTF-8.",
    b"{\\rtf": "the file is rich text (RTF). Save it as plain text, in UTF-8.",
}
"""How files begin that are no Markdown."""

__all__ = ["SHIPPED", "ChapterError", "ChapterErrors", "read_chapter", "read_from", "read_tale", "shipped"]


def shipped() -> list[Path]:
    """The chapter files that come with the program, in order."""
    return sorted(SHIPPED.glob("*.md"))


def read_chapter(path: Path | str) -> Chapter:
    """The chapter of a file; raises ``ChapterErrors`` with all that is wrong with it."""
    path = Path(path)
    shown, bad = printable(path)
    faults = Faults(shown)
    if bad:
        faults.add(1, f"the name of the file or of its folder holds the control character {bad}. Rename it.")
        faults.raise_any()
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


def read_from(path: Path | str) -> Tale:
    """The tale that begins with a chapter file and goes on in the files beside it that its choices lead to."""
    todo, chapters, errors = [Path(path)], {}, []
    while todo:
        here = todo.pop(0)
        if here in chapters or len(chapters) == MAX_CHAPTERS:
            continue
        try:
            chapters[here] = chapter = read_chapter(here)
        except ChapterErrors as found:
            errors += found.errors
            chapters[here] = None
            continue
        leads = (here.parent / choice.file for scene in chapter.scenes for choice in scene.choices if choice.file)
        todo += [there for there in leads if there.is_file()]  # of one that is missing, the link itself speaks
    if errors:
        raise ChapterErrors(errors)
    return Tale(tuple(chapter for chapter in chapters.values() if chapter))


def printable(path: Path) -> tuple[Path, str]:
    """A path as it may be printed, and the name of the first character in it that may not; empty if all may."""
    name = str(path)
    bad = next((f"U+{ord(sign):04X}" for sign in name if sign in "\n\t"), "") or stray(name)
    return Path(harmless(name).replace("\n", "<U+000A>").replace("\t", "<U+0009>")), bad


def _text(path: Path, faults: Faults) -> str:
    """The text of a file that may be parsed; else empty, with the errors noted."""
    try:
        data = _bytes(path, faults)
        if other := next((words for begin, words in _OTHERS.items() if data.startswith(begin)), ""):
            faults.add(1, other)
            return ""
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
    if text.startswith("---\n"):
        faults.add(
            1, "a block between lines of --- has no meaning here. Write '# The Title' and a fence '```toml chapter'."
        )
        return ""
    if "\n" not in text and text.count("\r") > 1:
        faults.add(1, "the lines end as on an old Mac. Save the file with ordinary line ends (LF or CRLF).")
        return ""
    if (lines := text.count("\n")) > MAX_LINES:
        faults.add(1, f"has {lines:,} lines; {MAX_LINES:,} are allowed. Split the chapter.")
        return ""
    for number, line in enumerate(text.split("\n"), 1):
        if "\0" in line:
            faults.add(number, "the line holds the character U+0000, so this is no plain text. Save the file as UTF-8.")
            return ""
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
        with path.open("rb") as file:  # no more than it said: there are files that never end
            return file.read(MAX_BYTES)
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
