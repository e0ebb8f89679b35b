"""Named base recipes, one TOML file each: data that an author can read.

Those here ship with the program; an author's own lie beside the chapter that uses them.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from lessons.mistakes import Mistake, clip, unknown
from lessons.recipe import Recipe

JOBS = Path(__file__).parent
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,59}")
MAX_BYTES = 50_000
"""Of an author's job file."""


@dataclass(frozen=True)
class Job:
    """A named base recipe."""

    name: str
    title: str
    words: str
    recipe: Recipe


@cache
def job(name: str) -> Job:
    """The job of that name that ships; a ``Mistake`` names the nearest one."""
    if name not in job_names():
        raise unknown("job", name, job_names())
    return read_job(JOBS / f"{name}.toml")


@cache
def job_names() -> tuple[str, ...]:
    """The names of all jobs that ship, sorted."""
    return tuple(sorted(path.stem for path in JOBS.glob("*.toml")))


def job_beside(folder: Path, name: str) -> Job:
    """The job of that name in ``folder``, else the one that ships; a ``Mistake`` says what is wrong with it."""
    path = folder / f"{name}.toml"
    if not NAME.fullmatch(name) or not path.is_file():
        own = [p.stem for p in sorted(folder.glob("*.toml"))[:50] if NAME.fullmatch(p.stem)]
        if name not in job_names():
            raise unknown("job", name, dict.fromkeys([*own, *job_names()]))
        return job(name)
    if name in job_names():
        raise Mistake(f"job {name!r} ships with the program, and {path.name} lies beside the chapter. Rename the file.")
    if path.is_symlink() and not path.resolve().is_relative_to(folder.resolve()):
        raise Mistake(f"{path.name} is a link to a place outside the chapter's folder. Copy the file.")
    return read_job(path)


def read_job(path: Path) -> Job:
    """The job of a TOML file; a ``Mistake`` begins with the file's name and says what is wrong with it."""
    try:
        if not NAME.fullmatch(path.stem):
            raise Mistake(f"{clip(path.stem)} is not a name. Use letters, digits and hyphens.")
        return Job(path.stem, **_table(path))
    except Mistake as mistake:
        raise Mistake(f"{path.name}: {mistake}") from None


def _table(path: Path) -> dict[str, Any]:
    """What a job file says: its title, its words, its recipe."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise Mistake(f"has {path.stat().st_size:,} bytes; {MAX_BYTES:,} are allowed. A job is a few lines.")
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except Mistake:
        raise
    except OSError as error:
        raise Mistake(f"cannot be read ({error.strerror or error}). Check the name and the rights.") from None
    except UnicodeDecodeError:
        raise Mistake("is not UTF-8. Save the file as UTF-8.") from None
    except (ValueError, RecursionError) as error:  # TOML that is none, or a number of thousands of digits
        raise Mistake(f"is not TOML: {error}. Write key = value, text in quotes.") from None
    made: dict[str, Any] = {}
    for key, example in (("title", "Digits by candlelight"), ("words", "1,000 digits, two hidden layers.")):
        text = table.pop(key, None)
        if not isinstance(text, str) or not text.strip():
            raise Mistake(f'{key} is missing. Add {key} = "{example}"')
        if not text.isprintable():
            raise Mistake(f"{key} holds a control character. Remove it.")
        made[key] = text.strip()
    if "own" in table:
        raise Mistake('own is no setting. A file of your own is named in the lesson: data = "guests.csv".')
    return {**made, "recipe": Recipe.from_dict(table)}
