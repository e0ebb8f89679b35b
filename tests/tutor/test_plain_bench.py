"""The bench line by line: what can be heard of settings, runs, curves, verdicts and pictures."""

import asyncio
import dataclasses
import io
from types import SimpleNamespace

import pytest

from lessons.jobs import job
from lessons.metrics import METRICS
from lessons.settings import SETTINGS
from lessons.wire import Night
from tests.tutor import sights
from tests.tutor.fakes import GOOD, OVERFIT, FakeLaboratory
from tutor import courses
from tutor.game import Game, Options
from tutor.laboratory import Running
from tutor.pictures import digits
from tutor.plain import running
from tutor.plain.player import Plain
from tutor.plain.running import progress_words

BENCH = ["1", "1", "1"]
WON = ["train", "set epochs 50", "predict fall", "judge"]
LOSSES = [0.5, 0.2, 0.1, 0.3, 0.4, 0.45, 0.6]


class Curved(FakeLaboratory):
    """One whose runs have seven nights, and were looked into."""

    async def run(self, kind, recipe, seeds):
        made = await super().run(kind, recipe, seeds)
        nights = {"epoch": [*range(1, 8)], "train_loss": [0.1] * 7, "weight_norm": [1.0, 2.0, 3.0, 4.0, 3.0, 2.0, 2.5]}
        history = {seed: {**nights, "validation_loss": [v + 0.01 * n for v in LOSSES]} for n, seed in enumerate(seeds)}
        views = {seeds[0]: [sights.full(recipe).view.to_dict()]}
        return dataclasses.replace(made, history=history, views=views)


@pytest.fixture
def play(tmp_path):
    """Plays lines in one home; the transcript."""

    def play(*lines, laboratory=Curved, numbers=None):
        game = Game(Options(home=tmp_path))
        numbers = numbers or (lambda recipe: GOOD if recipe.epochs == 50 else OVERFIT)
        game.laboratory = laboratory(numbers, game._changed)
        out = io.StringIO()
        assert Plain(game, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
        assert "None" not in out.getvalue() and "\x1b" not in out.getvalue()
        return out.getvalue()

    return play


def one(transcript):
    """A transcript with every line break as a blank."""
    return " ".join(transcript.split())


def after(transcript, typed):
    """What was answered to the last command of that kind."""
    return one(transcript.rpartition(f"> {typed}\n")[2].partition("> ")[0])


# settings and measures


def test_a_setting_is_explained(play):
    told = play(*BENCH, "settings epochs", "settings nothing", "settings turned")
    epochs = after(told, "settings epochs")
    assert "epochs: 1000, of 10, 50, 100, 300, 1000 How" in epochs and SETTINGS["epochs"].words in epochs
    assert "goal:" not in epochs and "Setting 'nothing' is not known" in told
    assert "Nothing is turned: all is as at the start." in told


def test_what_trains_is_said_where_it_is_asked_for_and_not_at_every_step(play):
    told = play(*BENCH, "settings")
    assert told.count("training on: cpu, 1 thread") == 1 and "settings WORD tells what a setting does." in told


def test_settings_are_found_by_what_they_do_and_by_their_group(play):
    lines = ("settings turned", "settings data", "settings rate step", "settings dropout", "settings lr")
    told = play("laboratory moons", "set lr 0.1", *lines)
    turned, data, rate, dropout, lr = (after(told, line) for line in lines)
    assert turned.startswith("lr: 0.1, of 1e-05, ") and "Allowed: a number from" in turned
    assert lr.startswith("lr: 0.1, of") and "lr_patience" not in lr, "the one of that very name"
    assert "batch_size: " in data and "lr: " not in data
    assert dropout.startswith("dropout: ") and "norm:" not in dropout, "those that are called so come alone"
    assert "milestones: " in rate and "warmup: " in rate and "lr: " in rate, "none is called so; these are about it"


def test_every_measure_is_said_with_what_it_means(play):
    told = play(*BENCH, "measures", "train", "measures", "measures norm", "measures frob")
    assert after(told.partition("> train")[0], "measures") == "Nothing was trained here yet. Type train."
    every = after(told, "measures")
    assert every.startswith("The last run, one seed:")
    for name in ("validation_loss", "weight_norm", "dead_units"):
        assert METRICS[name].words in every and f"{METRICS[name].label}: " in every
    assert "test loss" not in every, "the test rows of practice stay unseen"
    assert after(told, "measures norm").count(": ") == 2 and "Measure 'frob' is not known" in told


def test_of_several_seeds_it_is_the_mean_with_its_error(play):
    told = after(play("laboratory moons", "judge", "measures"), "measures")
    assert told.startswith("The last run, mean of 5 seeds:") and "test accuracy: 68.0% ± 0.0%. The share" in told


# curves


def test_curves_are_told_in_five_nights_with_the_best_and_the_worst(play):
    told = play(*BENCH, "train", "curves", "curves norm", "curves all", "curves frob")
    words = "0.500 (night 1), 0.100 (night 3), 0.300 (night 4), 0.400 (night 5), 0.600 (night 7)"
    curves = after(told, "curves")
    assert f"validation loss: {words} best 0.100 at night 3, worst 0.600 at night 7" in curves
    assert "0.100 (night 7) 0.100 all along validation" in curves
    assert curves.endswith("More of them: type curves and weight norm, or all.")
    assert "lowest 1.0 at night 1, highest 4.0 at night 4" in after(told, "curves norm")
    assert {"weight norm", "validation loss"} <= {part for part in METRICS_SAID if part in after(told, "curves all")}
    assert "Curve 'frob' is not known" in told


METRICS_SAID = [metric.label for metric in METRICS.values()]


def test_the_seeds_of_a_curve_lie_apart(play):
    told = after(play("laboratory moons", "judge", "curves validation"), "curves validation")
    assert "at night 7, 5 seeds: from 0.600 to 0.640" in told


def report(**history):
    return SimpleNamespace(history=history, recipe=job("moons").recipe)


def test_a_curve_that_left_the_numbers_or_ended_early_or_was_not_kept():
    lost = report(a={"epoch": [1, 2, 3], "train_loss": [0.5, 0.2, None]}, b={"epoch": [1], "train_loss": [0.3]})
    made = courses.course(lost, "train_loss")
    assert made.words == "0.400 (night 1), 0.200 (night 2), beyond number (night 3)"
    assert made.ends == "best 0.200 at night 2, worst 0.400 at night 1" and made.band == ""
    alone = courses.course(
        report(a={"epoch": [4], "train_loss": [0.5]}, b={"epoch": [4], "train_loss": [None]}), "train_loss"
    )
    assert alone.lines == [
        "training loss: beyond number (night 4)",
        "  at night 4, 2 seeds: from 0.500 to 0.500; 1 of them beyond number",
    ]
    assert courses.course(lost, "zeros") is None and courses.told(report(), ["train_loss"]) == [courses.NONE]


# a run under way


def under_way(seeds=(1,), night=2, **values):
    made = Running("practice", job("moons").recipe, seeds)
    for seed in seeds:
        made.take(Night(1, seed, night, values))
    return made


def test_a_run_says_what_is_left_and_leaves_out_what_is_not_measured(monkeypatch):
    monkeypatch.setattr(Running, "seconds_left", 12.3)
    whole = under_way(night=30, train_accuracy=0.9, validation_accuracy=0.8)
    assert progress_words(whole) == "night 30 of 60, 12 s left: accuracy training 90.0%, validation 80.0%"
    monkeypatch.setattr(Running, "seconds_left", None)
    assert progress_words(under_way(train_accuracy=0.9)) == "night 2 of 60: accuracy training 90.0%"
    assert progress_words(under_way(zeros=0.1)) == "night 2 of 60"
    assert "validation beyond number" in progress_words(under_way(train_loss=0.1, validation_loss=None))
    monkeypatch.setattr(Running, "seconds_left", 0.0)
    done = under_way(seeds=(1, 2), night=60, train_loss=0.1)
    assert progress_words(done) == "night 60 of 60: loss training 0.100"
    first = under_way(seeds=(1, 2), night=30)
    first.done.add(1)
    assert progress_words(first) == "night 30 of 60 (1 of 2 done), under 1 s left", "who is done before the others"


class Slow(FakeLaboratory):
    """Trains until the player has heard that it is still at work."""

    heard = staticmethod(lambda: True)

    async def run(self, kind, recipe, seeds):
        self.running = Running(kind, recipe, tuple(seeds))
        while not self.heard():
            await asyncio.sleep(0)
        return await super().run(kind, recipe, seeds)


def test_a_silence_is_broken(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "SILENCE", 0.0)
    monkeypatch.setattr(running, "EVERY", 0.0)
    game, out = Game(Options(home=tmp_path)), io.StringIO()
    game.laboratory = Slow(lambda recipe: GOOD, game._changed)
    game.laboratory.heard = lambda: "not over yet" in out.getvalue()
    assert Plain(game, iter(f"{line}\n" for line in (*BENCH, "train")), out, prompt=False).play() == 0
    told = one(out.getvalue())
    assert "The apprentice takes its place ... The first night is not over yet (cpu, 1 thread)." in told


def test_a_short_run_says_how_it_begins_and_ends(play, monkeypatch):
    monkeypatch.setattr(running, "PAUSE", 3600.0)
    told = play("laboratory moons", "judge")
    assert "5 fresh apprentices take their places ..." in told
    nights = [line for line in told.splitlines() if line.startswith("  night ")]
    assert len(nights) == 2 and " left: accuracy" in nights[0] and "night 60 of 60: accuracy" in nights[1]
    monkeypatch.setattr(running, "PAUSE", 0.0)
    told = play("laboratory moons", "judge")
    assert 2 < sum(line.startswith("  night ") for line in told.splitlines()) <= running.REPORTS + 1


# predictions and verdicts


def test_what_is_asked_can_be_heard_before_it_is_answered(play):
    told = play(*BENCH, "train", "predict", "predict fall", "settings")
    asked = "A change of at most 0.010 is to stay. Type: predict rise, fall, stay"
    assert asked in after(told, "predict") and "''" not in told
    assert "you predict: fall" in after(told, "settings")


def test_a_prediction_from_before_a_turn_is_said_before_the_run(play):
    told = play(*BENCH, "train", "predict fall", "set epochs 50", "judge")
    assert "> judge\nYou predicted: fall.\n5 fresh apprentices" in told
    assert "> judge\n5 fresh apprentices" in play("2", "yes", *BENCH, *WON)


def test_a_number_that_is_predicted_is_said_as_its_metric_is(tmp_path):
    from tests.tutor.authors import CHAPTER, Author

    author = Author(tmp_path)
    predict = 'predict = "How much?"\npredictions = { number = true }\npredict_metric = "test_accuracy"\ngoal = '
    author.path.write_text(CHAPTER.replace("goal = ", predict, 1), encoding="utf-8")
    game, out = Game(Options(home=author.home, chapter=author.path)), io.StringIO()
    game.laboratory = FakeLaboratory(lambda recipe: GOOD, game._changed)
    lines = ["2", "train", "predict 0.75", "settings", "judge"]
    assert Plain(game, iter(f"{line}\n" for line in lines), out, prompt=False).play() == 0
    told = one(out.getvalue())
    assert "You predict: 75.0%." in told and "you predict: 75.0%" in told and "0.75 " not in told.split("> judge")[1]
    assert "You predicted 75.0%, wrongly. Test accuracy: 90.0%." in told


def test_a_verdict_tells_each_apprentice_the_curves_and_what_was_true(play):
    told = one(play(*BENCH, *WON))
    assert "each apprentice: 0.082, 0.082, 0.082, 0.082, 0.082" in told
    assert "validation loss, night by night: 0.520 (night 1), 0.120 (night 3)" in told
    assert "You predicted fall, rightly. Validation loss fell: 0.190 in your first run, 0.082 now." in told
    told = one(play("2", "yes", *BENCH, "train", "predict rise", "judge", "back", "settings"))
    assert "last: validation loss 0.190 ± 0.000 (5 seeds)" in told, "the last run is that of the verdict"
    assert "You predicted rise, wrongly. Validation loss stayed: 0.190 in your first run, 0.190 now." in told


# hints and the program


def test_hints_that_are_open_can_be_heard_again(play):
    told = play(*BENCH, "hints", "train", "hint", "hints", "look")
    assert "No hint is open here yet. Type hint." in told
    assert after(told, "hints").startswith("Hint 1: Two losses are drawn.")
    assert "Hint 1: Two losses are drawn." in after(told, "look")


def test_the_whole_program_can_be_read(play):
    told = play(*BENCH, "code", "code all", "code frob")
    assert "import torch" in after(told, "code all") and "import torch" not in after(told, "code")
    assert "code all for the whole program" in told


# pictures


def test_pictures_in_words_draw_nothing(play):
    told = play("laboratory moons", "train", "picture words", "picture words all", "picture", "picture dead")
    for typed in ("picture words", "picture words all"):
        said = after(told, typed)
        assert not set(said) & set("█▓▒░▁▀▄·⠁") and "what it says where, after night 12" in said
    assert "By quarters of the plane, it says x in 28% of the upper left" in after(told, "picture words")
    assert "One by one: layer 1, 16 of 64; layer 2, 16 of 64" in after(told, "picture words all")
    assert "Drawn on request: picture words" in after(told, "picture words")
    assert "these are dead, and crossed out. One by one" in after(told, "picture words all")
    assert "At least half of them are smaller than " in after(told, "picture words all")
    assert "░" in after(told, "picture") and told.count("In sentences alone: picture words.") == 1
    assert told.index("In sentences alone") < told.index("░"), "before what is long to sit through"


def test_half_of_the_weights_are_said_to_be_smaller_than_what_half_of_them_are():
    from lessons.views import Histogram
    from tutor.pictures.weights import _spread

    made = Histogram(low=-2.0, high=2.0, counts=[1, 0, 1, 4, 2, 0, 0, 0], zeros=0, small=0, total=8)
    assert _spread(made).startswith("At least half of them are smaller than 0.5 either way, and none is larger than 2;")
    assert "75% are below 0" in _spread(made)
    assert _spread(Histogram(low=-1.0, high=1.0, counts=[0, 5], zeros=5, small=5, total=5)) == ""


def test_an_eight_is_no_a_eight():
    sight = sights.full(job("clean-digits").recipe)
    misread = [dataclasses.replace(one, truth=8) for one in sight.view.misread["validation"]]
    seen = dataclasses.replace(sight, view=dataclasses.replace(sight.view, misread={"validation": misread}))
    said = digits.draw(seen, 76, 20, "misread")
    assert "the first is an 8, and it says" in said.words and "a 8" not in said.words + said.detail


# the laboratory


def test_what_the_means_were_made_with_is_said(play):
    told = after(play("laboratory moons", "judge", "set dropout 0.5", "judge", "settings"), "settings")
    assert "(5 seeds) training on" not in told and "with dropout 0 training on" in told
    assert (
        told.index("mean: ") < told.index("before: ")
        and "with" not in told.partition("before: ")[0].partition("mean: ")[2]
    )


def test_experiments_are_found_by_all_their_words_and_tell_of_themselves(play):
    lines = ("laboratory net moons", "laboratory about moons", "laboratory about 27", "laboratory about frob")
    told = play("laboratory moons", "train", "train", "leave", "laboratory", "laboratory all", *lines)
    found = after(told, lines[0])
    assert "Two moons (moons)" in found and "spiral" not in found, "each of the words, in any order"
    assert "100 of 2,000 training rows, 2 inputs, 2 classes." in after(told, lines[1])
    assert after(told, lines[1]) == after(told, lines[2]) and "2 runs of yours in the journal" in after(told, lines[1])
    assert "No experiment has 'frob' about it. Type laboratory" in one(told)
    assert "2 runs of yours." in after(told, "laboratory all")
    assert "Two moons: 27, Two moons; 2 runs of yours" in after(told, "laboratory")
    assert "MNIST digits: 1 to 25" in after(told, "laboratory") and "few-digits" not in after(told, "laboratory")


def test_what_is_told_unasked_is_short_and_the_rest_is_told_where_it_is_asked_for(play):
    told = play("laboratory moons", "train", "judge", "settings", "set frob 1", "set lrr 1", "set learning 1")
    opened = told.partition("--- Laboratory")[2].partition("> train")[0]
    assert "turned: nothing" in opened and "idle as it stands" not in opened
    assert "idle as it stands" in after(told, "settings")
    assert "weight norm" not in after(told, "train") and "validation accuracy: " in after(told, "train")
    assert "generalisation gap: " in after(told, "judge") and "weight norm" not in after(told, "judge")
    assert after(told, "set frob 1").startswith("Setting 'frob' is not known. Type settings")
    assert after(told, "set lrr 1").startswith("Setting 'lrr' is not known. Did you mean 'lr'?")


def test_a_setting_is_turned_by_what_is_written_beside_its_dial(play):
    told = play("laboratory moons", "set learning rate 0.1", "set batch size=32", "set Learning Rate frob", "set lr")
    assert after(told, "set learning rate 0.1").startswith("lr is now 0.1.")
    assert after(told, "set batch size=32").startswith("batch_size is now 32.")
    assert after(told, "set Learning Rate frob").startswith("Lr cannot be 'frob'.")
    assert "Type: set NAME VALUE" in after(told, "set lr")


def test_a_run_on_other_settings_than_those_that_stand_says_so(play):
    told = play(*BENCH, "train", "settings", "set epochs 50", "settings")
    assert "last: validation loss 0.190 (one seed) asked" in one(told)
    assert "last: validation loss 0.190 (one seed) with epochs 1000 asked" in after(told, "settings")


def test_the_first_run_says_what_it_opened(play):
    told = play(*BENCH, "train", "train", "predict fall", "judge", "1")
    opened = "Now settings can be turned: set NAME VALUE."
    assert one(told).count(opened) == 1 and opened in one(told.split("> train\n")[1])
    assert one(told).count("asked before the verdict: ") == 1, "it is not asked again where the bench is come back to"
    assert "predict rise, fall, stay; predict alone says what is asked" in one(told.partition("Not passed.")[2])
