"""What is found about a chapter: an error, a warning or a note, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SEVERITIES = ("error", "warning", "note")
"""An error fails a check, a warning where it is strict, a note never."""


@dataclass(frozen=True, order=True)
class Finding:
    """One finding; ``str`` is ``FILE:LINE: message``."""

    path: Path
    line: int
    severity: str
    """One of ``SEVERITIES``."""
    rule: str
    """A short name, such as ``dead-end``."""
    message: str
    """What was found, what is allowed, and what to do; one line."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
