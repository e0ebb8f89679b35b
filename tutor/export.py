"""Writes an experiment as a script or a notebook of its own, with its data beside it."""

from __future__ import annotations

import filecmp
import shutil
import sys
from pathlib import Path

from lessons import own
from lessons.mistakes import Mistake
from lessons.recipe import Recipe
from lessons.source import Source, source

KINDS = (".py", ".ipynb")
IMPORTED = ("torch", "torchvision", "numpy")
MARK = "# --- experiment ---"


def export(recipe: Recipe, path: Path) -> list[Path]:
    """Write the program and its data files; the paths written. A ``Mistake`` says why it cannot be."""
    if path.suffix not in KINDS:
        raise Mistake(f"{path} is neither a Python file nor a notebook. End it with .py or .ipynb.")
    if path.suffix == ".py" and (path.stem in sys.stdlib_module_names or path.stem in IMPORTED):
        raise Mistake(f"{path} would stand in the way of the module {path.stem}, in every script there. Rename it.")
    if recipe.own and own.inspect(recipe.own.path) != recipe.own:
        raise Mistake(f"{recipe.own.name} has changed since it was read. Start again, to have it read anew.")
    if path.exists() and not _ours(path):
        raise Mistake(f"{path} exists and is not an exported experiment. Choose another name.")
    beside = {path.with_name(file.name): file for file in recipe.files}
    try:
        for target, file in beside.items():
            _copy(file, target)
        program = source(recipe)
        path.write_text(program.text if path.suffix == ".py" else notebook(program), encoding="utf-8")
    except OSError as error:
        raise Mistake(f"{path} cannot be written ({error.strerror}). Choose another place with -o.") from None
    return [path, *beside]


def _copy(file: Path, target: Path) -> None:
    """Lay the data beside the program, unless they lie there already."""
    if not target.exists():
        shutil.copyfile(file, target)
    elif not filecmp.cmp(target, file, shallow=False):
        raise Mistake(f"{target} is another file than the program needs under that name. Choose another folder.")


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
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return False
    return not text.strip() or MARK in text
