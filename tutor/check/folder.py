"""What lies in a folder of chapters: nothing but chapters, their walks, and the jobs and data that they use."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from lessons.jobs import read_job
from lessons.mistakes import Mistake
from story.chapter import Tale
from story.findings import Finding
from tutor.chapters import NO_CHAPTERS

ALLOWED = "chapters (*.md), walks (*.walk), jobs (*.toml) and data (*.csv, *.npz) that a lesson uses, README.md"
LET_BE = (*NO_CHAPTERS, "license", "license.md", "license.txt", "__pycache__")
MOST = 20
"""Findings of one folder; where there are more, it is no folder of chapters."""


def unexpected(folders: Iterable[Path], tale: Tale) -> Iterator[Finding]:
    """What does not belong into these folders, or is used by no lesson, or is a job that cannot be read."""
    for folder in folders:
        yield from _first(_strays(folder, tale), MOST)


def _strays(folder: Path, tale: Tale) -> Iterator[Finding]:
    lessons = [s.lesson for c in tale.chapters if c.path.parent == folder for s in c.scenes if s.lesson]
    mended = [q.job for c in tale.chapters for s in c.scenes for q in s.questions if hasattr(q, "job")]
    jobs = {lesson.challenge.job for lesson in lessons} | set(mended)
    data = {own.name for lesson in lessons if (own := lesson.challenge.recipe.own)}
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.lower() in LET_BE or path.suffix in (".md", ".walk"):
            continue
        words = ""
        if path.suffix == ".toml" and path.is_file():
            try:
                read_job(path)
            except Mistake as mistake:
                yield Finding(path, 1, "error", "job", str(mistake).removeprefix(f"{path.name}: "))
                continue
            if path.stem not in jobs:
                words = f'no lesson uses this job. Name it in one (job = "{path.stem}"), or remove it.'
        elif path.suffix in (".csv", ".npz"):
            if path.name not in data:
                words = f'no lesson uses these data. Name them in one (data = "{path.name}"), or remove them.'
        else:
            words = f"does not belong among chapters. Allowed here: {ALLOWED}. Move it."
        if words:
            yield Finding(path, 1, "warning", "folder", words)


def _first(findings: Iterator[Finding], most: int) -> Iterator[Finding]:
    for number, finding in enumerate(findings):
        if number == most:
            words = f"more than {most} things do not belong here. Give chapters a folder of their own."
            yield Finding(finding.path.parent, 1, "warning", "folder", words)
            return
        yield finding
