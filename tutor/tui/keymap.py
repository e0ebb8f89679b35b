"""The keys that a player may choose: every action whose binding has an id, and what speaks against a choice."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from textual.binding import Binding
from textual.keys import Keys, format_key, key_to_character
from textual.widget import Widget

from lessons.mistakes import clip, unknown

TAKEN = {
    "ctrl+b": "tmux takes it for itself",
    "ctrl+j": "a terminal sends it for Enter",
    "ctrl+o": "zellij and some terminals take it for themselves",
    "ctrl+s": "a terminal stands still at it",
    "ctrl+q": "a terminal takes it for itself",
    "ctrl+c": "it stops a run, and leaves",
    "ctrl+m": "a terminal sends it for Enter",
    "ctrl+i": "a terminal sends it for Tab",
    "ctrl+z": "a terminal puts the program to sleep at it",
}
"""Keys that cannot be chosen -> why."""

EVERYWHERE = "Everywhere"
GROUPS = {
    "play": EVERYWHERE,
    "title": EVERYWHERE,
    "story": "Tale",
    "verdict": "Tale",
    "laboratory": "Laboratory",
    "laboratory-free": "Laboratory",
    "journal": "Journal",
    "grimoire": "Grimoire",
}
"""The help page about a screen -> under what the keys of that screen stand, in the order of the groups."""


@dataclass(frozen=True)
class Action:
    """Something that keys do."""

    id: str
    keys: tuple[str, ...]
    """Its keys as long as the player chooses no others."""
    words: str
    group: str
    """Where it is done; of several places the first."""


@cache
def actions() -> dict[str, Action]:
    """Every action whose keys can be chosen, group by group. Loads every screen."""
    found: dict[str, list[Binding]] = {}
    groups: dict[str, str] = {}
    places = list(GROUPS.values())
    for holder in sorted(_holders(), key=lambda holder: places.index(_group(holder))):
        for binding in own(holder):
            if binding.id:
                found.setdefault(binding.id, []).append(binding)
                groups.setdefault(binding.id, _group(holder))
    return {
        id: Action(id, tuple(dict.fromkeys(b.key for b in bound)), _words(bound[0]), groups[id])
        for id, bound in found.items()
    }


def _group(holder: type) -> str:
    return GROUPS.get(getattr(holder, "about", ""), EVERYWHERE)


def _words(binding: Binding) -> str:
    return binding.tooltip or binding.description.capitalize()


def check(wanted: Mapping[str, str]) -> tuple[dict[str, str], list[tuple[str, str]]]:
    """The keys that can be given to actions, and what is wrong with the others: the action, and a sentence."""
    known, good, faults = actions(), {}, []
    for id, text in wanted.items():
        keys = tuple(dict.fromkeys(normal(key) for key in text.split(",") if key.strip()))
        if id not in known:
            faults.append((id, str(unknown("action", id, known))))
        elif not keys:
            faults.append((id, f"{id} is given no key. Name one, such as {known[id].keys[0]}."))
        elif reason := next(filter(None, (_against(key, known[id]) for key in keys)), ""):
            faults.append((id, reason))
        else:
            good[id] = keys
    while clash := _clash(good):
        id, other, key = clash
        faults.append((id, f"{id} cannot be {shown(key)}: there it is the key of {other} already. Change that first."))
        del good[id]
    return {id: ",".join(keys) for id, keys in good.items()}, faults


def refusal(chosen: Mapping[str, str], id: str, key: str) -> str:
    """Why an action cannot be given a key beside those that are chosen already; empty where it can."""
    others = {other: keys for other, keys in chosen.items() if other != id}
    before = check(others)[1]
    return next((words for fault, words in check({**others, id: key})[1] if (fault, words) not in before), "")


def spelled(text: str, chosen: Mapping[str, str]) -> str:
    """A page with the keys in place of the actions that stand in braces. Loads every screen."""
    keys = {id: chosen[id].split(",") if id in chosen else action.keys for id, action in actions().items()}
    return filled(text, {id: " or ".join(map(shown, named)) for id, named in keys.items()})


def named(holder: type, chosen: Mapping[str, str]) -> dict[str, str]:
    """Action -> its first key where that class is on top, whatever has the focus there."""
    return {id: shown(chosen.get(id, key).split(",")[0]) for id, key in _firsts(holder).items()}


@cache
def _firsts(holder: type) -> dict[str, str]:
    return {binding.id: binding.key for binding in reversed(_all(holder)) if binding.id}


def filled(text: str, words: Mapping[str, str]) -> str:
    """A text with these words in place of what stands in braces; other braces stay."""
    return re.sub(r"\{([a-z-]+)\}", lambda braced: words.get(braced[1], braced[0]), text)


def normal(key: str) -> str:
    """A key as Textual names it: ``?`` is ``question_mark``."""
    key = key.strip()
    *modifiers, last = key.split("+") if len(key) > 1 and not key.endswith("+") else [key]
    if len(last) == 1 and not last.isalnum():
        last = next(iter(Binding.make_bindings([Binding(last, "")]))).key
    return "+".join(
        [*(modifier.lower() for modifier in modifiers), last if key == last and len(key) == 1 else last.lower()]
    )


def shown(key: str) -> str:
    """A key as a player reads it."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, SHOWN.get(last) or format_key(last)])


SHOWN = {
    "escape": "Esc",
    "enter": "Enter",
    "space": "Space",
    "backspace": "Backspace",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "delete": "Delete",
    "tab": "Tab",
    **{arrow: arrow for arrow in ("up", "down", "left", "right")},
    **{f"f{n}": f"F{n}" for n in range(1, 25)},
}


def _against(key: str, action: Action) -> str:
    """What speaks against a key for an action, whatever else is chosen."""
    if key in action.keys:
        return ""
    name = f"{action.id} cannot be {clip(shown(key))}"
    if key in TAKEN:
        return f"{name}: {TAKEN[key]}. Choose another key."
    if not _is_key(key):
        return f"{name}: no key is called so. Name a letter, a sign, or such as f5, insert, ctrl+k."
    if key in _fixed():
        return f"{name}: that key moves about, chooses or turns on every screen. Choose another key."
    return ""


def _is_key(key: str) -> bool:
    *modifiers, last = key.split("+")
    names = {value.value for value in Keys if re.fullmatch(r"[a-z0-9]+", value.value)}
    return set(modifiers) <= {"ctrl", "alt", "shift", "super"} and (
        len(last) == 1 or last in names or key_to_character(last) is not None
    )


def _clash(good: Mapping[str, tuple[str, ...]]) -> tuple[str, str, str] | None:
    """An action whose chosen key is another's on some screen: the action, the other, and the key."""
    for holder in _holders():
        bound: dict[str, str] = {}
        rebound: dict[str, str] = {}
        for binding in _all(holder):
            if binding.id not in good:
                bound.setdefault(binding.key, binding.id or binding.description)
        here = {binding.id for binding in _all(holder)}
        for id in filter(here.__contains__, good):  # of two that were chosen, the later one is at fault
            for key in good[id]:
                if other := rebound.get(key) or bound.get(key):
                    return id, other, key
                rebound[key] = id
    return None


@cache
def _fixed() -> frozenset[str]:
    """The keys of widgets, which are the same everywhere."""
    return frozenset(
        binding.key for widget in _classes(Widget, "tutor.tui.widgets") for binding in own(widget) if not binding.id
    ) | {"tab", "shift+tab"}


@cache
def _holders() -> tuple[type, ...]:
    """The application, and every class of its screens."""
    from tutor.tui.app import CastleApp
    from tutor.tui.screens.base import CastleScreen

    return (CastleApp, CastleScreen, *_classes(CastleScreen, "tutor.tui.screens"))


def _classes(kind: type, package: str) -> Iterator[type]:
    """The classes of a kind in every module of a package."""
    for module in iter_modules(import_module(package).__path__):
        for value in vars(import_module(f"{package}.{module.name}")).values():
            if isinstance(value, type) and issubclass(value, kind) and value.__module__.endswith(f".{module.name}"):
                yield value


def common() -> set[str]:
    """The actions that every screen has."""
    from tutor.tui.screens.base import CastleScreen, Overlay

    return {binding.action for kind in (CastleScreen, Overlay) for binding in own(kind)}


def own(holder: type) -> list[Binding]:
    """The bindings that a class itself declares, a key each."""
    return list(Binding.make_bindings(vars(holder).get("BINDINGS", ())))


def _all(holder: type) -> list[Binding]:
    """The bindings that hold where a class is on top: its own, what it inherits, and those of the application."""
    from tutor.tui.app import CastleApp

    line = [*holder.__mro__, *(() if issubclass(holder, CastleApp) else (CastleApp,))]
    return [binding for part in line if part.__module__.startswith("tutor.") for binding in own(part)]
