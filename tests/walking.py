"""The well, a small chapter with walks, and ways to play others through it."""

import shutil
from pathlib import Path

from tutor.walk.playing import play_walk
from tutor.walk.script import read_walk

WALKS = Path(__file__).parent / "tutor" / "walks"


def copied(folder):
    """The well and its walks in a folder of their own, to be broken."""
    for path in WALKS.iterdir():
        shutil.copy(path, folder)
    return folder


def play(folder, *lines):
    """Plays a walk of these lines through the well."""
    path = folder / "the-well.own.walk"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return play_walk(read_walk(path))


def found(walked):
    """Line and message of each finding."""
    assert walked.passed == (not walked.findings)
    return [(finding.line, finding.message) for finding in walked.findings]
