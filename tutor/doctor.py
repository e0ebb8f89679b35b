"""``tutor doctor``: what this machine has, and one timed training step."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from lessons.client import Client
from lessons.fullsets import DAMAGED, FULL, WHOLE, state
from lessons.jobs import job
from tutor import __version__, home
from tutor.exits import DONE, LACKING, Lacking
from tutor.running import with_client

PACKAGES = (
    "torch",
    "torchvision",
    "numpy",
    "textual",
    "rich",
    "pydantic",
    "markdown-it-py",
    "platformdirs",
    "filelock",
    "nbformat",
)


def examine(known: argparse.Namespace) -> int:
    """Print a line per thing; exit code 3 where one that is needed is missing."""
    folder, data = home.home(known.home), home.data(known.data)
    _say("castle-dracula", __version__)
    _say("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    missing = [name for name in PACKAGES if not _package(name)]
    size = shutil.get_terminal_size()
    kind = os.environ.get("TERM", "unknown") if sys.stdout.isatty() else "not a terminal: plain mode"
    _say("terminal", f"{size.columns}x{size.lines}, {kind}, {sys.stdout.encoding}")
    _say("cores", str(os.cpu_count()))
    _say("save folder", f"{folder} ({_writable(folder)})")
    _say("training log", str(home.lab_log(folder)))
    _say("full data sets", f"{'; '.join(_full(name, data) for name in FULL)}; in {data}")
    if missing:
        raise Lacking(f"missing packages: {', '.join(missing)}. Install them: pip install castle-dracula")
    return _train(known.device, known.threads)


def _train(device: str, threads: int) -> int:
    begun = time.perf_counter()

    async def work(client: Client) -> float:
        ready = await client.start()
        _say("devices", ", ".join(ready.devices))
        _say("waking torch", f"{time.perf_counter() - begun:.1f} s")
        recipe = job("clean-digits").recipe.turned(epochs=2)
        report = await client.train(recipe, [0], device, threads)
        _say("trains on", f"{report.device}, {threads} thread{'s' if threads > 1 else ''}")
        steps = 2 * -(-recipe.train_size // recipe.batch_size)
        seconds = report.metrics["seconds"][0]
        if seconds is None:
            return -1.0
        _say("training step", f"{1000 * seconds / steps:.2f} ms (64 digits, one hidden layer of 64)")
        return seconds

    return DONE if with_client(work) > 0 else LACKING


def _say(what: str, found: str) -> None:
    print(f"{what:<16} {found}", flush=True)


def _package(name: str) -> bool:
    try:
        _say(name, version(name))
    except PackageNotFoundError:
        _say(name, "missing")
        return False
    return True


def _full(name: str, folder: Path) -> str:
    word, files = state(name, folder)
    named = f" ({', '.join(files)})" if word == DAMAGED else ""
    return f"{FULL[name].title} {word}{named}" + ("" if word == WHOLE else f" (tutor data {name})")


def _writable(folder: os.PathLike[str]) -> str:
    there = Path(folder).absolute()
    while not there.exists():
        there = there.parent
    usable = there.is_dir() and os.access(there, os.W_OK)
    if there == Path(folder).absolute():
        return "writable" if usable else "NOT writable"
    return "will be made" if usable else "CANNOT be made"
