"""The messages between a screen and the training process: JSON lines, no torch."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from lessons.mistakes import Mistake

LIMIT = 16 * 2**20
"""Bytes that one line may have; asyncio's own limit of 64 KiB is too small."""


@dataclass(frozen=True)
class Train:
    """Request: train this recipe from each of these seeds."""

    id: int
    recipe: dict[str, Any]
    seeds: list[int]
    device: str = "auto"
    threads: int = 1
    watched: bool = True
    """Whether the first seed is looked into while it trains."""


@dataclass(frozen=True)
class Stop:
    """Request: end that run now."""

    id: int


@dataclass(frozen=True)
class Ready:
    """The training process has loaded torch."""

    torch: str
    devices: list[str]
    """What can train here, the preferred one first."""
    seconds: float
    """How long the loading took."""


@dataclass(frozen=True)
class Started:
    """The run was accepted."""

    id: int
    device: str
    sha256: str


@dataclass(frozen=True)
class Night:
    """One seed has finished an epoch, and was measured."""

    id: int
    seed: int
    epoch: int
    values: dict[str, float | None]


@dataclass(frozen=True)
class Look:
    """What a look inside one seed's network saw."""

    id: int
    seed: int
    view: dict[str, Any]
    """A ``lessons.views.View`` as plain values."""


@dataclass(frozen=True)
class SeedDone:
    """One seed has finished; ``diverged`` is the epoch at which its loss left the numbers, or 0."""

    id: int
    seed: int
    metrics: dict[str, float | None]
    diverged: int = 0
    rates: list[list[float]] = field(default_factory=list)
    """The learning rate over the course of the training: pairs of step (from 1) and rate."""


@dataclass(frozen=True)
class Finished:
    """Every seed of the run has finished."""

    id: int
    seconds: float


@dataclass(frozen=True)
class Stopped:
    """The run was ended by request."""

    id: int


@dataclass(frozen=True)
class Trouble:
    """The run cannot go on.

    ``lacks``: the machine lacks what was asked for; ``logged``: after a fault; ``killed``: somebody ended a seed.
    """

    id: int
    message: str
    lacks: bool = False
    logged: bool = False
    killed: bool = False


Request = Train | Stop
Event = Ready | Started | Night | Look | SeedDone | Finished | Stopped | Trouble

_KINDS: dict[str, type] = {
    kind.__name__: kind for kind in (Train, Stop, Ready, Started, Night, Look, SeedDone, Finished, Stopped, Trouble)
}


def encode(message: Request | Event) -> bytes:
    """One line of JSON, newline included. Raises ``ValueError`` for a number that is not finite."""
    table = {"kind": type(message).__name__, **dataclasses.asdict(message)}
    return json.dumps(table, allow_nan=False, separators=(",", ":")).encode() + b"\n"


def decode(line: bytes) -> Any:
    """The message on a line; a ``Mistake`` where there is none."""
    try:
        table = json.loads(line)
        return _KINDS[table.pop("kind")](**table)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Mistake(f"the training process said something that is not a message: {line[:80]!r}") from error


@dataclass
class Lines:
    """Cuts a stream of bytes into messages, however it was torn on its way."""

    rest: bytes = field(default=b"")

    def feed(self, data: bytes) -> list[Any]:
        """The messages that are complete now."""
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [decode(line) for line in lines if line.strip()]
