"""Trains one seed: iterates the source's own ``train``, measures, sends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from lessons.lab import measuring
from lessons.lab.forge import forge, load_data
from lessons.metrics import METRICS
from lessons.recipe import Recipe
from lessons.source import source
from lessons.wire import Event, Night, SeedDone

DIVERGED = 1e6
"""A mean training loss above this is lost, even where float32 can still hold it."""
CURVE = 200
"""Points that a curve has at most: longer trainings are measured every few epochs."""


class StopTraining(Exception):
    """The run was asked to end."""


def train_seed(
    run: int,
    recipe: Recipe,
    seed: int,
    device: str,
    threads: int,
    send: Callable[[Event], None],
    stopped: Callable[[], bool],
) -> None:
    """Train from one seed and send its Nights and its SeedDone.

    ``stopped`` is asked after every optimiser step; when it says so, StopTraining is raised.
    What is set here (threads, denormals, seeds, their order) is what the script's ``main`` sets.
    """
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    program = source(recipe)
    names = forge(program)
    data = load_data(program, device)

    def look(*_: object) -> None:
        if stopped():
            raise StopTraining

    hook = register_optimizer_step_post_hook(look)
    try:
        torch.manual_seed(seed)
        model = names["Net"]().to(device)
        every, seconds = max(1, math.ceil(recipe.epochs / CURVE)), 0.0
        nights, begun = names["train"](model, data, seed), time.perf_counter()
        for epoch, loss in nights:
            seconds += time.perf_counter() - begun
            if not math.isfinite(loss) or loss > DIVERGED:
                return send(_lost(run, recipe, seed, epoch, seconds))
            if epoch < recipe.epochs and (epoch == 1 or epoch % every == 0):
                with measuring.undisturbed(model, device):
                    values = measuring.live(model, data, names["evaluate"])
                send(Night(run, seed, epoch, finite(values)))
                look()
            begun = time.perf_counter()
        values = measuring.final(model, data, names["evaluate"])
        if not all(math.isfinite(v) for v in values.values()):
            return send(_lost(run, recipe, seed, recipe.epochs, seconds))
        send(Night(run, seed, recipe.epochs, {name: v for name, v in values.items() if METRICS[name].live}))
        send(SeedDone(run, seed, measuring.complete({**values, "seconds": seconds}, recipe)))
    finally:
        hook.remove()


def _lost(run: int, recipe: Recipe, seed: int, epoch: int, seconds: float) -> SeedDone:
    return SeedDone(run, seed, measuring.complete({"seconds": seconds}, recipe), diverged=epoch)


def finite(values: dict[str, float]) -> dict[str, float | None]:
    """JSON has no infinity: None stands for a number that is none."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
