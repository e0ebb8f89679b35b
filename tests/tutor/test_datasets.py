"""``tutor data``: the list, and the download with everything that may go wrong."""

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lessons.fullsets import FULL
from tests import archives
from tests.lab import alive, children
from tutor import datasets

ROOT = Path(__file__).resolve().parents[2]


def environment(home):
    env = {**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(home), "no_proxy": "127.0.0.1"}
    env.pop("TUTOR_DATA", None)
    return env


@pytest.fixture
def call(tmp_path):
    """``tutor``; with ``url``, with the tiny set in MNIST's place and that server."""

    def tutor(*arguments, url="", **env):
        program = ["-m", "tests.archives", url, "tutor"] if url else ["-m", "tutor"]
        return subprocess.run(
            [sys.executable, *program, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=tmp_path,
            env={**environment(tmp_path), **env},
        )

    return tutor


NOWHERE = "http://127.0.0.1:1/"


def listed(call, **options):
    done = call("data", "--json", **options)
    assert done.returncode == 0 and not done.stderr, done.stderr
    return {row["name"]: row for row in json.loads(done.stdout)}


def test_the_list_names_every_set_once(call, tmp_path):
    from lessons.recipe import DATA

    found = listed(call)
    assert set(found) == {*DATA, *FULL}
    assert found["digits"]["from"] == "ships" and found["digits"]["rows"] == 2000 and not found["digits"]["state"]
    assert found["noise"]["from"] == "generated"
    mnist = found["mnist"]
    assert mnist["from"] == "full set" and mnist["rows"] == 60_000 and mnist["state"] == "missing"
    assert mnist["folder"] == str(tmp_path / "data") and len(mnist["files"]) == 4
    plain = call("data").stdout
    assert all(name in plain for name in found) and str(tmp_path / "data") in plain
    assert "MNIST: missing; tutor data mnist downloads it (about 12 MB)" in plain


def test_the_folder_is_data_then_the_variable_then_home(call, tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    archives.put(tmp_path / "one")
    here = {"url": NOWHERE, "TUTOR_DATA": str(tmp_path / "one")}
    assert listed(call, **here)["mnist"]["state"] == "whole"
    done = call("data", "--data", "two", **here)
    assert "MNIST: missing" in done.stdout and str(tmp_path / "two") in done.stdout
    archives.put(tmp_path / "other" / "data")
    assert "MNIST: whole" in call("data", "--home", "other", url=NOWHERE).stdout


def test_damaged_files_are_named(call, tmp_path):
    archives.put(tmp_path / "data")
    (tmp_path / "data/MNIST/raw/t10k-images-idx3-ubyte").write_bytes(b"broken")
    done = call("data", url=NOWHERE)
    assert "MNIST: damaged (MNIST/raw/t10k-images-idx3-ubyte); tutor data mnist downloads it anew" in done.stdout
    assert listed(call, url=NOWHERE)["mnist"]["files"] == ["MNIST/raw/t10k-images-idx3-ubyte"]


@pytest.mark.slow
def test_a_download_is_said_and_done_once(call, tmp_path):
    with archives.serve() as server:
        done = call("data", "mnist", url=server.url)
        assert done.returncode == 0 and not done.stderr, done.stderr
        assert f"MNIST is in {tmp_path / 'data'} now, and whole." in done.stdout and "CC BY-SA" in done.stdout
        asked = len(server.asked)
        again = call("data", "mnist", url=server.url)
        assert again.returncode == 0 and len(server.asked) == asked
    assert again.stdout == f"MNIST is there already, in {tmp_path / 'data'}, and whole.\n"
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["MNIST"]


def test_a_set_that_needs_no_download_says_so(call):
    done = call("data", "digits")
    assert done.returncode == 0 and "nothing to download" in done.stdout
    assert "generated" in call("data", "noise").stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["mnst"], "Did you mean 'mnist'?"),
        (["mnist", "fashion"], "does not take 'fashion'"),
        (["mnist", "--json"], "tutor data --json"),
        (["--dta", "x"], "Did you mean '--data'?"),
        (["--data", ""], "an empty name is no folder"),
    ],
)
def test_bad_input_is_one_clear_line(call, arguments, says):
    done = call("data", *arguments)
    assert done.returncode == 2 and says in done.stderr and done.stderr.count("\n") == 1 and not done.stdout


@pytest.mark.slow
def test_offline_is_exit_code_3_and_says_what_to_do(call, tmp_path):
    done = call("data", "mnist", url=NOWHERE)
    assert done.returncode == 3 and done.stderr.count("\n") == 1 and not done.stdout
    assert done.stderr.startswith("tutor: MNIST could not be downloaded (127.0.0.1:1: Connection refused)")
    assert "copy a folder" in done.stderr and "--data or TUTOR_DATA" in done.stderr
    assert list((tmp_path / "data").iterdir()) == []


def test_a_fault_of_the_download_is_in_the_crash_log(call, tmp_path):
    (tmp_path / "torchvision").mkdir()
    (tmp_path / "torchvision" / "__init__.py").write_text("raise ValueError('broken package')")
    done = call("data", "mnist", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 70 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    (log,) = (tmp_path / "logs").glob("crash-*.log")
    assert str(log) in done.stderr and "broken package" in log.read_text()


def start(tmp_path, url, TERM="xterm", **streams):
    """A download under way, in a process group of its own; its process."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.archives", url, "tutor", "data", "mnist"],
        start_new_session=True,
        cwd=tmp_path,
        env={**environment(tmp_path), "TERM": TERM},
        **streams,
    )


def until(true, seconds=60):
    over = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < over
        time.sleep(0.05)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
@pytest.mark.parametrize("send", [os.killpg, os.kill], ids=["terminal", "process"])
def test_ctrl_c_leaves_nothing_half_made(tmp_path, send):
    with archives.serve("stall") as server:
        process = start(tmp_path, server.url, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(lambda: len(server.asked) == 2)  # torchvision looks for a redirection first
        (child,) = children(process.pid)
        send(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 130 and err == "\ntutor: interrupted.\n" and not out
    assert list((tmp_path / "data").iterdir()) == [] and not alive(child)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_killed_download_is_said_and_tidied(tmp_path):
    with archives.serve("stall") as server:
        process = start(tmp_path, server.url, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        until(lambda: len(server.asked) == 2)
        (child,) = children(process.pid)
        os.kill(child, signal.SIGKILL)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 3 and "signal 9" in err and err.count("\n") == 1
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="a pseudo-terminal")
@pytest.mark.parametrize("term", ["xterm-256color", "dumb"])
def test_a_terminal_sees_a_bar_and_one_that_cannot_draw_lines(tmp_path, term):
    ours, theirs = pty.openpty()
    with archives.serve() as server:
        process = start(tmp_path, server.url, stdout=subprocess.PIPE, stderr=theirs, TERM=term)
        os.close(theirs)
        assert process.wait(60) == 0
    shown = os.read(ours, 1 << 16).decode()
    os.close(ours)
    process.stdout.close()
    if term == "dumb":
        assert shown == "downloading MNIST ...\r\n"
    else:
        assert re.search(r"\x1b.*downloading MNIST, 0\.0 of about 12 MB \S*━", shown) and "Traceback" not in shown


def test_the_bar_counts_the_bytes_that_have_arrived(tmp_path):
    told, archive = [], tmp_path / ".download-mnist" / "MNIST" / "raw" / "images.gz"

    class Process:
        """A download that writes 3 MB at each look, clears up, and ends."""

        looks = 0

        def communicate(self, timeout):
            self.looks += 1
            if self.looks == 5:
                return None, ""
            archive.parent.mkdir(parents=True, exist_ok=True)
            archive.write_bytes(bytes(3_000_000 * self.looks)) if self.looks < 4 else shutil.rmtree(tmp_path)
            raise subprocess.TimeoutExpired("download", timeout)

    datasets._watched(Process(), FULL["mnist"], tmp_path, lambda *words: told.append(words))
    assert told == [
        (0.25, "downloading MNIST, 3.0 of about 12 MB"),
        (0.5, "downloading MNIST, 6.0 of about 12 MB"),
        *[(0.75, "downloading MNIST, 9.0 of about 12 MB")] * 2,
    ]


def test_the_list_loads_no_torch(tmp_path):
    code = (
        "import sys\nfrom tutor.cli import run\nassert run(['data']) == 0\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('torch', 'numpy', 'filelock')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, env=environment(tmp_path), timeout=60
    )
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_doctor_says_where_the_full_sets_are(tmp_path, capsys):
    from tutor import doctor

    archives.put(tmp_path)
    assert doctor._full("mnist", tmp_path).startswith("MNIST damaged (MNIST/raw/train-images-idx3-ubyte, ")
    assert doctor._full("fashion", tmp_path) == "FashionMNIST missing (tutor data fashion)"
