"""Writes an experiment as a script of its own, with its data beside it."""

from __future__ import annotations

import filecmp
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
    for beside in (path.with_name(name) for name in DATA_FILES[recipe.data]):
        if beside.exists() and not filecmp.cmp(beside, DATA_FOLDER / beside.name, shallow=False):
            raise Mistake(f"{beside} is another file than the script needs under that name. Choose another folder.")
    if path.exists() and not _ours(path):
        raise Mistake(f"{path} exists and is not an exported experiment. Choose another name.")
    try:
        path.write_text(source(recipe).text, encoding="utf-8")
        for name in DATA_FILES[recipe.data]:
            beside = path.with_name(name)
            if not beside.exists():
                shutil.copyfile(DATA_FOLDER / name, beside)
            written.append(beside)
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror}). Choose another place with -o.") from None
    return written


def _ours(path: Path) -> bool:
    """Whether a file looks like one that was exported before, and may be written over."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return not text.strip() or ("# --- experiment ---" in text and "# --- main ---" in text)
