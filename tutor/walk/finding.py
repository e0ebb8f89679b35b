"""Which walk files belong to which chapters."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake, unknown
from story.findings import Finding
from tutor.chapters import inside_folder

if TYPE_CHECKING:
    from tutor.walk.script import Walk

TALE = "tale"
"""The name of a walk through all chapters of its folder."""


def subject(path: Path) -> Path:
    """What a walk file plays: the chapter file beside it, or the folder; a ``Mistake`` for neither."""
    stem = path.name.split(".")[0]
    beside = {chapter.stem: chapter for chapter in inside_folder(path.parent)}
    if stem in beside:
        return beside[stem]
    if stem == TALE and beside:
        return path.parent
    wrong = unknown("chapter of this walk", stem, [*beside, TALE])
    raise Mistake(f"{wrong} Rename the file: CHAPTER.walk, or CHAPTER.anything.walk.")


def walks_for(chapters: Sequence[Path]) -> tuple[list[Walk], list[Finding]]:
    """The walks of these chapter files, and what is wrong with walk files in their folders.

    A walk through a whole folder is among them where all of its chapters are.
    """
    from story.faults import ChapterErrors
    from tutor.walk.script import read_walk

    asked = {os.path.realpath(path) for path in chapters}
    walks: list[Walk] = []
    findings: list[Finding] = []
    for folder in dict.fromkeys(path.parent for path in chapters):
        for path in sorted(p for p in folder.glob("*.walk") if not p.name.startswith(".")):
            try:
                place = subject(path)
                needed = inside_folder(place) if place.is_dir() else [place]
                if {os.path.realpath(chapter) for chapter in needed} <= asked:
                    walks.append(read_walk(path))
            except ChapterErrors as error:
                findings += [Finding(e.path, e.line, "error", "walk", e.message) for e in error.errors]
            except Mistake as mistake:
                findings.append(Finding(path, 1, "error", "walk", str(mistake)))
    return walks, findings
