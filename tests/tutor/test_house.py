"""The house: which way imports run, what a wheel holds, and that nothing is sent anywhere."""

import ast
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.wheel import build

ROOT = Path(__file__).resolve().parents[2]
EVERYTHING_THE_SCREEN_NEEDS = [
    "tutor.cli",
    "tutor.game",
    "tutor.freebench",
    "tutor.freeplay",
    "tutor.bench",
    "tutor.journal_command",
    "tutor.pictures.choosing",
    "tutor.plain.records",
    "tutor.plain.desk",
    "tutor.plain.laboratory",
    "tutor.plain.player",
    "tutor.playing",
    "tutor.running",
    "tutor.check.command",
    "tutor.calibrate.command",
    "tutor.walk.playing",
    "tutor.watching",
    "tutor.walk.wander",
    "tutor.author.graphs",
    "tutor.author.new",
    "tutor.author.reference",
    "tutor.author.stats",
    "tutor.listing",
    "tutor.doctor",
    "tutor.export",
    "tutor.savebook",
    "tutor.laboratory",
    "tutor.tui.app",
    "story.reading",
    "story.telling",
    "story.lint",
    "lessons.client",
]


def fresh(code, *arguments, **env):
    """Run code in a fresh interpreter; what it prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_screen_imports_no_torch():
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print(sorted(m for m in sys.modules if m.split('.')[0] in ('torch', 'torchvision', 'numpy')"
        " or m.startswith('lessons.lab')))"
    )
    screens = [f"tutor.tui.screens.{p.stem}" for p in (ROOT / "tutor/tui/screens").glob("*.py") if p.stem != "__init__"]
    widgets = [f"tutor.tui.widgets.{p.stem}" for p in (ROOT / "tutor/tui/widgets").glob("*.py") if p.stem != "__init__"]
    assert len(screens) > 4 and len(widgets) > 4
    assert fresh(code, *EVERYTHING_THE_SCREEN_NEEDS, *screens, *widgets).strip() == "[]"


def imported(path):
    """Every module that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_imports_run_one_way():
    """tutor, then story, then lessons; torch in the lab alone, and the lab in the training process alone."""
    above = {"lessons": {"story", "tutor"}, "story": {"tutor"}, "tutor": set()}
    for package, forbidden in above.items():
        paths = list((ROOT / package).rglob("*.py"))
        assert paths
        for path in paths:
            found = set(imported(path))
            tops = {name.split(".")[0] for name in found}
            assert not tops & forbidden, path
            if "lab" not in path.relative_to(ROOT / package).parts:
                assert "torch" not in tops, path
                assert not any(name.startswith("lessons.lab") for name in found), path
            if package != "tutor":
                assert not tops & {"textual", "rich"}, path
    assert any(n.split(".")[0] == "torch" for p in (ROOT / "lessons/lab").glob("*.py") for n in imported(p))


@pytest.mark.slow
def test_playing_a_tale_through_imports_no_torch(tmp_path):
    """Not only the imports at the top: everything that play loads on its way."""
    code = (
        "import sys, io\n"
        "from pathlib import Path\n"
        "from tutor.game import Game, Options\n"
        "from tutor.plain.player import Plain\n"
        "game = Game(Options(home=Path(sys.argv[1])))\n"
        "lines = ['1', '1', '1', 'train', 'set epochs 50', 'predict fall', 'judge', '1', 'code', 'quit']\n"
        "out = io.StringIO()\n"
        "Plain(game, iter(lines), out, prompt=False).play()\n"
        "assert 'Passed.' in out.getvalue(), out.getvalue()\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('torch', 'numpy')])"
    )
    assert fresh(code, str(tmp_path)).strip() == "[]"


LATE = (
    "pydantic",
    "markdown_it",
    "pygments",
    "sqlite3",
    "lessons.client",
    "story.reading",
    "textual.widgets._markdown",
)
"""Modules that cost more than the rest of the start together."""


def test_what_is_slow_comes_after_the_first_frame():
    code = f"import sys, tutor.playing, tutor.tui.app, tutor.game\nprint([m for m in {LATE!r} if m in sys.modules])"
    assert fresh(code).strip() == "[]"


def test_help_loads_no_screen():
    code = (
        "import sys, io, contextlib\nfrom tutor.cli import run\n"
        "with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(SystemExit): run(['--help'])\n"
        "print([m for m in ('textual', 'rich', 'pydantic', 'markdown_it', 'asyncio') if m in sys.modules])"
    )
    assert fresh(code).strip() == "[]"


SOCKETS = """
import os, socket, sys

def look(event, details):
    if event in ("socket.connect", "socket.bind", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"):
        with open(os.environ["SOCKET_LOG"], "a") as log:
            print(os.getpid(), event, details[1:], file=log)
    elif event == "socket.__new__" and details[1] != getattr(socket, "AF_UNIX", None):
        with open(os.environ["SOCKET_LOG"], "a") as log:
            print(os.getpid(), event, details[1:], file=log)

sys.addaudithook(look)
"""


@pytest.mark.slow
def test_playing_opens_no_network_socket(tmp_path):
    """Neither the screen's process nor the training process, through a whole lesson."""
    (tmp_path / "sitecustomize.py").write_text(SOCKETS)
    log = tmp_path / "sockets.log"
    env = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}", "SOCKET_LOG": str(log)}
    lines = "1\n1\n1\ntrain\nset epochs 50\npredict fall\njudge\n"
    done = subprocess.run(
        [sys.executable, "-m", "tutor", "play", "--plain", "--home", str(tmp_path / "home")],
        input=lines,
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env=env,
    )
    assert done.returncode == 0 and "Passed." in done.stdout
    assert not log.exists(), log.read_text()
    # The watch itself works, in a process like those:
    subprocess.run([sys.executable, "-c", "import socket; socket.socket()"], env=env, check=True, timeout=60)
    assert "socket.__new__" in log.read_text()


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.mark.slow
def test_the_wheel_holds_the_packages_and_their_data(wheel):
    from tutor import __version__

    assert wheel.name == f"castle_dracula-{__version__}-py3-none-any.whl"
    names = zipfile.ZipFile(wheel).namelist()
    data = [".md", ".toml", ".tcss", ".npz", ".py", ".walk"]
    for package in ("tutor", "story", "lessons"):
        for path in (ROOT / package).rglob("*"):
            if path.suffix in data and "__pycache__" not in path.parts:
                assert str(path.relative_to(ROOT)) in names
    inside = {name.split("/")[0] for name in names}
    assert inside == {"tutor", "story", "lessons", f"castle_dracula-{__version__}.dist-info"}
    licences = [name for name in names if "licenses/" in name]
    assert {name.split("licenses/")[1] for name in licences} == {"LICENSE", "story/LICENSE", "lessons/data/LICENSE"}


@pytest.mark.slow
def test_an_installed_wheel_plays(wheel, tmp_path):
    site = tmp_path / "site"
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(site), str(wheel)],
        check=True,
        timeout=300,
        capture_output=True,
    )
    done = subprocess.run(
        [sys.executable, "-m", "tutor", "play", "--plain", "--home", str(tmp_path / "home")],
        input="1\n1\n1\ntrain\n",
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
    )
    assert done.returncode == 0 and "night 1000 of 1000" in done.stdout, done.stdout + done.stderr


def test_the_embedded_digits_are_those_of_mnist():
    import numpy as np

    from lessons.data.redraw import SHIPPED, differences, redraw

    candidates = [os.environ.get("TUTOR_DATA", ""), str(ROOT.parent / "shared" / "data")]
    raw = next((p for c in candidates if c and (p := Path(c) / "MNIST" / "raw").is_dir()), None)
    if raw is None:
        pytest.skip("needs the full MNIST: point TUTOR_DATA at a folder that holds MNIST/raw")
    with np.load(SHIPPED) as file:
        shipped = {name: file[name] for name in file.files}
    assert differences(redraw(raw, shipped), shipped) == []
    broken = {**shipped, "xte": shipped["xte"].copy()}
    broken["xte"][3, 14, 14] ^= 1
    assert differences(redraw(raw, broken), broken) == ["xte differs from MNIST"]
