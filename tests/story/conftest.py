"""A small tale of two chapters, and ways to break it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from story.chapter import Tale
from story.reading import read_tale
from story.telling import Judged

FIXTURES = Path(__file__).parent / "fixtures"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the two fixture chapters, to be broken."""
    for path in FIXTURES.glob("*.md"):
        shutil.copy(path, tmp_path)
    return tmp_path


@pytest.fixture
def tale() -> Tale:
    """The tale of the two fixture chapters."""
    return read_tale(FIXTURES.glob("*.md"))


def edit(path: Path, old: str, new: str) -> str:
    """Replaces one place of a file; the text that results."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    return text


def line_of(text: str, fragment: str) -> int:
    """The line on which a fragment begins; it stands once."""
    assert text.count(fragment) == 1, f"{fragment!r} stands {text.count(fragment)} times"
    return text[: text.index(fragment)].count("\n") + 1


def verdict(**changes: object) -> Judged:
    """A failed verdict on the first chapter's lesson, changed as told."""
    values: dict[str, object] = {
        "passed": False,
        "to": "starved",
        "tries": 1,
        "diagnosis": "overfit",
        "metrics": {"test_accuracy": 0.697, "train_accuracy": 0.99, "gap": 0.293},
        "start": {"test_accuracy": 0.7},
        "settings": {"dropout": 0.5, "epochs": 30},
        "outcomes": [("test_accuracy", False, -4.0), ("gap", False, -3.0)],
        "predicted": "fall",
        "truth": "stay",
        "predicted_right": False,
    }
    return Judged(**{**values, **changes})  # type: ignore[arg-type]
