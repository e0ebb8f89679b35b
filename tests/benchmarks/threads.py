"""One step of a small network on two cores, one of them kept busy: one torch thread against two.

Shows why one thread is our default, and what the settings are worth under which more may be asked for. No bound.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator

from tests.benchmarks.harness import Options, Row, child, compare, cores, in_turns, report

SECONDS = 1.0
PASSIVE = {"OMP_WAIT_POLICY": "PASSIVE", "GOMP_SPINCOUNT": "0"}
"""As the training process sets it before it loads torch."""
BUSY = "import os, sys\nif hasattr(os, 'sched_setaffinity'): os.sched_setaffinity(0, {*map(int, sys.argv[1:])})\n"


def measure(options: Options) -> Iterator[Row]:
    two = cores()[:2]
    busy = subprocess.Popen([sys.executable, "-c", BUSY + "while True: pass", *map(str, two)])
    try:
        one, more, passive = in_turns(
            options.turns(3),
            lambda _: child("tests.benchmarks.threads", 1, *two),
            lambda _: child("tests.benchmarks.threads", 2, *two),
            lambda _: child("tests.benchmarks.threads", 2, *two, **PASSIVE),
        )
    finally:
        busy.kill()
        busy.wait()
    yield compare("a step on two cores, one busy: one thread", one, more, "two threads", faster=True)
    yield compare("the same", one, passive, "two that wait passively", faster=True)


def main(threads: int, *two: int) -> None:
    """In a process of its own: the mean seconds of a step."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, set(two))
    import torch
    from torch.nn import functional as F

    from tests.benchmarks.loops import common

    torch.set_num_threads(threads)
    model = common.net()
    optimizer = torch.optim.Adam(model.parameters(), lr=common.RATE, fused=True)
    x, y = torch.randn(common.BATCH, 784), torch.zeros(common.BATCH, dtype=torch.int64)

    def steps(seconds: float) -> float:
        count, begun = 0, time.perf_counter()
        while (passed := time.perf_counter() - begun) < seconds:
            loss = F.cross_entropy(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            count += 1
        return passed / count

    steps(0.2)
    report(steps(SECONDS))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
