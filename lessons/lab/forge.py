"""Source -> a living module: executes the very text that is shown and exported."""

from __future__ import annotations

import linecache
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import torch

from lessons import own
from lessons.fullsets import FULL, absent_words, missing
from lessons.lab.devices import Lacking
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.source import Source

Splits = dict[str, tuple[torch.Tensor, torch.Tensor]]


def forge(source: Source) -> dict[str, Any]:
    """The names that the source defines. Its ``main`` does not run: it has another ``__name__``."""
    name = f"<experiment {source.sha256[:12]}>"
    # A traceback can show the generated lines only if it finds them here.
    linecache.cache[name] = (len(source.text), None, source.text.splitlines(keepends=True), name)
    names: dict[str, Any] = {"__name__": "experiment"}
    exec(compile(source.text, name, "exec"), names)
    return names


def _read(head: str, data: str, given: tuple[tuple[str, Any], ...], device: str) -> Splits:
    """The data section's tensors."""
    names: dict[str, Any] = {"__name__": "experiment"}
    exec(compile(head + data, "<data>", "exec"), names)
    splits = names["load_data"](**dict(given))
    return {split: (x.to(device), y.to(device)) for split, (x, y) in splits.items()}


_kept = lru_cache(maxsize=8)(_read)
"""Lessons ask for the same data again and again."""
_last_full = lru_cache(maxsize=1)(_read)
"""A full set takes 220 MB, so only the last one is kept."""


def load_data(recipe: Recipe, source: Source, device: str, seed: int) -> Splits:
    """What the source's ``load_data`` returns, on the device. Training does not write into it.

    Raises Lacking where a full data set is not on this machine, Mistake where a file has changed.
    """
    given = {"folder": str(folder(recipe))} if "folder" in source.takes else {}
    if "seed" in source.takes:
        given["seed"] = seed
    return (_last_full if recipe.data in FULL else _kept)(source.head, source.data, tuple(given.items()), device)


def folder(recipe: Recipe) -> Path:
    """Where the recipe's files lie, once they have been looked at."""
    if recipe.data in FULL:
        there = os.environ.get("TUTOR_DATA")
        at = Path(there).expanduser() if there else None
        if at is None or missing(recipe.data, at):
            raise Lacking(absent_words(recipe.data, at))
        return at
    if recipe.own and own.inspect(recipe.own.path) != recipe.own:
        raise Mistake(f"{recipe.own.name} has changed since it was read. Start again, to have it read anew.")
    return recipe.files[0].parent
