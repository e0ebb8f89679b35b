"""What a player prefers: each preference declared once, kept in a small file that can be edited by hand."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lessons.devices import DEVICES
from lessons.mistakes import Mistake, clip, unknown

FILE = "settings.toml"
HEAD = "# The settings of Castle Dracula. The game writes this file anew; comments are lost then.\n"
THREADS = 256
"""The most threads that may be asked for."""


@dataclass(frozen=True)
class Preference:
    """One thing that can be preferred."""

    name: str
    words: str
    """What it does, in one plain sentence."""
    default: Any
    choices: tuple[Any, ...] = ()
    """What a dial offers; without any it is typed."""
    check: Callable[[str], Any] | None = None
    """Reads what was typed where more is allowed than the dial offers; a ``Mistake`` says what is."""
    later: bool = False
    """Whether a change waits for the next start."""

    def read(self, value: Any) -> Any:
        """A value from a file or from words, as the game uses it; a ``Mistake`` names what is allowed."""
        text = str(value).strip()
        if isinstance(value, (bool, list, dict)):
            raise Mistake(f"{self.name} cannot be {clip(value)}. Allowed: {self.allowed}.")
        if self.check:
            return self.check(text)
        found = {str(choice): choice for choice in self.choices}
        if text not in found:
            raise unknown(self.name, text, found)
        return found[text]

    @property
    def allowed(self) -> str:
        """What may be said, in words."""
        if self.name == "threads":
            return f"a whole number from 1 to {THREADS}"
        return ", ".join(map(str, self.choices)) or "a folder, or nothing for the one beside the saved games"

    def remark(self, value: Any) -> str:
        """What a player should know of a value that is taken all the same; empty, or a sentence."""
        absent = self.name == "data" and value and not Path(value).is_dir()
        return "There is no such folder yet." if absent else ""

    def show(self, value: Any) -> str:
        """A value as the player reads it."""
        return SHOWN.get((self.name, value), str(value) or "(beside the saved games)")


def _threads(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= THREADS):
        raise Mistake(f"threads cannot be {clip(text)}. Allowed: a whole number from 1 to {THREADS}.")
    return int(text)


def _folder(text: str) -> str:
    if not text.isprintable():
        raise Mistake(f"data cannot be {clip(text)}: a name of a folder has letters that can be seen.")
    folder = Path(text).expanduser()
    if text and folder.exists() and not folder.is_dir():
        raise Mistake(f"data cannot be {clip(text)}: that is a file. Name a folder, or nothing.")
    return str(folder.absolute()) if text else ""


PREFERENCES = (
    Preference(
        "theme",
        "The colours: lamplight, day, or the strongest contrast.",
        "castle",
        ("castle", "castle-by-day", "castle-high-contrast"),
    ),
    Preference(
        "pace",
        "How fast the tale appears, in letters a second; any key shows all of it.",
        120,
        (0, 30, 60, 120, 240),
    ),
    Preference("motion", "Reduced: nothing slides, blinks or is told letter by letter.", "full", ("full", "reduced")),
    Preference("device", "What trains the apprentices; auto takes the fastest there is.", "auto", DEVICES),
    Preference(
        "threads",
        "Threads of a training run; on a busy machine more of them are slower.",
        1,
        (1, 2, 3, 4, 6, 8, 12, 16),
        _threads,
    ),
    Preference("data", "The folder of the full data sets, which do not ship.", "", (), _folder, later=True),
)
"""Every preference. The screen, the command and the options of ``tutor play`` are made from this."""

NAMED = {preference.name: preference for preference in PREFERENCES}

SHOWN = {
    ("theme", "castle"): "lamplight",
    ("theme", "castle-by-day"): "by day",
    ("theme", "castle-high-contrast"): "high contrast",
    ("pace", 0): "at once",
}
"""Values that are read otherwise than they are written."""


class Preferences:
    """What is preferred: the file, and over it the environment and the command line."""

    def __init__(
        self,
        folder: Path | None = None,
        given: Mapping[str, Any] | None = None,
        environ: Mapping[str, str] = os.environ,
    ) -> None:
        """Without a folder nothing is kept. ``given`` is what the command line says; what is None it does not say."""
        self.path = folder / FILE if folder else None
        self.kept: dict[str, Any] = {}
        """What the file says."""
        self.keys: dict[str, str] = {}
        """The keys of actions, as the file names them; ``tutor.tui.keymap`` knows which there are."""
        self.notices: list[str] = []
        """What is wrong with the file, in plain sentences."""
        self.forced = _of_environment(environ)
        """What holds whatever the file says: the value, and who says so."""
        self.forced |= {name: (value, "the command line") for name, value in (given or {}).items() if value is not None}
        self._grey = "NO_COLOR" in environ
        if self.path:
            self.kept, self.keys, self.notices = read(self.path)

    def __getitem__(self, name: str) -> Any:
        if name in self.forced:
            return self.forced[name][0]
        return self.kept.get(name, self.default(name))

    def default(self, name: str) -> Any:
        """What holds where nothing is said; in greys the strongest contrast."""
        return "castle-high-contrast" if name == "theme" and self._grey else NAMED[name].default

    def keep(self, name: str, value: Any) -> None:
        """Change a preference, or the keys of an action (``keys.train``); it is in the file before this returns.

        None takes back what was said. A ``Mistake`` says why a value is not taken, or why it cannot be kept.
        """
        table, _, action = name.partition(".")
        keys = table == "keys" and bool(action)
        if not keys:
            value = value if value is None else _named(name).read(value)
        elif value is not None and not (isinstance(value, str) and value.isprintable()):
            raise Mistake(f"{name} cannot be {clip(value)}. Name a key, or several with commas between them.")
        if self.path:  # another game may have written meanwhile
            self.kept, self.keys, _ = read(self.path)
        changed: dict[str, Any] = self.keys if keys else self.kept
        changed.pop(action if keys else name, None)
        if value is not None:
            changed[action if keys else name] = value
        if self.path:
            path, self.path = self.path, None  # said once: what cannot be kept holds until the player leaves
            _write(path, self.kept, self.keys)
            self.path = path


def _named(name: str) -> Preference:
    if name not in NAMED:
        raise unknown("setting", name, [*NAMED, "keys.ACTION"])
    return NAMED[name]


def _of_environment(environ: Mapping[str, str]) -> dict[str, tuple[Any, str]]:
    """What the environment asks for."""
    found: dict[str, tuple[Any, str]] = {}
    wish = environ.get("TEXTUAL_ANIMATIONS", "").lower()
    if wish in ("none", "basic"):
        found["motion"] = ("reduced", f"TEXTUAL_ANIMATIONS={wish}")
    if environ.get("TUTOR_DATA"):
        found["data"] = (environ["TUTOR_DATA"], "TUTOR_DATA or --data")
    return found


# the file


def read(path: Path) -> tuple[dict[str, Any], dict[str, str], list[str]]:
    """What a file says, the keys it names, and what is wrong with it; one that is no TOML is put aside."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}, {}, []
    except (OSError, UnicodeDecodeError) as error:
        return {}, {}, [_aside(path, str(getattr(error, "strerror", "") or "it is not UTF-8 text"))]
    import tomllib  # most players have no such file

    try:
        said = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        return {}, {}, [_aside(path, str(error) or "it is nested too deep")]
    keys, faults = said.pop("keys", {}), []
    if not isinstance(keys, dict):
        keys, faults = {}, [_fault(path, text, "keys", 'keys is a table: write [keys], and train = "t" below it.')]
    values = {}
    for name, value in said.items():
        try:
            values[name] = _named(name).read(value)
        except Mistake as error:
            faults.append(_fault(path, text, name, str(error)))
    for action in [action for action, key in keys.items() if not isinstance(key, str)]:
        words = f'{action} cannot be {clip(keys.pop(action))}. Name a key in quotes, such as "t".'
        faults.append(_fault(path, text, action, words))
    return values, keys, faults


def line_of(text: str, name: str) -> int:
    """The line of a TOML file, from 1, in which a name is set; 1 where it is not found."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if re.match(rf"\s*\[?[\"']?{re.escape(name)}\b", line)), 1)


def _fault(path: Path, text: str, name: str, words: str) -> str:
    return f"{path.name}, line {line_of(text, name)}: {words} It is passed over."


def _aside(path: Path, why: str) -> str:
    """Move a file that cannot be read out of the way; the sentence about it."""
    # The standard library says "Expected '=' (at line 3, column 7)".
    place = re.search(r" \(at (line \d+), column \d+\)$| \(at end of document\)$", why)
    line = f", {place[1] or 'at its end'}" if place else ""
    words = f"{path.name}{line}: {why[: place.start()] if place else why}."
    with suppress(OSError):
        path.replace(path.with_suffix(".broken.toml"))
        return f"{words} It is put aside as {path.with_suffix('.broken.toml').name}; the settings are as at first."
    return f"{words} The settings are as at first."


def _write(path: Path, values: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    """The file, whole or not at all."""
    import json  # what it calls a string is one in TOML, too

    def quoted(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    def bare(name: str) -> str:
        return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else quoted(name)

    lines = [f"{name} = {quoted(values[name])}" for name in NAMED if name in values]
    if keys:
        lines += ["", "[keys]", *(f"{bare(name)} = {quoted(keys[name])}" for name in keys)]
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")
        fresh.replace(path)
    except OSError as error:
        with suppress(OSError):
            fresh.unlink()
        raise Mistake(f"the settings cannot be kept in {path} ({error.strerror}); they hold until you leave.") from None
