"""``pytest --chapters DIR``: a test for every text, lesson and walk, and failures that say what to do."""

import os
import re
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from tests import trial

ROOT = Path(__file__).resolve().parents[2]


def run(folder, *arguments):
    """Another pytest, in a project of its own, with the plugin once."""
    there = entry_points(group="pytest11", name="castle_dracula")
    return subprocess.run(
        [sys.executable, "-m", "pytest", *([] if there else ["-p", "tutor.pytest_plugin"]), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TUTOR_HOME": str(folder / "home"), "PYTEST_ADDOPTS": ""},
    )


@pytest.fixture
def project(tmp_path):
    """A project with a folder of chapters, and nothing else."""
    (tmp_path / "chapters").mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    trial.write(tmp_path / "chapters")
    (tmp_path / "chapters" / "README.md").write_text("Not a chapter.")
    (tmp_path / "chapters" / "trial.walk").write_text("Turn it.\n> judge as pass test_accuracy=0.9\n90.0%\n")
    return tmp_path


def test_every_text_lesson_and_walk_is_a_test(project):
    done = run(project, "--chapters", "chapters", "--collect-only", "-q")
    assert done.stdout.splitlines()[:3] == [
        "chapters/trial.md::text",
        "chapters/trial.md::room",
        "chapters/trial.walk::walk",
    ]


def test_without_the_option_nothing_is_collected(project):
    assert run(project).returncode == 5
    assert run(project, "chapters").returncode == 5


def test_a_folder_that_is_not_there_is_said(project):
    done = run(project, "--chapters", "chaptres")
    assert done.returncode == 4 and "there is no such folder" in done.stderr


def test_a_folder_without_chapters_is_said(project):
    (project / "empty").mkdir()
    done = run(project, "--chapters", "empty")
    assert done.returncode == 4 and "holds no chapter" in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "own"),
    [
        ("build/chapters", ()),
        ("build/chapters", ("tests",)),
        ("chapters", ()),
        ("chapters", ("tests/test_more.py",)),
        ("chapters", ("chapters/test_own.py",)),
        ("chapters", ("chapters",)),
    ],
)
def test_no_way_of_calling_it_leaves_a_broken_chapter_out(project, place, own):
    """Folders that pytest does not look into, and files of tests that it was asked for beside them."""
    (project / place).mkdir(parents=True, exist_ok=True)
    trial.write(project / place, "(#room)", "(#rooom)")
    (project / place / "test_own.py").write_text("def test_own():\n    pass\n")
    (project / "tests").mkdir()
    (project / "tests" / "test_more.py").write_text("def test_more():\n    pass\n")
    given = project / place if own else place  # an absolute path means the same
    done = run(project, *own, "--chapters", given, "--chapters-no-train", "-q")
    assert done.returncode == 1 and "'rooom' is not known" in done.stdout, done.stdout
    assert done.stdout.count("FAILED ") == 1, done.stdout


@pytest.mark.slow
def test_what_check_refuses_it_refuses_too(project):
    """Two chapters of one id, and a job that cannot be read."""
    trial.write(project / "chapters", name="02-trial.md")
    (project / "chapters" / "lamps.toml").write_text("lr = -1")
    (project / "chapters" / ".hidden.md").write_text("no chapter")
    done = run(project, "--chapters", "chapters", "--chapters-no-train")
    assert done.returncode == 1 and "2 failed" in done.stdout, done.stdout
    assert "is taken by" in done.stdout and "title is missing" in done.stdout


@pytest.mark.slow
def test_a_single_test_can_be_asked_for(project):
    done = run(project, "--chapters", "chapters", "chapters/trial.md::text")
    assert done.returncode == 0 and "1 passed" in done.stdout, done.stdout
    done = run(project, "--chapters", "chapters", "-k", "walk")
    assert done.returncode == 0 and "1 passed, 2 deselected" in done.stdout, done.stdout


def test_chapters_elsewhere_and_ordinary_tests_run_together(project, tmp_path_factory):
    (project / "test_own.py").write_text("def test_own():\n    pass\n")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    trial.write(elsewhere)
    done = run(project, "--chapters", elsewhere, "--chapters-no-train", "-rs")
    assert done.returncode == 0 and "2 passed, 1 skipped" in done.stdout and "it trains" in done.stdout


@pytest.mark.slow
def test_a_broken_chapter_is_one_failure_at_its_line(project):
    trial.write(project / "chapters", "(#room)", "(#rooom)")
    done = run(project, "--chapters", "chapters", "--chapters-no-train", "--chapters", "chapters/trial.md")
    assert done.returncode == 1 and "1 failed" in done.stdout and "Traceback" not in done.stdout
    assert re.search(
        rf"trial\.md:{trial.line_of('[Again]')}: .*'rooom' is not known\. Did you mean 'room'", done.stdout
    )
    trial.write(project / "chapters", "format = 1", "format = 9")
    done = run(project, "--chapters", "chapters", "--chapters-no-train")
    assert "newer than this program" in done.stdout and "2 failed" in done.stdout  # its walk cannot be played either


def test_a_walk_that_is_told_otherwise_fails_at_its_line(project):
    (project / "chapters" / "trial.walk").write_text("Turn it.\n> judge as fail\nLost for words.\n")
    done = run(project, "--chapters", "chapters", "--chapters-no-train")
    assert done.returncode == 1 and "trial.walk:3: " in done.stdout and "Lost for words." in done.stdout


@pytest.mark.slow
def test_warnings_are_warnings_unless_they_are_to_be_errors(project):
    trial.write(project / "chapters", 'hints = ["More."]\n', "")
    quick = ("--chapters", "chapters", "--chapters-no-train")
    done = run(project, *quick)
    assert done.returncode == 0 and "ChapterWarning" in done.stdout and "hint" in done.stdout
    assert run(project, *quick, "-W", "error::tutor.pytest_plugin.ChapterWarning").returncode == 1


@pytest.mark.slow
def test_lessons_are_proved_by_training(project):
    done = run(project, "--chapters", "chapters")
    assert done.returncode == 0 and "3 passed" in done.stdout, done.stdout
    trial.write(project / "chapters", "test_accuracy >= 0.85", "test_accuracy >= 0.2")
    done = run(project, "--chapters", "chapters")
    assert done.returncode == 1 and "1 failed, 2 passed" in done.stdout
    assert "start, should fail and passes" in done.stdout and "Raise the goal to test_accuracy >= 0." in done.stdout
