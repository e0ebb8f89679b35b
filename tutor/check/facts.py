"""What a check counts of a chapter: how long it is to read, how far the first run is, how its lessons are won."""

from __future__ import annotations

import math
from typing import Any

from lessons.challenge import Challenge
from story.chapter import Chapter, Tale
from story.counting import count


def facts(tale: Tale, chapter: Chapter) -> dict[str, Any]:
    """As plain JSON values."""
    counted = count(tale, chapter)
    first, brief = counted.first_run, counted.first_run_brief
    return {
        "path": str(chapter.path),
        "id": chapter.id,
        "title": chapter.title,
        "words": counted.words,
        "theory_words": counted.theory,
        "reading_minutes": round(counted.reading, 1),
        "minutes": round(counted.minutes, 1),
        "words_before_first_run": first.longest if first else None,
        "words_before_first_run_brief": brief.longest if brief else None,
        "lessons": {s.id: clicks(s.lesson.challenge) for s in chapter.scenes if s.lesson},
    }


def clicks(challenge: Challenge) -> dict[str, int]:
    """How many settings there are, how far the solution is, and what trying everything would take."""
    every = math.prod(len(offer.choices) for offer in challenge.offers)
    solution = {**challenge.start, **challenge.ways[0].solution}
    away = sum(abs(o.choices.index(o.check(solution[o.name])) - o.choices.index(o.start)) for o in challenge.offers)
    return {"settings": every, "clicks_to_solution": away, "clicks_to_try_all": every - 1}


def words(fact: dict[str, Any]) -> list[str]:
    """The same for a person, a line for the chapter and one for each lesson."""
    said = f"{fact['title']}: {fact['words']:,} words, {fact['theory_words']:,} of theory"
    minutes = max(1, round(fact["reading_minutes"]))
    lines = [f"{said}; {minutes} minute{'s' if minutes != 1 else ''} to read on one way through"]
    if fact["words_before_first_run"] is not None:
        brief = fact["words_before_first_run_brief"]
        lines.append(f"    before the first run: {fact['words_before_first_run']} words, {brief} with --brief")
    for name, lesson in fact["lessons"].items():
        away, every = _clicks(lesson["clicks_to_solution"]), _clicks(lesson["clicks_to_try_all"])
        lines.append(f"    {name}: {lesson['settings']} combinations; solution {away} away, all of them {every}")
    return lines


def _clicks(number: int) -> str:
    return f"{number} click{'s' if number != 1 else ''}"
