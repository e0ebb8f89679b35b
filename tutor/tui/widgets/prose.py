"""Passages of the tale: narration, speech with the speaker's name set apart, and code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

COUNT = "The Count"


class Told(Protocol):
    """What a passage has: its kind, who speaks, and its words as (style, text) pairs."""

    @property
    def kind(self) -> str: ...

    @property
    def speaker(self) -> str: ...

    @property
    def spans(self) -> Sequence[tuple[str, str]]: ...


STYLES = {"em": "italic", "strong": "bold", "code": "$foreground on $cursor-bg", "": ""}


def words(spans: Iterable[tuple[str, str]]) -> Content:
    """Spans as one styled text; a line break in the source is a space."""
    return Content.assemble(*((text.replace("\n", " "), STYLES.get(style, "")) for style, text in spans))


class Prose(VerticalScroll):
    """Shows passages one under another and scrolls; ``compact`` sets a speaker's name in the line."""

    DEFAULT_CSS = """
    Prose { height: 1fr; scrollbar-size-vertical: 1; }
    Prose > * { width: 1fr; height: auto; margin-bottom: 1; }
    Prose > .prose--speech { border-left: outer $spoken; padding-left: 1; }
    Prose > .prose--count { border-left: outer $count; }
    Prose.-compact > .prose--speech { border-left: none; padding-left: 0; }
    """

    def __init__(self, compact: bool = False, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.compact = compact
        self.set_class(compact, "-compact")
        self._told: list[tuple[str, str, tuple[tuple[str, str], ...]]] | None = None

    def show(self, passages: Sequence[Told]) -> None:
        """Tell these, from the top."""
        told = [(p.kind, p.speaker, tuple((s[0], s[1]) for s in p.spans)) for p in passages]
        if told == self._told:
            return
        self._told = told
        with self.app.batch_update():
            self.remove_children()
            self.mount_all([self._block(*passage) for passage in told])
        self.scroll_home(animate=False)

    def _block(self, kind: str, speaker: str, spans: Sequence[tuple[str, str]]) -> Widget:
        if kind == "code":
            from tutor.tui.widgets.code import CodeBlock  # most scenes hold none

            return CodeBlock("".join(text for _, text in spans))
        if not speaker:
            return Static(words(spans))
        count = speaker == COUNT
        name = Content.styled(speaker, "$count bold" if count else "$spoken bold")
        said = name + Content("  " if self.compact else "\n") + words(spans)
        return Static(said, classes="prose--speech prose--count" if count else "prose--speech")
