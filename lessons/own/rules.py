"""What holds for every file of an instructor's own, whatever its format."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake

if TYPE_CHECKING:
    import numpy as np

MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
"""Bytes that the arrays of an .npz may have in memory."""
MAX_ROWS = 200_000
MAX_COLUMNS = 4096
MAX_CLASSES = 1000
MIN_ROWS = 10
MAX_VALUE = 1e15
"""Well inside what a float32 holds, which ends at 3.4e38."""

_NUMBER = "Number the classes 0, 1, 2, ... without a gap."

Place = Callable[[int, int], str]
"""Says in words where the value of a row and a column stands."""


def check_rows(total: int) -> None:
    if total < MIN_ROWS:
        raise Mistake(f"has too few rows ({total}); at least {MIN_ROWS} are needed. Add rows.")


def check_range(values: np.ndarray, place: Place) -> None:
    """Refuse what is not finite or too large; ``values`` has two dimensions."""
    import numpy as np

    # min and max hand on a NaN, and unlike abs they make no copy.
    if float(values.min()) >= -MAX_VALUE and float(values.max()) <= MAX_VALUE:
        return
    # As a float64, because the bound is no float16.
    row, column = (int(i) for i in np.argwhere(~(np.abs(values) <= np.float64(MAX_VALUE)))[0])
    raise Mistake(
        f"{place(row, column)}: {values[row, column]:g} is not allowed. Allowed: finite numbers "
        f"from {-MAX_VALUE:g} to {MAX_VALUE:g}. Rescale the column or leave the row out."
    )


def classes(labels: np.ndarray, place: Place) -> int:
    """How many classes there are: 0, 1, 2, ... without a gap."""
    import numpy as np

    wrong = np.flatnonzero((labels < 0) | (labels >= MAX_CLASSES) | (labels % 1 != 0))
    if len(wrong):
        raise Mistake(
            f"{place(int(wrong[0]), -1)}: {labels[wrong[0]]:g} is no class. Allowed: whole numbers from 0 to "
            f"{MAX_CLASSES - 1}. Number the classes 0, 1, 2, ...; for a regression, "
            "call the column target (in an .npz: make y floats)."
        )
    counts = np.bincount(labels.astype(np.int64))
    if len(counts) < 2:
        raise Mistake(f"every label is 0; at least 2 classes are needed. {_NUMBER}")
    if not counts.all():
        raise Mistake(f"class {int(counts.argmin())} has no rows, and labels go up to {len(counts) - 1}. {_NUMBER}")
    return len(counts)
