"""An instructor's own data: a CSV or an .npz file, read with suspicion.

``inspect`` reads a file once, checks every value and says what a recipe must know of it.
A file that the generated script would not read the same way is refused here, with a reason.
"""

from __future__ import annotations

import dataclasses
import hashlib
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessons.mistakes import Mistake, clip, unknown
from lessons.own import csvfile, npzfile, rules

MAX_NAME = 40
"""Longer names would not fit into a line of the program."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.(csv|npz)")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True)
class OwnData:
    """What a recipe must know of a file of an instructor's own."""

    path: str
    """Absolute."""
    sha256: str
    """Of the file's bytes, 64 hexadecimal digits."""
    task: str
    """``classification`` or ``regression``."""
    inputs: int
    outputs: int
    """Classes; 1 for a regression."""
    rows: int
    """Training rows, after the split."""
    held_back: int
    """Rows of the validation set; the test set has as many."""

    def __post_init__(self) -> None:
        _check_path(self.path)
        if not isinstance(self.sha256, str) or not re.fullmatch("[0-9a-f]{64}", self.sha256):
            raise _refused("sha256", self.sha256, "64 of the digits 0-9 and a-f")
        if self.task not in ("classification", "regression"):
            raise _refused("task", self.task, "classification, regression")
        text = self.path.endswith(".csv")
        _check_whole("rows", self.rows, 1, rules.MAX_ROWS if text else rules.MAX_UNPACKED)
        _check_whole("held_back", self.held_back, 1, self.rows)
        total = self.rows + 2 * self.held_back
        if self.held_back != total // 5 or total < rules.MIN_ROWS or (text and total > rules.MAX_ROWS):
            raise _refused("held_back", self.held_back, "a fifth of all rows, which the file itself decides")
        # Every value takes a byte at least, so the size of a file bounds its columns.
        _check_whole("inputs", self.inputs, 1, rules.MAX_COLUMNS - 1 if text else rules.MAX_UNPACKED // total)
        if self.task == "regression":
            _check_whole("outputs", self.outputs, 1, 1)
        else:
            _check_whole("outputs", self.outputs, 2, min(rules.MAX_CLASSES, total))

    @property
    def name(self) -> str:
        """The file's name without its folder."""
        return Path(self.path).name

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return dataclasses.asdict(self)

    @classmethod
    def from_dict(cls, table: Any) -> OwnData:
        """The inverse of ``to_dict``; a ``Mistake`` names what is missing, unknown or not allowed."""
        if not isinstance(table, dict):
            raise _refused("own data", table, "a table of its fields")
        names = [f.name for f in dataclasses.fields(cls)]
        for name in table:
            if name not in names:
                raise unknown("field of own data", name if isinstance(name, str) else type(name).__name__, names)
        for name in names:
            if name not in table:
                raise Mistake(f"Own data lacks {name!r}. Needed: {', '.join(names)}.")
        return cls(**table)


def inspect(path: Path | str) -> OwnData:
    """Read and check a file; a ``Mistake`` says what is wrong with it and what to do."""
    path = Path(path)
    _check_name(path.name)
    try:
        place, data = _read(path)
        task, inputs, outputs, total = (csvfile if path.suffix == ".csv" else npzfile).read(data)
    except Mistake as mistake:
        raise Mistake(f"{path.name}: {mistake}") from None
    held = total // 5
    return OwnData(place, hashlib.sha256(data).hexdigest(), task, inputs, outputs, total - 2 * held, held)


def _refused(name: str, value: object, allowed: str) -> Mistake:
    # Python refuses to write out an integer of thousands of digits; such a value is not shown.
    plain = isinstance(value, (str, float)) or (isinstance(value, int) and abs(value) < 10**18)
    shown = clip(value) if plain else f"this {type(value).__name__}"
    return Mistake(f"{name} cannot be {shown}. Allowed: {allowed}. Name the file again, to have it read anew.")


def _check_whole(name: str, value: object, low: int, high: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise _refused(name, value, f"a whole number from {low} to {high}" if low < high else str(low))


def _check_name(name: str) -> None:
    # The name is written into generated Python.
    if len(name) > MAX_NAME or not _NAME.fullmatch(name):
        raise Mistake(
            f"The file name {clip(name)} is not allowed. Allowed: letters a to z, digits, - and _, then .csv or .npz "
            f"in small letters, at most {MAX_NAME} characters in all. Rename the file."
        )


def _check_path(path: object) -> None:
    if not isinstance(path, str) or len(path) > 4096 or _UNSAFE.search(path) or not Path(path).is_absolute():
        raise _refused("path", path, "an absolute path without control characters")
    _check_name(Path(path).name)


def _read(path: Path) -> tuple[str, bytes]:
    """The absolute path and the bytes of a regular file."""
    if _UNSAFE.search(str(path)):
        raise Mistake("its folder's name has control characters. Move it to a folder with a plain name.")
    try:
        # Opening a fifo or a device could wait for ever, so the kind is asked first.
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):
            raise Mistake("this is no regular file but a folder, a device or a pipe. Name a .csv or .npz file.")
        size, data = found.st_size, b""
        if size <= rules.MAX_BYTES:
            with path.open("rb") as file:
                data = file.read(rules.MAX_BYTES + 1)
            size = len(data)
        # A link keeps its own name: what it leads to need not have a fitting one.
        place = str(path.parent.resolve() / path.name)
    except (OSError, UnicodeError) as error:
        raise Mistake(f"cannot be read ({getattr(error, 'strerror', '') or 'bad path'}). Check the path.") from None
    if size > rules.MAX_BYTES:
        raise Mistake(f"has {size:,} bytes; {rules.MAX_BYTES:,} are allowed. Keep fewer rows or columns.")
    if not data:
        raise Mistake("is empty. Give it a header and rows, or arrays x and y.")
    return place, data
