"""Every setting, declared once: name, kind, range, default, plain words, the code it writes.

The form, the command line, the chapter linter, the generated source and the author's
reference are all made from ``SETTINGS``.
"""

from __future__ import annotations

from typing import Any

from lessons.mistakes import Mistake, clip, unknown
from lessons.settings import data, network, training
from lessons.settings.kinds import Choice, Number, Numbers, Setting, Switch

__all__ = ["GROUPS", "SETTINGS", "Choice", "Number", "Numbers", "Setting", "Switch", "parse_pairs", "setting"]

GROUPS: dict[str, tuple[Setting, ...]] = {
    "network": network.SETTINGS,
    "training": training.SETTINGS,
    "data": data.SETTINGS,
}
"""The settings in three groups, in the order in which screens and references list them."""

SETTINGS: dict[str, Setting] = {setting.name: setting for group in GROUPS.values() for setting in group}
"""Every setting by name."""


def setting(name: str) -> Setting:
    """The setting of that name; a ``Mistake`` names the nearest one."""
    if name not in SETTINGS:
        raise unknown("setting", name, SETTINGS)
    return SETTINGS[name]


def parse_pairs(pairs: list[str]) -> dict[str, Any]:
    """``["dropout=0.5", ...]`` as checked values; a ``Mistake`` says which pair is wrong."""
    values = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or not text.strip():
            raise Mistake(f"{clip(pair)} is not of the form name=value, such as dropout=0.5.")
        values[name.strip()] = setting(name.strip()).parse(text.strip())
    return values
