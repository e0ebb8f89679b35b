"""The screens, one picture each: title, story, laboratory, verdict, map, grimoire, and two runs compared."""

from __future__ import annotations

import asyncio
from pathlib import Path

from lessons.settings import SETTINGS
from tests.pictures.drawing import still
from tests.pictures.player import Player, play

SIZE = (128, 36)
NIGHT = 21
"""The night of a run at which the laboratory is taken."""
LESSONS = 3
"""How many the chapter has; the last one wins the page of the grimoire."""


async def solve(player: Player) -> None:
    """Win the lesson; its prediction is a guess."""
    game, lab = player.game, player.game.bench
    assert lab
    for name, value in lab.challenge.ways[0].solution.items():
        lab.turn(name, SETTINGS[name].check(value))
    if predict := lab.challenge.predict:
        lab.predict(predict.options[1] if predict.options else "0.79")
    await game.judge()
    assert game.verdict and game.verdict.passed, game.message


def make(folder: Path) -> list[Path]:
    """Write the pictures."""
    paths: list[Path] = []

    async def visit(player: Player) -> None:
        app, game = player.app, player.game

        async def take(name: str) -> None:
            await player.pilot.pause()
            paths.append(folder / f"{name}.svg")
            paths[-1].write_text(still(player.frame(), str(app.current_theme.background)), encoding="utf-8")

        await player.to_a_lesson()
        await game.practise()
        game.bench.turn("dropout", 0.5)
        run = asyncio.create_task(game.practise())
        await player.until(lambda: game.training and game.laboratory.running.epoch >= NIGHT)
        app.follow()
        await take("laboratory")
        await run
        await solve(player)
        await player.until(lambda: type(app.screen).__name__ == "VerdictScreen")
        await take("verdict")
        await player.onto("StoryScreen", "enter")
        await take("story")
        won = ["dining-hall"]
        while len(won) < LESSONS:
            await player.to_a_lesson(*won)
            won.append(game.play.scene.id)
            await game.practise()
            await solve(player)
            game.go_on()
        player.through(lambda: not game.pages())
        await player.onto("TitleScreen", "escape")
        await take("title")
        await player.onto("MapScreen", "3")
        await take("map")
        await player.onto("TitleScreen", "escape")
        await player.onto("GrimoireScreen", "5")
        await take("grimoire")
        await player.onto("TitleScreen", "escape")
        await player.onto("JournalScreen", "6")
        await player.onto("CompareScreen", "end", "space", "up", "up", "space", "c")
        await take("compare")

    play(visit, SIZE)
    return paths
