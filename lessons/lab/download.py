"""Downloads a full data set, in a process of its own: ``python -m lessons.lab.download mnist FOLDER``.

Exit codes: 0 it is in FOLDER, whole; 3 it cannot be had, with the reason on stderr in one line; 130 interrupted.
"""

from __future__ import annotations

import errno
import io
import os
import re
import socket
import ssl
import sys
from contextlib import redirect_stderr, redirect_stdout
from http.client import HTTPException
from pathlib import Path
from urllib.error import URLError

from lessons.fullsets import FULL, Busy, FullSet, copy_words, full_set, verify, workplace
from lessons.mistakes import Mistake

NETWORK = (URLError, HTTPException, ConnectionError, TimeoutError, ssl.SSLError)
PATIENCE = 30.0
"""Seconds to wait for a server that says nothing; torchvision itself would wait for ever."""


class NotDownloaded(Exception):
    """Why there is no data set, in one line, and what to do."""


def main(arguments: list[str]) -> int:
    """Download one set; the exit code."""
    try:
        if len(arguments) != 2:
            raise Mistake(f"usage: python -m lessons.lab.download {'|'.join(FULL)} FOLDER")
        download(arguments[0], Path(arguments[1]))
    except Mistake as error:
        print(error, file=sys.stderr)
        return 2
    except NotDownloaded as error:
        print(" ".join(str(error).split()), file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return 0


def download(name: str, folder: Path) -> None:
    """Download into a workplace inside the folder; what is whole and verified is moved into place."""
    full = full_set(name)
    try:
        with workplace(name, folder) as work:
            _fetch(full, work)
            if verify(name, work):
                raise NotDownloaded(_wrong(full))
            _move(full, work, folder)
    except Busy as error:
        raise NotDownloaded(f"{error} Wait for it.") from None
    except OSError as error:
        raise NotDownloaded(_unwritable(full, folder, error)) from None


def _fetch(full: FullSet, work: Path) -> None:
    """Let torchvision do it, without its own bar: that needs tqdm, and is drawn even into files."""
    socket.setdefaulttimeout(PATIENCE)
    with redirect_stderr(io.StringIO()), redirect_stdout(io.StringIO()):
        try:
            from torchvision import datasets
        except (ImportError, OSError) as error:
            raise NotDownloaded(
                f"torchvision cannot be loaded ({error}). Install it: pip install castle-dracula"
            ) from None
        try:
            getattr(datasets, full.class_name)(str(work), train=True, download=True)
        except NETWORK as error:
            raise NotDownloaded(_unreachable(full, str(error) or type(error).__name__)) from None
        except RuntimeError as error:  # how torchvision says that no mirror had the right file
            bad = "corrupted" in str(error)
            raise NotDownloaded(_wrong(full) if bad else _unreachable(full, str(error))) from None


def _move(full: FullSet, work: Path, folder: Path) -> None:
    """Put the raw files in place, and not the archives they came in."""
    new, raw = work / full.class_name / "raw", folder / full.class_name / "raw"
    ours = [Path(f.path).name for f in full.files]
    for path in new.iterdir():
        if path.name not in ours:
            path.unlink()
    raw.parent.mkdir(exist_ok=True)
    if raw.exists():
        for file in ours:
            os.replace(new / file, raw / file)
    else:
        os.rename(new, raw)


def _unreachable(full: FullSet, words: str) -> str:
    mirrors = re.findall(r"Tried \w+://([^/]+)\S*, got:\s*(.+)", words)
    said = "; ".join(f"{host}: {why}" for host, why in mirrors) or words
    said = re.sub(r"<urlopen error (?:\[Errno -?\d+\] )?(.*?)>", r"\1", said)
    return f"{full.title} could not be downloaded ({said[:300]}). {_again(full, 'when this machine is online')}"


def _wrong(full: FullSet) -> str:
    return (
        f"{full.title} could not be downloaded: what arrived has a wrong checksum (the connection broke off, "
        f"or something else was sent), and nothing of it was kept. {_again(full, 'later')}"
    )


def _again(full: FullSet, when: str) -> str:
    return f"Try again {when}, or {copy_words(full.name)}."


def _unwritable(full: FullSet, folder: Path, error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        needed = full.megabytes + sum(f.size for f in full.files) // 1_000_000
        return (
            f"{full.title} could not be downloaded: the disk is full, and about {needed} MB are needed in {folder}. "
            "Free some space, or name another folder with --data or TUTOR_DATA."
        )
    return (
        f"{full.title} cannot be kept in {folder} ({error.strerror or error}). "
        "Name a folder that can be written, with --data or TUTOR_DATA."
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
