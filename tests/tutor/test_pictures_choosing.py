"""All pictures together: which a lesson has, at every size, without colour, and line by line."""

import dataclasses
import io
import subprocess
import sys
from pathlib import Path

import pytest

from lessons.challenge import Challenge
from lessons.jobs import job
from lessons.mistakes import Mistake
from lessons.report import Report
from lessons.views import Mask
from tests.tutor import sights
from tests.tutor.fakes import GOOD, FakeLaboratory
from tests.tutor.sights import DIGITS, HEIGHTS, POINTS, full, grid, histogram, layer, misread, sight
from tutor.game import Game, Options
from tutor.laboratory import Running
from tutor.pictures import choosing
from tutor.pictures.picture import Sight, few, listed, of_report, of_running
from tutor.plain.player import Plain
from tutor.tui.themes import MEANINGS

ROOT = Path(__file__).resolve().parents[2]
NOTHING = Sight(DIGITS)


def rows(picture):
    return picture.text.split("\n")


SIZES = [(1, 1), (5, 2), (30, 4), (30, 8), (45, 12), (76, 20), (80, 20), (100, 40), (160, 50)]
SIGHTS = {
    "digits": full(),
    "points": full(POINTS),
    "heights": full(HEIGHTS),
    "nothing": NOTHING,
    "first": sight(epoch=0),
}


@pytest.mark.parametrize("name", choosing.PICTURES)
@pytest.mark.parametrize("seen", SIGHTS)
def test_every_picture_fits_its_place_and_says_the_same_at_every_size(name, seen):
    words = set()
    for width, height in SIZES:
        picture = choosing.draw(name, SIGHTS[seen], width, height)
        assert len(picture.rows) <= height and all(len(row) <= width for row in rows(picture))
        assert all(sum(len(text) for text, _ in row) <= width for row in picture.rows)
        words.add(picture.words)
        for row in picture.rows:
            for _, ink in row:
                for tone in filter(None, ink.split("/")):
                    meaning, _, share = tone.partition(" ")
                    assert meaning in {*MEANINGS, "foreground"} and 0 <= int(share or 0) <= 100
    assert len(words) == 1
    (said,) = words
    assert said.endswith(".") and len(said) < 200 and "{" not in said
    assert "None" not in said.replace("None of", "")


@pytest.mark.parametrize("name", choosing.PICTURES)
def test_no_picture_needs_colour(name):
    """Two looks that differ in what the picture is about differ in its characters."""
    recipe = POINTS if name == "boundary" else DIGITS
    other = sight(
        recipe,
        layers=[layer(1, 64, "1000" * 16, 1.0, 0.1), layer(2, 64, "0000" * 16), layer(3, 10, "")],
        weights=histogram([5] * 40),
        plane=grid(lambda x, y: float(y > 0)),
        images=[misread(lambda r, c: 255 if c > r else 0)] * 8,
        masks=[Mask(1, 0.5, 256, 128, "10" * 128)],
        nights=[(1, 0.2, 0.1), (30, 0.5, 0.1)],
        rates=[(1, 0.1), (100, 0.1)],
    )
    one, two = (choosing.draw(name, seen, 76, 20) for seen in (full(recipe), other))
    assert one.text and two.text and one.text != two.text and one.words != two.words


def test_titles_name_the_night():
    assert choosing.title("weights", full()) == "weights by size, after night 12"
    assert choosing.title("weights", sight(epoch=0)).endswith("before the first night")
    assert choosing.title("rate", full()) == choosing.PICTURES["rate"].title == choosing.title("rate", NOTHING)
    with pytest.raises(Mistake, match="Did you mean 'weights'"):
        choosing.draw("weight", full(), 10, 10)


def test_a_picture_is_drawn_anew_only_from_what_it_shows():
    seen = full()
    later = dataclasses.replace(seen, nights=seen.nights[:-1])
    assert choosing.drawn_from("weights", seen) == choosing.drawn_from("weights", later)
    assert choosing.drawn_from("labels", seen) != choosing.drawn_from("labels", later)
    assert choosing.drawn_from("weights", seen) != choosing.drawn_from("weights", sight())


@pytest.mark.parametrize(
    ("name", "offered", "first", "then"),
    [
        ("circles", ("activation", "widths"), "boundary", {"layers", "dead"}),
        ("noisy-digits-mlp", ("dropout",), "mask", {"labels", "digits"}),
        ("noisy-digits-mlp", ("eval_mode", "dropout"), "mask", {"labels"}),
        ("noisy-digits-mlp", ("patience", "restore"), "labels", {"digits"}),
        ("sparse-digits", ("l1", "weight_decay"), "weights", {"digits"}),
        ("very-deep-digits", ("init",), "layers", {"dead", "digits"}),
        ("dying-relu", ("lr", "activation"), "dead", {"layers", "digits"}),
        ("deep-digits-sgd", ("lr",), "digits", {"layers", "dead"}),
        ("short-budget", ("schedule", "step_size"), "rate", {"digits"}),
        ("blank-page", ("epochs",), "weights", set()),
        ("dropout-net", (), "digits", {"mask"}),
    ],
)
def test_the_first_picture_is_what_the_lesson_is_about(name, offered, first, then):
    chosen = choosing.chosen(job(name).recipe, offered)
    assert chosen[0] == first and then <= set(chosen) and len(set(chosen)) == len(chosen)


def test_no_lesson_is_without_a_picture_or_has_one_that_cannot_be():
    from story.reading import read_tale, shipped

    lessons = [scene.lesson.challenge for c in read_tale(shipped()).chapters for scene in c.scenes if scene.lesson]
    assert lessons
    for challenge in lessons:
        assert isinstance(challenge, Challenge)
        recipe = challenge.recipe_for({})
        chosen = choosing.chosen(recipe, [offer.name for offer in challenge.offers])
        assert chosen and ("boundary" in chosen) == (recipe.facts.inputs == 2)
        assert ("digits" in chosen) == (recipe.facts.image is not None)
        assert ("labels" in chosen) == (recipe.label_noise > 0)


def report(views=True, seeds=(3, 4)):
    history = {
        seed: {
            "epoch": [1, 2],
            "right_label_accuracy": [0.5, 0.6 + 0.1 * n],
            "wrong_label_accuracy": [0.1, 0.2],
            "validation_accuracy": [0.5, 0.7 + n],
        }
        for n, seed in enumerate(seeds)
    }
    looks = {seeds[0]: [sights.view(epoch=n).to_dict() for n in (0, 2)]} if views else {}
    rates = {seed: [[1, 0.1], [9, 0.2]] for seed in seeds} if views else {}
    return Report(DIGITS, seeds, "cpu", 1, "", {"test_accuracy": [0.5] * len(seeds)}, history, views=looks, rates=rates)


def test_a_sight_of_a_report_is_the_newest_look_and_the_mean_of_the_curves():
    seen = of_report(report())
    assert (seen.view.epoch, seen.accuracy, seen.rates) == (2, 0.7, ((1, 0.1), (9, 0.2)))
    assert seen.nights == ((1, 0.5, 0.1), (2, pytest.approx(0.65), 0.2))
    kept = of_report(Report.from_dict(report().to_dict()))
    assert kept.view is None and kept.rates == () and kept.nights == seen.nights


def test_a_sight_of_a_run_under_way_does_not_change_with_it():
    made = report()
    run = Running("verdict", DIGITS, (3, 4), made.history, made.views)
    before = of_running(run)
    assert before == of_running(run) and before.nights == of_report(made).nights
    run.curves[3]["epoch"].append(3), run.curves[3]["right_label_accuracy"].append(None)
    run.curves[3]["wrong_label_accuracy"].append(0.3)
    after = of_running(run)
    assert before.nights == after.nights[:2] and after.nights[2] == (3, None, 0.3)
    empty = of_running(Running("practice", DIGITS, (0,)))
    assert empty == NOTHING


def test_numbers_are_short_and_lists_are_read():
    numbers = (0.0, 1.0, 0.5, 0.0123, 1e-7, 123456.0, -0.216, 99999.0, -1e-10)
    assert [few(n) for n in numbers[:6]] == ["0", "1", "0.5", "0.012", "1e-07", "1.2e+05"]
    assert all(len(few(n)) <= 8 for n in numbers) and few(None) == "lost"
    assert [listed(parts) for parts in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a and b", "a, b and c"]


def test_pictures_load_no_screen_and_no_torch():
    names = [f"tutor.pictures.{path.stem}" for path in (ROOT / "tutor/pictures").glob("*.py")]
    assert len(names) > 6
    code = (
        "import importlib, sys\n"
        "for name in sys.argv[1:]: importlib.import_module(name)\n"
        "print([m for m in ('textual', 'rich', 'torch', 'numpy', 'pydantic') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *names], capture_output=True, text=True, timeout=60, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


# line by line


class Seeing(FakeLaboratory):
    """One whose runs were looked into."""

    async def run(self, kind, recipe, seeds):
        made = await super().run(kind, recipe, seeds)
        return dataclasses.replace(made, views={seeds[0]: [sights.full(recipe).view.to_dict()]})


def told(tmp_path, *lines, seeing=Seeing):
    game = Game(Options(home=tmp_path))
    game.laboratory = seeing(lambda recipe: GOOD, game._changed)
    out = io.StringIO()
    assert Plain(game, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
    return out.getvalue()


def test_picture_prints_what_the_lesson_is_about_in_76_columns(tmp_path):
    said = told(tmp_path, "1", "1", "1", "picture", "train", "picture", "picture dead", "picture wieghts", "help")
    assert "Nothing was trained here yet. Type train, and it is drawn." in said
    assert "weights by size, after night 12: Bars count the 5,340 weights" in said.replace("\n", " ")
    drawn = [line for line in said.splitlines() if "█" in line]
    assert len(drawn) > 10 and all(len(line) <= 76 for line in drawn)
    assert "Drawn on request: picture weights" in said and "×" in said
    assert "Did you mean 'weights'?" in said and "picture [NAME]" in said
    assert "\x1b" not in said


def test_a_run_that_was_not_looked_into_is_to_be_made_again(tmp_path):
    said = told(tmp_path, "1", "1", "1", "train", "picture all", seeing=FakeLaboratory)
    assert "weights: what that run looked like inside is not kept. Type train once more." in said
