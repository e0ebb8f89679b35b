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


Passage = tuple[str, str, tuple[tuple[str, str], ...]]
"""Kind, speaker and words of what is told."""

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
    Prose > .prose--page { border: round $turned; padding: 0 1; }
    Prose.-compact > .prose--speech { border-left: none; padding-left: 0; }
    """

    def __init__(self, compact: bool = False, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.compact = compact
        self.set_class(compact, "-compact")
        self._told: list[Passage] | None = None
        self._blocks: list[Widget] = []

    def show(self, passages: Sequence[Told]) -> None:
        """Tell these, from the top; where they go on from what is told already, from the first new one."""
        told = [(p.kind, p.speaker, tuple((s[0], s[1]) for s in p.spans)) for p in passages]
        if told == self._told or not self.is_attached:
            return
        kept = self._kept(told)
        old, self._told = self._blocks, told
        speakers = ["", *(speaker for _, speaker, _ in told)]
        new = [self._block(*passage, before) for passage, before in zip(told[kept:], speakers[kept:], strict=False)]
        self._blocks = [*old[:kept], *new]
        with self.app.batch_update():
            for block in old[kept:]:
                block.remove()
            self.mount_all(new)
        if kept and new:
            self.call_after_refresh(self._begin_at, new[0])
        else:
            self.scroll_home(animate=False)

    def _kept(self, told: Sequence[Passage]) -> int:
        """How many of the blocks stay: all, where the new begin with the old. A page at the end moves on with it."""
        old = self._told or []
        while old and old[-1][0] == "page":
            old = old[:-1]
        return len(old) if told[: len(old)] == old else 0

    def _begin_at(self, block: Widget) -> None:
        if block in self._blocks:
            self.scroll_to_widget(block, top=True, animate=False)

    def _block(self, kind: str, speaker: str, spans: Sequence[tuple[str, str]], before: str) -> Widget:
        """``before`` is who spoke last: somebody who goes on is not named again."""
        if kind == "code":
            from tutor.tui.widgets.code import CodeBlock  # most scenes hold none

            return CodeBlock("".join(text for _, text in spans))
        if kind == "page":
            return Static(words(spans), classes="prose--page")
        if not speaker:
            return Static(words(spans))
        count = speaker == COUNT
        name = Content.styled(speaker, "$count bold" if count else "$spoken bold")
        said = words(spans)
        if speaker != before:
            said = name + Content("  " if self.compact else "\n") + said
        return Static(said, classes="prose--speech prose--count" if count else "prose--speech")
