"""``tutor check`` on two cores: of two chapters with all their training, bound 150 seconds; of all without any."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from story.reading import SHIPPED
from tests.benchmarks.harness import ROOT, Bound, Figure, Options, Row, cores, environment

PATIENCE = 400
TWO = [SHIPPED / f"{name}.md" for name in ("00-the-knock", "04-no-mirror")]


def measure(options: Options) -> Iterator[Row]:
    """What an author waits for."""
    yield check("two chapters", *TWO, bound=Bound("at most", 150, "s"))
    yield check("all chapters without training", "--no-train")


def check(what: str, *arguments: Path | str, bound: Bound | None = None) -> Row:
    """One call of it, in a home of its own."""
    two = cores()[:2]
    narrow = partial(os.sched_setaffinity, 0, two) if hasattr(os, "sched_setaffinity") else None
    with tempfile.TemporaryDirectory() as home:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "check", *map(str, arguments)],
            cwd=ROOT,
            env=environment(TUTOR_HOME=home),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=narrow,
        )
        try:
            out, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
            process.wait()
        seconds = time.perf_counter() - begun
    summary = (out.strip().splitlines() or ["it said nothing"])[-1]
    if process.returncode not in (0, 1):
        raise RuntimeError(f"exit code {process.returncode}: {summary}")
    where = f"on {len(two)} cores" if narrow else "on all cores"
    return Row(f"tutor check of {what} {where} ({summary})", Figure(seconds), bound=bound)
