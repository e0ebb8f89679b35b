"""The bench of free play: every setting that fits the data can be turned, and nothing is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lessons import free, metrics, report
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.report import Report
from lessons.settings import setting
from lessons.share import Shared
from tutor.anybench import CHECK_SEEDS, PRACTICE_SEEDS, AnyBench, diverged_words, with_error
from tutor.pictures import choosing
from tutor.savebook import Run, SaveBook

WATCHED = {
    "classification": ("validation_accuracy", "train_accuracy"),
    "regression": ("validation_loss", "train_loss"),
}
"""What practice goes by, for each task."""
TESTED = {
    "classification": ("test_accuracy", "train_accuracy"),
    "regression": ("test_loss", "train_loss"),
}
"""What fresh seeds go by: on rows that nothing was decided by."""


class FreeBench(AnyBench):
    """Nothing is locked, judged or predicted; fresh seeds give a mean and its standard error."""

    def __init__(self, key: str, title: str, recipe: Recipe, book: SaveBook, shared: Shared | None = None) -> None:
        """``shared``: the run of a share code, whose settings and seeds come first."""
        super().__init__(key, free.challenge(key.rpartition("/")[2], recipe), book)
        self.title = title
        """What is trained here, in words."""
        self._shared = shared
        if shared or not self._sensible:
            self.settings = self.challenge.start

    @property
    def _sensible(self) -> bool:
        try:
            self.challenge.recipe_for(self.settings)
        except Mistake:
            return False
        return True

    def reread(self) -> None:
        """Runs of every game, but only those on the same data: another file may bear the same name."""
        base = self.challenge.recipe
        kept = self._book.runs(self.key)
        self._runs = [run for run in kept if (run.report.recipe.data, run.report.recipe.own) == (base.data, base.own)]
        self._earlier = []

    # what is turned

    @property
    def turned(self) -> list[str]:
        """The settings that stand otherwise than at the start."""
        return [name for name, start in self.challenge.start.items() if self.settings[name] != start]

    @property
    def idles(self) -> set[str]:
        """The settings that do nothing among the others as they stand."""
        recipe = self.challenge.recipe_for(self.settings)
        return {name for name in self.settings if recipe.idle(name)}

    def reset(self, name: str = "") -> None:
        """Set a setting, or all of them, as at the start."""
        start = self.challenge.start
        self._set({**self.settings, name: start[name]} if name else start)

    @property
    def noted(self) -> dict[str, Any]:
        return {**super().noted, free.FIXED: self.challenge.recipe.data}

    # what was run

    @property
    def watched(self) -> Sequence[str]:
        return WATCHED[self.challenge.recipe.task]

    @property
    def pictures(self) -> tuple[str, ...]:
        """Every picture that makes sense of the last run, what the turned settings are about first."""
        run = self.running or self.newest
        recipe = run.recipe if run else self.challenge.recipe_for(self.settings)
        return tuple(dict.fromkeys((*choosing.chosen(recipe, self.turned), *choosing.chosen(recipe, self.settings))))

    @property
    def tested(self) -> Sequence[str]:
        """What is said first of several fresh seeds."""
        return TESTED[self.challenge.recipe.task]

    @property
    def readers(self) -> list[Report]:
        """The runs over several fresh seeds, the newest first, one for each state of the settings."""
        newest: dict[str, Report] = {}
        for made in self._shown("verdict"):
            newest.setdefault(made.sha256, made)
        return list(newest.values())

    def summary(self, made: Report) -> dict[str, metrics.Summary]:
        """Mean and standard error of every metric, over all seeds that these settings were trained from."""
        return {name: metrics.summarise(values) for name, values in report.pooled(self.alike(made)).items()}

    def readers_words(self, made: Report) -> str:
        """``test accuracy 79.5% ± 0.3%, training accuracy 99.0% ± 0.1%``."""
        found = self.summary(made)
        return ", ".join(f"{metrics.metric(name).label} {with_error(name, found[name])}" for name in self.tested)

    def seeds(self, made: Report) -> int:
        """From how many seeds these settings were trained."""
        return sum(len(other.seeds) for other in self.alike(made))

    # running

    def practice_seed(self) -> int:
        """That of the share code first, then the lowest on which these settings were not practised."""
        used = {made.seeds[0] for made in self._reports("practice") if made.sha256 == self.source.sha256}
        if (given := self._given) and given.seeds == 1 and given.seed not in used:
            return given.seed
        return next((seed for seed in range(PRACTICE_SEEDS) if seed not in used), 0)

    def verdict_seeds(self) -> list[int]:
        """Those of the share code first, then fresh ones."""
        used = {seed for made in self._all_verdicts for seed in made.seeds}
        if (given := self._given) and given.seeds > 1 and given.seed not in used:
            return list(range(given.seed, given.seed + given.seeds))
        first = max((seed for seed in used if seed < CHECK_SEEDS), default=PRACTICE_SEEDS - 1)
        first = max(first + 1, PRACTICE_SEEDS)
        return list(range(first, first + self.challenge.seeds))

    @property
    def _given(self) -> Shared | None:
        """The run of the share code, as long as everything stands as it says."""
        return None if self.turned else self._shared

    def _practised_words(self, made: Report) -> str:
        return f"{super()._practised_words(made)} (one seed)."

    def judged(self, made: Report) -> None:
        """Keep a run over several seeds, and say what came out; nobody judges it."""
        self._keep(Run("verdict", self.noted, made))
        words = f"{self.seeds(made)} readers: {self.readers_words(made)}."
        self.message = diverged_words(made) if made.diverged else words


def found(name: str, words: Sequence[str], turned: Sequence[str]) -> bool:
    """Whether a setting has all of these words about it, in what it does, too; ``turned`` finds those that were."""
    return all(word in f"{called(name, turned)} {setting(name).words}".lower() for word in words)


def called(name: str, turned: Sequence[str]) -> str:
    """All that a setting goes by: its names, its group, and that it was turned."""
    return f"{name} {setting(name).label} {free.group(name)} {'turned' if name in turned else ''}".lower()
