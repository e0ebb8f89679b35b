"""The top line: where in the tale we are, and what will train."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget


class Heading(Widget):
    """Chapter and place on the left; device and position in the tale on the right, as room allows."""

    DEFAULT_CSS = """
    Heading { height: 1; dock: top; background: $heading-bg; padding: 0 1; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self.parts = ("", "", "", "")

    def show(self, title: str, place: str = "", device: str = "", position: str = "") -> None:
        """Say these."""
        if (title, place, device, position) != self.parts:
            self.parts = (title, place, device, position)
            self.refresh()

    def render(self) -> Content:
        title, place, device, position = self.parts
        left = Content.assemble((title, "bold $foreground"), (f"  {place}" if place else "", "$muted"))
        for right in ("   ".join(filter(None, (device, position))), position, ""):
            gap = self.size.width - left.cell_length - len(right)
            if gap >= 2 or not right:
                return left + Content.styled(" " * max(gap, 0) + right, "$muted")
        return left
