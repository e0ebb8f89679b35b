"""The command palette: everything that can be done on a screen, in words, with its keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from textual import command
from textual.app import App, SystemCommand
from textual.await_complete import AwaitComplete
from textual.screen import Screen

from tutor.tui.keymap import common
from tutor.tui.widgets.choices import Choices
from tutor.tui.widgets.dial import Dial

if TYPE_CHECKING:
    from textual.screen import ActiveBinding

OPEN = "command_palette"
"""What opens it, and is of no use in it."""
FIND = "find what can be done here"


class CommandPalette(command.CommandPalette):
    """The palette of Textual, but that no key is too early for it, and nothing blinks for who wants it still."""

    def __init__(self) -> None:
        super().__init__(placeholder=FIND, id="--command-palette")

    def on_mount(self) -> None:
        self.query_one(command.CommandInput).cursor_blink = self.app.animation_level != "none"

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Go away, once, as every screen of the castle does."""
        return super().dismiss(result) if self.is_active else AwaitComplete()

    def _action_command_list(self, action: str) -> None:
        with suppress(KeyError):  # a page is turned in the list before it has its rows
            super()._action_command_list(action)


def commands(app: App[Any], screen: Screen[Any]) -> Iterable[SystemCommand]:
    """The actions of the screen, those of what has the focus, what its digits take, and what belongs to no key.

    Keys that only move about have neither an id nor words of their own: nobody looks for them here.
    """
    seen = {OPEN}
    everywhere = common()

    def place(active: ActiveBinding) -> int:
        if active.node is screen:
            return 2 if active.binding.action in everywhere else 0
        return 1 if active.node is app else 3

    for active in sorted(screen.active_bindings.values(), key=place):
        binding = active.binding
        if active.enabled and binding.action not in seen and (binding.id or active.tooltip):
            seen.add(binding.action)
            yield SystemCommand(
                f"{binding.description.capitalize()}  ({app.get_key_display(binding)})",
                words(active),
                partial(app.simulate_key, binding.key),
            )
    yield from _by_digit(screen)
    yield SystemCommand("Colours", "Choose other colours: by day, or high contrast", app.action_settings)
    if "app.leave" not in seen:
        yield SystemCommand(
            "Quit", "Leave the castle; everything is saved already", partial(app.run_action, "app.leave")
        )


def words(active: ActiveBinding) -> str:
    """What an action does."""
    return active.tooltip or active.binding.description.capitalize()


def _by_digit(screen: Screen[Any]) -> Iterator[SystemCommand]:
    """What can be chosen, in its own words."""
    for choices in screen.query(Choices):
        for number, item in enumerate(choices.items):
            if choices.display and item.enabled:
                yield SystemCommand(item.label, item.note or "Choose this", partial(choices.pick, number))
    if isinstance(dial := screen.focused, Dial) and not dial.locked:
        for place, value in enumerate(dial.shown):
            yield SystemCommand(f"{dial.label}: {value}", "Turn the dial to this", partial(dial.action_go, place))
