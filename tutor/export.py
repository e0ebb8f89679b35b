"""Writes an experiment as a script or a notebook of its own, with its data beside it."""

from __future__ import annotations

import filecmp
import shutil
import sys
from itertools import chain, count
from pathlib import Path

from lessons import own
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.source import Source, source

KINDS = (".py", ".ipynb")
IMPORTED = ("torch", "torchvision", "numpy")
MARK = "# --- experiment ---"
ELSEWHERE = "Name another with -o FILE."


def export(recipe: Recipe, path: Path, elsewhere: str = ELSEWHERE) -> list[Path]:
    """Write the program and its data files; the paths written. A ``Mistake`` says why it cannot be.

    ``elsewhere`` is what the player can do where the name or the folder will not do.
    """
    if path.suffix not in KINDS:
        raise Mistake(f"the file {path} is neither a Python file nor a notebook. End it with .py or .ipynb.")
    if path.suffix == ".py" and (path.stem in sys.stdlib_module_names or path.stem in IMPORTED):
        raise Mistake(
            f"the file {path} would stand in the way of the module {path.stem}, in every script there. Rename it."
        )
    if recipe.own and own.inspect(recipe.own.path) != recipe.own:
        raise Mistake(f"{recipe.own.name} has changed since it was read. Start again, to have it read anew.")
    if path.exists() and not _ours(path):
        raise Mistake(f"the file {path} exists and is not an exported experiment. {elsewhere}")
    beside = {path.with_name(file.name): file for file in recipe.files}
    try:
        for target, file in beside.items():
            _copy(file, target, elsewhere)
        path.write_text(_program(recipe, path), encoding="utf-8")
    except OSError as error:
        raise Mistake(f"the file {path} cannot be written ({error.strerror}). {elsewhere}") from None
    return [path, *beside]


def free(recipe: Recipe, path: Path) -> Path:
    """This path, or the first of ``experiment-2.py`` and so on, where nothing lies yet or exactly this program."""
    program = _program(recipe, path)
    more = (path.with_stem(f"{path.stem}-{number}") for number in count(2))
    return next(name for name in chain([path], more) if not name.exists() or _text(name) == program)


def _program(recipe: Recipe, path: Path) -> str:
    """What is written there."""
    program = source(recipe)
    return program.text if path.suffix == ".py" else notebook(program)


def _copy(file: Path, target: Path, elsewhere: str) -> None:
    """Lay the data beside the program, unless they lie there already."""
    if not target.exists():
        shutil.copyfile(file, target)
    elif not filecmp.cmp(target, file, shallow=False):
        raise Mistake(f"the file {target} is another file than the program needs under that name. {elsewhere}")


def notebook(program: Source) -> str:
    """The program as a Jupyter notebook: one cell a section, the last one runs it."""
    import nbformat  # a third of a second, and only here
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    words, _, imports = program.head.removeprefix('"""').partition('"""')
    title, _, rest = words.strip().partition("\n")
    run, _, _ = program.main.partition("\n\nif __name__")
    folder = ', folder="."' if "folder" in program.takes else ""
    cells = [
        new_markdown_cell(f"# {title}\n{rest}".strip()),
        new_code_cell(imports.replace("import argparse\n", "").strip()),
        new_markdown_cell("## The data"),
        new_code_cell(program.data.strip()),
        new_markdown_cell("## The experiment"),
        *(new_code_cell(part.strip()) for part in program.experiment.split("\n\n\n")),
        new_markdown_cell("## The run\n\nThe same seed, device and number of threads print the same numbers again."),
        new_code_cell(f'{run.strip()}\n\n\nmain(seed=0, device="cpu", threads=1{folder})'),
    ]
    for number, cell in enumerate(cells):
        cell["id"] = f"cell-{number}"  # chance would make the same export another file
    book = new_notebook(cells=cells, metadata={"language_info": {"name": "python"}, "castle_dracula": MARK})
    nbformat.validate(book)
    return nbformat.writes(book) + "\n"


def _ours(path: Path) -> bool:
    """Whether a file looks like one that was exported before, and may be written over."""
    text = _text(path)
    return text is not None and (not text.strip() or MARK in text)


def _text(path: Path) -> str | None:
    """What a file says; None where it is no text, or no file."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
