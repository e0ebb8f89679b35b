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
    if known.value is not None:
        turn(preferences, known.name, known.value)
    _show(preferences, known.name)
    if known.value is not None and (remark := remarked(preferences, known.name)):
        print(remark)
    return DONE


def turn(preferences: Preferences, name: str, text: str) -> None:
    """Change one, or the keys of an action (``keys.train``); a ``Mistake`` says why it cannot be."""
    stands(preferences, name)  # whether there is one
    value = None if text == FIRST else text
    if value is not None and (action := _action(name)):
        _check(preferences, action, value)
    preferences.keep(name, value)


def remarked(preferences: Preferences, name: str) -> str:
    """What should be known of how one stands; empty, or a sentence."""
    return NAMED[name].remark(preferences[name]) if name in NAMED else ""


def stands(preferences: Preferences, name: str) -> tuple[str, str, str]:
    """How one stands: its value, what it does, and what is allowed; a ``Mistake`` names the nearest one."""
    if named := _action(name):
        if named not in _actions():
            raise unknown("action", named, _actions())
        action = _actions()[named]
        return preferences.keys.get(action.id) or ",".join(action.keys), action.words, ""
    if name not in NAMED:
        raise unknown("setting", name, [*NAMED, "keys.ACTION"])
    preference = NAMED[name]
    said = f" (said by {preferences.forced[name][1]})" if name in preferences.forced else ""
    value = preferences[name] if preferences[name] != "" else preference.show("")
    return str(value), f"{preference.words}{said}", preference.allowed


def _action(name: str) -> str:
    """The action whose keys are named; empty where it is no ``keys.ACTION``."""
    return name.removeprefix("keys.") if name.startswith("keys.") else ""


def _all(preferences: Preferences) -> int:
    for preference in PREFERENCES:
        _show(preferences, preference.name)
    for action in _actions():
        _show(preferences, f"keys.{action}")
    print(f"\nChange one: tutor settings NAME VALUE. {FIRST!r} as the VALUE takes it back. Kept in {preferences.path}.")
    return DONE


def _show(preferences: Preferences, name: str) -> None:
    value, words, allowed = stands(preferences, name)
    print(f"{name:<20} {value:<22} {words}")
    if allowed:
        print(f"{'':<20} {'':<22} Allowed: {allowed}.")


def _actions():  # type: ignore[no-untyped-def]
    from tutor.tui.keymap import actions  # every screen: only where keys are spoken of

    return actions()


def _check(preferences: Preferences, action: str, key: str) -> None:
    from tutor.tui.keymap import refusal

    if why := refusal(preferences.keys, action, key):
        raise Mistake(why)
