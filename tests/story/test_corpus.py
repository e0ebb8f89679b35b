"""The corpus: chapters as instructors break them. Each is answered on the right line, in words that say what to do."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from story.faults import stray
from story.findings import SEVERITIES, Finding
from story.lint import RULES, lint
from story.reading import ChapterErrors, read_tale
from tests.story.conftest import FIXTURES

BROKEN = Path(__file__).parent / "broken"
EXPECTED = tomllib.loads((BROKEN / "expected.toml").read_text(encoding="utf-8"))
MAIN = "01-the-well.md"


def findings(folder: Path) -> list[Finding]:
    """All that is said of a folder of chapters, whether it can be read or not."""
    try:
        return lint(read_tale(folder.glob("*.md")))
    except ChapterErrors as errors:
        return [Finding(e.path, e.line, "error", "reading", e.message) for e in errors.errors]


@pytest.mark.parametrize("name", EXPECTED)
def test_a_mistake_is_named_on_its_line_and_nothing_else_is(name: str) -> None:
    expected = EXPECTED[name]["findings"]
    found = findings(BROKEN / name)
    where = [(e.get("file", MAIN), e["line"], e["rule"]) for e in expected]
    assert [(f.path.name, f.line, f.rule) for f in found] == where, [str(f) for f in found]
    for finding, said in zip(found, expected, strict=True):
        assert said["says"] in finding.message
        assert said["remedy"] and said["remedy"] in finding.message
        assert finding.severity in SEVERITIES
        assert str(finding) == f"{finding.path}:{finding.line}: {finding.message}"
        assert not stray(str(finding)) and "\n" not in str(finding)


def test_only_the_unbroken_are_clean() -> None:
    clean = [name for name, case in EXPECTED.items() if not case["findings"]]
    assert clean == ["unbroken", "unbroken-two"]
    assert len(EXPECTED) - len(clean) >= 50


def test_every_broken_chapter_differs_from_the_unbroken_ones() -> None:
    whole = {path.name: path.read_bytes() for path in (BROKEN / "unbroken-two").iterdir()}
    for name in EXPECTED.keys() - {"unbroken", "unbroken-two"}:
        files = {path.name: path.read_bytes() for path in (BROKEN / name).iterdir()}
        assert any(whole.get(file) != data for file, data in files.items()), name


def test_nothing_unexpected_lies_in_the_corpus() -> None:
    assert sorted(path.name for path in BROKEN.iterdir() if path.is_dir()) == sorted(EXPECTED)
    for name, case in EXPECTED.items():
        assert set(case) == {"mistake", "findings"} and case["mistake"]
        for path in (BROKEN / name).iterdir():
            assert path.suffix in (".md", ".toml", ".csv"), path


def test_every_rule_is_broken_at_least_once_and_stands_in_the_table() -> None:
    used = {said["rule"] for case in EXPECTED.values() for said in case["findings"]}
    assert used == set(RULES)
    assert {finding.rule for finding in findings(FIXTURES)} <= set(RULES)


def test_most_mistakes_are_one_finding() -> None:
    """One mistake, one line to mend: what only follows from it is not told."""
    counts = [len(case["findings"]) for case in EXPECTED.values()]
    assert max(counts) == 2
    assert sum(count == 2 for count in counts) <= 10
