"""The wheel of this tree, built without the network: the build backend is part of the test extra."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def build(folder: Path) -> Path:
    """The wheel, in this folder."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", folder, ROOT]
    subprocess.run(list(map(str, command)), check=True, timeout=300, capture_output=True)
    (path,) = folder.glob("*.whl")
    return path
