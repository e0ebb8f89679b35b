"""The bottom line: the keys of this screen, each of which can be clicked. Made from the bindings."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.widget import Widget

from tutor.tui.keymap import own


class KeyLine(Widget):
    """Never clips silently: where the line is too long, the words of the last keys are left out first."""

    DEFAULT_CSS = """
    KeyLine { height: 1; dock: bottom; background: $heading-bg; padding: 0 1; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self._spots: list[tuple[int, int, str]] = []
        self._shown: list[tuple[str, str, str, bool]] = []
        self._places: dict[str, int] | None = None

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._update())

    def _update(self) -> None:
        # Textual says so whenever the focus moves, and mostly the keys are the same.
        if self.keys() != self._shown:
            self.refresh()

    def keys(self) -> list[tuple[str, str, str, bool]]:
        """Key, key as shown, word, whether it can be pressed now; each action once."""
        found: dict[str, tuple[str, str, str, bool]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.action not in found:
                shown = self.app.get_key_display(binding)
                found[binding.action] = (binding.key, shown, binding.description, active.enabled)
        return [found[action] for action in sorted(found, key=self._place)]

    def _place(self, action: str) -> int:
        """Where an action was declared: one whose key was exchanged stays where it stood."""
        if self._places is None:
            kinds = [*reversed(type(self.screen).__mro__), *reversed(type(self.app).__mro__)]
            declared = [binding.action for kind in kinds for binding in own(kind)]
            self._places = {action: n for n, action in reversed(list(enumerate(declared)))}
        return self._places.get(action, -1)

    def render(self) -> Content:
        keys = self._shown = self.keys()
        named = len(keys)
        while named and self._length(keys, named) > self.size.width:
            named -= 1
        self._spots, parts, place = [], [], 0
        for number, (key, shown, word, enabled) in enumerate(keys):
            text = f" {word}" if number < named else ""
            parts += [(shown, "$turned bold" if enabled else "$muted"), (text, "" if enabled else "$muted"), ("  ", "")]
            end = place + len(shown) + len(text)
            if enabled:
                self._spots.append((place, end, key))
            place = end + 2
        return Content.assemble(*parts)

    @staticmethod
    def _length(keys: list[tuple[str, str, str, bool]], named: int) -> int:
        words = sum(len(word) + 1 for _, _, word, _ in keys[:named])
        return sum(len(shown) + 2 for _, shown, _, _ in keys) - 2 + words

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.styles.padding.left
        for start, end, key in self._spots:
            if start <= x < end:
                self.app.simulate_key(key)
