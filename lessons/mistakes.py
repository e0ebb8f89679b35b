"""What a person got wrong, said in one clear line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONG = 12
"""Words past which a list is left out where the nearest spelling is found."""


class Mistake(ValueError):
    """Bad input. The message names what was wrong, what is allowed and what to do."""


def unknown(what: str, word: object, allowed: Iterable[str]) -> Mistake:
    """The Mistake for a word that is not in a list: names the nearest spelling."""
    allowed = list(allowed)
    near = difflib.get_close_matches(str(word).lower(), [a.lower() for a in allowed], n=1, cutoff=0.5)
    meant = next((a for a in allowed if near and a.lower() == near[0]), None)
    if meant and len(allowed) > LONG:
        return Mistake(f"{what} {clip(word)} is not known. Did you mean {meant!r}?")
    hint = f"Did you mean {meant!r}? " if meant else ""
    listed = ", ".join(allowed) or "none"
    return Mistake(f"{what} {clip(word)} is not known. {hint}Allowed: {listed}.")


def clip(value: object, width: int = 60) -> str:
    """``repr`` of a value from outside, cut short, so that an error stays one line."""
    try:
        text = repr(value)
    except ValueError:  # Python does not print a whole number of more than 4,300 digits
        return "a number of thousands of digits"
    return text if len(text) <= width else text[: width - 3] + "..."
