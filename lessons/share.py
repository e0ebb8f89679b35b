"""A run as one line of text that can be read, mailed and typed: ``castle1:widths=256,128:dropout=0.5:seed=3``."""

from __future__ import annotations

import dataclasses

from lessons.datasets import OWN
from lessons.mistakes import Mistake, clip
from lessons.recipe import Recipe
from lessons.settings import SETTINGS, setting

MARK = "castle1"
"""What a code begins with; the number grows when codes change their meaning."""
LONGEST = 4000
MOST_SEEDS = 10_000
LAST_SEED = 2**31


@dataclasses.dataclass(frozen=True)
class Shared:
    """What a share code says: a recipe, and the seeds it was trained from."""

    recipe: Recipe
    seed: int
    seeds: int = 1


def encode(recipe: Recipe, seed: int, seeds: int = 1) -> str:
    """The code of a run from that seed on; a ``Mistake`` for a file of one's own, which no code can carry."""
    if recipe.own:
        raise Mistake(
            f"a run on {recipe.own.name} has no share code: the file is not in it. Share the chapter instead."
        )
    parts = [*turned(recipe), f"seed={seed}"]
    if seeds > 1:
        parts.append(f"seeds={seeds}")
    return ":".join([MARK, *parts])


def turned(recipe: Recipe) -> list[str]:
    """``name=value`` of every setting that is not as it is by default."""
    plain = Recipe()
    return [
        f"{name}={kind.spell(getattr(recipe, name))}"
        for name, kind in SETTINGS.items()
        if getattr(recipe, name) != getattr(plain, name)
    ]


def decode(code: str) -> Shared:
    """The run that a code names; a ``Mistake`` says what is wrong with it. Nothing in it is ever executed."""
    code = code.strip()
    if len(code) > LONGEST:
        raise Mistake(f"the share code is {len(code)} characters long; {LONGEST} are allowed. Copy it again.")
    mark, *parts = code.split(":")
    if mark != MARK:
        raise Mistake(
            f"share code {clip(code)} does not begin with {MARK}:. "
            + ("It is of another version of this program." if mark.startswith("castle") else "Copy the whole line.")
        )
    given: dict[str, str] = {}
    for part in parts:
        name, equals, text = part.partition("=")
        if not equals or name in given:
            why = "stands there twice" if name in given else "is not of the form name=value"
            raise Mistake(f"share code: {clip(part)} {why}. Copy the whole line.")
        given[name] = text
    seed, seeds = _whole(given, "seed", 0, LAST_SEED, 0), _whole(given, "seeds", 1, MOST_SEEDS, 1)
    values = {name: setting(name).parse(text) for name, text in given.items()}
    if values.get("data") == OWN:
        raise Mistake("share code: data=own names a file that no code can carry. Share the chapter instead.")
    return Shared(Recipe().turned(**values), seed, seeds)


def _whole(given: dict[str, str], name: str, low: int, high: int, otherwise: int) -> int:
    text = given.pop(name, str(otherwise))
    if not text.isascii() or not text.isdigit() or not low <= int(text[:10]) <= high or len(text) > 10:
        raise Mistake(f"share code: {name} cannot be {clip(text)}. Allowed: a whole number from {low} to {high}.")
    return int(text)
