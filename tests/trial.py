"""A small chapter of one lesson that trains in a moment, and reports with the numbers that a test asks for."""

from __future__ import annotations

from pathlib import Path

from lessons import metrics
from lessons.recipe import Recipe
from lessons.report import Report

CHAPTER = """\
# Trial

```toml chapter
format = 1
id = "trial"
cast = { A = "The archivist" }
ends = ["won"]
```

## room

Turn it.

```toml lesson
job = "few-digits"
with = { epochs = 20 }
setting.train_size = { choices = [50, 100, 1000], start = 100 }
setting.lr = { choices = [0.001, 1000.0], start = 0.001 }
predict = "What will test accuracy do?"
predictions = ["rise", "fall", "stay"]
predict_metric = "test_accuracy"
goal = "test_accuracy >= 0.85"
seeds = 3
hints = ["More."]
solution = { train_size = 1000 }
traps = [{ set = { train_size = 50 }, why = "fewer still" }]
pass = "won"
fail = "lost"
```

### Why

Because.

## lost

**A:** {test_accuracy:.1%}.

- [Again](#room)

## won

**A:** {test_accuracy:.1%}, after {start.test_accuracy:.1%}.
"""


def write(folder: Path, old: str = "", new: str = "", name: str = "trial.md") -> Path:
    """The chapter as a file, one place of it changed."""
    assert CHAPTER.count(old) == 1 or not old
    path = folder / name
    path.write_text(CHAPTER.replace(old, new) if old else CHAPTER, encoding="utf-8")
    return path


def line_of(fragment: str) -> int:
    """The line of the chapter on which a fragment begins."""
    return CHAPTER[: CHAPTER.index(fragment)].count("\n") + 1


def report(recipe: Recipe, values: dict[str, list[float | None]], seconds: float = 0.1) -> Report:
    """A report with these values per seed, and 0.5 for every other metric; None is a seed that diverged."""
    count = len(next(iter(values.values())))
    seeds = tuple(range(count))
    every = {name: [0.5] * count for name in metrics.available(recipe)} | {"seconds": [seconds] * count} | values
    diverged = {seed: 1 for seed in seeds if any(every[name][seed] is None for name in values)}
    return Report(recipe, seeds, "cpu", 1, "0" * 64, every, {seed: {} for seed in seeds}, diverged, seconds)
