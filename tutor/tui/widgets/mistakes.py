"""What is wrong with a chapter that is being written: it stays until it is mended."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static


class Mistakes(Static):
    """Above the keys: what the mistakes mean, how many there are, and the first of them with file and line."""

    DEFAULT_CSS = """
    Mistakes { dock: bottom; display: none; height: auto; max-height: 5; margin-bottom: 1; padding: 0 1; }
    Mistakes { background: $panel; }
    """

    def show(self, standing: str, mistakes: Sequence[str]) -> None:
        """Show these, or nothing where there are none."""
        self.display = bool(mistakes)
        if mistakes:
            more = f"  The first of {len(mistakes)}:" if len(mistakes) > 1 else ""
            self.update(Content.assemble((f"✗ {standing}", "$count bold"), (more, "$muted"), "\n", mistakes[0]))
