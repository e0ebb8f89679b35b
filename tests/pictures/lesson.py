"""A lesson being won, as a film: dropout in the dining hall."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pictures.drawing import Frame, Row, Run, Shot, film
from tests.pictures.player import Player, play

SIZE = (104, 32)
BEAT = 0.1
"""Seconds that a shot of a run stays."""
MOST = 40
"""Shots of a run."""


class Filming:
    """Takes shots, each with a line under the screen that says what is pressed, and why."""

    def __init__(self, player: Player) -> None:
        self.player, self.shots = player, list[Shot]()
        self.words = ("", "")

    async def press(self, keys: str, words: str, *pressed: str, seconds: float) -> None:
        """Say what comes, do it, and let it be looked at."""
        self.words = (keys, words)
        self.take(1.2)
        for key in pressed:
            await self.player.press(key)
            self.take(0.5)
        self.take(seconds)

    def take(self, seconds: float) -> None:
        """What is on the screen now, for so long."""
        frame = self._now()
        if self.shots and self.shots[-1].frame == frame:
            seconds += self.shots.pop().seconds
        self.shots.append(Shot(frame, seconds))

    async def watch(self, over: Callable[[], object]) -> None:
        """Take what a run paints until it is over; on a busy machine, not all of it."""
        frames = [self._now()]
        while not over():
            await self.player.pilot.pause(BEAT / 2)
            if self._now() != frames[-1]:
                frames.append(self._now())
        step = -(-len(frames) // MOST)
        self.shots += [Shot(frame, BEAT) for frame in frames[::step]]
        await self.player.pilot.pause()

    def _now(self) -> Frame:
        return (*self.player.frame(), *self._line())

    def _line(self) -> Iterator[Row]:
        theme, (keys, words) = self.player.app.current_theme, self.words
        ground, muted = str(theme.background), theme.variables["muted"]
        yield (Run(0, " " * SIZE[0], ground, ground),)
        front = Run(0, f" {keys} " if keys else "", ground, theme.primary, "b")
        yield front, Run(len(front.text) + bool(keys) * 2, words, muted, ground)


async def win(player: Player, filming: Filming) -> int:
    """The lesson, from the first run to what the tale makes of the verdict; the shot that shows it best."""
    game, bench = player.game, player.game.bench
    assert bench
    await filming.press("t", "trains one apprentice on the settings as they are: first see it fail", "t", seconds=0)
    await filming.watch(lambda: bench.last and not game.training)
    filming.take(2.5)
    await player.until(lambda: not player.app.screen.query("Dial").first().locked)
    right = ["right"] * 3
    await filming.press("→", "turns a dial, and the line of code that it writes lights up", *right, seconds=1.5)
    await filming.press("t", "trains again, with half of the units absent", "t", seconds=0)
    await filming.watch(lambda: game.book.count() > 1 and not game.training)
    poster = len(filming.shots) - 1
    filming.take(2.5)
    await filming.press("j", "asks for the verdict; but first you predict", "j", seconds=2)
    await filming.press(
        "2", "it will fall. Then five fresh seeds are trained, and nobody has chosen them", "2", seconds=0
    )
    await filming.watch(lambda: game.verdict)
    await player.until(lambda: type(player.app.screen).__name__ == "VerdictScreen")
    filming.words = ("", "the verdict: every seed a dot, and the prediction beside the truth")
    filming.take(4.5)
    await filming.press("Enter", "the tale answers with your own numbers", "enter", seconds=5)
    return poster


def make(folder: Path) -> list[Path]:
    """Write the film."""
    path = folder / "lesson.svg"

    async def roll(player: Player) -> None:
        await player.to_a_lesson()
        filming = Filming(player)
        poster = await win(player, filming)
        ground = str(player.app.current_theme.background)
        path.write_text(film(filming.shots, ground, poster), encoding="utf-8")

    play(roll, SIZE)
    return [path]
