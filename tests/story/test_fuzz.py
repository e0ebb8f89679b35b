"""Mutated chapter files: no traceback, no second of computing, nothing in an error that a terminal would obey."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from story.chapter import Tale
from story.faults import stray
from story.findings import Finding
from story.lint import RULES, lint
from story.reading import ChapterErrors, read_chapter
from tests.story.mutations import mutated

SECONDS = 1.0
"""Of the processor, for one file."""
CHUNK = 2500


def examine(path: Path) -> list[Finding]:
    """All that is said of one file."""
    try:
        return lint(Tale((read_chapter(path),)))
    except ChapterErrors as errors:
        assert errors.errors
        return [Finding(e.path, e.line, "error", "reading", e.message) for e in errors.errors]


def survive(path: Path, seeds: range) -> int:
    """Examines a mutated file for each seed; how many of them could be read."""
    read = 0
    for seed in seeds:
        data = mutated(seed)
        path.write_bytes(data)
        begun = time.process_time()
        try:
            found = examine(path)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
        seconds = time.process_time() - begun
        assert seconds < SECONDS, f"seed {seed}: {seconds:.1f} s"
        lines = data.count(b"\n") + 1
        for finding in found:
            assert 1 <= finding.line <= lines, f"seed {seed}: {finding}"
            assert finding.rule in RULES, f"seed {seed}: {finding}"
            assert not stray(finding.message) and "\n" not in finding.message, f"seed {seed}: {finding.message!r}"
            assert len(finding.message) < 3000, f"seed {seed}: {finding.message[:200]}"
        read += not any(finding.rule == "reading" for finding in found)
    return read


def test_a_few_hundred_mutated_files_are_survived(tmp_path: Path) -> None:
    read = survive(tmp_path / "00-fuzz.md", range(400))
    assert 20 < read < 380  # some are still chapters, most are not: else the mutations would prove little


@pytest.mark.slow
@pytest.mark.parametrize("chunk", range(8))
def test_twenty_thousand_mutated_files_are_survived(tmp_path: Path, chunk: int) -> None:
    survive(tmp_path / "00-fuzz.md", range(1000 + chunk * CHUNK, 1000 + (chunk + 1) * CHUNK))


def test_a_seed_makes_one_file() -> None:
    assert [mutated(seed) for seed in range(50)] == [mutated(seed) for seed in range(50)]
    assert len({mutated(seed) for seed in range(50)}) == 50
