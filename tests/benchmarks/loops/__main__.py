"""``python -m tests.benchmarks.loops WAY FOLDER SEED EPOCHS``: trains once, one thread, and prints the Outcome."""

from __future__ import annotations

import dataclasses
import sys
from importlib import import_module
from pathlib import Path

from tests.benchmarks.harness import report


def main(way: str, folder: str, seed: str, epochs: str) -> None:
    """Train; a library that is not there is reported."""
    try:
        import torch

        loop = import_module(f"tests.benchmarks.loops.{way}")
    except ImportError as error:
        return report({"missing": str(error)})
    torch.set_num_threads(1)
    report(dataclasses.asdict(loop.train(Path(folder), int(seed), int(epochs))))


if __name__ == "__main__":
    main(*sys.argv[1:])
