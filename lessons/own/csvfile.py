"""A CSV of an instructor's own: numbers under a header, the last column the answer."""

from __future__ import annotations

import csv
import io
import re
from array import array
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake, clip
from lessons.own import rules

if TYPE_CHECKING:
    import numpy as np

_FOREIGN = re.compile(r"[^0-9+\-.eE, \t\n]")


def read(data: bytes) -> tuple[str, int, int, int]:
    """Task, inputs, outputs and rows of a CSV file."""
    lines = _lines(data)
    names = _header(lines[0])
    rules.check_rows(len(lines) - 1)
    values = _cells(lines, names)

    def place(row: int, column: int) -> str:
        return _where(row + 2, column % len(names), names)

    rules.check_range(values, place)
    classify = names[-1] == "label"
    outputs = rules.classes(values[:, -1], place) if classify else 1
    _check_reading(data, values)
    return "classification" if classify else "regression", len(names) - 1, outputs, len(values)


def _where(line: int, column: int, names: list[str]) -> str:
    name = f" ({clip(names[column], 30)})" if column < len(names) else ""
    return f"line {line}, column {column + 1}{name}"


def _lines(data: bytes) -> list[str]:
    """The lines of the text, cut where ``np.loadtxt`` cuts them."""
    if b"\0" in data:
        line = data.count(b"\n", 0, data.index(b"\0")) + 1
        raise Mistake(f"line {line} has a NUL byte, so this is no UTF-8 text. Save it as CSV in UTF-8.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The offset counts from behind a byte order mark, which holds no line's end: the line is right.
        line = data.count(b"\n", 0, error.start) + 1
        raise Mistake(f"line {line} is no UTF-8 text. Save it as CSV in UTF-8.") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")
    rows = text.count("\n")
    if rows > rules.MAX_ROWS:
        raise Mistake(f"has {rows:,} rows; {rules.MAX_ROWS:,} are allowed. Keep fewer.")
    return text.split("\n")


def _header(line: str) -> list[str]:
    """The names of the columns."""
    try:
        names = [name.strip() for name in next(csv.reader([line], strict=True), [])]
    except csv.Error:
        raise Mistake("line 1: the header cannot be read. Write plain column names, with commas between.") from None
    if not names or names[-1] not in ("label", "target"):
        last = clip(names[-1]) if names else "missing"
        raise Mistake(
            f"line 1, column {max(len(names), 1)}: the last column's name is {last}. Allowed: label (classes 0, 1, 2, "
            "...) or target (numbers). The first line must be the columns' names, with commas between."
        )
    if len(names) == 1:
        raise Mistake(f"line 1: there is no column besides {names[0]}. Put at least one input before it.")
    if len(names) > rules.MAX_COLUMNS:
        raise Mistake(f"line 1: there are {len(names):,} columns; {rules.MAX_COLUMNS:,} are allowed. Keep fewer.")
    if "" in names:
        # pandas writes its row numbers so, and a network would learn from them.
        column = names.index("") + 1
        raise Mistake(f"line 1, column {column} has no name. Name it or drop it (in pandas: to_csv(..., index=False)).")
    return names


def _cells(lines: list[str], names: list[str]) -> np.ndarray:
    """Every cell below the header as a number, in double precision."""
    import numpy as np

    for number, line in enumerate(lines[1:], start=2):
        if foreign := _FOREIGN.search(line):
            column = line.count(",", 0, foreign.start())
            raise _no_number(_where(number, column, names), line.split(",")[column])
    values, number = array("d"), 1
    try:
        for number, row in enumerate(csv.reader(lines[1:], strict=True), start=2):
            if len(row) != len(names):
                raise Mistake(_ragged(number, len(row), len(names)))
            values.extend(map(float, row))
    except Mistake:
        raise
    except csv.Error:
        raise Mistake(f"line {number + 1}: a cell is too long. Write numbers with fewer digits.") from None
    except ValueError:
        column = next(i for i, cell in enumerate(row) if not _is_number(cell))
        raise _no_number(_where(number, column, names), row[column]) from None
    return np.frombuffer(values).reshape(-1, len(names))


def _ragged(line: int, cells: int, columns: int) -> str:
    if not cells:
        return f"line {line} is blank. Delete it."
    column = min(cells, columns) + 1
    return f"line {line}, column {column}: the line has {cells} cells, the header has {columns}. Make them equal."


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _no_number(where: str, cell: str) -> Mistake:
    if not cell.strip():
        return Mistake(f"{where} is empty. Allowed: finite numbers. Fill it in or leave the row out.")
    hint = "Write it without quotes." if '"' in cell else "Write a number there or leave the row out."
    return Mistake(f"{where}: {clip(cell)} is not a number. Allowed: finite numbers such as -1.5 or 2e-3. {hint}")


def _check_reading(data: bytes, values: np.ndarray) -> None:
    """Refuse a text that the generated script would not read as it was read here."""
    import numpy as np

    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8-sig")
    try:
        read = np.loadtxt(text, delimiter=",", skiprows=1, dtype=np.float32, ndmin=2, encoding="utf-8-sig")
        same = read.shape == values.shape and np.array_equal(read, values.astype(np.float32))
    except ValueError:
        same = False
    if not same:
        raise Mistake("np.loadtxt reads other numbers than the csv module. Write plain numbers with commas between.")
