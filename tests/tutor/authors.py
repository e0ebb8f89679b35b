"""An author at work: a chapter, and a game in which it is played while it is edited."""

from pathlib import Path

from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.game import Options
from tutor.watching import AGREE_LOST, WatchedGame

CHAPTER = """# The Trial

```toml chapter
format = 1
id = "trial"
teaches = ["dropout"]
ends = ["done"]
```

## door

A door of oak.

- [Knock](#hall) `set knocked`
- [To the bench](#bench)

## hall

`if knocked` You knocked.

- `one of` A rat.
- `one of` A bat.

```toml quiz
id = "what"
ask = "What does dropout do?"
right = "Zeroes at random."
wrong = ["Nothing.", "Sorts.", "Cuts."]
because = "It is in the name."
```

- [To the bench](#bench)

## bench

The bench is lit.

```toml lesson
job = "noisy-digits-mlp"
setting.dropout = { choices = [0.0, 0.5, 0.9], start = 0.0 }
setting.epochs = { choices = [10, 30], start = 30 }
goal = "test_accuracy >= 0.75"
solution = { dropout = 0.5 }
pass = "done"
fail = "lost"
```

- [Back to the door](#door)

### Why

Dropout drops units.

## lost

Not yet.

- [Back](#bench)

## done

It is done.
"""


class Author:
    """Writes the chapter, and lets a game look until it has settled."""

    def __init__(self, folder: Path) -> None:
        self.path, self.home = folder / "book" / "trial.md", folder / "home"
        self.path.parent.mkdir()
        self.path.write_text(CHAPTER, encoding="utf-8")
        self.games: list[WatchedGame] = []

    def save(self, old: str, new: str) -> None:
        text = self.path.read_text(encoding="utf-8")
        assert old in text
        self.path.write_text(text.replace(old, new), encoding="utf-8")

    def game(self, load: bool = True, **options) -> WatchedGame:
        game = WatchedGame(Options(**{"home": self.home, "chapter": self.path, **options}))
        game.laboratory = FakeLaboratory(lambda recipe: GOOD if recipe.dropout == 0.5 else OVERFIT, game._changed)
        if load:
            game.load()
        self.games.append(game)
        return game

    def begun(self, *choices: int) -> WatchedGame:
        game = self.game()
        game.new()
        for choice in choices:
            game.choose(choice)
        return game


def looked(game: WatchedGame) -> bool:
    """Whether anything was taken up, however long it takes to settle."""
    return sum(game.look() for _ in range(AGREE_LOST + 1)) > 0


def told(game: WatchedGame) -> str:
    return " ".join(passage.text for passage in game.passages())
