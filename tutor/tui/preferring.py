"""The application as far as it follows what the player prefers: colours, motion, pace, keys."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from textual.app import App, SystemCommand
from textual.binding import Binding
from textual.constants import TEXTUAL_ANIMATIONS
from textual.screen import Screen
from textual.theme import Theme

from lessons.mistakes import Mistake
from tutor.preferences import FILE, Preferences
from tutor.tui import themes
from tutor.tui.keymap import shown

if TYPE_CHECKING:
    from textual._types import AnimationLevel

    from tutor.game import Game


class PreferringApp(App[int], inherit_bindings=False):  # ctrl+q, which App binds, stops some terminals
    """Shows what is preferred, and keeps what is changed."""

    def __init__(self, game: Game, preferences: Preferences) -> None:
        self._ours: dict[str, Theme] = {}
        super().__init__()
        self.game, self.preferences = game, preferences
        self.chosen: dict[str, str] = {}
        """Action -> the keys that the player has chosen for it, as far as it can have them."""
        for theme in themes.THEMES:
            self.register_theme(theme)
        self._ours = {theme.name: theme for theme in themes.THEMES}
        self.theme, self.animation_level = preferences["theme"], self._motion

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Only ours, once they are registered: no other one fills in the colours that we name."""
        return self._ours or super().available_themes  # asked for every style that is painted

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return themes.THEMES[0].variables

    @property
    def pace(self) -> int:
        """Letters a second at which the tale is told; 0 is at once."""
        still = self.is_headless or self.preferences["motion"] == "reduced"
        return 0 if still else self.preferences["pace"]

    @property
    def _motion(self) -> AnimationLevel:
        return "none" if self.preferences["motion"] == "reduced" else TEXTUAL_ANIMATIONS

    def prefer(self, name: str, value: Any) -> None:
        """Change a preference, keep it, and act on it; a ``Mistake`` as ``Preferences.keep`` raises it."""
        try:
            self.preferences.keep(name, value)
        finally:  # what cannot be kept holds all the same
            self.theme, self.animation_level = self.preferences["theme"], self._motion
            if name in ("device", "threads"):
                self.game.use(self.preferences["device"], self.preferences["threads"])
            elif name.startswith("keys."):
                self.set_keys()

    def refuse(self, error: Mistake) -> None:
        """Say why something cannot be done."""
        reason = str(error)
        self.notify(reason[:1].upper() + reason[1:], severity="warning", markup=False)

    def action_settings(self) -> None:
        """Open the settings."""
        from tutor.tui.screens.base import CastleScreen
        from tutor.tui.screens.settings import SettingsScreen

        if isinstance(self.screen, CastleScreen) and not isinstance(self.screen, SettingsScreen):
            self.push_screen(SettingsScreen(), lambda _: self.follow())

    def follow(self) -> None:
        """Show where the game stands now."""

    # keys

    def set_keys(self) -> None:
        """Give the actions the keys that the player has chosen, and say what is wrong with any of them."""
        from tutor.tui import keymap

        self.chosen, faults = keymap.check(self.preferences.keys)
        self.set_keymap(self.chosen)
        for _, fault in faults:
            self.notify(f"The keys in {FILE}: {fault}", severity="warning", timeout=10, markup=False)

    def get_key_display(self, binding: Binding) -> str:
        return binding.key_display or shown(binding.key)

    def action_command_palette(self) -> None:
        """Open the palette."""
        from tutor.tui.palette import CommandPalette

        if not CommandPalette.is_open(self):
            self.push_screen(CommandPalette())

    def get_system_commands(self, screen: Screen[Any]) -> Iterable[SystemCommand]:
        """Everything that can be done on a screen."""
        from tutor.tui.palette import commands

        return commands(self, screen)
