"""``tutor play``: which face the game gets."""

from __future__ import annotations

import argparse
import os
import sys

from lessons.mistakes import Mistake
from tutor import home
from tutor.game import Game, Options
from tutor.preferences import PREFERENCES, Preferences
from tutor.watching import WatchedGame


def play(known: argparse.Namespace) -> int:
    """Play in the full screen, or line by line where there is none."""
    if known.watch and known.chapter is None:
        raise Mistake(
            "--watch needs the chapter that is being written: tutor play my_chapter.md --watch. "
            "To begin one: tutor new chapter NAME."
        )
    scene = known.scene or ""
    if scene and known.chapter is None:
        raise Mistake("--scene needs a chapter file or a folder: tutor play my_chapter.md --scene NAME.")
    if known.chapter is not None and not known.chapter.exists():
        raise Mistake(f"{known.chapter} does not exist. Give a chapter file (*.md), a folder, or nothing for the tale.")
    said = {preference.name: getattr(known, preference.name) for preference in PREFERENCES}
    preferences = Preferences(home.home(known.home), said)
    options = Options(
        slot=known.slot,
        device=preferences["device"],
        threads=preferences["threads"],
        brief=known.brief,
        home=known.home,
        data=known.data,
        chapter=known.chapter,
        scene=scene,
    )
    game = WatchedGame(options) if known.watch else Game(options)
    game.notices += preferences.notices
    # Textual draws on standard error, so that must be a terminal as well.
    streams = (sys.stdin, sys.stdout, sys.stderr)
    screen = all(s is not None and s.isatty() for s in streams) and os.environ.get("TERM", "dumb") != "dumb"
    if known.plain or not screen:
        from tutor.plain.player import play_plain

        return play_plain(game, preferences)
    from tutor.tui.app import run_tui

    return run_tui(game, preferences)
