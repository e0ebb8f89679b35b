"""``tutor list``: what there is."""

from __future__ import annotations

import json
import textwrap
from typing import Any

from lessons.metrics import METRICS
from lessons.recipe import job, job_names
from lessons.settings import SETTINGS


def show(what: str, as_json: bool) -> int:
    """Print one of the lists."""
    rows = {"chapters": _chapters, "jobs": _jobs, "settings": _settings, "metrics": _metrics}[what]()
    if as_json:
        print(json.dumps(rows))
        return 0
    for row in rows:
        head = row.pop("name", None) or row.pop("id")
        words = row.pop("words", "") or row.pop("title", "")
        print(head)
        print(textwrap.fill(words, 78, initial_indent="    ", subsequent_indent="    "))
        for key, value in row.items():
            if value not in ("", [], None):
                shown = ", ".join(map(str, value)) if isinstance(value, list) else value
                print(textwrap.fill(f"{key}: {shown}", 78, initial_indent="    ", subsequent_indent="      "))
    return 0


def _chapters() -> list[dict[str, Any]]:
    from story.reading import read_tale, shipped

    return [
        {
            "id": chapter.id,
            "title": chapter.title,
            "teaches": list(chapter.teaches),
            "requires": list(chapter.requires),
            "scenes": len(chapter.scenes),
            "lessons": [f"{chapter.id}/{scene.id}" for scene in chapter.scenes if scene.lesson],
            "words told": sum(p.words for scene in chapter.scenes for p in scene.paragraphs),
        }
        for chapter in read_tale(shipped()).chapters
    ]


def _jobs() -> list[dict[str, Any]]:
    return [
        {"name": name, "title": job(name).title, "words": job(name).words, "settings": job(name).recipe.to_dict()}
        for name in job_names()
    ]


def _settings() -> list[dict[str, Any]]:
    return [
        {
            "name": s.name,
            "words": s.words,
            "allowed": s.allowed,
            "default": list(s.default) if isinstance(s.default, tuple) else s.default,
            "writes": s.code,
        }
        for s in SETTINGS.values()
    ]


def _metrics() -> list[dict[str, Any]]:
    return [{"name": m.name, "words": m.words, "unit": m.unit, "better": m.better} for m in METRICS.values()]
