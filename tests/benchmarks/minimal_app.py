"""The least that a Textual application can be: what ours is measured against."""

from textual.app import App, ComposeResult
from textual.widgets import Static


class Minimal(App[None]):
    """One line of text, and the number of keys that have been pressed."""

    keys = 0

    def compose(self) -> ComposeResult:
        yield Static("keys 0")

    def on_key(self) -> None:
        self.keys += 1
        self.query_one(Static).update(f"keys {self.keys}")


if __name__ == "__main__":
    Minimal().run()
