"""What stands in for the laboratory during a walk: made-up runs where they are asked for, real ones else."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from pathlib import Path

from lessons import metrics
from lessons.client import TrainingDied, TrainingFailed, TrainingStopped
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.report import Report
from tutor.bench import Bench
from tutor.laboratory import Laboratory
from tutor.walk.madeup import Maker, Wish


class Contradiction(Exception):
    """A made-up run that cannot be; not a ``Mistake``, which the game would tell to the player and go on."""


class StandIn(Laboratory):
    """A laboratory that is asleep until a real run is asked for."""

    def __init__(
        self, device: str, threads: int, log: Path, on_change: Callable[[], None], on_notice: Callable[[str], None]
    ) -> None:
        super().__init__(device, threads, log, on_change, on_notice)
        self.wish: Wish | None = None
        """What the next run is to say; None for a real one."""
        self.bench: Bench | None = None
        """Where that run is made up for."""
        self.patience: Callable[[int], float] = lambda seeds: math.inf
        """Seconds after which a real run on so many seeds is stopped."""
        self.trouble = ""
        """Why a real run did not come to its end."""
        self._made = 0

    async def wake(self) -> None:
        """Nothing: what is only made up needs no training process."""

    async def run(self, kind: str, recipe: Recipe, seeds: Sequence[int]) -> Report:
        """The made-up run that was wished for, else a real one."""
        if self.wish is not None and self.bench is not None:
            wish, self.wish = self.wish, None
            return self._make_up(kind, self.bench, wish, recipe, seeds)
        limit = self.patience(len(seeds))
        try:
            async with asyncio.timeout(limit):
                await super().wake()
                return await super().run(kind, recipe, seeds)
        except TimeoutError:
            self.trouble = f"took longer than {limit:.0f} s. Take fewer epochs or rows, or raise time_limit"
            raise TrainingStopped from None
        except (TrainingDied, TrainingFailed, TrainingStopped) as error:
            self.trouble = str(error) or "the run was stopped"
            raise

    def _make_up(self, kind: str, bench: Bench, wish: Wish, recipe: Recipe, seeds: Sequence[int]) -> Report:
        self._made += 1
        maker = Maker(bench.challenge, random.Random(self._made))
        start = bench.first.means if bench.first else {}
        try:
            if kind == "practice":
                made = maker.practice(recipe, wish, start, bench.best)
            else:
                made = maker.make(recipe, wish, len(seeds), start, bench.best)
        except Mistake as mistake:
            raise Contradiction(str(mistake)) from None
        lost = dict.fromkeys(seeds, max(1, recipe.epochs // 2)) if made.diagnosis == "diverged" else {}
        live = {name: mean for name, mean in made.means.items() if metrics.METRICS[name].live and mean is not None}
        history = {seed: {"epoch": [recipe.epochs], **{name: [mean] for name, mean in live.items()}} for seed in seeds}
        # No text made this run: under a name of its own it is never counted together with others.
        return Report(recipe, tuple(seeds), "cpu", 1, f"made up {self._made}", made.values, history, lost)
