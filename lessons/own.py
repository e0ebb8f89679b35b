"""An instructor's own data: a CSV or an .npz file, read with suspicion.

``inspect`` reads a file once, checks every value and says what a recipe must know of it.
A file that the generated script would not read the same way is refused here, with a reason.
"""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import math
import re
import stat
import warnings
import zipfile
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons.mistakes import Mistake, clip, unknown

if TYPE_CHECKING:
    import numpy as np

MAX_NAME = 80
MAX_BYTES = 20_000_000
MAX_UNPACKED = 200_000_000
"""Bytes that the arrays of an .npz may have in memory."""
MAX_ROWS = 200_000
MAX_COLUMNS = 4096
MAX_CLASSES = 1000
MIN_ROWS = 10
MAX_VALUE = 1e15
"""Well inside what a float32 holds, which ends at 3.4e38."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*\.(csv|npz)")
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FOREIGN = re.compile(r"[^0-9+\-.eE, \t\n]")
_NUMBER = "Number the classes 0, 1, 2, ... without a gap."
_SAVE = "Save it with np.savez(path, x=x, y=y)."

Place = Callable[[int, int], str]
"""Says in words where the value of a row and a column stands."""


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
        _check_whole("rows", self.rows, 1, MAX_ROWS if text else MAX_UNPACKED)
        _check_whole("held_back", self.held_back, 1, self.rows)
        total = self.rows + 2 * self.held_back
        if self.held_back != total // 5 or total < MIN_ROWS or (text and total > MAX_ROWS):
            raise _refused("held_back", self.held_back, "a fifth of all rows, which the file itself decides")
        # Every value takes a byte at least, so the size of a file bounds its columns.
        _check_whole("inputs", self.inputs, 1, MAX_COLUMNS - 1 if text else MAX_UNPACKED // total)
        if self.task == "regression":
            _check_whole("outputs", self.outputs, 1, 1)
        else:
            _check_whole("outputs", self.outputs, 2, min(MAX_CLASSES, total))

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
        task, inputs, outputs, total = _csv(data) if path.suffix == ".csv" else _npz(data)
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
        if size <= MAX_BYTES:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
            size = len(data)
        # A link keeps its own name: what it leads to need not have a fitting one.
        place = str(path.parent.resolve() / path.name)
    except (OSError, UnicodeError) as error:
        raise Mistake(f"cannot be read ({getattr(error, 'strerror', '') or 'bad path'}). Check the path.") from None
    if size > MAX_BYTES:
        raise Mistake(f"has {size:,} bytes; {MAX_BYTES:,} are allowed. Keep fewer rows or columns.")
    if not data:
        raise Mistake("is empty. Give it a header and rows, or arrays x and y.")
    return place, data


def _check_rows(total: int) -> None:
    if total < MIN_ROWS:
        raise Mistake(f"has too few rows ({total}); at least {MIN_ROWS} are needed. Add rows.")


def _check_range(values: np.ndarray, place: Place) -> None:
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


def _classes(labels: np.ndarray, place: Place) -> int:
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


def _csv(data: bytes) -> tuple[str, int, int, int]:
    """Task, inputs, outputs and rows of a CSV file."""
    lines = _lines(data)
    names = _header(lines[0])
    _check_rows(len(lines) - 1)
    values = _cells(lines, names)

    def place(row: int, column: int) -> str:
        return _where(row + 2, column % len(names), names)

    _check_range(values, place)
    classify = names[-1] == "label"
    outputs = _classes(values[:, -1], place) if classify else 1
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
    if rows > MAX_ROWS:
        raise Mistake(f"has {rows:,} rows; {MAX_ROWS:,} are allowed. Keep fewer.")
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
    if len(names) > MAX_COLUMNS:
        raise Mistake(f"line 1: there are {len(names):,} columns; {MAX_COLUMNS:,} are allowed. Keep fewer.")
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


def _npz(data: bytes) -> tuple[str, int, int, int]:
    """Task, inputs, outputs and rows of an .npz file."""
    try:
        with warnings.catch_warnings():
            # A strange header makes numpy and Python's parser warn on the screen.
            warnings.simplefilter("ignore")
            x, y = _arrays(data)
    except Mistake:
        raise
    except Exception as error:
        # zipfile, zlib and numpy raise a dozen kinds of error for a damaged file.
        raise Mistake(f"cannot be read as an .npz ({clip(str(error))}). {_SAVE}") from None
    if x.ndim < 2 or not x.size:
        raise Mistake(f"x has the shape {x.shape}. Allowed: (rows, features). Use x.reshape(len(x), -1).")
    if y.shape != x.shape[:1]:
        raise Mistake(f"y has the shape {y.shape}. Allowed: {x.shape[:1]}, one answer per row of x. Use y.reshape(-1).")
    _check_rows(len(x))
    x = x.reshape(len(x), -1)
    _check_range(x, lambda row, column: f"x[{row}], feature {column}")
    _check_range(y[:, None], lambda row, column: f"y[{row}]")
    if y.dtype.kind == "f":
        return "regression", x.shape[1], 1, len(x)
    return "classification", x.shape[1], _classes(y, lambda row, column: f"y[{row}]"), len(x)


def _arrays(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    """x and y, unpacked only after their sizes are known to be bearable and true."""
    import numpy as np

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        names = sorted(member.filename for member in members)
        if names != ["x.npy", "y.npy"]:
            raise _wrong_members(names)
        _check_size(sum(member.file_size for member in members))
        for member in members:
            _check_member(archive, member)
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        return arrays["x"], arrays["y"]


def _wrong_members(names: list[str]) -> Mistake:
    for name in ("x.npy", "y.npy"):
        if name not in names:
            return Mistake(f"has no array {name[0]}. Needed: x and y. {_SAVE}")
    other = next((name for name in names if name not in ("x.npy", "y.npy")), None)
    if other is None:
        return Mistake(f"has an array twice. Needed: x and y, once each. {_SAVE}")
    return Mistake(f"has a member {clip(other.removesuffix('.npy'))}. Allowed: x and y, nothing else. {_SAVE}")


def _check_size(size: int) -> None:
    if size > MAX_UNPACKED:
        raise Mistake(
            f"its arrays would take {size:,} bytes; {MAX_UNPACKED:,} are allowed. Keep fewer rows or a smaller dtype."
        )


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse an array by what its header says, before its values are unpacked."""
    from numpy.lib import format as npy

    name = member.filename[0]
    # Other methods may ask for gigabytes just to begin with; numpy never writes them.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Mistake(f"{name} is packed in a way that numpy does not use. {_SAVE}")
    with archive.open(member) as file:
        version = npy.read_magic(file)
        if version not in ((1, 0), (2, 0)):
            raise Mistake(f"{name} has a header of version {version}; 1.0 and 2.0 are allowed. {_SAVE}")
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = header(file)
        start = file.tell()
    if dtype.hasobject:
        raise Mistake(f"{name} holds Python objects, which are never unpickled. Allowed: numbers. Use {name}.astype.")
    if dtype.kind not in ("fiub" if name == "x" else "fiu"):
        allowed = "floats, integers, booleans" if name == "x" else "integers (classes) or floats (a regression)"
        raise Mistake(f"{name} holds {clip(str(dtype))}. Allowed: {allowed}. Use {name}.astype.")
    if any(size < 0 for size in shape):
        raise Mistake(f"{name} has a negative size in its header. {_SAVE}")
    size = math.prod(shape) * dtype.itemsize
    _check_size(size)
    if start + size != member.file_size:
        raise Mistake(f"{name} says in its header that it has {size:,} bytes, and has others. {_SAVE}")
