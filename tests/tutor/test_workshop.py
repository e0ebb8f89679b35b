"""Every setting in the hands of a player: offered by a chapter file, turned, trained, seen as source, exported."""

import asyncio

import pytest

from lessons.jobs import job
from lessons.settings import GROUPS, SETTINGS
from tests.lab import run
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor.export import export
from tutor.game import Game, Options
from tutor.tui.app import CastleApp
from tutor.tui.widgets.choices import Choices

pytestmark = pytest.mark.usefixtures("brisk")
TURNED = {
    # network
    "dropout": 0.5,
    "norm": "batch",
    "norm_momentum": 0.5,
    "groups": 4,
    "norm_place": "after",
    "activation": "gelu",
    "init": "orthogonal",
    "gain": 2.0,
    "init_std": 0.1,
    "bias": 0.0,
    "widths": (16,),
    "depth": 2,
    "channels": (4, 4),
    "kernel": 5,
    "stride": 1,
    "padding": 1,
    "pool": "max",
    # training
    "weight_decay": 0.1,
    "decay_on": "weights",
    "l1": 0.001,
    "l1_on": "all",
    "l1_step": "proximal",
    "epochs": 2,
    "lr": 0.01,
    "optimizer": "adamw",
    "eval_mode": False,
    "momentum": 0.9,
    "nesterov": True,
    "clip": 1.0,
    "schedule": "cosine",
    "stepped": "step",
    "step_size": 1,
    "milestones": (1, 2),
    "gamma": 0.5,
    "lr_patience": 0,
    "cycle_momentum": False,
    "warmup": 1,
    "patience": 2,
    "min_delta": 0.01,
    "restore": True,
    "watch": "accuracy",
    # data
    "data": "circles",
    "train_size": 200,
    "redraw": True,
    "batch_size": 32,
    "label_noise": 0.3,
    "feature_noise": 0.2,
    "pixels": "half",
    "shift": 2,
    "rotate": 15.0,
    "mixup": 0.4,
    "label_smoothing": 0.1,
}
"""Another value than the job's for each setting."""
FIRST = {
    # What must be turned before: else the setting does nothing, or makes no sense.
    "norm_momentum": {"norm": "batch"},
    "groups": {"norm": "group"},
    "norm_place": {"norm": "batch"},
    "gain": {"init": "xavier_normal"},
    "init_std": {"init": "normal"},
    "kernel": {"channels": (4, 4)},
    "pool": {"channels": (4, 4)},
    "depth": {"widths": (16,)},
    "decay_on": {"weight_decay": 0.1},
    "l1_on": {"l1": 0.001},
    "l1_step": {"l1": 0.001},
    "nesterov": {"momentum": 0.9},
    "stepped": {"schedule": "cosine"},
    "step_size": {"schedule": "step"},
    "milestones": {"schedule": "multistep"},
    "gamma": {"schedule": "step"},
    "lr_patience": {"schedule": "plateau"},
    "cycle_momentum": {"schedule": "onecycle"},
    "min_delta": {"patience": 2},
    "watch": {"patience": 2},
    "data": {"channels": ()},
    "feature_noise": {"channels": (), "data": "circles"},
}
JOB = job("small-cnn").recipe
SOLUTION = {"network": "dropout", "training": "weight_decay", "data": "label_smoothing"}


def toml(value):
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    return str(list(value)) if isinstance(value, tuple) else repr(value)


def chapter(names, solution):
    offers = []
    for name in names:
        values = dict.fromkeys([getattr(JOB, name), TURNED[name], *(f[name] for f in FIRST.values() if name in f)])
        choices = ", ".join(map(toml, values))
        offers.append(f"setting.{name} = {{ choices = [{choices}], start = {toml(getattr(JOB, name))} }}")
    return f"""# The Workshop

```toml chapter
format = 1
id = "workshop"
teaches = ["everything"]
cast = {{ R = "Renfield" }}
language = "en"
ends = ["won"]
```

## bench

**R:** Turn what you like.

```toml lesson
job = "small-cnn"
{chr(10).join(offers)}
predict = "What will test accuracy do?"
predictions = ["rise", "fall", "stay"]
predict_metric = "test_accuracy"
goal = "test_accuracy >= 0.8"
hints = ["Look around."]
solution = {{ {solution} = {toml(TURNED[solution])} }}
pass = "won"
fail = "lost"
```

### Why

Because.

## won

Won.

## lost

- [Again](#bench)
"""


def test_every_setting_has_a_turn_here():
    assert set(TURNED) == set(SETTINGS)


@pytest.fixture
def opened(tmp_path):
    games = []

    def open_game(names, solution, load=True):
        path = tmp_path / "workshop.md"
        path.write_text(chapter(names, solution), encoding="utf-8")
        game = Game(Options(home=tmp_path, chapter=path))
        game.laboratory = FakeLaboratory(lambda recipe: OVERFIT if recipe == JOB else GOOD, game._changed)
        if load:  # else the screen does
            game.load()
        games.append(game)
        return game

    yield open_game
    for game in games:
        asyncio.run(game.close())


@pytest.mark.parametrize("group", GROUPS)
def test_each_can_be_turned_trained_seen_exported_and_judged(opened, group, tmp_path):
    names = [kind.name for kind in GROUPS[group]]
    needed = [name for other in names for name in FIRST.get(other, {})]
    game = opened(list(dict.fromkeys([*names, *needed])), SOLUTION[group])
    game.new()
    asyncio.run(game.practise())
    for number, name in enumerate(names):
        bench = game.bench
        for other, value in FIRST.get(name, {}).items():
            bench.turn(other, value)
        before = bench.source.text
        assert not bench.idle(name), name
        bench.turn(name, bench.parse(name, SETTINGS[name].spell(TURNED[name])))
        assert bench.settings[name] == TURNED[name] and bench.source.text != before, name
        asyncio.run(game.practise())
        kind, recipe, _ = game.laboratory.asked[-1]
        assert kind == "practice" and getattr(recipe, name) == TURNED[name]
        path = tmp_path / f"{number}.py"
        export(recipe, path)
        assert path.read_text(encoding="utf-8") == bench.source.text
        for other, value in bench.challenge.start.items():
            bench.settings[other] = value  # all at once: on the way back some pairs make no sense
    won = SOLUTION[group]
    game.bench.turn(won, TURNED[won])
    game.bench.predict("rise")
    asyncio.run(game.judge())
    assert game.verdict.passed and game.verdict.settings[won] == TURNED[won]


@pytest.mark.slow
def test_a_lesson_of_many_dials_is_turned_by_keys_alone(opened):
    names = [kind.name for kind in GROUPS["training"]]
    game = opened(names, "weight_decay", load=False)

    async def work():
        app = CastleApp(game)
        async with app.run_test(size=(80, 24)) as pilot:

            async def until(condition):
                for _ in range(1000):
                    await pilot.pause(0.02)
                    if condition():
                        return
                raise AssertionError(f"still at {app.screen}")

            await until(lambda: any(ways.items for ways in app.screen.query(Choices)))
            await pilot.press("2")
            await until(lambda: type(app.screen).__name__ == "LaboratoryScreen")
            await pilot.press("t")
            await until(lambda: game.bench.first and not getattr(app.focused, "locked", True))
            for name in names:
                many = len(game.bench.challenge.offer(name).choices)
                assert app.focused.name == name and app.screen.region.contains_region(app.focused.region)
                await pilot.press(*["right"] * many)
                wanted = game.bench.challenge.offer(name).choices[0 if name == "nesterov" else -1]
                assert game.bench.settings[name] == wanted, name  # Nesterov without momentum is refused
                await pilot.press(*["left"] * many, "down")
                assert game.bench.settings[name] == game.bench.challenge.offer(name).choices[0]

    run(work())
