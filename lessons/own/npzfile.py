"""An .npz of an instructor's own: the arrays x and y, unpacked only when they are known to be small."""

from __future__ import annotations

import io
import math
import warnings
import zipfile
from typing import TYPE_CHECKING

from lessons.mistakes import Mistake, clip
from lessons.own import rules

if TYPE_CHECKING:
    import numpy as np

SAVE = "Save it with np.savez(path, x=x, y=y)."


def read(data: bytes) -> tuple[str, int, int, int]:
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
        raise Mistake(f"cannot be read as an .npz ({clip(str(error))}). {SAVE}") from None
    if x.ndim < 2 or not x.size:
        raise Mistake(f"x has the shape {x.shape}. Allowed: (rows, features). Use x.reshape(len(x), -1).")
    if y.shape != x.shape[:1]:
        raise Mistake(f"y has the shape {y.shape}. Allowed: {x.shape[:1]}, one answer per row of x. Use y.reshape(-1).")
    rules.check_rows(len(x))
    x = x.reshape(len(x), -1)
    rules.check_range(x, lambda row, column: f"x[{row}], feature {column}")
    rules.check_range(y[:, None], lambda row, column: f"y[{row}]")
    if y.dtype.kind == "f":
        return "regression", x.shape[1], 1, len(x)
    return "classification", x.shape[1], rules.classes(y, lambda row, column: f"y[{row}]"), len(x)


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
            return Mistake(f"has no array {name[0]}. Needed: x and y. {SAVE}")
    other = next((name for name in names if name not in ("x.npy", "y.npy")), None)
    if other is None:
        return Mistake(f"has an array twice. Needed: x and y, once each. {SAVE}")
    return Mistake(f"has a member {clip(other.removesuffix('.npy'))}. Allowed: x and y, nothing else. {SAVE}")


def _check_size(size: int) -> None:
    if size > rules.MAX_UNPACKED:
        most = f"{rules.MAX_UNPACKED:,}"
        raise Mistake(f"its arrays would take {size:,} bytes; {most} are allowed. Keep fewer rows or a smaller dtype.")


def _check_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
    """Refuse an array by what its header says, before its values are unpacked."""
    from numpy.lib import format as npy

    name = member.filename[0]
    # Other methods may ask for gigabytes just to begin with; numpy never writes them.
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Mistake(f"{name} is packed in a way that numpy does not use. {SAVE}")
    with archive.open(member) as file:
        version = npy.read_magic(file)
        if version not in ((1, 0), (2, 0)):
            raise Mistake(f"{name} has a header of version {version}; 1.0 and 2.0 are allowed. {SAVE}")
        header = npy.read_array_header_1_0 if version == (1, 0) else npy.read_array_header_2_0
        shape, _, dtype = header(file)
        start = file.tell()
    if dtype.hasobject:
        raise Mistake(f"{name} holds Python objects, which are never unpickled. Allowed: numbers. Use {name}.astype.")
    if dtype.kind not in ("fiub" if name == "x" else "fiu"):
        allowed = "floats, integers, booleans" if name == "x" else "integers (classes) or floats (a regression)"
        raise Mistake(f"{name} holds {clip(str(dtype))}. Allowed: {allowed}. Use {name}.astype.")
    if any(size < 0 for size in shape):
        raise Mistake(f"{name} has a negative size in its header. {SAVE}")
    size = math.prod(shape) * dtype.itemsize
    _check_size(size)
    if start + size != member.file_size:
        raise Mistake(f"{name} says in its header that it has {size:,} bytes, and has others. {SAVE}")
