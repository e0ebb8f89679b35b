"""A Recipe is one experiment, frozen and validated."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from lessons import sense
from lessons.datasets import DATA, DATA_FOLDER, OWN, DataSet
from lessons.mistakes import unknown
from lessons.own import OwnData
from lessons.settings import SETTINGS, setting


def _default(name: str) -> Any:
    return SETTINGS[name].default


@dataclass(frozen=True)
class Recipe:
    """Data, network, techniques, optimiser and budget of one experiment.

    The seed is not part of it: the same text is trained from each seed.
    Raises ``Mistake`` for a value out of range or a combination that cannot work.
    """

    data: str = _default("data")
    own: OwnData | None = None
    """The file of an instructor's own, where ``data`` is ``own``."""

    train_size: int = _default("train_size")
    redraw: bool = _default("redraw")
    batch_size: int = _default("batch_size")
    label_noise: float = _default("label_noise")
    feature_noise: float = _default("feature_noise")
    pixels: str = _default("pixels")
    shift: int = _default("shift")
    rotate: float = _default("rotate")
    mixup: float = _default("mixup")
    label_smoothing: float = _default("label_smoothing")

    channels: tuple[int, ...] = _default("channels")
    kernel: int = _default("kernel")
    stride: int = _default("stride")
    padding: int = _default("padding")
    pool: str = _default("pool")
    widths: tuple[int, ...] = _default("widths")
    depth: int = _default("depth")
    activation: str = _default("activation")
    norm: str = _default("norm")
    norm_momentum: float = _default("norm_momentum")
    groups: int | tuple[int, ...] = _default("groups")
    norm_place: str = _default("norm_place")
    dropout: float | tuple[float, ...] = _default("dropout")
    init: str = _default("init")
    gain: float = _default("gain")
    init_std: float = _default("init_std")
    bias: float | str = _default("bias")

    eval_mode: bool = _default("eval_mode")
    optimizer: str = _default("optimizer")
    lr: float = _default("lr")
    momentum: float = _default("momentum")
    nesterov: bool = _default("nesterov")
    clip: float = _default("clip")
    weight_decay: float = _default("weight_decay")
    decay_on: str = _default("decay_on")
    l1: float = _default("l1")
    l1_on: str = _default("l1_on")
    l1_step: str = _default("l1_step")
    epochs: int = _default("epochs")
    schedule: str = _default("schedule")
    stepped: str = _default("stepped")
    step_size: int = _default("step_size")
    milestones: tuple[int, ...] = _default("milestones")
    gamma: float = _default("gamma")
    lr_patience: int = _default("lr_patience")
    cycle_momentum: bool = _default("cycle_momentum")
    warmup: int = _default("warmup")
    patience: int = _default("patience")
    min_delta: float = _default("min_delta")
    restore: bool = _default("restore")
    watch: str = _default("watch")

    def __post_init__(self) -> None:
        for name, kind in SETTINGS.items():
            object.__setattr__(self, name, kind.check(getattr(self, name)))
        sense.check(self)

    @property
    def facts(self) -> DataSet:
        """What there is to know of its data."""
        if self.own is None:
            return DATA[self.data]
        own = self.own
        return DataSet(
            own.name,
            own.task,
            own.inputs,
            own.outputs,
            own.rows,
            (own.held_back, own.held_back),
            "A file of one's own.",
            files=(own.name,),
        )

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that a script of it needs beside itself."""
        folder = Path(self.own.path).parent if self.own else DATA_FOLDER
        return tuple(folder / name for name in self.facts.files)

    @property
    def task(self) -> str:
        """``classification`` or ``regression``."""
        return self.facts.task

    @property
    def hidden(self) -> tuple[int, ...]:
        """The width of every hidden dense layer."""
        return self.widths * self.depth

    @property
    def blocks(self) -> int:
        """Convolutions and hidden dense layers together: what can be dropped from and normalised."""
        return len(self.channels) + len(self.hidden)

    @property
    def rates(self) -> tuple[float, ...]:
        """The dropout rate after each block."""
        return self.dropout if isinstance(self.dropout, tuple) else (self.dropout,) * self.blocks

    @property
    def grouping(self) -> tuple[int, ...]:
        """The number of groups in each block."""
        return self.groups if isinstance(self.groups, tuple) else (self.groups,) * self.blocks

    @property
    def maps(self) -> tuple[tuple[int, int, int], ...]:
        """Channels, height and width of the image, then after each convolution and its pooling.

        A size below 1 means that nothing is left of the image.
        """
        shapes = [self.facts.image or (1, 1, 1)]
        for channels in self.channels:
            shapes.append((channels, *(self.pooled(self.convolved(side)) for side in shapes[-1][1:])))
        return tuple(shapes)

    def convolved(self, side: int) -> int:
        """How many pixels a convolution leaves of that many."""
        return (side + 2 * self.padding - self.kernel) // self.stride + 1

    def pooled(self, side: int) -> int:
        """How many pixels pooling leaves of that many."""
        return side if self.pool == "none" else side // 2

    @property
    def dense(self) -> tuple[int, ...]:
        """Inputs and outputs of the dense layers, one after another."""
        first = math.prod(self.maps[-1]) if self.channels else self.facts.inputs
        return (first, *self.hidden, self.facts.outputs)

    @property
    def parameters(self) -> int:
        """How many weights and biases the network has."""
        count = sum((n + 1) * m for n, m in pairwise(self.dense))
        for (before, *_), (after, *_) in pairwise(self.maps):
            count += (before * self.kernel**2 + 1) * after
        rescaled = sum(self.channels) + sum(self.hidden) if self.norm != "none" else 0
        return count + 2 * rescaled

    @property
    def outputs(self) -> int:
        """How many numbers the hidden layers put out for one row."""
        maps = zip(self.maps, self.channels, strict=False)
        return sum(c * self.convolved(h) * self.convolved(w) for (_, h, w), c in maps) + sum(self.hidden)

    @property
    def batch(self) -> int:
        """Rows of one step."""
        return min(self.batch_size or self.train_size, self.train_size)

    @property
    def steps(self) -> int:
        """Optimiser steps in one epoch."""
        return math.ceil(self.train_size / self.batch)

    def turned(self, **values: Any) -> Recipe:
        """This recipe with some settings turned; a ``Mistake`` names one that is unknown."""
        for name in values:
            setting(name)
        if self.own is not None and values.get("data", OWN) != OWN:
            return dataclasses.replace(self, own=None, **values)
        return dataclasses.replace(self, **values)

    def idle(self, name: str) -> str:
        """What this setting would need to do anything here, in words; empty where it does something."""
        kind = setting(name)
        ways = [getattr(self, other) in values for other, values in kind.when.items()]
        ways += [bool(getattr(self, other)) for other in kind.needs]
        if any(ways) or not ways:
            return ""
        needed = [f"{setting(other).label} {' or '.join(map(str, values))}" for other, values in kind.when.items()]
        return " or ".join([*needed, *(setting(other).label for other in kind.needs)])

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        values["own"] = self.own.to_dict() if self.own else None
        return {k: list(v) if isinstance(v, tuple) else v for k, v in values.items()}

    @classmethod
    def from_dict(cls, table: dict[str, Any]) -> Recipe:
        """The inverse of ``to_dict``; a ``Mistake`` names an unknown key."""
        names = [f.name for f in dataclasses.fields(cls)]
        for name in table:
            if name not in names:
                raise unknown("setting", name, names)
        own = table.get("own")
        return cls(**{**table, "own": OwnData.from_dict(own) if own is not None else None})
