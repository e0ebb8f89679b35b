"""Which chapter files a command means, and what stands beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake

if TYPE_CHECKING:
    from story.chapter import Chapter, Tale

NO_CHAPTERS = ("readme.md",)
"""Markdown files that a folder of chapters may hold besides them, in small letters."""


def chapter_files(given: Sequence[Path]) -> list[Path]:
    """The chapter files that these files and folders name; ours where nothing is given."""
    from story.reading import shipped

    if not given:
        return shipped()
    found: list[Path] = []
    for path in given:
        if path.is_dir():
            inside = inside_folder(path)
            if not inside:
                raise Mistake(f"folder {path} holds no chapter (*.md). Begin one: tutor new chapter NAME.")
            found += inside
        elif path.suffix in (".toml", ".csv", ".npz", ".walk"):
            raise Mistake(f"{path} is no chapter. Give the chapter file (*.md) that it belongs to, or its folder.")
        elif path.exists():
            found.append(path)
        else:
            raise Mistake(f"{path} does not exist. Give a chapter file (*.md) or a folder of them.")
    return list({os.path.realpath(path): path for path in found}.values())


def read(place: Path | None) -> Tale:
    """The tale that is played: of a chapter file and what it leads to, of a folder, or ours."""
    from story.reading import read_from, read_tale

    if place is not None and not place.is_dir():
        return read_from(place)
    return read_tale(chapter_files([place] if place else []))


def inside_folder(folder: Path) -> list[Path]:
    """The chapter files of a folder, in order."""
    return sorted(p for p in folder.glob("*.md") if p.name.lower() not in NO_CHAPTERS and not p.name.startswith("."))


def with_neighbours(tale: Tale, paths: Iterable[Path]) -> Tale:
    """The tale, and beside it what its chapters may lead to or require: their folder's, and those that ship."""
    from story.chapter import Tale
    from story.reading import shipped

    chapters = {os.path.realpath(chapter.path): chapter for chapter in tale.chapters}
    ids = {chapter.id for chapter in tale.chapters}
    folders = {given.parent for given in paths}
    around = {path for folder in folders for path in inside_folder(folder)}
    for path in [*sorted(around), *shipped()]:
        real = os.path.realpath(path)  # Path.resolve raises on a link that leads to itself
        if real in chapters:
            continue
        chapter = _neighbour(path, path.stat().st_mtime_ns if path.exists() else 0)
        ours = path.parent in folders  # of two chapters there with one id, both are looked at
        if chapter and (ours or chapter.id not in ids):
            chapters[real] = chapter
            ids.add(chapter.id)
    return Tale(tuple(sorted(chapters.values(), key=lambda c: c.path.name)))


@lru_cache(maxsize=200)
def _neighbour(path: Path, changed: int) -> Chapter | None:
    """A chapter that is not asked about, if it can be read; kept, for an author's game looks again at every save."""
    from story.reading import ChapterErrors, read_chapter

    try:
        return read_chapter(path)
    except ChapterErrors:
        return None
