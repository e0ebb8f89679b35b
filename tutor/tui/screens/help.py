"""Help: about the thing in hand, about the screen below, its keys, and how to play. The pages are Markdown files."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.screen import ActiveBinding, Screen
from textual.widget import Widget
from textual.widgets import Markdown

from tutor.pages import PAGES, page, pages
from tutor.tui import keymap
from tutor.tui.palette import words
from tutor.tui.screens.base import CastleScreen, Overlay
from tutor.tui.widgets.heading import Heading

PARTS = PAGES / "parts"
"""A page for each kind of thing that can be in hand, under the name of its class."""
SCROLLS = ("scroll_", "page_left", "page_right")
"""How the actions begin that are done by keys which everybody knows."""
LAST = ("play", "screen-reader")
"""The pages that every screen's help ends with."""


class HelpScreen(Overlay):
    """Opened and closed with the same key; closed with Esc, too."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "VerticalScroll"
    patient = True

    def __init__(self, below: CastleScreen) -> None:
        super().__init__()
        self.text = help_text(below)

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Markdown(self.text, open_links=False)

    def on_mount(self) -> None:
        self.query_one(Heading).show("Help", "up, down and page keys scroll")


def help_text(screen: CastleScreen) -> str:
    """Everything about a screen as it stands: what has the focus comes first."""
    parts = [about(screen.focused), *map(page, dict.fromkeys(_pages(screen))), keys(screen), *map(page, LAST)]
    return keymap.spelled("\n\n".join(filter(None, parts)), screen.castle.chosen)


def _pages(screen: CastleScreen) -> Iterator[str]:
    """What is open on the screen comes before the screen itself: what is written, a page of the bench, a picture."""
    if screen.castle.watched:
        yield "watch"
    if getattr(screen, "tab", "") in pages():
        yield screen.tab  # type: ignore[attr-defined]
    if getattr(screen, "picture", -1) >= 0:
        yield "pictures"
    if screen.about != CastleScreen.about:  # how to play comes last, whatever the screen
        yield screen.about


def about(widget: Widget | None) -> str:
    """What a widget is, and what it stands for here."""
    found = next(
        (path for kind in type(widget).__mro__ if (path := PARTS / f"{kind.__name__.lower()}.md").exists()), None
    )
    if found is None:
        return ""
    text = found.read_text(encoding="utf-8").strip()
    label, sentence = getattr(widget, "label", ""), getattr(widget, "help", "")
    return f"{text}\n\n**{label}**: {sentence}" if label and sentence else text


def keys(screen: Screen[object]) -> str:
    """The keys as they are now: of the thing in hand, of this screen, and those that are the same everywhere."""
    everywhere = keymap.common()
    groups: dict[str, list[ActiveBinding]] = {"The thing in hand": [], "This screen": [], "Everywhere": []}
    for active in screen.active_bindings.values():
        if active.binding.action.startswith(SCROLLS):
            continue
        if active.node is screen and active.binding.action not in everywhere:
            groups["This screen"].append(active)
        elif active.node is screen or active.node is screen.app:
            groups["Everywhere"].append(active)
        else:
            groups["The thing in hand"].append(active)
    texts = [f"**{name}**\n\n{_list(bound)}" for name, bound in groups.items() if bound]
    return "\n\n".join(["# The keys", *texts])


def _list(bound: Iterable[ActiveBinding]) -> str:
    """A line for each action, with all its keys; the digits are one."""
    lines: dict[str, list[str]] = {}
    for active in bound:
        key = active.binding.key
        said = re.sub(r" \d$", " by its number", words(active)) if key.isdigit() else words(active)
        if not key.startswith("super+"):  # the same as ctrl, on a Mac
            lines.setdefault(said, []).append(keymap.shown(key))
    return "\n".join(f"- **{_several(keys)}**: {said[0].lower()}{said[1:]}" for said, keys in lines.items())


def _several(keys: list[str]) -> str:
    return f"{keys[0]} to {keys[-1]}" if len(keys) > 2 and all(key.isdigit() for key in keys) else ", ".join(keys)
