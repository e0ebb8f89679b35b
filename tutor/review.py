"""Which questions the Count asks again, and when: the longer ago and the worse known, the sooner."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from story.chapter import Paragraph, Question, Span, Tale
from story.telling import Asked, ask

DAYS = (0, 1, 3, 7, 21, 60)
"""How long a question rests after it was answered rightly so many times in a row (Leitner 1972)."""


CONTEXT = 2
"""Passages that a question is asked again with: it may speak of what they say."""


def again(tale: Tale, question: Question) -> Asked:
    """A question as it is asked on a later evening, with the passages that lead up to it in its scene."""
    chapter, scene = next((c, s) for c in tale.chapters for s in c.scenes if question in s.questions)
    start = max((q.line for q in scene.questions if q.line < question.line), default=0)
    told = [p for p in scene.body if isinstance(p, Paragraph) and not p.condition and start < p.line < question.line]
    lines: tuple[str, ...] = ()
    words = []
    for passage in told[-CONTEXT:]:
        text = "".join(piece.text if isinstance(piece, Span) else "..." for piece in passage.pieces)
        if passage.kind == "code":
            lines = tuple(text.rstrip("\n").split("\n"))
        else:
            who = chapter.cast.get(passage.speaker, "")
            words.append(f"{who}: {text}" if who else text)
    asked = ask(question)
    return replace(asked, ask="\n\n".join([*words, asked.ask]), code=lines or asked.code)


def due(answers: Iterable[tuple[str, bool, datetime]], now: datetime) -> list[str]:
    """The questions that are due, those known worst first; ``answers`` are question, right, and when, oldest first."""
    known: dict[str, tuple[int, datetime]] = {}
    for question, right, made in answers:
        streak = known[question][0] if question in known else 0
        known[question] = (streak + 1 if right else 0, made)
    ripe = {q: (n, made) for q, (n, made) in known.items() if made + rest(n) <= now}
    return sorted(ripe, key=lambda question: ripe[question])


def score(right: int, asked: int, foreseen: int, predicted: int) -> str:
    """What came of it, and of the predictions of the laboratory."""
    words = f"{right} of {asked} right"
    return f"{words}; of what you predicted, {foreseen} of {predicted}." if predicted else f"{words}."


def rest(streak: int) -> timedelta:
    """How long a question rests."""
    return timedelta(days=DAYS[min(streak, len(DAYS) - 1)])
