"""Named base recipes, one TOML file each: data that an author can read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lessons.mistakes import unknown
from lessons.recipe import Recipe

JOBS = Path(__file__).parent


@dataclass(frozen=True)
class Job:
    """A named base recipe."""

    name: str
    title: str
    words: str
    recipe: Recipe


@cache
def job(name: str) -> Job:
    """The job of that name; a ``Mistake`` names the nearest one."""
    if name not in job_names():
        raise unknown("job", name, job_names())
    table = tomllib.loads((JOBS / f"{name}.toml").read_text(encoding="utf-8"))
    title, words = table.pop("title"), table.pop("words")
    return Job(name, title, words, Recipe.from_dict(table))


@cache
def job_names() -> tuple[str, ...]:
    """The names of all jobs, sorted."""
    return tuple(sorted(path.stem for path in JOBS.glob("*.toml")))
