"""Source -> a living module: executes the very text that is shown and exported."""

from __future__ import annotations

import linecache
from functools import lru_cache
from typing import Any

import torch

from lessons.source import DATA_FOLDER, Source


def forge(source: Source) -> dict[str, Any]:
    """The names that the source defines. Its ``main`` does not run: it has another ``__name__``."""
    name = f"<experiment {source.sha256[:12]}>"
    # A traceback can show the generated lines only if it finds them here.
    linecache.cache[name] = (len(source.text), None, source.text.splitlines(keepends=True), name)
    names: dict[str, Any] = {"__name__": "experiment", "__file__": str(DATA_FOLDER / "experiment.py")}
    exec(compile(source.text, name, "exec"), names)
    return names


@lru_cache(maxsize=8)
def _loaded(head: str, data: str, device: str) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """The data section's tensors; kept, because lessons ask for the same ones again and again."""
    names: dict[str, Any] = {"__name__": "experiment"}
    exec(compile(head + data, "<data>", "exec"), names)
    splits = names["load_data"](DATA_FOLDER)
    return {split: (x.to(device), y.to(device)) for split, (x, y) in splits.items()}


def load_data(source: Source, device: str) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    """What the source's ``load_data`` returns, on the device. Training does not write into it."""
    return _loaded(source.head, source.data, device)
