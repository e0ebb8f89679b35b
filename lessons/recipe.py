"""A Recipe is one experiment, frozen and validated; jobs are named base recipes in TOML."""

from __future__ import annotations

import dataclasses
import tomllib
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from lessons.mistakes import Mistake, unknown
from lessons.settings import SETTINGS, setting

JOBS = Path(__file__).parent / "jobs"

MAX_PARAMETERS = 50_000_000
"""Weights a network may have: 200 MB of float32, past which a small machine swaps."""


@dataclass(frozen=True)
class DataSet:
    """What a recipe must know of a data set to be checked without loading it."""

    title: str
    task: str
    """``classification`` (cross-entropy, accuracies) or ``regression`` (mean squared error)."""
    inputs: int
    outputs: int
    rows: int
    """Training rows there are."""


DATA = {
    "digits": DataSet("MNIST digits", "classification", 784, 10, 2000),
    "noise": DataSet("uniform noise", "regression", 10, 1, 100),
}


@dataclass(frozen=True)
class Recipe:
    """Data, network, techniques, optimiser and budget of one experiment.

    The seed is not part of it: the same text is trained from each seed.
    Raises ``Mistake`` for a value out of range or a combination that cannot work.
    """

    data: str = "digits"
    train_size: int = SETTINGS["train_size"].default
    label_noise: float = SETTINGS["label_noise"].default
    widths: tuple[int, ...] = SETTINGS["widths"].default
    activation: str = SETTINGS["activation"].default
    norm: str = SETTINGS["norm"].default
    dropout: float | tuple[float, ...] = SETTINGS["dropout"].default
    eval_mode: bool = SETTINGS["eval_mode"].default
    optimizer: str = SETTINGS["optimizer"].default
    lr: float = SETTINGS["lr"].default
    momentum: float = SETTINGS["momentum"].default
    weight_decay: float = SETTINGS["weight_decay"].default
    l1: float = SETTINGS["l1"].default
    batch_size: int = SETTINGS["batch_size"].default
    epochs: int = SETTINGS["epochs"].default

    def __post_init__(self) -> None:
        if self.data not in DATA:
            raise unknown("data", self.data, DATA)
        for name in SETTINGS:
            object.__setattr__(self, name, SETTINGS[name].check(getattr(self, name)))
        self._check_together()

    def _check_together(self) -> None:
        rows, layers = DATA[self.data].rows, len(self.widths)
        if self.train_size > rows:
            raise Mistake(f"train_size cannot be {self.train_size}: {self.data} has {rows} training rows.")
        if self.task == "regression" and self.label_noise:
            raise Mistake(f"label_noise cannot be {self.label_noise:g}: {self.data} has no labels to falsify. Use 0.")
        if isinstance(self.dropout, tuple) and len(self.dropout) != layers:
            raise Mistake(
                f"dropout has {len(self.dropout)} rates and the network {layers} hidden layers. "
                "Give one rate, or one per hidden layer."
            )
        size = self.batch_size or self.train_size
        if self.norm == "batch" and (size == 1 or self.train_size % size == 1):
            raise Mistake(
                f"batch norm cannot train on a batch of one row: batch_size {size} leaves one of "
                f"{self.train_size} rows alone, and one row has no spread. Choose another batch_size."
            )
        if self.parameters > MAX_PARAMETERS:
            raise Mistake(
                f"widths {list(self.widths)} make {self.parameters:,} weights; "
                f"{MAX_PARAMETERS:,} are allowed. Use narrower layers."
            )

    @property
    def task(self) -> str:
        """``classification`` or ``regression``."""
        return DATA[self.data].task

    @property
    def rates(self) -> tuple[float, ...]:
        """The dropout rate after each hidden layer."""
        if isinstance(self.dropout, tuple):
            return self.dropout
        return (self.dropout,) * len(self.widths)

    @property
    def parameters(self) -> int:
        """How many weights and biases the network has."""
        data = DATA[self.data]
        sizes = (data.inputs, *self.widths, data.outputs)
        count = sum((n + 1) * m for n, m in pairwise(sizes))
        return count + (2 * sum(self.widths) if self.norm == "batch" else 0)

    def turned(self, **values: Any) -> Recipe:
        """This recipe with some settings turned; a ``Mistake`` names one that is unknown."""
        for name in values:
            setting(name)
        return dataclasses.replace(self, **values)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return {k: list(v) if isinstance(v, tuple) else v for k, v in dataclasses.asdict(self).items()}

    @classmethod
    def from_dict(cls, table: dict[str, Any]) -> Recipe:
        """The inverse of ``to_dict``; a ``Mistake`` names an unknown key."""
        names = [f.name for f in dataclasses.fields(cls)]
        for name in table:
            if name not in names:
                raise unknown("setting", name, names)
        return cls(**table)


@dataclass(frozen=True)
class Job:
    """A named base recipe."""

    name: str
    title: str
    words: str
    recipe: Recipe


@cache
def job(name: str) -> Job:
    """The job of that name; a ``Mistake`` names the nearest one."""
    if name not in job_names():
        raise unknown("job", name, job_names())
    table = tomllib.loads((JOBS / f"{name}.toml").read_text(encoding="utf-8"))
    title, words = table.pop("title"), table.pop("words")
    return Job(name, title, words, Recipe.from_dict(table))


@cache
def job_names() -> tuple[str, ...]:
    """The names of all jobs, sorted."""
    return tuple(sorted(path.stem for path in JOBS.glob("*.toml")))
