"""What being watched costs a training: ``train_seed`` against the same generated ``train``, iterated bare.

The recipe and the seed are the same, and so is the data, which is loaded already. Bounds: the training itself,
which is what the metric ``seconds`` counts, at most 1.05 times the bare loop; and the whole of ``train_seed`` at
most 1.05 times the same without looks inside the network. Below them, without a bound, what the curves cost: the
whole, every night measured on training and validation rows, against the whole of the exported script.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from tests.benchmarks.harness import Bound, Options, Row, child, compare, in_turns, report

JOB = "noisy-digits-mlp"


def measure(options: Options) -> Iterator[Row]:
    watched, unseen, bare = child("tests.benchmarks.probing", options.turns(7))
    training, whole = ([one[part] for one in watched] for part in (0, 1))
    alone, script = ([one[part] for one in bare] for part in (0, 1))
    yield compare("training while watched", training, alone, "the bare loop", Bound("at most", 1.05))
    blind = [one[1] for one in unseen]
    yield compare("looks inside the network", whole, blind, "the same without looks", Bound("at most", 1.05))
    yield compare("training, measuring and telling", whole, script, "the bare script")


def main(turns: int) -> None:
    """In a process of its own: seconds of the training and of the whole, watched and bare, in turns."""
    import torch

    from lessons.jobs import job
    from lessons.lab import devices, probing
    from lessons.lab.training import Order, train_seed
    from lessons.wire import SeedDone, encode
    from tests.benchmarks.loops.ours import program

    recipe = job(JOB).recipe
    program(recipe)  # reads the data, which are kept
    devices.warm()

    def watched(_: int) -> tuple[float, float]:
        told, begun = [], time.perf_counter()
        order = Order(0, recipe, 0, watched=True)
        train_seed(order, lambda event: told.append((event, encode(event))), lambda: False)
        whole = time.perf_counter() - begun
        (done,) = [event for event, _ in told if isinstance(event, SeedDone)]
        return done.metrics["seconds"], whole

    def unseen(turn: int) -> tuple[float, float]:
        looked, seen = probing.look, []
        # One look has to be: what the network came to is among the metrics.
        probing.look = lambda *given, **named: seen[0] if seen else seen.append(looked(*given, **named)) or seen[0]
        try:
            return watched(turn)
        finally:
            probing.look = looked

    def bare(_: int) -> tuple[float, float]:
        begun = time.perf_counter()
        names, data = program(recipe)
        torch.manual_seed(0)
        model = names["Net"]()
        started = time.process_time()  # which is what the metric counts
        for _ in names["train"](model, data, 0):
            pass
        alone = time.process_time() - started
        for x, y in data.values():
            names["evaluate"](model, x, y)
        return alone, time.perf_counter() - begun

    watched(0), bare(0)
    report(in_turns(turns, watched, unseen, bare))


if __name__ == "__main__":
    main(int(sys.argv[1]))
