"""What a recipe must know of a data set to be checked without loading it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DATA_FOLDER = Path(__file__).parent / "data"
"""Where the data that ship lie."""
OWN = "own"
"""The name of data that come from a file of an instructor's own."""


@dataclass(frozen=True)
class DataSet:
    """The facts of one data set."""

    title: str
    task: str
    """``classification`` (cross-entropy, accuracies) or ``regression`` (mean squared error)."""
    inputs: int
    outputs: int
    rows: int
    """Training rows there are."""
    held_back: tuple[int, int]
    """Validation and test rows."""
    words: str
    """What it is, in one plain sentence."""
    image: tuple[int, int, int] | None = None
    """Channels, height and width, where a row is an image."""
    files: tuple[str, ...] = ()
    """The files that a script finds beside itself."""


IMAGE = (1, 28, 28)
_TOY = {"inputs": 2, "rows": 2000, "held_back": (500, 2000)}

DATA = {
    "digits": DataSet(
        "MNIST digits",
        "classification",
        784,
        10,
        2000,
        (500, 2000),
        "Handwritten digits, 28 by 28 pixels: the part of MNIST that ships.",
        IMAGE,
        ("digits.npz",),
    ),
    "circles": DataSet(
        "two circles", "classification", outputs=2, words="A disc of points, and a ring around it.", **_TOY
    ),
    "moons": DataSet(
        "two moons", "classification", outputs=2, words="Two half circles that reach into one another.", **_TOY
    ),
    "spiral": DataSet("two spirals", "classification", outputs=2, words="Two arms wound around one another.", **_TOY),
    "xor": DataSet("XOR", "classification", outputs=2, words="Four quarters, opposite ones of one class.", **_TOY),
    "gaussians": DataSet(
        "two gaussians", "classification", outputs=2, words="Two clouds of points that overlap a little.", **_TOY
    ),
    "plane": DataSet("a plane", "regression", outputs=1, words="A target that rises evenly in one direction.", **_TOY),
    "bumps": DataSet(
        "gaussian bumps", "regression", outputs=1, words="A target with two hills and two hollows.", **_TOY
    ),
    "noise": DataSet(
        "uniform noise",
        "regression",
        10,
        1,
        100,
        (1000, 1000),
        "Ten random numbers a row, and a target that depends on none of them.",
    ),
    "mnist": DataSet(
        "the full MNIST",
        "classification",
        784,
        10,
        48_000,
        (12_000, 10_000),
        "All handwritten digits of MNIST; downloaded on request.",
        IMAGE,
    ),
    "fashion": DataSet(
        "FashionMNIST",
        "classification",
        784,
        10,
        48_000,
        (12_000, 10_000),
        "Shirts, shoes and bags in MNIST's format; downloaded on request.",
        IMAGE,
    ),
}
"""Every data set by name."""

IMAGES = tuple(name for name, facts in DATA.items() if facts.image)
"""The data sets of images."""
TOYS = tuple(name for name, facts in DATA.items() if facts.inputs == 2)
"""Points in the plane, drawn when they are asked for."""
