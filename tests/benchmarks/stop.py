"""From asking for a stop to the end of the run, at any moment of it. Bound: 10 ms."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator, Sequence

from lessons.client import Client, TrainingStopped
from lessons.jobs import job
from lessons.wire import Night
from tests.benchmarks.harness import Bound, Options, Row, laboratory, median

TIMES = 12


def measure(options: Options) -> Iterator[Row]:
    bound = Bound("at most", 0.010, "s")
    with laboratory() as (runner, client):
        for words, seeds in (("one seed", [0]), ("five seeds", range(5))):
            uneven = random.Random(1897)
            seconds = [
                runner.run(stopping(client, seeds, uneven.uniform(0.1, 0.3))) for _ in range(options.turns(TIMES))
            ]
            yield Row(f"stop, {words} training", median(seconds), bound=bound)


async def stopping(client: Client, seeds: Sequence[int], after: float) -> float:
    """Seconds from ``stop`` to TrainingStopped, some time after the first point."""
    recipe, running = job("noisy-digits-mlp").recipe.turned(epochs=100_000), asyncio.Event()

    async def train() -> float:
        try:
            async for event in client.events(recipe, seeds, "cpu"):
                if isinstance(event, Night):
                    running.set()
        except TrainingStopped:
            return time.perf_counter()
        raise RuntimeError("the run ended before it was stopped")

    run = asyncio.create_task(train())
    await running.wait()
    await asyncio.sleep(after)
    begun = time.perf_counter()
    await client.stop()
    return await run - begun
