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

    def __init__(self) -> None:
        super().__init__()
        self.shown: tuple[object, ...] = ("", (), False, "")

    def show(self, standing: str, mistakes: Sequence[str], stale: bool = False, remark: str = "") -> None:
        """Show these, or nothing where there are none; ``remark`` is what was taken up along with a save."""
        if (standing, mistakes, stale, remark) == self.shown:
            return
        self.shown = (standing, mistakes, stale, remark)
        lines = [Content(remark)] if remark else []
        if mistakes or stale:
            more = f"  The first of {len(mistakes)}; tutor check shows all:" if len(mistakes) > 1 else ""
            lines.append(Content.assemble((f"✗ {standing}", "$count bold"), (more, "$muted")))
            lines += map(Content, mistakes[:1])
        elif standing:
            lines.append(Content.styled(standing, "$turned"))
        self.display = bool(lines)
        self.update(Content("\n").join(lines))
