"""The bottom line: the keys of this screen, each of which can be clicked. Made from the bindings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.content import Content
from textual.widget import Widget

from tutor.tui.keymap import own

GAP = "  "
WAYS_OUT = ("close", "gate")
"""Of a screen, under the ids of their bindings."""


@dataclass(frozen=True)
class Key:
    """A key of the line."""

    key: str
    shown: str
    word: str
    enabled: bool
    stays: bool
    """Whether it is left out last of all: the way out, help, the palette."""


class KeyLine(Widget):
    """Where the line is too long, keys are left out whole: first those that do nothing now, then the last ones.

    The way out, help and the palette stay; the palette has all of them.
    """

    DEFAULT_CSS = """
    KeyLine { height: 1; dock: bottom; background: $heading-bg; padding: 0 1; }
    """

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)  # type: ignore[arg-type]
        self._spots: list[tuple[int, int, str]] = []
        self._shown: list[Key] = []
        self._places: dict[str, int] | None = None
        self._awaited = False
        """Whether the keys are looked at anew after the next painting."""

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self._await())

    def _await(self) -> None:
        # Textual says so twice whenever the focus moves, and mostly the keys are the same: first what moved is painted.
        if not self._awaited:
            self._awaited = True
            self.call_after_refresh(self._update)

    def _update(self) -> None:
        self._awaited = False
        if self.is_attached and self.keys() != self._shown:
            self.refresh()

    def keys(self) -> list[Key]:
        """Each action once."""
        found: dict[str, Key] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.show and binding.action not in found:
                shown, stays = self.app.get_key_display(binding), active.node is self.app or binding.id in WAYS_OUT
                found[binding.action] = Key(binding.key, shown, binding.description, active.enabled, stays)
        return [found[action] for action in sorted(found, key=self._place)]

    def _place(self, action: str) -> int:
        """Where an action was declared: one whose key was exchanged stays where it stood."""
        if self._places is None:
            kinds = [*reversed(type(self.screen).__mro__), *reversed(type(self.app).__mro__)]
            declared = [binding.action for kind in kinds for binding in own(kind)]
            self._places = {action: n for n, action in reversed(list(enumerate(declared)))}
        return self._places.get(action, -1)

    def render(self) -> Content:
        self._shown = self.keys()
        self._spots, parts, place = [], [], 0
        for key in fitting(self._shown, self.size.width):
            parts += [(key.shown, "$turned bold" if key.enabled else "$muted")]
            parts += [(f" {key.word}", "" if key.enabled else "$muted"), (GAP, "")]
            end = place + _length(key)
            if key.enabled:
                self._spots.append((place, end, key.key))
            place = end + len(GAP)
        return Content.assemble(*parts)

    def on_click(self, event: events.Click) -> None:
        x = event.x - self.styles.padding.left
        for start, end, key in self._spots:
            if start <= x < end:
                self.app.simulate_key(key)


def fitting(keys: Sequence[Key], width: int) -> list[Key]:
    """Those that have room, in their order."""
    ranks = [0 if key.stays else 1 if key.enabled else 2 for key in keys]
    left = sorted(range(len(keys)), key=lambda n: (ranks[n], n))
    while left and sum(_length(keys[n]) + len(GAP) for n in left) - len(GAP) > width:
        left.pop()
    return [keys[n] for n in sorted(left)]


def _length(key: Key) -> int:
    return len(key.shown) + 1 + len(key.word)
