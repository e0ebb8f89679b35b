"""The settings: a row for each preference and for each action's keys, made from their declarations."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from types import SimpleNamespace
from typing import Any, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from lessons.mistakes import Mistake
from tutor.preferences import NAMED, PREFERENCES, Preference
from tutor.tui import keymap
from tutor.tui.screens.base import Overlay
from tutor.tui.widgets.dial import Dial, in_column
from tutor.tui.widgets.heading import Heading
from tutor.tui.widgets.keyrow import KeyRow
from tutor.tui.widgets.prose import Prose

LABEL = 17
FIRST = "Keys. Enter, then the new key; Delete takes the choice back."
NOWHERE = "these settings hold until you leave"


class PreferenceDial(Dial):
    """A dial that lets go at the ends of its group."""

    def action_move(self, by: int) -> None:
        (self.screen.focus_next if by > 0 else self.screen.focus_previous)()


class Rows(VerticalScroll, inherit_bindings=False):
    """Scrolls by itself to the row in hand: up and down lead from row to row."""


class SettingsScreen(Overlay):
    """What is changed holds at once, and is in the file at once."""

    CSS_PATH = "settings.tcss"
    AUTO_FOCUS = "Dial"
    about = "settings"
    patient = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "app.focus_next", "next row", show=False),
        Binding("up", "app.focus_previous", "row before", show=False),
    ]

    def body(self) -> ComposeResult:
        with Rows(id="page", can_focus=False):
            rows = [self._row(preference) for preference in PREFERENCES]
            in_column([row for row in rows if isinstance(row, Dial)])
            yield from rows
            yield Static(FIRST, id="keys", markup=False)
            for group, actions in groupby(keymap.actions().values(), key=lambda action: action.group):
                yield Static(group, classes="group")
                for action in actions:
                    yield KeyRow(action.id, action.words, self._keys(action))
        yield Prose(id="words", can_focus=False)

    def _row(self, preference: Preference) -> Widget:
        value = self.castle.preferences[preference.name]
        if not preference.choices:
            box = Input(str(value), placeholder=preference.show(""), id=f"set-{preference.name}", compact=True)
            box.disabled = preference.name in self.castle.preferences.forced
            return Horizontal(Static(f"  {preference.name}", classes="label"), box, classes="typed")
        choices = [*preference.choices, *(() if value in preference.choices else (value,))]
        numbers = isinstance(preference.default, int)
        choices = sorted(choices) if numbers else choices
        shown = [preference.show(choice) for choice in choices]
        words = self._sentence(preference)
        return PreferenceDial(preference.name, preference.name, choices, shown, value, not numbers, words, LABEL)

    def _sentence(self, preference: Preference) -> str:
        forced = self.castle.preferences.forced.get(preference.name)
        said = f" Now it is as {forced[1]} says." if forced else ""
        return f"{preference.words}{' It counts from the next start.' if preference.later else ''}{said}"

    def _keys(self, action: keymap.Action) -> str:
        chosen = self.castle.chosen.get(action.id)
        return ", ".join(keymap.shown(key) for key in (chosen.split(",") if chosen else action.keys))

    def sync(self) -> None:
        preferences = self.castle.preferences
        where = f"kept in {preferences.path}" if preferences.path else NOWHERE
        self.query_one(Heading).show("Settings", where)
        for dial in self.query(PreferenceDial):
            name = dial.name or ""
            if preferences[name] in dial.choices:
                dial.show(preferences[name], name in preferences.forced)
        for row in self.query(KeyRow):
            row.keys = self._keys(keymap.actions()[row.action])

    # what the row in hand does

    @on(events.DescendantFocus)
    def explain(self) -> None:
        """Say what the row in hand does."""
        row = self.focused
        if isinstance(row, Dial):
            self.say(row.help)
        elif isinstance(row, KeyRow):
            self.say(f"{row.words}. Now: {row.keys}.")
        elif isinstance(row, Input):
            preference = next(p for p in PREFERENCES if f"set-{p.name}" == row.id)
            self.say(f"{self._sentence(preference)} Type {preference.allowed}; Enter keeps it.")

    def say(self, words: str) -> None:
        """A sentence under the rows."""
        self.query_one("#words", Prose).show([SimpleNamespace(kind="narration", speaker="", spans=[("", words)])])

    def read(self) -> Iterable[Widget]:
        return self.query("#page")

    # changing

    @on(Dial.Turned)
    def turn(self, event: Dial.Turned) -> None:
        """A dial was turned."""
        self._prefer(event.name, event.value)
        if event.name == "pace":
            self.query_one("#words", Prose).again(self.castle.pace)
        elif event.name in ("device", "threads"):
            self.say(f"From the next run on: {self.game.lab_words}.")

    @on(Dial.Refused)
    def refuse(self, event: Dial.Refused) -> None:
        """A dial was touched that the environment or the command line holds."""
        self.explain()

    @on(Input.Submitted)
    def enter(self, event: Input.Submitted) -> None:
        """A folder was typed."""
        name = (event.input.id or "").removeprefix("set-")
        if self._prefer(name, event.value.strip() or None):
            value = self.castle.preferences[name]
            event.input.value = str(value)
            self.say(f"Kept. It counts from the next start. {NAMED[name].remark(value)}".strip())

    @on(KeyRow.Chosen)
    def rebind(self, event: KeyRow.Chosen) -> None:
        """A key was chosen for an action."""
        action = event.row.action
        if event.key and (why := keymap.refusal(self.castle.preferences.keys, action, event.key)):
            return self.say(why[0].upper() + why[1:])
        if self._prefer(f"keys.{action}", event.key):
            self.explain()

    def _prefer(self, name: str, value: Any) -> bool:
        """Change a preference; what speaks against it is said under the rows."""
        try:
            self.castle.prefer(name, value)
        except Mistake as error:
            self.say(str(error)[0].upper() + str(error)[1:])
            return False
        finally:
            self.sync()
        return True
