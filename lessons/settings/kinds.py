"""The kinds of settings: a number, a word out of a list, a switch, a list of numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lessons.mistakes import Mistake, clip, unknown

MAX_LINES = 3
"""Lines of PyTorch that are shown for a list of values."""
MAX_LAYERS = 64
"""Hidden layers a network may have; more would be a slip or a prank."""


@dataclass(frozen=True)
class Setting:
    """One thing that can be turned. ``check`` and ``parse`` are the only ways in."""

    name: str
    label: str
    """What the screen calls it."""
    default: Any
    words: str
    """What it does, in one plain sentence."""
    code: str
    """The line of PyTorch that it writes; ``{}`` stands for the value."""
    when: Mapping[str, tuple[Any, ...]] = field(default_factory=dict, kw_only=True)
    """Other settings' values under which this one does something; empty, with ``needs``, for always."""
    needs: tuple[str, ...] = field(default=(), kw_only=True)
    """Other settings, any of which, turned on, lets this one do something, too."""

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        raise NotImplementedError

    def check(self, value: Any) -> Any:
        """The value in its normal form; raises ``Mistake`` when it is not allowed."""
        raise NotImplementedError

    def parse(self, text: str) -> Any:
        """The value that a text from the command line or the plain mode names."""
        return self.check(text)

    def show(self, value: Any) -> str:
        """The value as a player reads it."""
        return str(value)

    def spell(self, value: Any) -> str:
        """The value as a text without spaces, from which ``parse`` makes exactly this value again."""
        return str(value)

    def line(self, value: Any) -> str:
        """The line of PyTorch for this value."""
        return self.code.replace("{}", self.show(value))

    def _refuse(self, value: Any) -> Mistake:
        if isinstance(value, str) and not value.strip():
            return Mistake(f"{self.name} has no value: nothing was typed. Allowed: {self.allowed}.")
        return Mistake(f"{self.name} cannot be {clip(value)}. Allowed: {self.allowed}.")


@dataclass(frozen=True)
class Number(Setting):
    """A number between two bounds, both included."""

    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    word: str = ""
    """A word that stands for no number: what PyTorch does by itself."""
    zero: str = ""
    """What 0 is called on the screen, where it means that nothing is done."""

    @property
    def allowed(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        return f"{kind} from {self.low:g} to {self.high:g}" + (f", or {self.word}" if self.word else "")

    def check(self, value: Any) -> float | int | str:
        if self.word and value == self.word:
            return self.word
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise self._refuse(value)
        if not self.low <= value <= self.high or (self.whole and value != int(value)):
            raise self._refuse(value)
        return int(value) if self.whole else float(value)

    def parse(self, text: str) -> float | int | str:
        word = text.strip().lower()
        if self.zero and word == self.zero:
            return self.check(0)
        return self.check(word if self.word and word == self.word else _number(text, self._refuse(text)))

    def show(self, value: Any) -> str:
        if value == self.word:
            return self.word
        return self.zero if self.zero and not value else _plain(value)

    def spell(self, value: Any) -> str:
        return value if value == self.word else _exact(value)


@dataclass(frozen=True)
class Choice(Setting):
    """One word out of a list; ``codes`` says what each writes."""

    codes: dict[str, str] = field(default_factory=dict)

    @property
    def allowed(self) -> str:
        return ", ".join(self.codes)

    def check(self, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._refuse(value)
        if value.lower() not in self.codes:
            raise unknown(self.name, value, self.codes)
        return value.lower()

    def line(self, value: Any) -> str:
        return self.code.replace("{}", self.codes[value])


@dataclass(frozen=True)
class Switch(Setting):
    """On or off."""

    on: str = "on"
    off: str = "off"

    @property
    def allowed(self) -> str:
        return "true, false"

    def check(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._refuse(value)
        return value

    def parse(self, text: str) -> bool:
        word = text.strip().lower()
        if word in ("true", "yes", "on", "1", self.on):
            return True
        if word in ("false", "no", "off", "0", self.off):
            return False
        raise self._refuse(text)

    def show(self, value: Any) -> str:
        return self.on if value else self.off

    def spell(self, value: Any) -> str:
        return "on" if value else "off"

    def line(self, value: Any) -> str:
        return self.code if value else f"# {self.code} is missing"


@dataclass(frozen=True)
class Numbers(Setting):
    """A list of numbers, one for ``each`` of something; ``single`` admits one number for all of them."""

    low: float = 0.0
    high: float = math.inf
    whole: bool = False
    single: bool = False
    below: bool = False
    """True where ``high`` itself is not allowed."""
    empty: bool = False
    """True where a list of nothing is allowed; it is written ``none``."""
    each: str = "hidden layer"

    @property
    def allowed(self) -> str:
        kind = "whole numbers" if self.whole else "numbers"
        bound = "below" if self.below else "to"
        one = "one for all layers, or " if self.single else ""
        none = ", or none" if self.empty else ""
        return f"{kind} from {self.low:g} {bound} {self.high:g}, {one}one per {self.each}{none}"

    def check(self, value: Any) -> float | tuple[float, ...]:
        if isinstance(value, (list, tuple)):
            if not (0 if self.empty else 1) <= len(value) <= MAX_LAYERS:
                raise self._refuse(value)
            return tuple(self._one(v, value) for v in value)
        if not self.single:
            raise self._refuse(value)
        return self._one(value, value)

    def _one(self, number: Any, given: Any) -> float | int:
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise self._refuse(given)
        if not self.low <= number <= self.high or (self.below and number == self.high):
            raise self._refuse(given)
        if self.whole and number != int(number):
            raise self._refuse(given)
        return int(number) if self.whole else float(number)

    def parse(self, text: str) -> float | tuple[float, ...]:
        if self.empty and text.strip().lower() == "none":
            return ()
        if not text.strip():
            raise self._refuse(text)
        parts = text.strip().strip("[]()").split(",")
        numbers = [_number(part, self._refuse(text)) for part in parts if part.strip()]
        if self.single and len(numbers) == 1 and len(parts) == 1:
            return self.check(numbers[0])
        return self.check(numbers)

    def show(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            return ", ".join(_plain(v) for v in value) or "none"
        return _plain(value)

    def spell(self, value: Any) -> str:
        if isinstance(value, (list, tuple)):
            # A list of one is not the number alone: the comma says so.
            return ",".join(_exact(v) for v in value) + ("," if len(value) == 1 and self.single else "") or "none"
        return _exact(value)

    def line(self, value: Any) -> str:
        if not isinstance(value, (list, tuple)) or "[{}]" in self.code:
            return super().line(value)
        lines = [super(Numbers, self).line(one) for one in value]
        shown = lines if len(lines) <= MAX_LINES else [*lines[: MAX_LINES - 1], f"... ({len(lines)} in all)"]
        return "; ".join(shown) or f"# no {self.each}"


def _number(text: str, refusal: Mistake) -> float | int:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        raise refusal from None


def _exact(number: float) -> str:
    """Every digit, and no sign or dot more than needed."""
    return repr(int(number)) if number == int(number) and abs(number) < 1e15 else repr(number)


def _plain(number: float) -> str:
    """As few digits as are true of it, to the last that a float can be trusted with: a rate just below 1 is not 1."""
    if isinstance(number, int):
        return str(number)
    short = f"{number:g}"
    return short if float(short) == number else f"{number:.15g}"
