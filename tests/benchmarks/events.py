"""What the events of a real run cost: a JSON line there and back, and its share of the training time.

An event is written and read twice, from a seed to the training process and from there to the screen.
Bound: at most 1 % of the training time.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

from lessons import wire
from lessons.jobs import job
from tests.benchmarks.harness import Bound, Figure, Options, Row, laboratory, median

ROUNDS = 2000
HOPS = 2


def measure(options: Options) -> Iterator[Row]:
    recipe, told = job("noisy-digits-mlp").recipe, []
    with laboratory() as (runner, client):
        report = runner.run(client.train(recipe, [0], "cpu", on_event=told.append))
    trained = report.metrics["seconds"][0] or 0.0
    night = [event for event in told if isinstance(event, wire.Night)][-1]
    turns = options.turns(7)
    one = median(there_and_back([night], ROUNDS) for _ in range(turns))
    every = median(there_and_back(told, ROUNDS // 20) for _ in range(turns))
    yield Row(f"a Night as a JSON line ({len(wire.encode(night))} bytes), there and back", one)
    share = Figure(HOPS * every.value / trained, "%")
    against = Figure(trained, of="the training")
    words = f"all {len(told)} events of {recipe.epochs} epochs, of the training time"
    yield Row(words, share, against, bound=Bound("at most", 0.01, "%"))


def there_and_back(events: Sequence[wire.Event], rounds: int) -> float:
    """Seconds to encode and decode all of them once."""
    begun = time.perf_counter()
    for _ in range(rounds):
        for event in events:
            wire.decode(wire.encode(event))
    return (time.perf_counter() - begun) / rounds
