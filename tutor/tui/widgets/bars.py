"""Plain labelled lines of measures, some with a bar."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widget import Widget


@dataclass(frozen=True)
class Measure:
    """One line: what it is, its value as shown, and a share to draw, if it is one."""

    label: str
    value: str
    share: float | None = None
    tone: str = "$foreground"
    solid: bool = True
    """Whether the bar is solid or hatched, for whoever cannot tell its colour."""


class Measures(Widget):
    """The lines one under another, the labels in a column."""

    DEFAULT_CSS = """
    Measures { height: auto; width: 1fr; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.lines: tuple[Measure, ...] = ()

    def show(self, lines: Sequence[Measure]) -> None:
        """Paint these."""
        if tuple(lines) != self.lines:
            grown = len(lines) != len(self.lines)
            self.lines = tuple(lines)
            self.refresh(layout=grown)

    def get_content_height(self, container: object, viewport: object, width: int) -> int:
        return len(self.lines)

    def render(self) -> Content:
        if not self.lines:
            return Content("")
        label = max(len(line.label) for line in self.lines) + 2
        value = max(len(line.value) for line in self.lines)
        bar = self.size.width - label - value - 2
        rows = []
        for line in self.lines:
            parts: list[tuple[str, str]] = [(f"{line.label:<{label}}", "$muted"), (f"{line.value:>{value}}", "bold")]
            if line.share is not None and bar >= 3:
                filled = round(min(max(line.share, 0.0), 1.0) * bar)
                parts += [("  ", ""), (("█" if line.solid else "▒") * filled, line.tone), ("·" * (bar - filled), "$rule")]
            rows.append(Content.assemble(*parts))
        return Content("\n").join(rows)
