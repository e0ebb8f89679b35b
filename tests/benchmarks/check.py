"""``tutor check`` of every chapter that ships, on two cores. Bound: 150 seconds."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial

from tests.benchmarks.harness import ROOT, Bound, Figure, Options, Row, cores, environment

PATIENCE = 400


def measure(options: Options) -> Iterator[Row]:
    two = cores()[:2]
    narrow = partial(os.sched_setaffinity, 0, two) if hasattr(os, "sched_setaffinity") else None
    with tempfile.TemporaryDirectory() as home:
        begun = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "tutor", "check"],
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
    yield Row(f"tutor check {where} ({summary})", Figure(seconds), bound=Bound("at most", 150, "s"))
