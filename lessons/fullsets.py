"""The full data sets that do not ship: which files make them up, and whether a folder holds them whole."""

from __future__ import annotations

import hashlib
import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from lessons.mistakes import unknown

WHOLE, MISSING, DAMAGED = "whole", "missing", "damaged"
"""States of a full set in a folder."""


@dataclass(frozen=True)
class RawFile:
    """One file of a set, as torchvision unpacks it."""

    path: str
    """Inside the folder of data sets, with ``/``."""
    size: int
    sha256: str | None
    """None where no genuine copy was at hand; torchvision holds each archive against its own checksum."""


@dataclass(frozen=True)
class FullSet:
    """A data set that is downloaded on request."""

    name: str
    title: str
    class_name: str
    """Its class in ``torchvision.datasets``, and its folder."""
    files: tuple[RawFile, ...]
    megabytes: int
    """What the download takes."""
    licence: str
    rows: int = 60_000
    """Training rows there are; 10,000 more are for the test."""


_SIZES = {
    "train-images-idx3-ubyte": 47_040_016,
    "train-labels-idx1-ubyte": 60_008,
    "t10k-images-idx3-ubyte": 7_840_016,
    "t10k-labels-idx1-ubyte": 10_008,
}
_MNIST = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


def _files(class_name: str, checksums: dict[str, str]) -> tuple[RawFile, ...]:
    return tuple(RawFile(f"{class_name}/raw/{file}", size, checksums.get(file)) for file, size in _SIZES.items())


FULL = {
    "mnist": FullSet("mnist", "MNIST", "MNIST", _files("MNIST", _MNIST), 12, "LeCun, Cortes and Burges, CC BY-SA 3.0"),
    "fashion": FullSet("fashion", "FashionMNIST", "FashionMNIST", _files("FashionMNIST", {}), 31, "Zalando, MIT"),
}


class Busy(Exception):
    """The same set is being downloaded into the same folder."""


def full_set(name: str) -> FullSet:
    """The full set of that name; a ``Mistake`` names the nearest one."""
    if name not in FULL:
        raise unknown("data set", name, FULL)
    return FULL[name]


def missing(name: str, folder: Path | None) -> list[str]:
    """The files that are not in the folder, or of another size; reads none of them."""
    return [f.path for f in full_set(name).files if folder is None or _size(folder / f.path) != f.size]


def verify(name: str, folder: Path | None) -> list[str]:
    """The files whose size or checksum is wrong; reads those that have a checksum, a fifth of a second in all."""
    lost = missing(name, folder)
    return [
        f.path
        for f in full_set(name).files
        if f.path in lost or (f.sha256 and folder is not None and _sha256(folder / f.path) != f.sha256)
    ]


def state(name: str, folder: Path | None) -> tuple[str, list[str]]:
    """``whole``, ``missing`` or ``damaged``, and the files that make it so."""
    wrong = verify(name, folder)
    there = [path for path in wrong if folder is not None and _size(folder / path) is not None]
    return (DAMAGED, there) if there else (MISSING if wrong else WHOLE, wrong)


def absent_words(name: str, folder: Path | None) -> str:
    """For a person who asks to train on a set that is not there: what is missing, where, and what to do."""
    full, lost = full_set(name), missing(name, folder)
    download = f"tutor data {name}"
    if folder is None:
        found = f"{full.title} is needed, and no folder of data sets is named"
    elif len(lost) == len(full.files):
        found = f"{full.title} is not in {folder} (it holds no whole {full.class_name}/raw)"
    else:
        found = f"{full.title} is not whole in {folder} (missing, or of a wrong size: {', '.join(lost)})"
    if folder is not None:
        download += f" --data {shlex.quote(str(folder))}"
    return f"{found}. Download it (about {full.megabytes} MB): {download}; or {copy_words(name)}."


def copy_words(name: str) -> str:
    """What to do on a machine without a network."""
    holds = f"{full_set(name).class_name}/raw"
    return f"copy a folder that holds {holds} from another machine and name it with --data or TUTOR_DATA"


@contextmanager
def workplace(name: str, folder: Path) -> Iterator[Path]:
    """An empty folder inside ``folder`` to download into, gone afterwards, as are an earlier try's leftovers.

    Raises ``Busy`` while another process is at it, and ``OSError`` where nothing can be written.
    """
    from filelock import FileLock, Timeout  # costs 30 ms, and only here

    work = _work(name, folder)
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(f"{work}.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise Busy(f"{full_set(name).title} is being downloaded into {folder} by another process.") from None
    try:
        if work.exists():
            shutil.rmtree(work)
        work.mkdir()
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)
        lock.release()
        with suppress(OSError):  # Windows has removed it by itself
            Path(lock.lock_file).unlink()


def arrived(name: str, folder: Path) -> int:
    """Bytes of the archives that a download under way has written so far."""
    try:
        return sum(path.stat().st_size for path in _work(name, folder).rglob("*.gz"))
    except OSError:  # gone between two looks
        return 0


def tidy(name: str, folder: Path) -> None:
    """Remove what a killed download has left in the folder, unless another is at work there."""
    if list(folder.glob(f".download-{name}*")):
        with suppress(OSError, Busy), workplace(name, folder):
            pass


def _work(name: str, folder: Path) -> Path:
    return folder / f".download-{name}"


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return "unreadable"
