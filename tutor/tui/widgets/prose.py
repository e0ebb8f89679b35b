"""Passages of the tale: narration, speech with the speaker's name set apart, and code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from textual import events
from textual.containers import VerticalScroll
from textual.content import Content
from textual.timer import Timer
from textual.widgets import Static

from tutor.tui.widgets.telling import Telling

COUNT = "The Count"
STEPS = 20
"""Times a second that more letters are shown, while the tale is told at a pace."""


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


def passage(told: Told) -> Passage:
    """What is told, as it can be compared and kept."""
    return told.kind, told.speaker, tuple((style, text) for style, text in told.spans)


class Block(Telling, Static):
    """A passage that is no code."""


class Prose(VerticalScroll):
    """Shows passages one under another and scrolls; ``compact`` sets a speaker's name in the line."""

    DEFAULT_CSS = """
    Prose { height: 1fr; scrollbar-size-vertical: 1; }
    Prose > * { width: 1fr; height: auto; margin: 0 1 1 0; }
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
        self._blocks: list[Telling] = []
        self._pace = 0
        self._letters = 0.0
        """Letters that are due and not shown yet."""
        self._timer: Timer | None = None

    def show(self, passages: Sequence[Told], pace: int = 0) -> None:
        """Tell these, from the top; where they go on from what is told already, from the first new one.

        What is new appears at a pace in letters a second; with 0 at once.
        """
        told = [passage(told) for told in passages]
        if told == self._told or not self.is_attached:
            return
        kept = self._kept(told)
        old, self._told = self._blocks, told
        speakers = ["", *(speaker for _, speaker, _ in told)]
        new = [self._block(*passage, before) for passage, before in zip(told[kept:], speakers[kept:], strict=False)]
        self._blocks = [*old[:kept], *new]
        self.finish()
        self._hold_back(new, pace)
        with self.app.batch_update():
            for block in old[kept:]:
                block.remove()
            self.mount_all(new)
        if kept and new:
            self.call_after_refresh(self._begin_at, new[0])
        else:
            self.scroll_home(animate=False)

    # telling at a pace

    @property
    def telling(self) -> bool:
        """Whether there is more to come of what is told."""
        return any(not block.told for block in self._blocks)

    def finish(self) -> bool:
        """Show all at once; whether there was anything left to show."""
        left = self.telling
        for block in self._blocks:
            block.finish()
        if self._timer:
            self._timer.stop()
            self._timer = None
        return left

    def again(self, pace: int) -> None:
        """Tell all of it once more, at a pace."""
        self.finish()
        self._hold_back(self._blocks, pace)

    def _hold_back(self, blocks: Iterable[Telling], pace: int) -> None:
        if pace:
            for block in blocks:
                block.hold_back()
            self._pace, self._letters = pace, 0.0
            self.call_after_refresh(self._begin)  # a row is known once it is laid out

    def _begin(self) -> None:
        if self._timer is None and self.telling:
            self._timer = self.set_interval(1 / STEPS, lambda: self.tell(self._pace / STEPS))

    def tell(self, letters: float) -> None:
        """Show so many letters more; what would be told below the last row that can be seen is told at once."""
        self._letters += letters
        left = int(self._letters)
        self._letters -= left
        for block in self._blocks:
            if not block.told:
                if block.end >= self.scroll_offset.y + self.size.height:
                    break
                left = block.tell(left)
                if not block.told:
                    return
        self.finish()

    def on_click(self, event: events.Click) -> None:
        if self.finish():
            event.stop()

    def _kept(self, told: Sequence[Passage]) -> int:
        """How many of the blocks stay: all, where the new begin with the old. A page at the end moves on with it."""
        old = self._told or []
        while old and old[-1][0] == "page":
            old = old[:-1]
        return len(old) if told[: len(old)] == old else 0

    def _begin_at(self, block: Telling) -> None:
        if block in self._blocks:
            self.scroll_to_widget(block, top=True, animate=False)

    def _block(self, kind: str, speaker: str, spans: Sequence[tuple[str, str]], before: str) -> Telling:
        """``before`` is who spoke last: somebody who goes on is not named again."""
        if kind == "code":
            from tutor.tui.widgets.code import CodeBlock  # most scenes hold none

            return CodeBlock("".join(text for _, text in spans))
        if kind == "page":
            return Block(words(spans), classes="prose--page")
        if not speaker:
            return Block(words(spans))
        count = speaker == COUNT
        name = Content.styled(speaker, "$count bold" if count else "$spoken bold")
        said = words(spans)
        if speaker != before:
            said = name + Content("  " if self.compact else "\n") + said
        return Block(said, classes="prose--speech prose--count" if count else "prose--speech")
