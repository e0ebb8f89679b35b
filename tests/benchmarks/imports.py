"""What the training process has imported when it is Ready, and what torch and torchvision cost.

Bound: no torchvision until the player asks for the full data.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator

from tests.benchmarks.harness import ROOT, Bound, Figure, Options, Row, compare, environment, in_turns

IMPORTED = re.compile(r"^import time:\s+\d+ \|\s+\d+ \|\s+(\S+)$", re.M)
TIMED = """
import resource, time
begun = time.perf_counter()
import {}
print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def measure(options: Options) -> Iterator[Row]:
    found = imported_when_ready()
    heavy = sorted({name for name in found if name.partition(".")[0] == "torchvision"})
    yield Row(
        f"modules of torchvision, of {len(found)}, when Ready",
        Figure(len(heavy), "modules"),
        bound=Bound("at most", 0, "modules"),
    )
    torch, vision = in_turns(options.turns(3), lambda _: timed("torch"), lambda _: timed("torchvision"))
    pairs = [[seconds for seconds, _ in each] for each in (torch, vision)]
    yield compare("import torch", *pairs, "import torchvision")
    memory = [[size for _, size in each] for each in (torch, vision)]
    yield compare("memory of import torch", *memory, "import torchvision", unit="MiB")


def imported_when_ready() -> list[str]:
    """The names of all modules that the training process has imported when it says Ready."""
    process = subprocess.Popen(
        [sys.executable, "-X", "importtime", "-m", "lessons.lab.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment(),
    )
    try:
        # Its input is at its end, so it leaves as soon as it is Ready.
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
        process.wait()
    names = IMPORTED.findall(err)
    if "Ready" not in out or "torch" not in names:
        raise RuntimeError(f"the training process did not become Ready: {err.strip().splitlines()[-1:]}")
    return names


def timed(package: str) -> tuple[float, float]:
    """Seconds and MiB of an import in a fresh process."""
    done = subprocess.run(
        [sys.executable, "-c", TIMED.format(package)], capture_output=True, text=True, timeout=120, check=True
    )
    seconds, size = map(float, done.stdout.split())
    return seconds, size
