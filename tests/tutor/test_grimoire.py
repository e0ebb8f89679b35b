"""The grimoire: what is won is kept with its best run, and written as one module that works."""

import subprocess
import sys

import pytest

from lessons.jobs import job, job_names
from lessons.mistakes import Mistake
from story.paths import land
from story.reading import read_tale, shipped
from tests import trial
from tests.tutor.fakes import GOOD, FakeLaboratory
from tutor import cli
from tutor.game import Game, Options
from tutor.grimoire import Won, module, write

PAGE = """
```toml page
technique = "more data"
does = "It lets a network meet more hands. What they have in common is all that is left to learn."
setting = "train_size"
```
"""


def won(name, technique):
    """A page with a made-up run of a job as its evidence."""
    recipe = job(name).recipe
    accuracy = {"test_accuracy": [0.81, 0.79]} if recipe.task == "classification" else {}
    return Won(
        technique,
        "It does this. And that.",
        "dropout",
        "no-mirror/dining-hall",
        trial.report(recipe, {"test_loss": [0.5, 0.6], **accuracy}),
    )


def carried_out(path):
    return subprocess.run([sys.executable, path], capture_output=True, text=True, timeout=300)


@pytest.mark.slow
def test_a_module_of_every_job_trains_every_network(tmp_path):
    pages = [won(name, name.replace("-", " ")) for name in job_names() if name not in ("long-night", "wardrobe")]
    path = tmp_path / "my_grimoire.py"
    write(pages, path)
    done = carried_out(path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": sound") == len(pages)


def pages_of_the_tale():
    """Every page that can be won, with its lesson's solution as the player's best run."""
    castle = read_tale(shipped())
    for chapter in castle.chapters:
        for scene in chapter.scenes:
            before = {
                s.id for s in chapter.scenes for c in s.choices if land(castle, chapter, c) == (chapter.id, scene.id)
            }
            for page in scene.pages:
                (place, won_there) = next(
                    (s, way) for s in chapter.scenes if s.lesson for way in s.lesson.challenge.ways if way.to in before
                )
                recipe = place.lesson.challenge.recipe_for(won_there.solution)
                report = trial.report(recipe, {"test_loss": [0.5, 0.6], "test_accuracy": [0.81, 0.79]})
                yield Won(page.technique, page.does, page.setting, f"{chapter.id}/{place.id}", report)


@pytest.mark.slow
def test_the_whole_grimoire_of_the_tale_trains(tmp_path):
    pages = list(pages_of_the_tale())
    path = tmp_path / "my_grimoire.py"
    write(pages, path)
    text = path.read_text(encoding="utf-8")
    done = carried_out(path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"{page.technique}: sound" for page in pages]
    assert {page.setting for page in pages} >= {"dropout", "norm", "init", "schedule", "shift", "l1", "pixels"}
    for words in ("def shift_augmentation(", "BLACK_augmentation = -MEAN_", "def scale_scaling_of_inputs(pixels)"):
        assert words in text, words


def test_names_that_clash_or_are_no_names_become_names(tmp_path):
    pages = [won("moons", "dropout"), won("xor", "Dropout!"), won("circles", "2-D rings"), won("spiral", "été")]
    text = module(pages)
    compile(text, "grimoire", "exec")
    for name in ("class DropoutNet", "class Dropout2Net", "class T2DRingsNet", "train_dropout_2(", "80.0% ± 1.0%"):
        assert name in text, name
    assert "tutor run --from castle1:" in text


@pytest.mark.slow
def test_a_network_that_is_broken_is_found(tmp_path):
    path = tmp_path / "my_grimoire.py"
    write([won("moons", "rings")], path)
    text = path.read_text(encoding="utf-8")
    assert text.count("nn.Linear(2, ") == 1
    path.write_text(text.replace("nn.Linear(2, ", "nn.Linear(3, "), encoding="utf-8")
    assert carried_out(path).returncode != 0


@pytest.mark.parametrize(
    ("name", "says"),
    [("grimoire.txt", "not a Python module"), ("my-grimoire.py", "not a Python module"), ("math.py", "in the way")],
)
def test_a_name_that_cannot_be_is_refused(tmp_path, name, says):
    with pytest.raises(Mistake, match=says):
        write([won("moons", "rings")], tmp_path / name)
    with pytest.raises(Mistake, match="no page"):
        write([], tmp_path / "my_grimoire.py")
    (tmp_path / "mine.py").write_text("mine")
    with pytest.raises(Mistake, match="is no grimoire"):
        write([won("moons", "rings")], tmp_path / "mine.py")
    assert (tmp_path / "mine.py").read_text() == "mine"


@pytest.mark.slow
def test_a_page_won_in_a_game_is_written_with_its_best_run(tmp_path, capsys):
    import asyncio

    chapter = trial.write(tmp_path, "after {start.test_accuracy:.1%}.\n", "after {start.test_accuracy:.1%}.\n" + PAGE)
    game = Game(Options(home=tmp_path / "home", chapter=chapter))
    game.laboratory = FakeLaboratory(lambda recipe: {**GOOD, "test_accuracy": 0.9})
    game.load()
    game.new()
    asyncio.run(game.practise())
    game.bench.turn("train_size", 1000)
    game.bench.predict("rise")
    asyncio.run(game.judge())
    (page,) = game.book.pages()
    assert (page.technique, page.scene, page.report.recipe.train_size) == ("more data", "trial/room", 1000)
    slot = game.book.slot
    asyncio.run(game.close())

    path = tmp_path / "my_grimoire.py"
    command = ["export", "grimoire", "-o", str(path), "--home", str(tmp_path / "home"), "--slot", slot]
    assert cli.run(command) == 0 and capsys.readouterr().out.strip() == str(path)
    assert "class MoreDataNet" in path.read_text(encoding="utf-8") and carried_out(path).returncode == 0
    assert cli.run([*command[:-1], "nobody"]) == 2
    assert "no page of the grimoire" in capsys.readouterr().err
