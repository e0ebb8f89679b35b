"""The command line: exit codes, one clear line for each mistake, and JSON that can be relied on."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import trial

ROOT = Path(__file__).resolve().parents[2]


def tutor(*arguments, home, stdin="", timeout=120, **env):
    return subprocess.run(
        [sys.executable, "-m", "tutor", *map(str, arguments)],
        capture_output=True,
        text=True,
        input=stdin,
        timeout=timeout,
        cwd=home,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(home), **env},
    )


@pytest.fixture
def call(tmp_path):
    return lambda *arguments, **options: tutor(*arguments, home=tmp_path, **options)


COMMANDS = [
    "play",
    "run",
    "check",
    "calibrate",
    "new",
    "graph",
    "stats",
    "reference",
    "list",
    "export",
    "journal",
    "data",
    "settings",
    "doctor",
]


@pytest.mark.parametrize("command", [[], *([c] for c in COMMANDS)])
def test_every_command_has_help(call, command):
    done = call(*command, "--help")
    assert done.returncode == 0 and "usage: tutor" in done.stdout


def test_a_page_documents_every_command_and_option():
    from tutor.arguments import build

    page = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    _, commands = build()
    for name, parser in commands.items():
        assert f"tutor {name}" in page
        for option in parser.options():
            assert option in page, f"{name} {option}"


BAD = [
    (["plya"], "Did you mean 'play'?"),
    (["run"], "a JOB, a chapter/scene, a CSV or .npz file, or --from CODE"),
    (["run", "noisy-digit-mlp"], "Did you mean 'noisy-digits-mlp'?"),
    (["run", "clean-digits", "--set", "drpout=0.5"], "Did you mean 'dropout'?"),
    (["run", "clean-digits", "--set", "dropout"], "name=value"),
    (["run", "clean-digits", "--set", "dropout=2"], "from 0 below 1"),
    (["run", "clean-digits", "--set", "dropout=0.5,0.5"], "the network 1 hidden layer."),
    (["run", "clean-digits", "--with", "lr=fast"], "lr cannot be 'fast'"),
    (["run", "clean-digits", "--goal", "test_acc > 1"], "Did you mean 'test_accuracy'?"),
    (["run", "clean-digits", "--goal", "much"], "cannot be read"),
    (["run", "blank-page", "--goal", "test_accuracy > 0.5"], "not measured"),
    (["run", "clean-digits", "--seeds", "0"], "whole number from 1"),
    (["run", "clean-digits", "--seeds", "many"], "whole number from 1"),
    (["run", "clean-digits", "--threads", "9999"], "whole number from 1 to 256"),
    (["run", "clean-digits", "--device", "gpu"], "Did you mean 'cpu'?"),
    (["run", "clean-digits", "--solution"], "belong to a scene"),
    (["run", "clean-digits", "--sed", "1"], "Did you mean '--seeds'?"),
    (["run", "no-mirror/dinning-hall"], "Did you mean 'dining-hall'?"),
    (["run", "no-miror/dining-hall"], "Did you mean 'no-mirror'?"),
    (["run", "no-mirror/house-stands"], "holds no lesson"),
    (["run", "no-mirror/dining-hall", "--trap", "9"], "trap 9"),
    (["run", "no-mirror/dining-hall", "--set", "lr=0.1"], "not offered here"),
    (["run", "no-mirror/dining-hall", "--set", "dropout=0.45"], "Offered: 0, 0.1"),
    (["run", "no-mirror/dining-hall", "--solution", "--start"], "not allowed with"),
    (["check", "nothing.md"], "does not exist"),
    (["check", "."], "holds no chapter"),
    (["list", "setings"], "Did you mean 'settings'?"),
    (["list", "jobs", "more"], "does not take 'more'"),
    (["export", "clean-digits"], "-o"),
    (["export", "clean-digits", "-o", "script.txt"], "End it with .py or .ipynb"),
    (["export", "clean-digits", "-o", "no/such/folder/script.py"], "cannot be written"),
    (["play", "nothing.md"], "does not exist"),
    (["play", "--slot", "a/b", "--plain"], "letters, digits"),
    (["play", "--device", "tpu"], "Allowed: auto, cpu, cuda, mps"),
    (["--versoin"], "Did you mean '--version'?"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("arguments", "says"), BAD, ids=[" ".join(a) for a, _ in BAD])
def test_bad_input_is_one_clear_line_and_exit_code_2(call, arguments, says):
    done = call(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr and done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("tutor: ") and "Traceback" not in done.stderr and not done.stdout


def test_a_device_that_is_not_there_is_exit_code_3(call):
    done = call("run", "clean-digits", "--device", "mps")
    assert done.returncode == 3 and "not on this machine" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.slow
def test_run_prints_one_object(call):
    done = call(
        "run",
        "noisy-digits-mlp",
        "--set",
        "dropout=0.5",
        "--with",
        "epochs=2",
        "--seeds",
        2,
        "--first-seed",
        7,
        "--goal",
        "test_accuracy >= 0.1 and gap <= 0.9",
        "--json",
    )
    assert done.returncode == 0 and done.stdout.count("\n") == 1 and not done.stderr
    found = json.loads(done.stdout)
    assert found["job"] == "noisy-digits-mlp" and found["seeds"] == [7, 8] and found["passed"] is True
    assert found["settings"]["dropout"] == 0.5 and found["settings"]["epochs"] == 2 and found["device"]
    accuracy = found["metrics"]["test_accuracy"]
    assert len(accuracy["per_seed"]) == 2 and accuracy["mean"] == sum(accuracy["per_seed"]) / 2 and accuracy["se"] > 0
    assert [g["met"] for g in found["goals"]] == [True, True] and found["goals"][0]["value"] == accuracy["mean"]
    assert found["seconds"] > 0 and found["history"]["8"]["epoch"] == [1, 2]


@pytest.mark.slow
def test_run_repeats_bit_for_bit(call):
    command = ["run", "clean-digits", "--with", "epochs=2", "--seeds", 2, "--json"]
    first, second = (json.loads(call(*command).stdout) for _ in range(2))
    for found in (first, second):
        found.pop("seconds")
        found["metrics"].pop("seconds")
    assert first == second


@pytest.mark.slow
def test_a_goal_that_is_not_met_is_exit_code_1(call):
    done = call("run", "clean-digits", "--with", "epochs=1", "--goal", "test_accuracy >= 0.999")
    assert done.returncode == 1 and "not passed" in done.stdout and "short by" in done.stdout


@pytest.mark.slow
def test_a_diverging_run_ends_with_a_sentence_and_exit_code_1(call):
    done = call("run", "no-mirror/dining-hall", "--with", "lr=1e9", "--seeds", 2)
    assert done.returncode == 1 and "The loss left the numbers" in done.stdout
    assert "nan" not in done.stdout and "inf" not in done.stdout


def test_lists_are_json_when_asked(call):
    for what in ("chapters", "jobs", "settings", "metrics"):
        done = call("list", what, "--json")
        assert done.returncode == 0 and json.loads(done.stdout)
        plain = call("list", what)
        assert plain.returncode == 0 and "\x1b" not in plain.stdout


@pytest.mark.slow
def test_doctor_says_what_there_is(call, tmp_path):
    done = call("doctor")
    assert done.returncode == 0, done.stderr
    for word in ("torch", "python", "devices", "training step", "terminal", str(tmp_path), "training.log"):
        assert word in done.stdout


def check(call, tmp_path, goal, *options):
    path = trial.write(tmp_path, "test_accuracy >= 0.85", f"test_accuracy >= {goal}")
    return call("check", path, "--json", *options)


@pytest.mark.slow
def test_check_proves_a_sound_chapter(call, tmp_path):
    done = check(call, tmp_path, "0.85")
    found = json.loads(done.stdout)
    assert done.returncode == 0 and found["passed"], done.stdout
    assert [(p["label"], p["passed"], p["holds"]) for p in found["proofs"]] == [
        ("start", False, True),
        ("solution", True, True),
        ("trap 1", False, True),
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("goal", "says"), [("0.01", "start, should fail and passes"), ("0.99", "solution, should pass and does not")]
)
def test_check_refuses_a_goal_that_is_too_low_or_too_high(call, tmp_path, goal, says):
    done = check(call, tmp_path, goal)
    found = json.loads(done.stdout)
    assert done.returncode == 1 and not found["passed"]
    errors = [f for f in found["findings"] if f["severity"] == "error"]
    assert any(says in f["message"] for f in errors) and all(f["line"] > 1 for f in errors)


def test_check_finds_a_broken_chapter_without_training(call, tmp_path):
    path = trial.write(tmp_path, "(#room)", "(#rooom)")
    done = call("check", path)
    line = trial.line_of("[Again]")
    assert done.returncode == 1 and f"trial.md:{line}: error:" in done.stdout and "'room'" in done.stdout


def test_playing_a_broken_chapter_is_bad_input(call, tmp_path):
    path = trial.write(tmp_path, "format = 1", "format = 99")
    done = call("play", "--plain", path)
    assert done.returncode == 2 and "trial.md:4:" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_scene_of_a_chapter_file_can_be_run(call, tmp_path):
    path = trial.write(tmp_path)
    assert call("run", f"{path}/room", "--solution").returncode == 0


def test_export_writes_the_script_and_its_data(call, tmp_path):
    done = call("export", "no-mirror/dining-hall", "--set", "dropout=0.5", "-o", "reader.py")
    assert done.returncode == 0
    assert "nn.Dropout(0.5)" in (tmp_path / "reader.py").read_text() and (tmp_path / "digits.npz").exists()


def test_a_fault_of_the_program_leaves_a_log_whose_path_is_said(call, tmp_path):
    """A package that is broken, for instance: here one that raises on import."""
    (tmp_path / "markdown_it").mkdir()
    (tmp_path / "markdown_it" / "__init__.py").write_text("raise RuntimeError('broken package')")
    done = call("list", "chapters", PYTHONPATH=f"{tmp_path}{os.pathsep}{ROOT}")
    assert done.returncode == 70 and done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    (log,) = (tmp_path / "logs").glob("crash-*.log")
    assert str(log) in done.stderr and "broken package" in log.read_text()


def test_a_reader_that_goes_away_is_no_fault(tmp_path):
    command = f"{sys.executable} -m tutor list settings | head -1"
    done = subprocess.run(
        command,
        shell=True,
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(tmp_path)},
    )
    assert done.stdout == "dropout\n" and not done.stderr


def piped(command, folder):
    """The exit code of the first command of a pipe."""
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m tutor {command}; exit ${{PIPESTATUS[0]}}"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr and "Exception ignored" not in done.stderr, done.stderr
    return done.returncode


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
def test_a_verdict_holds_whether_somebody_hears_it_or_not(tmp_path):
    trial.write(tmp_path, "(#room)", "(#rooom)")
    for options in ("", "--json", "--github"):
        assert piped(f"check trial.md --no-train {options} | true", tmp_path) == 1, options
    trial.write(tmp_path)
    assert piped("check trial.md --no-train | true", tmp_path) == 0
    assert piped("run few-digits --set epochs=1 --goal 'test_accuracy >= 0.99' | true", tmp_path) in (1, 141)
    assert piped("list settings | true", tmp_path) in (0, 141)
    if Path("/dev/full").exists():
        assert piped("check nope.md 2>/dev/full | cat", tmp_path) == 2
        assert piped("check trial.md --no-train > /dev/full", tmp_path) == 3


def test_an_empty_name_is_no_folder(call):
    for arguments in (["check", ""], ["graph", ""], ["play", "", "--plain"], ["check", "--junit", ""]):
        done = call(*arguments)
        assert done.returncode == 2 and "an empty name" in done.stderr, arguments


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["run", "trial.md"], "Name a lesson of it: trial.md/room"),
        (["run", "lamps"], "write lamps.toml"),
        (["run", "guests.cvs"], "is no file that is read here"),
        (["check", "lamps.toml"], "is no chapter"),
    ],
)
def test_what_was_meant_is_said(call, tmp_path, arguments, says):
    trial.write(tmp_path)
    (tmp_path / "lamps.toml").write_text('title = "a"\nwords = "b"\n')
    done = call(*arguments)
    assert done.returncode == 2 and says in done.stderr, done.stderr


def test_json_and_annotations_do_not_mix_and_a_report_does_not_find_itself(call, tmp_path):
    (tmp_path / "c").mkdir()
    trial.write(tmp_path / "c", "(#room)", "(#rooom)")
    done = call("check", "c", "--no-train", "--json", "--github", "--junit", "c/report.xml")
    found = json.loads(done.stdout)
    assert done.returncode == 1 and "::error file=" in done.stderr
    assert not any("report.xml" in f["path"] for f in found["findings"]) and (tmp_path / "c" / "report.xml").exists()
