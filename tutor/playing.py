"""``tutor play``: which face the game gets."""

from __future__ import annotations

import argparse
import os
import sys

from lessons.mistakes import Mistake
from tutor.game import Options


def play(known: argparse.Namespace) -> int:
    """Play in the full screen, or line by line where there is none."""
    options = Options(
        slot=known.slot,
        device=known.device,
        threads=known.threads,
        brief=known.brief,
        home=known.home,
        data=known.data,
        chapter=known.chapter,
    )
    if known.chapter is not None and not known.chapter.is_file():
        raise Mistake(f"{known.chapter} is not a file. Give a chapter file (*.md), or nothing for the tale.")
    # Textual draws on standard error, so that must be a terminal as well.
    streams = (sys.stdin, sys.stdout, sys.stderr)
    screen = all(s is not None and s.isatty() for s in streams) and os.environ.get("TERM", "dumb") != "dumb"
    if known.plain or not screen:
        from tutor.plain.player import play_plain

        return play_plain(options)
    from tutor.tui.app import run_tui

    return run_tui(options)
