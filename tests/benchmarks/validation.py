"""A pass over MNIST's 12,000 validation rows: seed 003's batch by batch, and our ``evaluate``, one batch.

Bound: ours at least 15 times as fast.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.harness import Bound, Options, Row, child, compare, in_turns, report


def measure(options: Options) -> Iterator[Row]:
    folder = options.need_data()
    ours, seed = child("tests.benchmarks.validation", folder, options.turns(7))
    yield compare("a validation pass", ours, seed, "seed 003's loop", Bound("at least", 15), faster=True)


def main(folder: Path, turns: int) -> None:
    """In a process of its own: seconds of both, in turns."""
    import torch
    from torch.utils.data import DataLoader

    from tests.benchmarks.loops import common, ours, seed

    torch.set_num_threads(1)
    torch.manual_seed(0)
    names, data = ours.program(ours.recipe(1))
    model, net = names["Net"](), common.net()
    loader = DataLoader(common.mnist(folder, 0)[1], batch_size=common.BATCH)

    def evaluate(_: int) -> float:
        begun = time.perf_counter()
        names["evaluate"](model, *data["validation"])
        return time.perf_counter() - begun

    def loop(_: int) -> float:
        begun = time.perf_counter()
        seed.validation_loss(net, loader)
        return time.perf_counter() - begun

    evaluate(0)
    report(in_turns(turns, evaluate, loop))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
