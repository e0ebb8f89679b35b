"""``tutor settings``: what is preferred, shown or changed; the same file as the screen of that name."""

from __future__ import annotations

import argparse

from lessons.mistakes import Mistake, unknown
from tutor import home
from tutor.exits import DONE
from tutor.preferences import NAMED, PREFERENCES, Preferences

FIRST = "default"
"""The value that takes back what was said."""


def settings(known: argparse.Namespace) -> int:
    """Show all, show one, or change one."""
    preferences = Preferences(home.home(known.home))
    for notice in preferences.notices:
        print(notice)
    if known.name is None:
        return _all(preferences)
    name = known.name
    action = name.removeprefix("keys.") if name.startswith("keys.") else ""
    if not action and name not in NAMED:
        raise unknown("setting", name, [*NAMED, "keys.ACTION"])
    if known.value is not None:
        value = None if known.value == FIRST else known.value
        if action:
            _check(preferences, action, value)
        preferences.keep(name, value)
    _show(preferences, name)
    return DONE


def _all(preferences: Preferences) -> int:
    for preference in PREFERENCES:
        _show(preferences, preference.name)
    for action in _actions():
        _show(preferences, f"keys.{action}")
    print(f"\nChange one: tutor settings NAME VALUE. {FIRST!r} as the VALUE takes it back. Kept in {preferences.path}.")
    return DONE


def _show(preferences: Preferences, name: str) -> None:
    if name.startswith("keys."):
        named = name.removeprefix("keys.")
        if named not in _actions():
            raise unknown("action", named, _actions())
        action = _actions()[named]
        keys = preferences.keys.get(action.id) or ",".join(action.keys)
        print(f"{name:<18} {keys:<22} {action.words}")
        return
    preference = NAMED[name]
    said = f" (said by {preferences.forced[name][1]})" if name in preferences.forced else ""
    value = preferences[name] if preferences[name] != "" else preference.show("")
    print(f"{name:<18} {value!s:<22} {preference.words}{said}")
    print(f"{'':<18} {'':<22} Allowed: {preference.allowed}.")


def _actions():  # type: ignore[no-untyped-def]
    from tutor.tui.keymap import actions  # every screen: only where keys are spoken of

    return actions()


def _check(preferences: Preferences, action: str, key: str | None) -> None:
    from tutor.tui.keymap import refusal

    if action not in _actions():
        raise unknown("action", action, _actions())
    if key is not None and (why := refusal(preferences.keys, action, key)):
        raise Mistake(why)
