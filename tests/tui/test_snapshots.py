"""Every screen, at three sizes and in three themes, looks as it did when somebody last looked at it."""

from __future__ import annotations

import difflib

import pytest

from tests.tui import snapshots, views
from tests.tui.snapshots import KEPT, SIZES
from tutor.tui.themes import THEMES

HOW = """{file} differs from what is kept. Look at it, and if it is meant, keep it:
    python -m tests.tui.snapshots take {name}
    python -m tests.tui.snapshots draw FOLDER {name}     (SVG of what is kept)
"""
ROWS = 40
"""Rows of a difference that are told."""


@pytest.mark.parametrize("name", views.VIEWS)
def test_a_screen_looks_as_it_did(name: str) -> None:
    for file, now in snapshots.take(name).items():
        path = KEPT / file
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        rows = difflib.unified_diff(before.splitlines(), now.splitlines(), "kept", "now", n=1, lineterm="")
        assert now == before, "\n".join([HOW.format(file=file, name=name), *list(rows)[:ROWS]])


def test_every_screen_has_a_view() -> None:
    """A new screen gets a line in ``views.VIEWS``."""
    assert views.screens() - {view.screen for view in views.VIEWS.values()} == set()


def test_what_is_kept_belongs_to_a_view() -> None:
    wanted = {f"{name}.{width}x{height}.txt" for name in views.VIEWS for width, height in SIZES}
    assert {path.name for path in KEPT.iterdir()} == wanted


def test_what_is_kept_is_the_whole_screen() -> None:
    for path in KEPT.iterdir():
        width, height = map(int, path.stem.partition(".")[2].split("x"))
        for theme in range(len(THEMES)):
            frame = snapshots.read(path.read_text(encoding="utf-8"), theme)
            assert len(frame) == height
            assert {sum(len(run.text) for run in row) for row in frame} == {width}, path.name


def test_a_snapshot_says_what_every_cell_looks_like_in_every_theme() -> None:
    shots = [[(("words", f"#{n}{n}{n}", "#000000", "b"), ("  ", "#000000", "#000000", ""))] for n in range(3)]
    frames = [tuple(tuple(snapshots.Run(0, *run) for run in row) for row in shot) for shot in shots]
    text = snapshots.written(frames)
    assert text.splitlines() == ["words", "-- looks", "a5b2", "-- key", *text.splitlines()[-2:]]
    for n in range(3):
        (row,) = snapshots.read(text, n)
        assert [(run.x, run.text, run.ink, run.marks) for run in row] == [
            (0, "words", f"#{n}{n}{n}", "b"),
            (5, "  ", "#000000", ""),
        ]
    other = [*frames[:2], ((snapshots.Run(0, "other  ", "#222", "#000000"),),)]
    with pytest.raises(AssertionError, match="differ in more than their colours"):
        snapshots.written(other)
