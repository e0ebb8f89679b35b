"""A passage as it is told: the speaker by name, the blanks filled with the player's own numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from story import blanks
from story.chapter import Blank, Paragraph, Span
from story.conditions import PLAYERS
from story.memory import Judged


@dataclass(frozen=True)
class Passage:
    """A passage as it is told."""

    kind: str
    """``narration``, ``speech`` or ``code``."""
    speaker: str
    """The name as shown; empty unless the kind is ``speech``."""
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The words without their styles."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Voice:
    """Tells passages to one player, after one verdict. What is missing becomes plain words."""

    cast: Mapping[str, str]
    player: str
    verdict: Judged | None
    predicted: str
    """The metric that the verdict's prediction was about; empty for none."""

    def passage(self, paragraph: Paragraph) -> Passage:
        """The passage, told."""
        return Passage(paragraph.kind, self.name(paragraph.speaker), self.spans(paragraph.pieces))

    def name(self, letter: str) -> str:
        """A letter of the cast as a name; ``O`` is whoever is not played."""
        return self.other if letter == "O" else self.cast.get(letter, letter)

    @property
    def other(self) -> str:
        """Whoever is not played."""
        if self.player not in PLAYERS:
            return "the other visitor"
        return next(name for word, name in PLAYERS.items() if word != self.player)

    def spans(self, pieces: tuple[Span | Blank, ...]) -> tuple[Span, ...]:
        """The text with its blanks filled."""
        return tuple(Span(p.style, self._fill(p)) if isinstance(p, Blank) else p for p in pieces)

    def _fill(self, blank: Blank) -> str:
        judged = self.verdict or Judged(False, "", tries=0)
        prefix, _, name = blank.name.rpartition(".")
        if name == "player":
            return PLAYERS.get(self.player, "you")
        if name == "other":
            return self.other
        if name == "tries":
            return str(judged.tries)
        if prefix == "set":
            return blanks.turned(name, judged.settings.get(name))
        if name in blanks.SAID:
            value = judged.predicted if name == "prediction" else judged.truth
            return blanks.said(value, self.predicted, blank.spec)
        means = judged.start if prefix == "start" else judged.metrics
        return blanks.metric(name, means.get(name), blank.spec)
