"""The training process: how long it takes to wake, and how soon a run shows its first point.

The first Adam that a process makes costs a second; ours has paid it before it says Ready, so the first run
is like the second. Bound: from pressing train to the first Night 50 ms.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from lessons.client import Client
from lessons.jobs import job
from lessons.recipe import Recipe
from lessons.wire import Night
from tests.benchmarks.harness import Bound, Options, Row, compare, laboratory, median

AGAIN = 20
WAKINGS = 3


def measure(options: Options) -> Iterator[Row]:
    recipe = job("noisy-digits-mlp").recipe
    waking, first, second, later = [], [], [], []
    for _ in range(options.turns(WAKINGS)):
        begun = time.perf_counter()
        with laboratory() as (runner, client):
            waking.append(time.perf_counter() - begun)
            first.append(runner.run(to_the_first_night(client, recipe)))
            second.append(runner.run(to_the_first_night(client, recipe)))
            if not later:
                later = [runner.run(to_the_first_night(client, recipe)) for _ in range(AGAIN)]
    yield Row("the training process, from start to Ready", median(waking))
    yield compare("first run after Ready, to its first point", first, second, "second run")
    yield Row("from pressing train to the first point", median(later), bound=Bound("at most", 0.050, "s"))


async def to_the_first_night(client: Client, recipe: Recipe) -> float:
    """Seconds from asking for a run to its first measured epoch; the run is left then."""
    events, begun = client.events(recipe, [0], "cpu"), time.perf_counter()
    async for event in events:
        if isinstance(event, Night):
            break
    seconds = time.perf_counter() - begun
    await events.aclose()
    await asyncio.sleep(0.1)  # the run that was left ends meanwhile
    return seconds
