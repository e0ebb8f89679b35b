"""Plays a walk through the plain mode, in a home of its own, and says where it was told otherwise."""

from __future__ import annotations

import asyncio
import io
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lessons.mistakes import Mistake
from story.faults import ChapterErrors
from story.findings import Finding
from tutor import home
from tutor.check.docket import patience
from tutor.game import Game, Options
from tutor.plain.player import Plain
from tutor.plain.questions import Leave
from tutor.plain.teller import Teller
from tutor.plain.workbench import Workbench
from tutor.walk.feed import Astray, Feed
from tutor.walk.script import Walk
from tutor.walk.standin import Contradiction, StandIn

if TYPE_CHECKING:
    from story.telling import Asked
    from tutor.laboratory import Running

TIME_LIMIT = 60.0
"""Seconds of a run where no lesson says how long one may take."""


@dataclass(frozen=True)
class Walked:
    """How a walk came out."""

    path: Path
    passed: bool
    findings: tuple[Finding, ...]
    seconds: float
    transcript: str
    """Everything that was typed and told."""


def play_walk(
    walk: Walk,
    device: str = "auto",
    threads: int = 1,
    on_progress: Callable[[float, str], None] = lambda share, words: None,
) -> Walked:
    """Play a walk; saves of the player are left alone. Not for a thread whose asyncio loop is running.

    ``on_progress`` gets the share of its real runs that is done, and where the one under way stands.
    """
    begun, out = time.monotonic(), io.StringIO()
    with tempfile.TemporaryDirectory(prefix="tutor-walk-", ignore_cleanup_errors=True) as folder:
        options = Options(
            home=Path(folder),
            device=device,
            threads=threads,
            brief=walk.brief,
            chapter=walk.place,
            player=walk.player,
            flags=walk.flags,
        )
        game = Game(options)
        laboratory = StandIn(device, threads, home.lab_log(game.folder), lambda: tell(), game.notices.append)
        tell = _Runs(walk, laboratory, on_progress).tell
        game.laboratory = laboratory
        laboratory.patience = lambda seeds: _patience(game, seeds)
        feed = Feed(walk, game, laboratory, out)
        player = _Player(game, feed, out)
        try:
            player.play()
            feed.end()
        except ChapterErrors as error:
            feed.findings += [Finding(e.path, e.line, "error", "reading", e.message) for e in error.errors]
        except (Mistake, Contradiction) as error:
            feed.note(feed.line, str(error))
        except Astray:
            pass  # it has been noted
    seconds = time.monotonic() - begun
    return Walked(walk.path, not feed.findings, tuple(feed.findings), seconds, out.getvalue())


def _patience(game: Game, seeds: int) -> float:
    """Seconds that a real run gets: as many as a proof of its lesson; seeds may wait for one another."""
    return patience(game.bench.challenge.time_limit if game.bench else TIME_LIMIT, seeds)


class _Runs:
    """Counts the real runs of a walk."""

    def __init__(self, walk: Walk, laboratory: StandIn, on_progress: Callable[[float, str], None]) -> None:
        self._runs = sum(bool(step.command and step.command.trains) for step in walk.steps)
        self._laboratory, self._on_progress = laboratory, on_progress
        self._begun = 0
        self._now: Running | None = None

    def tell(self) -> None:
        """Say how far the run under way is."""
        run = self._laboratory.running
        if run is None:
            return
        if run is not self._now:
            self._begun, self._now = self._begun + 1, run
        share = (self._begun - 1 + run.progress) / max(self._runs, self._begun)
        self._on_progress(share, f"night {run.epoch} of {run.epochs}")


class _Player(Plain):
    """The plain mode without line breaks inside a passage; it tells the feed what it refuses."""

    def __init__(self, game: Game, feed: Feed, out: io.StringIO) -> None:
        super().__init__(game, feed.lines(), out, prompt=False)
        self._feed = feed
        self._teller = _Unwrapped(out)
        self._workbench = _Bench(game, self._teller, self._loop)
        self._whole = True  # what a scene tells can be expected each time

    def _gate(self) -> None:
        """A walk ends with the tale: nothing that it could look at lies outside."""
        raise Leave

    def _mended(self, question: Asked) -> None:
        """Nothing is trained: a walk says itself what it trains."""

    def _commands(self) -> dict[str, Callable[[str], bool]]:
        return {word: self._heard(command) for word, command in super()._commands().items()}

    def _heard(self, command: Callable[[str], bool]) -> Callable[[str], bool]:
        def carry_out(rest: str) -> bool:
            try:
                return command(rest)
            except Mistake as mistake:
                said = str(mistake)
                self._feed.refusal = said[:1].upper() + said[1:]  # as the screen says it
                raise

        return carry_out


class _Unwrapped(Teller):
    """A line for each paragraph: what is expected may stand across the end of a line."""

    def say(self, text: str = "") -> None:
        print(text, file=self._out)


class _Bench(Workbench):
    """Without what a walk may not do (write files), and with runs that ctrl+c ends together with the walk."""

    def __init__(self, game: Game, teller: Teller, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(game, teller, loop)
        self._loop = loop

    @property
    def commands(self) -> dict[str, Callable[[str], bool]]:
        return {name: command for name, command in super().commands.items() if name != "export"}

    def run(self, work: Coroutine[Any, Any, None], opening: str = "") -> None:
        self._loop.run_until_complete(work)
