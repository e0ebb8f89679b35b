"""``tutor list``: what there is."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from lessons import share
from lessons.jobs import job, job_names
from lessons.metrics import METRICS
from lessons.settings import GROUPS


def show(what: str, as_json: bool) -> int:
    """Print one of the lists."""
    rows = {"chapters": _chapters, "jobs": _jobs, "settings": _settings, "metrics": _metrics}[what]()
    if as_json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        head = row.pop("name", None) or row.pop("id")
        words = row.pop("title" if what == "chapters" else "words")
        print(head)
        print(textwrap.fill(words, 78, initial_indent="    ", subsequent_indent="    "))
        row.pop("settings", None)  # all of them: for programs
        for key, value in row.items():
            if value not in ("", [], None):
                shown = ", ".join(map(str, value)) if isinstance(value, list) else value
                print(textwrap.fill(f"{key}: {shown}", 78, initial_indent="    ", subsequent_indent="      "))
    return 0


def _chapters() -> list[dict[str, Any]]:
    from story.counting import count
    from story.reading import read_tale, shipped

    tale = read_tale(shipped())
    counted = [(chapter, count(tale, chapter)) for chapter in tale.chapters]
    return [
        {
            "id": chapter.id,
            "title": chapter.title,
            "teaches": list(chapter.teaches),
            "requires": list(chapter.requires),
            "scenes": counts.scenes,
            "choices": counts.choices,
            "lessons": [f"{chapter.id}/{scene.id}" for scene in chapter.scenes if scene.lesson],
            "words": counts.words + counts.theory,
            "minutes": round(counts.minutes),
        }
        for chapter, counts in counted
    ]


def _jobs() -> list[dict[str, Any]]:
    return [
        {
            "name": found.name,
            "title": found.title,
            "words": found.words,
            "turned": share.turned(found.recipe),
            "settings": found.recipe.to_dict(),
        }
        for found in map(job, job_names())
    ]


def _settings() -> list[dict[str, Any]]:
    return [
        {
            "name": s.name,
            "words": s.words,
            "allowed": s.allowed,
            "default": list(s.default) if isinstance(s.default, tuple) else s.default,
            "writes": s.code,
            "group": group,
            "only with": [f"{other} {' or '.join(map(str, values))}" for other, values in s.when.items()]
            + ([" or ".join(s.needs)] if s.needs else []),
        }
        for group, listed in GROUPS.items()
        for s in listed
    ]


def _metrics() -> list[dict[str, Any]]:
    return [{"name": m.name, "words": m.words, "unit": m.unit, "better": m.better} for m in METRICS.values()]
