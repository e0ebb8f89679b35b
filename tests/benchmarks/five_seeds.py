"""A five-seed verdict against one run of the same experiment, in one training process.

Bound: at most 1.15 times (5 / cores) of one run.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from lessons.jobs import job
from tests.benchmarks.harness import Bound, Options, Row, compare, cores, in_turns, laboratory


def measure(options: Options) -> Iterator[Row]:
    recipe, free = job("noisy-digits-mlp").recipe, min(5, len(cores()))
    with laboratory() as (runner, client):

        def seconds(seeds: Sequence[int]) -> float:
            begun = time.perf_counter()
            runner.run(client.train(recipe, seeds, "cpu"))
            return time.perf_counter() - begun

        seconds([0])
        five, one = in_turns(options.turns(7), lambda _: seconds(range(1000, 1005)), lambda _: seconds([0]))
    yield compare(f"a five-seed verdict on {free} cores", five, one, "one run", Bound("at most", 1.15 * 5 / free))
