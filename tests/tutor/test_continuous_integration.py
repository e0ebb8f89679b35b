"""The CI example of the docs, carried out in a throw-away project that knows the wheel and nothing of this tree."""

import os
import re
import site
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tests.wheel import build

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "continuous-integration.md").read_text(encoding="utf-8")
STEPS = re.findall(r"^ +- run: (.+)$", PAGE, re.MULTILINE)


@pytest.fixture
def project(tmp_path):
    """A fresh environment, in which torch and pytest can be imported already, and the wheel beside it."""
    venv.create(tmp_path / "env", with_pip=True, symlinks=True)
    (place,) = (tmp_path / "env").glob("lib/python*/site-packages")
    # A plain path: what is installed in it can be imported, and no editable install of this tree is carried out.
    (place / "others.pth").write_text("\n".join(p for p in site.getsitepackages() if Path(p).is_dir()))
    build(tmp_path)
    return tmp_path


def carry_out(step, project):
    """One line of the workflow, in the project's environment."""
    step = step.replace("pip install castle-dracula pytest", "pip install --no-index --no-deps ./*.whl")
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    path = os.pathsep.join([str(project / "env" / "bin"), env["PATH"]])
    step = step.replace("pytest ", "python -m pytest ") if step.startswith("pytest") else step
    extra = {"PATH": path, "TUTOR_HOME": str(project / "home"), "PYTEST_ADDOPTS": "", "GITHUB_WORKSPACE": str(project)}
    return subprocess.run(
        step, shell=True, cwd=project, env={**env, **extra}, capture_output=True, text=True, timeout=500
    )


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="the lines of the workflow are for a POSIX shell")
def test_the_workflow_is_green_and_red_when_the_goal_is_made_trivial(project):
    assert [step.split()[0] for step in STEPS] == ["pip", "tutor", "pytest"]
    done = carry_out(STEPS[0], project)
    assert done.returncode == 0, done.stderr
    done = carry_out("tutor new chapter the-well --folder chapters", project)
    assert done.returncode == 0 and (project / "chapters" / "the-well.md").is_file(), done.stderr
    where = carry_out("python -c 'import tutor; print(tutor.__file__)'", project).stdout
    assert where.startswith(str(project)), where

    for step in STEPS[1:]:
        done = carry_out(step, project)
        assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
    assert 'failures="0"' in (project / "chapters.xml").read_text()

    chapter = project / "chapters" / "the-well.md"
    text = chapter.read_text(encoding="utf-8")
    assert "test_accuracy >= 0.85" in text
    chapter.write_text(text.replace("test_accuracy >= 0.85", "test_accuracy >= 0.1"), encoding="utf-8")
    line = text[: text.index("goal =")].count("\n") + 1
    done = carry_out(STEPS[1], project)
    assert done.returncode == 1 and f"::error file=chapters/the-well.md,line={line},title=proof::" in done.stdout
    assert "should fail and passes" in (project / "chapters.xml").read_text()
    done = carry_out(STEPS[2], project)
    assert done.returncode == 1 and "2 failed, 1 passed" in done.stdout, done.stdout  # its walk knows the goal, too
