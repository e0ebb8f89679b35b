"""What a look inside a network saw, as plain JSON values: no torch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any


def short(value: float) -> float | None:
    """The number with five significant digits; None for one that is not finite."""
    return float(f"{value:.5g}") if math.isfinite(value) else None


@dataclass(frozen=True)
class LayerView:
    """One Linear or Conv2d with all that follows it before the next one, dropout left out.

    None stands for what is not finite or cannot be told.
    """

    name: str
    """Such as ``1: Linear 784-256``; layers with weights are counted from 1."""
    units: int
    """Outputs of a Linear, channels of a Conv2d."""
    weight_norm: float | None
    gradient_norm: float | None
    """L2 norm of the loss gradient with respect to this layer's weight."""
    spread: float | None
    """Standard deviation of the block's output over probe rows and units (and pixels)."""
    mean: float | None
    """Mean of the same numbers."""
    dead: float | None
    """Share of the units that put out the same for every probe row; None for the last layer."""
    dead_units: str
    """One character for each of the first units: 1 = dead, 0 = not; empty where ``dead`` is None."""


@dataclass(frozen=True)
class Histogram:
    """All weights (no biases) in bins of equal width from ``low`` to ``high``.

    ``high`` is the largest finite absolute weight and ``low`` is ``-high``. A bin holds its lower edge, so a
    weight of 0 lies in the first bin of the upper half. What is not finite is in ``total`` and in no bin.
    """

    low: float
    high: float
    counts: list[int]
    zeros: int
    """Weights that are exactly 0."""
    small: int
    """Weights below 0.001 in size, those that are 0 among them."""
    total: int


@dataclass(frozen=True)
class Mask:
    """Which outputs one dropout layer struck out of a training row, in a step as the training takes them."""

    after: int
    """The layer with weights that it follows, counted from 1; 0 = none, it drops from the inputs."""
    rate: float
    units: int
    """Outputs that it may strike out: of a Dropout2d, channels."""
    struck: int
    """How many of them it did strike out."""
    struck_units: str
    """One character for each of the first units: 1 = struck out, 0 = kept."""


@dataclass(frozen=True)
class Grid:
    """What a network with two inputs says all over the plane.

    ``values[row][column]``: x grows with the column from ``x_low`` to ``x_high``, y with the ROW from ``y_low`` to
    ``y_high``, so a picture with y upwards draws the rows in reverse. A value is the probability of class 1 (two
    outputs), the output itself (one), or the likeliest class (more).
    """

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    size: int
    """Rows, and columns."""
    values: list[list[float | None]]
    points: list[list[float | None]]
    """The first training rows, each ``[x, y, label or target]``."""


@dataclass(frozen=True)
class Misread:
    """An image that the network took for something else."""

    index: int
    """Its row in the split."""
    truth: int
    said: int
    sure: float
    """The probability given to the wrong answer."""
    pixels: str
    """Grey levels 0..255, row by row, two hexadecimal digits each; darkest 00 and brightest ff in every image."""


@dataclass(frozen=True)
class View:
    """One look: at every layer, at the weights, and at what fits the data."""

    epoch: int
    """0 = before the training."""
    layers: list[LayerView]
    histogram: Histogram
    grid: Grid | None
    """None where the network has not two inputs."""
    misread: dict[str, list[Misread]]
    """The most confidently misread images of ``validation`` and ``test``; empty lists where there are none."""
    masks: list[Mask]
    """One for each dropout layer, in the order of the network."""

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values. Shares its lists with this view: a grid is too long to copy without need."""
        return {
            "epoch": self.epoch,
            "layers": [dict(vars(layer)) for layer in self.layers],
            "histogram": dict(vars(self.histogram)),
            "grid": dict(vars(self.grid)) if self.grid else None,
            "misread": {split: [dict(vars(one)) for one in misread] for split, misread in self.misread.items()},
            "masks": [dict(vars(mask)) for mask in self.masks],
        }

    @classmethod
    def from_dict(cls, table: dict[str, Any]) -> View:
        """The inverse of ``to_dict``."""
        return cls(
            epoch=table["epoch"],
            layers=[LayerView(**layer) for layer in table["layers"]],
            histogram=Histogram(**table["histogram"]),
            grid=Grid(**table["grid"]) if table["grid"] else None,
            misread={split: [Misread(**one) for one in misread] for split, misread in table["misread"].items()},
            masks=[Mask(**mask) for mask in table["masks"]],
        )
