"""The README's pictures beside the film: title, map, verdict, and two runs compared."""

from __future__ import annotations

from pathlib import Path

from lessons.settings import SETTINGS
from tests.pictures.drawing import still
from tests.pictures.player import Player, play
from tests.tui.views import number

SIZE = (128, 36)
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
        await game.practise()
        await solve(player)
        await player.until(lambda: type(app.screen).__name__ == "VerdictScreen")
        await take("verdict")
        await player.onto("StoryScreen", "enter")
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
        await player.onto("MapScreen", number(app, "Chapters"))
        await take("map")
        await player.onto("TitleScreen", "escape")
        await player.onto("JournalScreen", number(app, "Journal"))
        await player.onto("CompareScreen", "end", "space", "up", "up", "space", "c")
        await take("compare")

    play(visit, SIZE)
    return paths
