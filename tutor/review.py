"""Which questions the Count asks again, and when: the longer ago and the worse known, the sooner."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

DAYS = (0, 1, 3, 7, 21, 60)
"""How long a question rests after it was answered rightly so many times in a row (Leitner 1972)."""


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
