"""Regular expressions of walks, matched within a deadline: some would take years to find nothing."""

from __future__ import annotations

import json
import re
import subprocess
import sys

PATIENCE = 10.0
"""Seconds that one match may take."""
SHORT = 20_000
"""Characters in which a pattern with one choice at most finds what it finds at once."""
_CHILD = """\
import json, re, sys
pattern, words, place = json.load(sys.stdin)
found = re.compile(pattern).search(words, place)
json.dump(found and found.span(), sys.stdout)
"""


class TooHard(Exception):
    """A match that was given up."""


def search(pattern: str, words: str, place: int = 0) -> tuple[int, int] | None:
    """Where a pattern is found first, from ``place`` on; raises ``TooHard`` past the deadline."""
    # What has two places to go back to can take a time without bounds; nothing but its process's end stops it then.
    if sum(map(pattern.count, "*+?{|")) <= 1 and len(words) <= SHORT:
        match = re.compile(pattern).search(words, place)
        return match.span() if match else None
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _CHILD],
            input=json.dumps([pattern, words, place]).encode(),
            capture_output=True,
            timeout=PATIENCE,
            check=True,
        )
    except (subprocess.TimeoutExpired, subprocess.CalledProcessError):
        raise TooHard from None
    found = json.loads(done.stdout)
    return (found[0], found[1]) if found else None
