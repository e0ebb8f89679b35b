"""A playthrough that says which passages and choices of the files it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from story.chapter import Choice, Paragraph, Span, Tale
from story.telling import Passage, Playthrough
from story.voice import Voice

Heard = Callable[[Paragraph, Voice], None]


@dataclass(frozen=True)
class Ear(Voice):
    """A voice that is listened to."""

    heard: Heard

    def passage(self, paragraph: Paragraph) -> Passage:
        """The passage, told and heard."""
        self.heard(paragraph, self)
        return super().passage(paragraph)


class Listening(Playthrough):
    """``heard`` is called with each passage that is told, and with the voice that tells it."""

    def __init__(self, tale: Tale, brief: bool, heard: Heard, state: Any = None) -> None:
        self._heard = heard
        super().__init__(tale, brief, state)

    def _voice(self) -> Ear:
        voice = super()._voice()
        return Ear(voice.cast, voice.player, voice.verdict, voice.predicted, self._heard)

    @property
    def open(self) -> list[Choice]:
        """The choices that are open, as they stand in the file; in the order of ``choices()``."""
        return self._open()

    @property
    def voice(self) -> Voice:
        """Who tells here."""
        return self._voice()

    def told(self) -> tuple[list[tuple[Span, ...]], list[str]]:
        """What stands on the page: passages and choices."""
        return [passage.spans for passage in self.passages()], [choice.label for choice in self.choices()]
