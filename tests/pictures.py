"""Makes the README's pictures, from the real program and a real run: ``python -m tests.pictures FOLDER``."""

import asyncio
import sys
import tempfile
from pathlib import Path

from tutor.game import Game, Options
from tutor.tui.app import CastleApp

SIZE = (104, 32)


async def laboratory(folder: Path, home: Path) -> None:
    """The dining hall, after a run without dropout: one at a half is under way, its lines of code lit."""
    game = Game(Options(home=home, brief=False))
    app = CastleApp(game)
    try:
        async with app.run_test(size=SIZE) as pilot:
            while not (game.loaded and game.laboratory.there):
                await pilot.pause(0.05)
            game.new()
            game.play.open_chapter("no-mirror")
            while not game.bench:
                for question in game.questions():
                    game.answer(question.id, 0)
                game.choose(0)
            app.playing = True
            app.follow()
            await pilot.pause(0.2)
            await game.practise()
            game.bench.turn("dropout", 0.5)
            run = asyncio.create_task(game.practise())
            while not (game.training and game.laboratory.running.epoch >= 21):
                await pilot.pause(0.01)
            app.follow()
            await pilot.pause()
            app.save_screenshot("laboratory.svg", str(folder))
            await run
    finally:
        await game.close()


def main() -> None:
    """Write the pictures into the folder that the command line names."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        asyncio.run(laboratory(folder, Path(home)))
    for path in sorted(folder.glob("*.svg")):
        print(path)


if __name__ == "__main__":
    main()
