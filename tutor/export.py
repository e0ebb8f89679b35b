"""Writes an experiment as a script of its own, with its data beside it."""

from __future__ import annotations

import shutil
from pathlib import Path

from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.source import DATA_FILES, DATA_FOLDER, source


def export(recipe: Recipe, path: Path) -> list[Path]:
    """Write the script and its data files; the paths written. A ``Mistake`` says why it cannot be."""
    if path.suffix != ".py":
        raise Mistake(f"{path} is not the name of a Python file. End it with .py.")
    written = [path]
    try:
        path.write_text(source(recipe).text, encoding="utf-8")
        for name in DATA_FILES[recipe.data]:
            beside = path.with_name(name)
            if not beside.exists() or not beside.samefile(DATA_FOLDER / name):
                shutil.copyfile(DATA_FOLDER / name, beside)
            written.append(beside)
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror}). Choose another place with -o.") from None
    return written
