"""Help: a page about the screen below, then how to play. The pages are Markdown files beside this package."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Markdown

from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.heading import Heading

PAGES = Path(__file__).parent.parent / "help"


class HelpScreen(Overlay):
    """Opened with F1 or ?; closed with the same, or Esc."""

    CSS_PATH = "help.tcss"
    AUTO_FOCUS = "VerticalScroll"
    patient = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f1,question_mark,q,b", "close", "close", show=False),
    ]

    def __init__(self, *about: str) -> None:
        super().__init__()
        self.pages = about

    def body(self) -> ComposeResult:
        with VerticalScroll(id="page"):
            yield Markdown(help_text(*self.pages), open_links=False)

    def on_mount(self) -> None:
        self.query_one(Heading).show("Help", "up, down and page keys scroll")


def help_text(*about: str) -> str:
    """The pages about one screen, and the one on how to play."""
    names = dict.fromkeys((*about, "play"))
    return "\n\n".join((PAGES / f"{name}.md").read_text(encoding="utf-8") for name in names)
