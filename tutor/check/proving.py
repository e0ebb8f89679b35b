"""Trains what lessons claim, as many runs side by side as the cores allow; answers come in the order of the work."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from lessons.client import Client, TrainingDied, TrainingFailed
from lessons.recipe import Recipe
from lessons.report import Report
from lessons.wire import Event
from tutor import home
from tutor.progress import Nights

LIVES = 2
"""Times that a run is tried whose training process dies."""


@dataclass(frozen=True)
class Job:
    """One run: a recipe on its seeds."""

    recipe: Recipe
    seeds: range
    patience: float
    """Seconds after which it is stopped."""

    @property
    def epochs(self) -> int:
        """Of all seeds together, if none stops early."""
        return self.recipe.epochs * len(self.seeds)


class TooLong(Exception):
    """A run was stopped because its patience had run out."""


Answer = Report | TooLong | TrainingFailed


def cores() -> int:
    """The processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def side_by_side(jobs: Sequence[Job], device: str) -> int:
    """How many training processes the cores are enough for; the seeds of a run share the cores already."""
    if device not in ("auto", "cpu") or not jobs:
        return 1
    seeds = sorted(len(job.seeds) for job in jobs)[len(jobs) // 2]
    return max(1, min(len(jobs), -(-cores() // seeds)))


@asynccontextmanager
async def clients(count: int) -> AsyncIterator[list[Client]]:
    """So many training processes, which end with the block."""
    made = [Client(home.lab_log(home.home()), data=home.data()) for _ in range(count)]
    try:
        yield made
    finally:
        await asyncio.gather(*(client.close() for client in made))


async def prove(
    jobs: Sequence[Job],
    clients: Sequence[Client],
    device: str,
    threads: int,
    on_progress: Callable[[float, str], None] = lambda share, words: None,
) -> AsyncIterator[Answer]:
    """The answer to each job, in order, while others still train.

    ``on_progress`` gets the share that is done, and where the first run stands that is not finished.
    Each client trains one job at a time.

    Raises TrainingDied where the process dies again and again, and TrainingFailed for what the machine lacks.
    """
    nights = [Nights(job.recipe, len(job.seeds)) for job in jobs]
    done = [0] * len(jobs)
    total = sum(job.epochs for job in jobs) or 1
    answers: list[asyncio.Future[Answer]] = [asyncio.get_running_loop().create_future() for _ in jobs]
    todo = iter(range(len(jobs)))

    def tell(number: int) -> None:
        done[number] = jobs[number].epochs if answers[number].done() else nights[number].done
        first = next((n for n, answer in enumerate(answers) if not answer.done()), len(jobs) - 1)
        on_progress(sum(done) / total, f"run {first + 1} of {len(jobs)}, {nights[first].words}")

    def watch(number: int) -> Callable[[Event], None]:
        return lambda event: tell(number) if nights[number].take(event) else None

    async def work(client: Client) -> None:
        try:
            for number in todo:  # one iterator for all: whoever is free takes the next job
                answers[number].set_result(await _train(client, jobs[number], device, threads, watch(number)))
                tell(number)
        except Exception as error:
            for answer in answers:
                if not answer.done():
                    answer.set_exception(error)

    workers = [asyncio.create_task(work(client)) for client in clients]
    try:
        for answer in answers:
            yield await answer
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        for answer in answers:
            if answer.done() and not answer.cancelled():
                answer.exception()  # of those that nobody will ask for any more


async def _train(client: Client, job: Job, device: str, threads: int, take: Callable[[Event], None]) -> Answer:
    for life in range(LIVES):
        try:
            async with asyncio.timeout(job.patience):
                return await client.train(job.recipe, job.seeds, device, threads, take)
        except TimeoutError:
            return TooLong(job.patience)
        except TrainingFailed as error:
            if error.lacks or error.fault:
                raise
            return error
        except TrainingDied:
            if life + 1 == LIVES:
                raise
    raise AssertionError("unreachable")
