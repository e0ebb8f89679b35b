"""What a playthrough remembers, to and from plain JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from lessons.mistakes import Mistake, clip

VERSION = 1
MAX_UNDO = 200
"""Steps that can be taken back."""
MAX_VERDICTS = 50


@dataclass(frozen=True)
class Judged:
    """A verdict, as the tale needs it."""

    passed: bool
    to: str
    """The scene that the tale goes on with."""
    metrics: dict[str, float | None] = field(default_factory=dict)
    """Means over the verdict's seeds; None where a run diverged."""
    start: dict[str, float | None] = field(default_factory=dict)
    """Means of the player's first run."""
    settings: dict[str, Any] = field(default_factory=dict)
    outcomes: list[tuple[str, bool, float | None]] = field(default_factory=list)
    """Metric, whether it was met, and its margin in standard errors, for each comparison of the goal."""
    diagnosis: str = ""
    """``overfit``, ``underfit``, ``diverged`` or empty."""
    predicted: str | float | None = None
    truth: str | float | None = None
    predicted_right: bool | None = None
    tries: int = 1

    @property
    def margin(self) -> float | None:
        """The narrowest margin; None where one is unknown."""
        margins = [margin for _, _, margin in self.outcomes]
        return None if not margins or None in margins else min(m for m in margins if m is not None)

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values; a number that is not finite becomes None."""
        return _plain(asdict(self))

    @classmethod
    def from_dict(cls, table: Any) -> Judged:
        """The inverse of ``to_dict``; a ``Mistake`` says what does not fit."""
        if not isinstance(table, Mapping) or not isinstance(table.get("passed"), bool):
            raise Mistake(f"verdict {clip(table)} is not readable.")
        values = {f.name: table[f.name] for f in fields(cls) if f.name in table}
        try:
            outcomes = [(str(name), met is True, _number(margin)) for name, met, margin in values.get("outcomes", [])]
            made = cls(**{**values, "outcomes": outcomes})
            return replace(
                made,
                metrics={str(k): _number(v) for k, v in made.metrics.items()},
                start={str(k): _number(v) for k, v in made.start.items()},
                **_check_types(made),
            )
        except (TypeError, ValueError, AttributeError):
            raise Mistake(f"verdict {clip(table)} is not readable.") from None


def _check_types(made: Judged) -> dict[str, Any]:
    """The parts of a verdict that are not metrics, checked; raises ``TypeError``."""
    said = {name: getattr(made, name) for name in ("predicted", "truth")}
    sound = (
        isinstance(made.to, str)
        and isinstance(made.diagnosis, str)
        and isinstance(made.settings, dict)
        and isinstance(made.predicted_right, (bool, type(None)))
        and isinstance(made.tries, int)
    )
    if not sound:
        raise TypeError
    return {name: value if isinstance(value, str) else _number(value) for name, value in said.items()}


@dataclass(frozen=True)
class Place:
    """What an undo takes back."""

    chapter: str = ""
    scene: str = ""
    player: str = ""
    verdict: str = ""
    """The key, ``chapter/scene#tries``, of the last verdict on the way here."""
    flags: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()
    """Once-only choices that were made."""
    answered: tuple[str, ...] = ()
    """Questions answered in this visit."""
    shown: tuple[int, ...] = ()
    """The variant of each group that is shown in this visit."""


_NAMES = tuple(f.name for f in fields(Place))


@dataclass
class Memory:
    """The whole state of a playthrough."""

    place: Place = Place()
    variants: dict[str, list[int]] = field(default_factory=dict)
    """Items shown of each group, the latest last."""
    verdicts: dict[str, Judged] = field(default_factory=dict)
    """The latest verdicts; a step back quotes the numbers of its own."""
    tries: dict[str, int] = field(default_factory=dict)
    answers: dict[str, dict[str, int]] = field(default_factory=dict)
    """For each question: how often asked, how often right, and the option given last."""
    right: int = 0
    """Predictions that were right, of ``made``."""
    made: int = 0
    done: list[str] = field(default_factory=list)
    """Chapters that were left behind, or read to an end; an undo does not take that back."""
    undo: list[dict[str, Any]] = field(default_factory=list)
    """For each step, the parts of the place that it changed, as they were before."""

    def go(self, place: Place) -> None:
        """Moves to a place, and remembers the way back."""
        before = {name: getattr(self.place, name) for name in _NAMES}
        # What changes during a visit is always kept; the rest only where this step changes it.
        self.undo.append({n: v for n, v in before.items() if v != getattr(place, n) or n in ("shown", "answered")})
        del self.undo[:-MAX_UNDO]
        self.place = place

    def back(self) -> bool:
        """Takes the last step back."""
        if not self.undo:
            return False
        self.place = replace(self.place, **self.undo.pop())
        return True

    def answer(self, question: str, option: int, right: bool) -> None:
        """Records an answer."""
        old = self.answers.get(question, {"asked": 0, "right": 0, "last": 0})
        self.answers[question] = {"asked": old["asked"] + 1, "right": old["right"] + right, "last": option}
        self.place = replace(self.place, answered=(*self.place.answered, question))

    def finish(self, chapter: str) -> None:
        """Records that a chapter is done."""
        if chapter not in self.done:
            self.done.append(chapter)

    def judge(self, lesson: str, judged: Judged) -> str:
        """Records a verdict and its prediction; the verdict's key."""
        key = f"{lesson}#{judged.tries}"
        # Kept as a save would give it back, so that a resumed tale says the same.
        self.verdicts.pop(key, None)
        self.verdicts[key] = Judged.from_dict(judged.to_dict())
        for old in list(self.verdicts)[:-MAX_VERDICTS]:
            del self.verdicts[old]
        self.tries[lesson] = judged.tries
        if judged.predicted_right is not None:
            self.made += 1
            self.right += judged.predicted_right
        return key

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON values."""
        return _plain(
            {
                "version": VERSION,
                **{name: getattr(self.place, name) for name in _NAMES},
                "variants": self.variants,
                "verdicts": {key: judged.to_dict() for key, judged in self.verdicts.items()},
                "tries": self.tries,
                "answers": self.answers,
                "predictions": {"right": self.right, "made": self.made},
                "done": self.done,
                "undo": self.undo,
            }
        )

    @classmethod
    def from_dict(cls, state: Any) -> tuple[Memory, str]:
        """The memory of a save, and a notice where some of it was not readable."""
        if not isinstance(state, dict):
            raise Mistake(f"the saved state {clip(state)} is not a table. Begin a new game, or restore a backup.")
        version = state.get("version", VERSION)
        if version != VERSION:
            words = f"this save has version {clip(version)}, and this program reads {VERSION}."
            raise Mistake(f"{words} Use the program that wrote it.")
        lost: list[str] = []
        place, memory = Place(), cls()
        for name in _NAMES:
            if name in state:
                try:
                    place = replace(place, **{name: _part(name, state[name])})
                except Mistake:
                    lost.append(name)
        memory.place = place
        for name, read in _READERS.items():
            try:
                setattr(memory, name, read(state.get(name, type(getattr(memory, name))())))
            except (Mistake, TypeError, ValueError, AttributeError, KeyError):
                lost.append(name)
        try:
            counts = state.get("predictions", {"right": 0, "made": 0})
            memory.right, memory.made = _count(counts["right"]), _count(counts["made"])
            if memory.right > memory.made:
                raise Mistake("more right than made")
        except (Mistake, TypeError, KeyError):
            memory.right = memory.made = 0
            lost.append("predictions")
        notice = f"Parts of this save were not readable and were left out: {', '.join(lost)}." if lost else ""
        return memory, notice


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def _number(value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise TypeError
    return float(value) if math.isfinite(value) else None


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise Mistake(f"{clip(value)} is not a count.")
    return value


def _part(name: str, value: Any) -> Any:
    """One part of a place, checked."""
    kind = type(getattr(Place(), name))
    if kind is str:
        if isinstance(value, str):
            return value
    elif isinstance(value, (list, tuple)):
        of = int if name == "shown" else str
        if all(isinstance(item, of) and not isinstance(item, bool) for item in value):
            return tuple(value)
    raise Mistake(f"{name} cannot be {clip(value)}.")


def _steps(value: Any) -> list[dict[str, Any]]:
    steps = list(value)[-MAX_UNDO:]
    return [{name: _part(name, inner) for name, inner in step.items() if name in _NAMES} for step in steps]


_READERS = {
    "variants": lambda v: {str(k): list(dict.fromkeys(_count(i) for i in used)) for k, used in v.items()},
    "verdicts": lambda v: {str(k): Judged.from_dict(table) for k, table in v.items()},
    "tries": lambda v: {str(k): _count(n) for k, n in v.items()},
    "answers": lambda v: {str(k): {n: _count(a[n]) for n in ("asked", "right", "last")} for k, a in v.items()},
    "done": lambda v: list(_part("flags", v)),
    "undo": _steps,
}
