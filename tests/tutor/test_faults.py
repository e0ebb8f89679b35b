"""The game in a real pseudo-terminal: killed, hung up, interrupted; nothing is lost and no process stays."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys

import pytest

from lessons.client import Client, TrainingStopped
from lessons.jobs import job
from tests.lab import alive, children, until
from tests.tutor.terminal import ROOT, terminal, to_the_blank_page

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


MOMENTS = ["between runs", "in a run", "in a verdict"]


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_continue_leads_back_and_nobody_is_left(tmp_path, moment):
    async def work():
        with terminal(tmp_path) as game:
            await to_the_blank_page(game)
            await until(lambda: len(game.family()) > 1)
            runs = 0
            if moment != "in a run":
                game.type("t")
                await until(lambda: game.runs() == 1)
                runs = 1
            if moment == "in a run":
                game.type("t")
                await until(lambda: len(game.family()) > 2)
            elif moment == "in a verdict":
                game.type("j")
                await game.wait("Predict first")
                game.type("2")
                await until(lambda: len(game.family()) > 2)
            family, before = game.family(), game.scene()
            os.kill(game.pid, signal.SIGKILL)
            os.waitpid(game.pid, 0)
            await until(lambda: not any(map(alive, family)))
        with terminal(tmp_path) as again:
            await again.wait("Continue")
            again.type("1")
            await again.wait("blank page")
            assert again.runs() == runs
            after = again.scene()
            for name in ("chapter", "scene", "flags", "player"):
                assert after[name] == before[name]

    asyncio.run(work())


BUSY = """
import sys
from textual.drivers.linux_driver import LinuxDriver
import tutor.tui.terminal
from tutor.__main__ import main

start = LinuxDriver.start_application_mode

def busy(driver):
    start(driver)
    driver._app.set_interval(0.02, lambda: driver.write(" "))

LinuxDriver.start_application_mode = busy
tutor.tui.terminal.WATCH = 3
sys.exit(main())
"""
"""The game, painting all the time, and for seconds before it looks whether its terminal is still there."""

DEAF = f"""
import signal, subprocess, sys
signal.signal(signal.SIGHUP, signal.SIG_IGN)
sys.exit(subprocess.call([sys.executable, "-c", {BUSY!r}, "play"]))
"""
"""Starts the game, and is told alone that the terminal has gone, as ``make`` and a shell may be."""


@pytest.mark.slow
def test_a_terminal_that_closes_behind_whoever_started_the_game_leaves_no_process(tmp_path):
    async def work():
        with terminal(tmp_path, program=("-c", DEAF)) as game:
            await game.wait("New")
            await until(lambda: len(game.family()) > 2)
            family = game.family()
            game.hang_up()
            await until(lambda: not any(map(alive, family[1:])))

    asyncio.run(work())


@pytest.mark.slow
@pytest.mark.parametrize("how", ["closed", "SIGTERM", "SIGHUP", "keys"])
def test_a_closed_terminal_leaves_no_process(tmp_path, how):
    async def work():
        with terminal(tmp_path) as game:
            await to_the_blank_page(game)
            game.type("t")
            await until(lambda: len(game.family()) > 2)
            family = game.family()
            if how == "closed":
                game.hang_up()
            elif how == "keys":
                game.type("\x1b")
                await game.wait("Continue")
                game.type("q")
            else:
                os.kill(game.pid, getattr(signal, how))
            reaped = []

            def gone():
                with contextlib.suppress(ChildProcessError):
                    reaped.extend(p for p in [os.waitpid(game.pid, os.WNOHANG)[0]] if p)
                return not any(map(alive, family))

            await until(gone)

    asyncio.run(work())


def tutor(*arguments, home, stdin="", **options):
    return subprocess.run(
        [sys.executable, "-m", "tutor", *arguments],
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(home), **options.pop("env", {})},
        **options,
    )


def test_without_a_terminal_the_game_is_told_in_lines(tmp_path):
    done = tutor("play", home=tmp_path, stdin="1\n1\n")
    assert done.returncode == 0 and "--- The Knock: gate ---" in done.stdout
    assert "\x1b" not in done.stdout and not done.stderr


def test_an_input_that_is_empty_ends_the_game(tmp_path):
    assert tutor("play", home=tmp_path).returncode == 0


def test_a_save_of_garbage_is_said(tmp_path):
    (tmp_path / "castle.db").write_bytes(b"not a database at all " * 100)
    done = tutor("play", "--plain", home=tmp_path, stdin="1\n")
    assert done.returncode == 0 and "could not be read" in done.stdout and "castle.db.unreadable-" in done.stdout
    assert "arrival jonathan" in done.stdout


def test_a_slot_that_is_open_elsewhere_is_bad_input(tmp_path):
    from tutor.savebook import SaveBook

    book = SaveBook(tmp_path, "castle")
    try:
        done = tutor("play", "--plain", home=tmp_path)
        assert done.returncode == 2 and "open in another game" in done.stderr and done.stderr.count("\n") == 1
    finally:
        book.close()


def test_ctrl_c_at_a_prompt_is_exit_code_130_and_ends_the_training_process(tmp_path):
    async def work():
        with terminal(tmp_path, "--plain") as game:
            await game.wait("Lucy Westenra, of her own will")
            game.family()
            game.type("1\r")
            await game.wait("Bid her good evening")
            family = game.family()
            game.type("\x03")
            await until(lambda: not alive(game.pid))
            assert os.waitstatus_to_exitcode(os.waitpid(game.pid, 0)[1]) == 130
            await until(lambda: not any(map(alive, family)))
            assert game.scene()["scene"] == "arrival-jonathan"

    asyncio.run(work())


def test_ctrl_c_in_a_run_ends_the_run_and_not_the_game(tmp_path):
    chapter = (ROOT / "story/chapters/00-the-knock.md").read_text(encoding="utf-8")
    endless = tmp_path / "00-the-knock.md"
    endless.write_text(chapter.replace("1000], start = 1000", "90000], start = 90000"), encoding="utf-8")

    async def work():
        with terminal(tmp_path, "--plain", str(endless)) as game:
            await game.wait("of her own will")
            game.type("1\r1\r1\r")
            await game.wait("First see it fail")
            game.type("train\r")
            await game.wait("night ")
            game.type("\x03")
            await game.wait("Stopped. Nothing of this run was kept.")
            game.type("quit\r")
            await game.wait("Farewell")
            await until(lambda: not alive(game.pid))
            assert os.waitstatus_to_exitcode(os.waitpid(game.pid, 0)[1]) == 0

    asyncio.run(work())


def test_ctrl_c_ends_an_experiment_with_130(tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-m", "tutor", "run", "noisy-digits-mlp", "--with", "epochs=90000"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=tmp_path,
        start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(tmp_path)},
    )

    async def work():
        found = []

        def training():
            found[:] = [seed for lab in children(process.pid) for seed in children(lab)]
            return bool(found)

        await until(training)
        lab = children(process.pid)
        process.send_signal(signal.SIGINT)
        await until(lambda: process.poll() is not None)
        await until(lambda: not any(map(alive, [*lab, *found])))

    try:
        asyncio.run(work())
        out, err = process.communicate(timeout=10)
        assert process.returncode == 130 and err.strip() == "tutor: interrupted." and not out
    finally:
        process.kill()
        process.communicate()


CRASH = """
import sys
from tutor.tui.screens.story import StoryScreen
def sync(self): raise RuntimeError("the wick is wet")
StoryScreen.sync = sync
from tutor.cli import run
sys.exit(run(["play"]))
"""


def test_a_fault_of_the_screen_leaves_a_log_whose_path_is_said(tmp_path):
    async def work():
        with terminal(tmp_path, program=["-c", CRASH]) as game:
            await game.wait("New")
            await until(lambda: children(game.pid))
            family = game.family()
            game.type("2")
            await until(lambda: "What happened is written in" in game.seen and not alive(game.pid))
            (log,) = (tmp_path / "logs").glob("crash-*.log")
            assert log.name in game.seen.replace("\r\n", "") and "the wick is wet" in log.read_text()
            assert os.waitstatus_to_exitcode(os.waitpid(game.pid, 0)[1]) == 70
            await until(lambda: not any(map(alive, family)))

    asyncio.run(work())


LESSON = "train\nset epochs 50\npredict fall\njudge\n"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("room", "says"), [(0, "cannot be opened"), (48, "cannot be written")], ids=["no room at all", "room for little"]
)
def test_a_full_disk_is_said_and_play_goes_on(tmp_path, room, says):
    small = tmp_path / "small"
    small.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400k", "tmpfs", str(small)], capture_output=True).returncode:
        pytest.skip("needs the right to mount a small file system")
    try:
        arguments = ("play", "--plain", "--home", str(small))
        assert tutor(*arguments, home=tmp_path, stdin="1\n1\n1\n").returncode == 0
        free = os.statvfs(small)
        with contextlib.suppress(OSError), open(small / "filler", "wb") as filler:
            for _ in range(free.f_bavail * free.f_frsize // 1024 - room):
                filler.write(b"x" * 1024)
                filler.flush()
        # With no room the book cannot be opened, and the tale begins at the gate.
        way = "1\n1\n1\n" if room == 0 else "1\ntrain\ntrain\ntrain\n"
        done = tutor(*arguments, home=tmp_path, stdin=way + LESSON)
        assert done.returncode == 0 and not done.stderr, done.stderr
        told = " ".join(done.stdout.split())
        assert says in told and "Play goes on" in told and "Passed." in told
        assert "not saved" in told.rpartition("Farewell")[2]
        (small / "filler").unlink()
        again = tutor(*arguments, home=tmp_path, stdin="1\n")
        assert again.returncode == 0 and "1. Continue: The Knock, blank page" in again.stdout
    finally:
        subprocess.run(["umount", str(small)], check=True)


SLOW = """
import os, sys, time
while not os.path.exists(sys.argv[1]): time.sleep(0.02)
os.execv(sys.executable, [sys.executable, "-m", "lessons.lab.worker"])
"""


@pytest.mark.slow
def test_a_run_that_waits_for_the_process_to_wake_is_stopped_at_once_and_never_begins(tmp_path):
    async def work():
        recipe, gate = job("clean-digits").recipe.turned(epochs=1), tmp_path / "awake"
        lab = Client(command=[sys.executable, "-c", SLOW, str(gate)])
        begun = []
        try:
            for _ in range(2):
                run = asyncio.create_task(lab.train(recipe, [0], "cpu", on_event=begun.append))
                await until(lambda: lab.pid)
                await asyncio.sleep(0)
                await lab.stop()
                with pytest.raises(TrainingStopped):
                    await asyncio.wait_for(run, 60)
            pid = lab.pid
            gate.touch()
            report = await lab.train(recipe, [1], "cpu")  # it went on waking, for the next
            assert report.seeds == (1,) and lab.pid == pid and not begun
        finally:
            await lab.close()

    asyncio.run(work())
