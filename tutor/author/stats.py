"""``tutor stats``: what chapters hold, counted."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from tutor.chapters import chapter_files, with_neighbours
from tutor.exits import DONE

if TYPE_CHECKING:
    from rich.table import Table

    from story.chapter import Chapter
    from story.counting import Counts, FirstRun

COLUMNS = 80
SUMMED = (
    "scenes", "choices", "lessons", "quizzes", "reasons", "mends", "recalls", "pages",
    "passages", "variants", "words", "theory", "asked", "reading", "minutes",
)  # fmt: skip
"""What is added up over chapters."""

Counted = list[tuple["Chapter", "Counts"]]


def stats(known: argparse.Namespace) -> int:
    """Count chapters, for a person or as JSON."""
    from story.counting import count
    from story.reading import read_tale

    paths = chapter_files(known.paths)
    tale = read_tale(paths)
    around = with_neighbours(tale, paths)
    counted = [(chapter, count(around, chapter)) for chapter in tale.chapters]
    if known.json:
        print(json.dumps({"chapters": [as_json(*one) for one in counted], "all": total(counted)}))
    else:
        _print(counted)
    return DONE


def as_json(chapter: Chapter, counts: Counts) -> dict[str, Any]:
    """The counts of one chapter as plain values."""
    table = asdict(counts)
    table["way"]["words"] = counts.way.words
    minutes = {"reading": round(counts.reading, 2), "minutes": round(counts.minutes, 2)}
    return {"id": chapter.id, "title": chapter.title, "path": str(chapter.path), **table, **minutes}


def total(counted: Counted) -> dict[str, Any]:
    """The counts of all chapters together."""
    sums: dict[str, Any] = {name: sum(getattr(counts, name) for _, counts in counted) for name in SUMMED}
    for name in ("reading", "minutes"):
        sums[name] = round(sums[name], 2)
    speakers: dict[str, int] = {}
    for _, counts in counted:
        for speaker, words in counts.speakers.items():
            speakers[speaker] = speakers.get(speaker, 0) + words
    sums["speakers"] = dict(sorted(speakers.items(), key=lambda item: -item[1]))
    for name in ("flags_set", "flags_read", "settings"):
        sums[name] = sorted({word for _, counts in counted for word in getattr(counts, name)})
    sums["endings"] = [f"{chapter.id}/{name}" for chapter, counts in counted for name in counts.endings]
    return sums


def _print(counted: Counted) -> None:
    from rich.console import Console
    from rich.text import Text

    from story import counting

    sums = total(counted)
    rows = [(chapter.id, {n: getattr(counts, n) for n in SUMMED}) for chapter, counts in counted]
    if len(rows) > 1:
        rows.append(("all", sums))
    screen = Console(width=COLUMNS, highlight=False, emoji=False, color_system=None)
    with screen.capture() as caught:
        screen.print(_table(rows, "scenes", "choices", "lessons", "quizzes", "reasons", "mends", "passages"))
        screen.print(_table(rows, "words", "theory", "asked", "reading", "minutes"))
        screen.print(
            Text(
                "words: of the tale; theory: under '### Why'; asked: of the questions. reading and minutes: on one "
                "ordinary way (always the first choice that leads to a new scene, each lesson passed at once), at "
                f"{counting.TALE_PACE} words a minute, {counting.THEORY_PACE} of theory; minutes: with "
                f"{counting.LESSON_MINUTES:g} more for the training of each lesson, an estimate."
            )
        )
        for chapter, counts in counted:
            screen.print(f"\n{chapter.title} ({chapter.path.name})", markup=False)
            screen.print(_details(counts))
    print("\n".join(line.rstrip() for line in caught.get().strip("\n").splitlines()))


def _table(rows: list[tuple[str, dict[str, Any]]], *names: str) -> Table:
    from rich import box
    from rich.table import Table

    table = Table("chapter", box=box.SIMPLE_HEAD, pad_edge=False, header_style="")
    for name in names:
        table.add_column(name, justify="right")
    for name, row in rows:
        if name == "all":
            table.add_section()
        table.add_row(name, *(f"{row[key]:,.0f}" for key in names))
    return table


def _details(counts: Counts) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for label, words in _lines(counts):
        table.add_row(Text(f"  {label}"), Text(words))
    return table


def _lines(counts: Counts) -> Iterator[tuple[str, str]]:
    """What is said of one chapter besides its row in the tables."""
    way = counts.way
    yield "who speaks", ", ".join(f"{name} {words:,}" for name, words in counts.speakers.items()) or "nobody"
    yield "before the first run", _first(counts.first_run)
    yield "the same, --brief", _first(counts.first_run_brief)
    parts = _many(way.scenes, "scene"), _many(way.lessons, "lesson"), _many(way.words, "word")
    yield "one ordinary way", ", ".join(parts)
    if counts.variants:
        yield "variants", f"{counts.variants}, of which a visit shows one in each place"
    if counts.pages or counts.recalls:
        again = _many(counts.recalls, "quiz", "quizzes")
        yield "also", f"{_many(counts.pages, 'grimoire page')}, {again} asked again"
    for scene, number in counts.combinations.items():
        yield f"lesson {scene}", f"{number} combinations"
    yield "settings", ", ".join(counts.settings) or "none"
    yield "flags set", ", ".join(counts.flags_set) or "none"
    yield "flags read", ", ".join(counts.flags_read) or "none"
    yield "endings", ", ".join(counts.endings) or "none"


def _first(run: FirstRun | None) -> str:
    if run is None:
        return "no lesson"
    return f"{run.shortest:,} to {run.longest:,} words" if run.shortest < run.longest else _many(run.longest, "word")


def _many(number: int, one: str, more: str = "") -> str:
    return f"{number:,} {one if number == 1 else more or one + 's'}"
