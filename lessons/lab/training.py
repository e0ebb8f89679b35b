"""Trains one seed: iterates the source's own ``train``, measures, sends."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import nn
from torch.optim.optimizer import register_optimizer_step_post_hook

from lessons.lab import measuring, probing
from lessons.lab.forge import Splits, forge, load_data
from lessons.metrics import MARKS, METRICS
from lessons.recipe import Recipe
from lessons.source import source
from lessons.views import View
from lessons.wire import Event, Look, Night, SeedDone

DIVERGED = 1e6
"""A mean training loss above this is lost, even where float32 can still hold it."""
CURVE = 200
"""Points that a curve has at most: longer trainings are measured every few epochs."""
LOOKS = 5
"""Looks inside the network between the first and the last one."""

Send = Callable[[Event], None]


class StopTraining(Exception):
    """The run was asked to end."""


@dataclass(frozen=True)
class Order:
    """What one seed is to do."""

    run: int
    recipe: Recipe
    seed: int
    device: str = "cpu"
    threads: int = 1
    watched: bool = False
    """Whether it is looked into while it trains, not only before and after."""


@dataclass
class Steps:
    """What the optimiser's steps leave behind: the learning rate of each."""

    rates: list[float] = field(default_factory=list)

    def curve(self) -> list[list[float]]:
        """Pairs of step (from 1) and rate, at most twice ``CURVE``; the first and the last are among them."""
        last, every = len(self.rates), max(1, math.ceil(len(self.rates) / (2 * CURVE)))
        steps = sorted({*range(1, last + 1, every), last} if last else set())
        return [[step, float(f"{self.rates[step - 1]:.6g}")] for step in steps]


def train_seed(order: Order, send: Send, stopped: Callable[[], bool]) -> None:
    """Train from one seed and send its Nights, its Looks and its SeedDone.

    ``stopped`` is asked after every optimiser step; when it says so, StopTraining is raised.
    What is set here (threads, denormals, seeds, their order) is what the script's ``main`` sets.
    """
    torch.set_num_threads(order.threads)
    torch.set_flush_denormal(True)
    program = source(order.recipe)
    names = forge(program)
    data = load_data(order.recipe, program, order.device, order.seed)
    with stepping(stopped) as steps:
        torch.manual_seed(order.seed)
        model = names["Net"]().to(order.device)
        Training(order, names, model, data, steps, send).run(stopped)


@contextmanager
def stepping(stopped: Callable[[], bool]) -> Iterator[Steps]:
    """Sees every optimiser step: notes its rate, and raises StopTraining once that is asked for."""
    steps = Steps()

    def look(optimizer: Any, *_: object) -> None:
        steps.rates.append(optimizer.param_groups[0]["lr"])
        if stopped():
            raise StopTraining

    hook = register_optimizer_step_post_hook(look)
    try:
        yield steps
    finally:
        hook.remove()


@dataclass
class Training:
    """One seed under way."""

    order: Order
    names: dict[str, Any]
    """What the source defines."""
    model: nn.Module
    data: Splits
    steps: Steps
    send: Send
    seconds: float = 0.0
    epoch: int = 0
    measured: int = 0
    """The last epoch that was measured."""
    reached: dict[str, float] = field(default_factory=dict)

    def run(self, stopped: Callable[[], bool]) -> None:
        """From the first weights to the last message."""
        recipe = self.order.recipe
        every = max(1, math.ceil(recipe.epochs / CURVE))
        looks = {round(n * recipe.epochs / (LOOKS + 1)) for n in range(1, LOOKS + 1)} if self.order.watched else set()
        self._look(0)
        # Seeds share cores: what one of them used says how dear a technique is, what it waited does not.
        alone = self.order.device == "cpu" and self.order.threads == 1
        clock = time.process_time if alone else time.perf_counter
        nights, begun = self.names["train"](self.model, self.data, self.order.seed), clock()
        for self.epoch, loss in nights:
            self.seconds += clock() - begun
            if not math.isfinite(loss) or loss > DIVERGED:
                return self._lost()
            # The last epoch is measured once, at the end, unless other weights are put back there.
            if (self.epoch < recipe.epochs or recipe.restore) and (self.epoch == 1 or self.epoch % every == 0):
                self._measure()
                if self.epoch in looks:
                    self._look(self.epoch)
                if stopped():
                    raise StopTraining
            begun = clock()
        self.seconds += clock() - begun
        self._end()

    def _measure(self) -> None:
        with measuring.undisturbed(self.model, self.order.device):
            values = measuring.live(self.model, self.data, self.names["evaluate"])
        self._night(values)

    def _night(self, values: dict[str, float]) -> None:
        self.measured = self.epoch
        for mark in MARKS:
            if values.get("validation_accuracy", 0.0) >= mark / 100:
                self.reached.setdefault(f"epochs_to_{mark}", self.epoch)
        self.send(Night(self.order.run, self.order.seed, self.epoch, finite(values)))

    def _look(self, epoch: int, final: bool = False) -> View:
        recipe = self.order.recipe
        loss = F.cross_entropy if recipe.task == "classification" else F.mse_loss
        with measuring.undisturbed(self.model, self.order.device):
            view = probing.look(self.model, self.data, epoch, loss, image=recipe.facts.image, final=final)
        self.send(Look(self.order.run, self.order.seed, view.to_dict()))
        return view

    def _end(self) -> None:
        recipe = self.order.recipe
        values = measuring.final(self.model, self.data, self.names["evaluate"])
        if not all(math.isfinite(v) for v in values.values()):
            return self._lost()
        if self.measured < self.epoch and not recipe.restore:
            self._night({name: v for name, v in values.items() if METRICS[name].live})
        view = self._look(self.epoch, final=True)
        values |= {**self.reached, "dead_units": dead(view), "epochs_run": self.epoch, "seconds": self.seconds}
        values["parameters"] = sum(p.numel() for p in self.model.parameters())
        done = measuring.complete(values, recipe)
        self.send(SeedDone(self.order.run, self.order.seed, done, rates=self.steps.curve()))

    def _lost(self) -> None:
        recipe = self.order.recipe
        done = measuring.complete({"seconds": self.seconds, "parameters": recipe.parameters}, recipe)
        self.send(SeedDone(self.order.run, self.order.seed, done, diverged=self.epoch, rates=self.steps.curve()))


def dead(view: View) -> float:
    """The share of all hidden units that are dead."""
    hidden = [layer for layer in view.layers if layer.dead is not None]
    units = sum(layer.units for layer in hidden)
    # A view's numbers are short; units are whole.
    return sum(round((layer.dead or 0.0) * layer.units) for layer in hidden) / units if units else 0.0


def finite(values: dict[str, float]) -> dict[str, float | None]:
    """JSON has no infinity: None stands for a number that is none."""
    return {name: value if math.isfinite(value) else None for name, value in values.items()}
