"""The pages of help: Markdown files, read by the screen and line by line."""

from __future__ import annotations

import re
from pathlib import Path

from lessons.mistakes import unknown

PAGES = Path(__file__).parent / "tui" / "help"
CALLED = {
    "quiz": "question",
    "lesson": "laboratory",
    "bench": "laboratory",
    "free": "laboratory-free",
    "gate": "title",
    "tale": "story",
}
"""Other words for a page."""
KEYS = "(The keys are those of the full screen; here words are typed: help names them.)"


def pages() -> list[str]:
    """The names of all pages."""
    return sorted(path.stem for path in PAGES.glob("*.md"))


def page(name: str) -> str:
    """A page by its name; a ``Mistake`` names the nearest."""
    name = name.strip().lower().replace(" ", "-")
    name = CALLED.get(name, name)
    if name not in pages():
        raise unknown("page", name, pages())
    return (PAGES / f"{name}.md").read_text(encoding="utf-8").strip()


def spoken(name: str, home: Path | None = None) -> str:
    """A page as plain text, a line for each paragraph; the keys are those that the settings in ``home`` say."""
    from tutor.preferences import Preferences
    from tutor.tui.keymap import check, spelled  # every screen: only where a page is asked for

    text = spelled(page(name), check(Preferences(home).keys)[0])
    text = re.sub(r"\*\*(.+?)\*\*|`(.+?)`", lambda marked: marked[1] or marked[2], text)
    text = re.sub(r"^#+ (.*)$", lambda head: head[1].upper(), text, flags=re.M)
    text = re.sub(r"^- ", "  - ", text, flags=re.M)
    return text if name in ("screen-reader", "watch") else f"{text}\n\n{KEYS}"
