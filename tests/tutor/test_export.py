"""Experiments as scripts and notebooks of their own, with their data beside them."""

import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from lessons.datasets import DATA_FOLDER
from lessons.jobs import job
from lessons.mistakes import Mistake
from lessons.own import inspect
from lessons.recipe import Recipe
from lessons.source import source
from tests.lab import client, run
from tutor.export import MARK, export, free, notebook
from tutor.game import Game, Options
from tutor.plain.readings import Readings

ROOT = Path(__file__).resolve().parents[2]
DIGITS = Recipe(train_size=40, epochs=2, widths=(8,), shift=2, rotate=5.0, restore=True)
CSV = "petals,sepals,label\n" + "".join(f"{i % 7}.5,{i * i % 11},{i % 3}\n" for i in range(60))


@pytest.fixture
def guests(tmp_path):
    """A file of someone's own, in a folder where nothing else is."""
    path = tmp_path / "own" / "guests.csv"
    path.parent.mkdir()
    path.write_text(CSV, encoding="utf-8")
    return path


@pytest.fixture
def out(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def own_recipe(path, **values):
    own = inspect(path)
    return Recipe(data="own", own=own, train_size=own.rows, epochs=3, widths=(6,), **values)


def tutor(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "tutor", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(cwd)},
    )


def python(*arguments, cwd):
    """A fresh interpreter that does not know this repository."""
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=cwd, env=env
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def folder_of(path):
    """The names of all files beside a path, with their contents."""
    return {file.name: file.read_bytes() for file in path.parent.iterdir()}


EXPORTED = {
    "digits": (DIGITS, ["digits.npz"]),
    "regression": (Recipe(data="noise", train_size=50, epochs=2, batch_size=0), []),
    "toy, redrawn": (Recipe(data="moons", redraw=True, label_noise=0.2), []),
    "images": (job("small-cnn").recipe, ["digits.npz"]),
    "a full set": (Recipe(data="mnist"), []),
}


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
@pytest.mark.parametrize("what", EXPORTED)
def test_the_program_and_its_data_lie_side_by_side_and_are_the_same_bytes_each_time(what, suffix, out):
    recipe, files = EXPORTED[what]
    path = out / f"experiment{suffix}"
    assert export(recipe, path) == [path, *(out / name for name in files)]
    first = folder_of(path)
    assert set(first) == {path.name, *files}
    for name in files:
        assert first[name] == (DATA_FOLDER / name).read_bytes()
    export(recipe, path)
    assert folder_of(path) == first
    path.unlink()
    source.cache_clear()
    export(recipe, path)
    assert folder_of(path) == first


def test_a_script_is_the_text_that_is_shown(out):
    export(DIGITS, out / "a.py")
    assert (out / "a.py").read_text(encoding="utf-8") == source(DIGITS).text


def cells(book, kind):
    return [cell["source"] for cell in book["cells"] if cell["cell_type"] == kind]


@pytest.mark.parametrize("what", EXPORTED)
def test_a_notebook_is_valid_and_was_never_run(what, out):
    recipe, _ = EXPORTED[what]
    path = out / "experiment.ipynb"
    export(recipe, path)
    book = nbformat.read(path, as_version=4)
    nbformat.validate(book)
    assert book["nbformat"] == 4 and book["metadata"]["castle_dracula"] == MARK
    for cell in book["cells"]:
        assert not cell.get("outputs") and cell.get("execution_count") is None and cell["source"].strip()
    assert len({cell["id"] for cell in book["cells"]}) == len(book["cells"])
    # Every section of the program stands there, word for word and in its order; what reads a command line does not.
    program = source(recipe)
    text = "\n\n\n".join(cells(book, "code"))
    for part in (program.data, program.experiment):
        assert part.strip() in text
    run_cell = cells(book, "code")[-1]
    assert run_cell.startswith(program.main.partition("\n\nif __name__")[0].strip())
    assert "argparse" not in text and "__name__" not in text and "__file__" not in text
    folder = ', folder="."' if "folder" in program.takes else ""
    assert run_cell.endswith(f'main(seed=0, device="cpu", threads=1{folder})')
    title = cells(book, "markdown")[0]
    assert title.startswith("# A ") and recipe.facts.title in title and '"""' not in title


def test_each_function_has_a_cell_of_its_own():
    code = cells(json.loads(notebook(source(DIGITS))), "code")
    heads = [re.findall(r"^(?:def|class) (\w+)", "".join(cell), re.MULTILINE) for cell in code]
    assert heads == [[], ["load_data"], ["Net"], [], ["shift"], ["rotate"], ["evaluate"], ["train"], ["main"]]


@pytest.mark.parametrize("name", ["a.txt", "a", "a.PY", "a.py.bak", ".py"])
def test_another_ending_is_refused(name, out):
    with pytest.raises(Mistake, match=r"End it with \.py or \.ipynb"):
        export(DIGITS, out / name)
    assert list(out.iterdir()) == []


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
@pytest.mark.parametrize("content", [b"print('mine')\n", b'{"cells": []}', b"\xff\xfe\x00"])
def test_a_foreign_file_is_not_written_over(suffix, content, out):
    path = out / f"mine{suffix}"
    path.write_bytes(content)
    with pytest.raises(Mistake, match="not an exported experiment"):
        export(DIGITS, path)
    assert folder_of(path) == {path.name: content}


def test_a_folder_of_that_name_is_left_alone(out):
    (out / "mine.py").mkdir()
    with pytest.raises(Mistake, match="not an exported experiment"):
        export(DIGITS, out / "mine.py")


@pytest.mark.parametrize("suffix", [".py", ".ipynb"])
def test_an_earlier_export_and_an_empty_file_are_written_over(suffix, out):
    path = out / f"mine{suffix}"
    path.touch()
    export(DIGITS, path)
    first = path.read_text(encoding="utf-8")
    export(DIGITS.turned(dropout=0.5), path)
    assert "nn.Dropout(0.5)" in path.read_text(encoding="utf-8") and "nn.Dropout" not in first


@pytest.mark.parametrize("content", ["print('mine')\n", "", None])
def test_a_free_name_is_found_beside_any_other_file(content, out):
    path = out / "experiment.py"
    if content is None:
        path.mkdir()
    else:
        path.write_text(content, encoding="utf-8")
    assert free(DIGITS, path) == out / "experiment-2.py"
    export(DIGITS, free(DIGITS, path))
    assert free(DIGITS, path) == out / "experiment-2.py", "the same experiment again is the same file"
    assert free(DIGITS.turned(dropout=0.5), path) == out / "experiment-3.py"
    assert path.is_dir() or path.read_text(encoding="utf-8") == content


def test_a_game_that_names_the_file_itself_writes_over_nothing(out, monkeypatch):
    monkeypatch.chdir(out)
    game = Game(Options(home=out / "home"))
    game.load()
    game.enter_laboratory("clean-digits")
    assert game.export(Path("experiment.py")) == [out / "experiment.py", out / "digits.npz"]
    assert game.export(Path("experiment.py"))[0] == out / "experiment.py"
    game.free.turn("dropout", 0.5)
    assert game.export(Path("experiment.py"))[0] == out / "experiment-2.py"
    (out / "digits.npz").write_bytes(b"mine")
    with pytest.raises(Mistake, match=r"^the file .* Start the game in another folder"):
        game.export(Path("experiment.py"))
    (out / "mine.py").write_text("print()", encoding="utf-8")
    with pytest.raises(Mistake, match=r"^the file mine\.py exists and .* Type export FILE"):
        Readings.export(SimpleNamespace(game=game), "mine.py")


def test_foreign_data_of_that_name_are_not_written_over_and_nothing_is_written(out):
    (out / "digits.npz").write_bytes(b"mine")
    with pytest.raises(Mistake, match="another file than the program needs"):
        export(DIGITS, out / "a.py")
    assert folder_of(out / "a.py") == {"digits.npz": b"mine"}


def test_a_folder_that_is_not_there_is_said(out):
    with pytest.raises(Mistake, match="cannot be written"):
        export(DIGITS, out / "no" / "a.py")


def test_ones_own_data_go_along_and_may_lie_there_already(guests, out):
    recipe = own_recipe(guests)
    assert export(recipe, out / "a.ipynb") == [out / "a.ipynb", out / "guests.csv"]
    assert (out / "guests.csv").read_text(encoding="utf-8") == CSV
    export(recipe, guests.with_name("b.py"))  # into the folder where they lie
    assert guests.read_text(encoding="utf-8") == CSV
    (out / "guests.csv").write_text("another", encoding="utf-8")
    with pytest.raises(Mistake, match="another file than the program needs"):
        export(recipe, out / "c.py")
    words = nbformat.read(out / "a.ipynb", as_version=4)["cells"][0]["source"]
    assert hashlib.sha256(CSV.encode()).hexdigest() in words


@pytest.mark.parametrize(
    ("how", "there"),
    [
        ("changed", True),
        ("changed", False),
        ("gone", True),
        ("gone", False),
    ],
)
def test_ones_own_data_that_are_not_what_was_read_are_not_exported(how, there, guests, out):
    """Exported before or not. The lab refuses them, too: the numbers of the program would be others."""
    recipe = own_recipe(guests)
    if there:
        export(recipe, out / "a.py")
    before = folder_of(out / "a.py")
    if how == "gone":
        guests.unlink()
    else:
        guests.write_text(CSV.replace("0.5,0,0", "0.5,0,1"), encoding="utf-8")
    with pytest.raises(Mistake, match=r"guests\.csv"):
        export(recipe, out / "a.py")
    assert folder_of(out / "a.py") == before


@pytest.mark.slow
def test_a_script_of_ones_own_data_prints_the_numbers_of_the_lab(guests, out, tmp_path):
    """From another folder, and by an interpreter that does not know this repository."""
    recipe = own_recipe(guests, redraw=True, label_noise=0.2, dropout=0.2)
    export(recipe, out / "a.py")
    guests.unlink()  # only the copy is left
    as_script = python(out / "a.py", cwd=tmp_path)
    guests.write_text(CSV, encoding="utf-8")

    async def work():
        async with client() as lab:
            return await lab.train(recipe, [0], "cpu")

    report = run(work())
    assert report.sha256 == source(recipe).sha256
    for split in ("train", "validation", "test"):
        loss, accuracy = re.search(rf"^{split}: loss (\S+), accuracy (\S+)$", as_script, re.MULTILINE).groups()
        assert loss == repr(report.metrics[f"{split}_loss"][0])
        assert accuracy == repr(report.metrics[f"{split}_accuracy"][0])


def test_the_command_line_writes_a_notebook(tmp_path):
    done = tutor("export", "blank-page", "--set", "dropout=0.5,0.2", "-o", "x.ipynb", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout == "x.ipynb\n"
    recipe = job("blank-page").recipe.turned(dropout=(0.5, 0.2))
    assert (tmp_path / "x.ipynb").read_text(encoding="utf-8") == notebook(source(recipe))
    again = tutor("export", "clean-digits", "-o", "x.ipynb", cwd=tmp_path)
    assert again.stdout.splitlines() == ["x.ipynb", "digits.npz"]


def test_the_command_line_exports_ones_own_data(guests, tmp_path):
    done = tutor("export", guests, "--set", "epochs=2", "-o", "x.py", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "x.py\nguests.csv\n"), done.stderr
    own = inspect(guests)
    recipe = Recipe(data="own", own=own, train_size=own.rows, epochs=2)
    assert (tmp_path / "x.py").read_text(encoding="utf-8") == source(recipe).text


def test_the_command_line_refuses_in_one_line(tmp_path):
    (tmp_path / "mine.ipynb").write_text("{}", encoding="utf-8")
    done = tutor("export", "clean-digits", "-o", "mine.ipynb", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "not an exported experiment" in done.stderr
    assert (tmp_path / "mine.ipynb").read_text(encoding="utf-8") == "{}" and not (tmp_path / "digits.npz").exists()
