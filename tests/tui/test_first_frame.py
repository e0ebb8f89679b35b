"""What is loaded before the first frame stands, and what may never be."""

from __future__ import annotations

import subprocess
import sys

LATE = ("torch", "numpy", "pydantic", "markdown_it", "pygments", "story.reading", "textual.widgets._markdown")
"""Modules that cost more than the rest of the start together."""


def test_what_is_slow_comes_after_the_first_frame() -> None:
    code = f"import sys, tutor.tui.app, tutor.game; print([name for name in {LATE!r} if name in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"


def test_no_screen_loads_torch() -> None:
    code = (
        "import sys, pkgutil, importlib, tutor.tui as tui\n"
        "for found in pkgutil.walk_packages(tui.__path__, 'tutor.tui.'): importlib.import_module(found.name)\n"
        "print('torch' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
